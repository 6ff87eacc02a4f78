"""Who may use Exchange Web Services: organisation and mailbox must both allow it."""

from __future__ import annotations

from datetime import UTC, datetime

from o365scan.api import Record

SWITCHED = datetime(2026, 10, 1, tzinfo=UTC)
"""From this day Microsoft takes an organisation that never decided (null) for one that has it off.

As announced; single tenants may be switched later than that.
"""


def is_allowed(organization: Record, now: datetime) -> bool:
    """Does the organisation allow it to mailboxes that do?"""
    decided = organization.flag("EwsEnabled", nullable=True)
    return now < SWITCHED if decided is None else decided


def allowed_apps(organization: Record) -> tuple[str, ...]:
    """The apps to which it is limited, by id; none where it is not.

    Unconfirmed: how the list is written. The property came in June 2026, so that older tenants' answers lack it.
    """
    listed = organization.get("EWSAllowedAppIDs")
    if isinstance(listed, str):
        return tuple(part for part in listed.replace(";", ",").split(",") if part.strip())
    return listed if isinstance(listed, tuple) else ()
