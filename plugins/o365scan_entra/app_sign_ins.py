"""From where the apps sign in that could do most harm: whether lately from where they never did before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import GRAPH, Data, Dataset, Evidence, FanOut, GraphList, Permission, Record, Unlicensed

from .app_credentials import moment
from .app_permissions import Reach
from .app_right import Right
from .app_rights import SOURCES, rights
from .applications import service_principals
from .publishers import MICROSOFT_SERVICES

_LATELY = timedelta(days=7)
_ENOUGH = 5
"""How many earlier sign-ins show where an app usually signs in from."""
_SHOWN = 3

COUNTRY = "location/countryOrRegion"
NETWORK = "autonomousSystemNumber"


def is_dangerous(held: Collection[Right]) -> bool:
    """Does it lead to an administrator's rights, or to all mailboxes together with a role that writes?"""
    reaches = {right.reach for right in held}
    entry = reaches & {Reach.SHELL, Reach.MAILBOXES}
    return Reach.CONTROL in reaches or bool(entry and any(right.writes_exchange for right in held))


def _is_dangerous(principal: Record, data: Data) -> bool:
    if str(principal.get("appOwnerOrganizationId")).lower() == MICROSOFT_SERVICES:
        return False
    return is_dangerous(data.once(rights).held.get(principal.key, ()))


privileged_app_sign_ins = Dataset(
    name="entra.privileged-app-sign-ins",
    source=FanOut(
        over=service_principals,
        request=GraphList(
            path="/auditLogs/signIns",
            version="beta",
            filter="signInEventTypes/any(t: t eq 'servicePrincipal') and servicePrincipalId eq '{id}'"
            " and status/errorCode eq 0",
            select=(
                "id",
                "createdDateTime",
                "appId",
                "servicePrincipalId",
                "servicePrincipalName",
                "servicePrincipalCredentialKeyId",
                "ipAddress",
                "autonomousSystemNumber",
                "location",
                "resourceDisplayName",
            ),
            page_size=1000,
        ),
        where=_is_dangerous,
        reads=tuple(source for source in SOURCES if source is not service_principals),
    ),
    key="id",
    title="servicePrincipalName",
    type="signIn",
    permission=Permission(api=GRAPH, app_roles=("AuditLog.Read.All",)),
    reference="https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta",
    licence="Microsoft Entra ID P1",
    # As with the report of last sign-ins: without the licence there is no log to read, and nothing rests on it.
    unlicensed=Unlicensed.EMPTY,
    configuration=False,
)
"""How the few principals with the gravest rights signed in of late, as the log keeps it: for 30 days.

Only beta tells sign-ins of apps. The log takes few requests in a while, so no other principals are asked for.
Unconfirmed: that it honours `$select`, which others' scripts send; without it a record is only longer.
"""


@dataclass(frozen=True)
class NewGround:
    """Sign-ins from a country or a network (autonomous system) where the app had not signed in before."""

    sign_ins: tuple[Record, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sign_ins)

    def __str__(self) -> str:
        places = dict.fromkeys(_place(each) for each in self.sign_ins)
        more = len(places) - _SHOWN
        listed = ", ".join(list(places)[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return f" Within the last week it signed in from where it had not before: {listed}."

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(
            each.at(field)
            for each in self.sign_ins[:_SHOWN]
            for field in ("createdDateTime", "ipAddress", COUNTRY, NETWORK)
            if each.get(field) is not None
        )


def _place(sign_in: Record) -> str:
    parts = [sign_in.get("ipAddress"), sign_in.get(COUNTRY)]
    network = sign_in.get(NETWORK)
    parts += [f"AS{network}"] if network else []
    return " ".join(str(part) for part in parts if part)


def new_ground(principal: Record, data: Data, now: datetime) -> NewGround:
    """The sign-ins of the last week from new ground; none where too few earlier ones are known to tell."""
    view = data.get(privileged_app_sign_ins)
    earlier, lately = list[Record](), list[Record]()
    for sign_in in view.of(principal) if view is not None else ():
        at = moment(sign_in.get("createdDateTime"))
        if at is not None:
            (lately if at >= now - _LATELY else earlier).append(sign_in)
    if len(earlier) < _ENOUGH:
        return NewGround()
    known = {field: _seen(earlier, field) for field in (COUNTRY, NETWORK)}
    return NewGround(tuple(each for each in lately if any(_is_new(each, *one) for one in known.items())))


def _told(sign_in: Record, field: str) -> str | int | None:
    value = sign_in.get(field)
    return value if isinstance(value, str | int) else None


def _seen(sign_ins: Iterable[Record], field: str) -> frozenset[object]:
    return frozenset(value for each in sign_ins if (value := _told(each, field)))


def _is_new(sign_in: Record, field: str, known: frozenset[object]) -> bool:
    """Is the value another than any before? Where none is known before, that is the log's silence and no sign."""
    value = _told(sign_in, field)
    return bool(value and known and value not in known)
