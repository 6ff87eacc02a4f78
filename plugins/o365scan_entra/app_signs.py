"""Signs that an app's privilege is in use by the wrong person: what was added, changed or woken lately."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import Data, Dataset, Evidence, Record
from o365scan_exchange import datasets as exchange

from .app_credentials import FRESH, moment
from .app_sign_ins import privileged_app_sign_ins
from .applications import sign_in_activities

_DORMANT = timedelta(days=90)
_TOGETHER = timedelta(days=3)
_CHANGED: tuple[tuple[Dataset, str], ...] = (
    (exchange.inbound_connectors, "WhenChangedUTC"),
    (exchange.outbound_connectors, "WhenChangedUTC"),
    (exchange.transport_rules, "WhenChanged"),
)
OPTIONAL = (*(dataset for dataset, _ in _CHANGED), sign_in_activities, privileged_app_sign_ins)
"""The datasets that the signs come from."""


@dataclass(frozen=True)
class MailFlow:
    """Connectors and rules that were changed lately, or together with an app; only the last change is known."""

    lately: tuple[Evidence, ...] = ()
    together: tuple[Evidence, ...] = ()

    @property
    def changes(self) -> tuple[Evidence, ...]:
        """All of them."""
        return (*self.lately, *self.together)


def mail_flow(data: Data, now: datetime, consents: Collection[datetime]) -> MailFlow:
    """What was changed of the mail flow within two weeks, or in the three days after one of an app's `consents`.

    The second stays true however late somebody looks. Credentials don't count for it: they are renewed so often
    that some rule's last change is always near.
    """
    lately: list[Evidence] = []
    together: list[Evidence] = []
    for changed, evidence in _changes(data):
        if changed >= now - FRESH:
            lately.append(evidence)
        elif any(timedelta() <= changed - consent <= _TOGETHER for consent in consents):
            together.append(evidence)
    return MailFlow(tuple(lately), tuple(together))


def _changes(data: Data) -> Iterator[tuple[datetime, Evidence]]:
    for dataset, name in _CHANGED:
        for record in data.get(dataset) or ():
            changed = moment(record.get(name))
            if changed is not None:
                yield changed, record.at(name)


def counted(changes: Collection[Evidence]) -> str:
    """How many connectors and rules, for people."""
    what = "a connector or mail flow rule was" if len(changes) == 1 else "connectors or mail flow rules were"
    return f"{what} changed" if len(changes) == 1 else f"{len(changes)} {what} changed"


@dataclass(frozen=True)
class Slumber:
    """An app that has not signed in for three months. `last` is None if no sign-in of it is known at all."""

    last: datetime | None
    evidence: tuple[Evidence, ...]

    def __str__(self) -> str:
        if self.last is None:
            return "Microsoft's report knows no sign-in of it."
        return f"It has not signed in since {self.last:%Y-%m-%d}."


def slumber(app_id: str, application: Record | None, data: Data, now: datetime) -> Slumber | None:
    """Whether the app lies unused; None if it doesn't, or if that can't be known."""
    report = data.get(sign_in_activities)
    if report is None:
        return None
    activity = report.get(app_id)
    if activity is None:
        return _never(application, now) if any(True for _ in report) else None
    last = moment(activity.get("lastSignInActivity/lastSignInDateTime"))
    if last is None or last >= now - _DORMANT:
        return None
    return Slumber(last, (activity.at("lastSignInActivity/lastSignInDateTime"),))


def _never(application: Record | None, now: datetime) -> Slumber | None:
    """Nobody knows how old the principal is; the registration, if it is here, says so of itself."""
    if application is None:
        return None
    created = moment(application.get("createdDateTime"))
    if created is None or created >= now - _DORMANT:
        return None
    return Slumber(None, (application.at("createdDateTime"),))
