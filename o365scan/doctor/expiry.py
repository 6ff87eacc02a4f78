"""When the credentials of the app end: by the certificate itself, else as its own application object lists them.

https://learn.microsoft.com/graph/api/resources/passwordcredential and .../keycredential
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from o365scan.api import GraphList
from o365scan.auth.source import How
from o365scan.doctor.probes import Rows
from o365scan.sign_in import Kind

#: Days that are left when it is time to make another.
SOON = 30

#: Which list of the application holds what each kind proves itself with.
_LISTS = {Kind.CLIENT_SECRET: "passwordCredentials", Kind.CERTIFICATE: "keyCredentials"}


@dataclass(frozen=True)
class Ending:
    """One credential, by the name that it was given (hostile), and the whole days that are left of it."""

    name: str
    ends: datetime
    days: int

    @property
    def soon(self) -> bool:
        return self.days < SOON


def own_application(app_id: str) -> GraphList:
    """The application object of the app that signs in; another tenant's app has none here."""
    select = ("passwordCredentials", "keyCredentials")
    return GraphList(path="/applications", filter=f"appId eq '{app_id}'", select=select)


def endings(how: How, rows: Rows | None, now: datetime) -> tuple[Ending, ...]:
    """Those of the kind in use, the first to end first. Which of several listed secrets is in use nobody tells.

    `rows` are what `own_application` gave, None if it could not be read.
    """
    if how.ends is not None:
        return (_ending("the certificate", how.ends, now),)
    listed = [each for row in rows or [] for each in _listed(row, _LISTS.get(how.kind, ""))]
    return tuple(sorted((_ending(name, end, now) for name, end in listed), key=lambda each: each.ends))


def _listed(row: Mapping[str, Any], name: str) -> Iterator[tuple[str, datetime]]:
    for each in row.get(name) or []:
        try:
            end = datetime.fromisoformat(str(each.get("endDateTime")))
        except ValueError:
            continue
        yield str(each.get("displayName") or each.get("hint") or "without a name"), end


def _ending(name: str, ends: datetime, now: datetime) -> Ending:
    return Ending(name, ends, (ends - now).days)
