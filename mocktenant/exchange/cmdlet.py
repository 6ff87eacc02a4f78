"""What a cmdlet is: one row of the table, for reading or for writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.filters import Filter
from mocktenant.exchange.grants import Grant
from mocktenant.exchange.parameters import Choice, Parameter, Read, Size, Text
from mocktenant.tenant import Tenant
from mocktenant.words import words

Shape = Callable[[Tenant, Object], Object]
Keep = Callable[[Object, Read], bool]
Source = Callable[[Tenant, Read], list[Object]]
Warn = Callable[[Tenant, Read, list[Object]], list[str]]
Ask = Callable[[Tenant, Read], str | None]


class Outcome(NamedTuple):
    """What a change answers: rows, none for most, and warnings."""

    rows: Sequence[Object] = ()
    warnings: Sequence[str] = ()


Act = Callable[[Tenant, Read], Outcome]

NAMED: Mapping[str, Parameter] = {"Identity": Text()}
LISTED: Mapping[str, Parameter] = {"Identity": Text(), "ResultSize": Size()}
FILTERED: Mapping[str, Parameter] = {**LISTED, "Filter": Filter()}

BY_NAME = ("Name", "Identity", "Guid", "DistinguishedName")
BY_ADDRESS = (
    *BY_NAME,
    "Alias",
    "DisplayName",
    "ExchangeGuid",
    "ExternalDirectoryObjectId",
    "LegacyExchangeDN",
    "PrimarySmtpAddress",
    "UserPrincipalName",
)

_NO_FILTERS = frozenset({"Identity", "ResultSize"})


def no_warnings(_tenant: Tenant, _given: Read, _rows: list[Object]) -> list[str]:
    """Nothing to say."""
    return []


def kinds(names: str) -> Choice:
    """The parameter RecipientTypeDetails."""
    return Choice("Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails[]", words(names))


@dataclass(frozen=True, kw_only=True)
class Common:
    """What every row says.

    `required` are parameters without which the answer is 400; `unemulated` are parameters of the real cmdlet
    that are refused in plain words; `unconfirmed` says what of it nobody has seen on a wire.
    """

    grant: Grant
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: LISTED)
    required: tuple[str, ...] = ()
    unemulated: frozenset[str] = frozenset()
    unconfirmed: str = ""


@dataclass(frozen=True, kw_only=True)
class Cmdlet(Common):
    """A cmdlet that reads.

    `source` gives the rows where they are not simply a collection's objects, and may act on the request.
    `identity` are the properties by which `Identity` (or `key`, where the cmdlet calls it otherwise; None
    where the source has seen to it) finds an object; `keep` sees rows as they are sent, as soon as a parameter
    beyond Identity and ResultSize is given, or always if it `hides` rows even if nothing was asked. `default_size`
    is how many rows come without ResultSize, None for all; `whole` answers have no pages.
    """

    collection: str
    shape: Shape
    identity: tuple[str, ...] = BY_NAME
    key: str | None = "Identity"
    source: Source | None = None
    keep: Keep | None = None
    hides: bool = False
    order: Callable[[Object], int] | None = None
    warn: Warn = no_warnings
    default_size: int | None = 1000
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Command(Common):
    """A cmdlet that writes: `act` does it.

    `ask` is the question that a person at a console would be asked, unless told not to; None for none.
    """

    act: Act
    ask: Ask | None = None


Row = Cmdlet | Command


def reads(table: Mapping[str, Row], name: str) -> Cmdlet:
    """The row of a cmdlet that reads. Raises TypeError for one that writes."""
    row = table[name]
    if not isinstance(row, Cmdlet):
        raise TypeError(f"{name} does not read")
    return row


def rows(tenant: Tenant, cmdlet: Cmdlet, given: Read) -> list[Object]:
    """A cmdlet's rows in its order, after its filters; still to be shaped if nothing had to look at them.

    Shaping twice changes nothing, and shaping only the page that is sent is what keeps a tenant of a hundred
    thousand mailboxes quick.
    """
    items = cmdlet.source(tenant, given) if cmdlet.source else tenant.objects(cmdlet.collection)
    looks = cmdlet.hides or (cmdlet.keep is not None and bool(given.keys() - _NO_FILTERS))
    if cmdlet.order is None and not looks and "Filter" not in given:
        return items
    shaped = (cmdlet.shape(tenant, item) for item in items)
    kept = [row for row in shaped if _wanted(cmdlet, row, given)]
    return sorted(kept, key=cmdlet.order) if cmdlet.order else kept


def found(tenant: Tenant, cmdlet: Cmdlet, given: Read) -> list[Object]:
    """The rows of a request, its `Identity` looked at. Raises Refusal."""
    everything = rows(tenant, cmdlet, given)
    identity = given.get(cmdlet.key) if cmdlet.key else None
    if identity is None:
        return everything
    named = [row for row in everything if matches(cmdlet, row, identity)]
    if not named:  # by a property that the service derives, then
        named = [
            row
            for row in everything
            if _derives(cmdlet, row, identity) and matches(cmdlet, cmdlet.shape(tenant, row), identity)
        ]
    if not named:
        raise errors.not_found(identity)
    return named


def _derives(cmdlet: Cmdlet, row: Object, identity: str) -> bool:
    """Whether an identity may be one that the service derives for a row: to shape a large tenant's rows takes long.

    Of a recipient that says all its names itself only distinguished names are derived.
    """
    said = _SAID.intersection(cmdlet.identity)
    return not said or "=" in identity or any(name not in row for name in said)


_SAID = frozenset({"Alias", "DisplayName", "PrimarySmtpAddress", "UserPrincipalName"})


def matches(cmdlet: Cmdlet, row: Object, identity: str) -> bool:
    """Whether an identity means a row, regardless of case; a mailbox's further addresses count too."""
    wanted = identity.lower()
    names = [str(row.get(name) or "").lower() for name in cmdlet.identity]
    addresses = [str(item).partition(":")[2].lower() for item in row.get("EmailAddresses", [])]
    return wanted in [*names, *addresses]


def _wanted(cmdlet: Cmdlet, row: Object, given: Read) -> bool:
    chosen = given.get("Filter")
    return (cmdlet.keep is None or cmdlet.keep(row, given)) and (chosen is None or bool(chosen(row)))


def of_type(row: Object, given: Read) -> bool:
    """Whether a row is of one of the RecipientTypeDetails asked for."""
    return row["RecipientTypeDetails"] in given.get("RecipientTypeDetails", [row["RecipientTypeDetails"]])


def of_state(row: Object, given: Read) -> bool:
    """Whether a row is in the State asked for."""
    return row["State"] in given.get("State", [row["State"]])
