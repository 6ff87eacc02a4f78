"""What app management policies restrict: which credentials apps may be given, and for how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import Fields, Record, Undecidable

from .app_credentials import moment

_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?"
)
_DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}


@dataclass(frozen=True)
class Restriction:
    """One restriction as a policy has it. `longest` is how long a credential may be valid, None if it says none."""

    kind: str
    in_force: bool
    longest: timedelta | None


def restrictions(policy: Record, path: str, now: datetime) -> Iterator[Restriction]:
    """The restrictions in one list of a policy ("applicationRestrictions/passwordCredentials").

    The list, and what holds it, may be null: nothing is restricted.
    """
    holder = path.rpartition("/")[0]
    if policy[holder] is None:
        return
    for each in policy.objects(path, nullable=True):
        yield _restriction(each, now)


def _restriction(each: Fields, now: datetime) -> Restriction:
    since = each.text("restrictForAppsCreatedAfterDateTime", nullable=True)
    starts = moment(since)
    if since is not None and starts is None:
        raise Undecidable(f"From when a restriction holds is no time: {since!r}.")
    in_force = each.text("state") == "enabled" and (starts is None or starts <= now)
    longest = each.text("maxLifetime", nullable=True)
    return Restriction(each.text("restrictionType"), in_force, _duration(longest) if longest else None)


def _duration(text: str) -> timedelta:
    """An ISO 8601 duration; a year has 365 days, a month 30. Raises Undecidable."""
    read = _DURATION.fullmatch(text)
    if read is None:
        raise Undecidable(f"A longest validity is no duration: {text!r}.")
    parts = {name: int(value) for name, value in read.groupdict().items() if value is not None}
    days = sum(parts.pop(name) * size for name, size in _DAYS.items() if name in parts)
    return timedelta(days=days, **parts)
