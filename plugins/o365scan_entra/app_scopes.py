"""Which mailboxes a role for applications is over: all, all people's, some, or that can't be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from o365scan.api import Data, Evidence, Record, Undecidable
from o365scan_exchange import datasets as exchange

from .recipient_filter import KINDS, Share, share

_WHOLE = "Organization"
_BY_SCOPE = ("CustomRecipientScope", "ExclusiveRecipientScope")
_BY_GROUP = ("AdministrativeUnit", "Group", "OU")


class Holds(Enum):
    """What a scope holds."""

    EVERY_MAILBOX = "every mailbox"
    EVERYBODYS = "everybody's mailbox"
    SOME = "some mailboxes"
    UNDECIDED = "mailboxes that can't be told"

    @property
    def is_everybody(self) -> bool:
        return self in (Holds.EVERY_MAILBOX, Holds.EVERYBODYS)


@dataclass(frozen=True)
class Scope:
    """What a role assignment is over. `said` is for people, `doubt` what could not be read of it."""

    holds: Holds
    said: str
    evidence: tuple[Evidence, ...] = ()
    doubt: Undecidable | None = None


def scope_of(assignment: Record, data: Data) -> Scope:
    """The scope of a role assignment, which names a management scope or an administrative unit, or none.

    Measured by others: `RecipientWriteScope` is CustomRecipientScope or AdministrativeUnit, and then
    `CustomResourceScope` the name of the one or the id of the other. A role that is not for applications has its
    scope in `CustomRecipientWriteScope`.
    """
    kind = assignment.text("RecipientWriteScope")
    field = next((each for each in _FIELDS if assignment.get(each)), None)
    name = assignment.text(field) if field else ""
    if kind == _WHOLE and not name:
        return Scope(Holds.EVERY_MAILBOX, Holds.EVERY_MAILBOX.value)
    said = f"scope {name or kind}"
    evidence = (assignment.at(field),) if field else ()
    if kind not in (_WHOLE, *_BY_SCOPE):
        # Any other kind is nothing that the documentation has for apps: nobody can tell what it holds.
        return Scope(Holds.SOME if kind in _BY_GROUP else Holds.UNDECIDED, said, evidence)
    try:
        return _judged(_named(name, data), said, evidence)
    except Undecidable as cause:
        return Scope(Holds.SOME, said, evidence, doubt=cause)


_FIELDS = ("CustomResourceScope", "CustomRecipientWriteScope")


def _named(name: str, data: Data) -> Record:
    """The management scope of that name. Raises Undecidable."""
    if not name:
        raise Undecidable("A role assignment is limited to a scope that it doesn't name.")
    found = data.once(_by_name).get(name.lower())
    if found is None:
        raise Undecidable(f"The management scope {name!r} is not in the list of scopes.")
    return found


def _by_name(data: Data) -> dict[str, Record]:
    scopes: dict[str, Record] = {}
    for scope in data[exchange.management_scopes]:
        for name in ("Name", "Identity", "Guid"):
            if isinstance(value := scope.get(name), str):
                scopes[value.lower()] = scope
    return scopes


def _judged(scope: Record, said: str, evidence: tuple[Evidence, ...]) -> Scope:
    text = scope.text("RecipientFilter", nullable=True) or ""
    shown = (*evidence, scope.at("RecipientFilter"))
    if scope.text("ScopeRestrictionType") != "RecipientScope" or scope.text("RecipientRoot", nullable=True):
        return Scope(Holds.UNDECIDED, said, (*shown, scope.at("RecipientRoot")))
    holds = _holds(text)
    return Scope(holds, f"{said}: {holds.value}" if holds.is_everybody else said, shown)


def _holds(text: str) -> Holds:
    shares = {kind: share(text, kind) for kind in KINDS}
    if set(shares.values()) == {Share.ALL}:
        return Holds.EVERY_MAILBOX
    if shares[KINDS[0]] is Share.ALL:
        return Holds.EVERYBODYS
    return Holds.UNDECIDED if Share.UNKNOWN in shares.values() else Holds.SOME
