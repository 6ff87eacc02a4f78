"""What is read from a tenant: datasets, their sources, the permissions and licences they need."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from .apis import Api, ApiList, ApiObject, ApiRead
from .errors import PluginError

if TYPE_CHECKING:
    from .data import Data
    from .records import Record

DnsType = Literal["MX", "TXT"]
"""The types of DNS records that can be asked for."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*")

WHOLE = "*"
"""The key of a dataset whose records are told apart by all of their content."""
GRAPH = "Microsoft Graph"
"""The name of Microsoft Graph in a `Permission`: what GraphList and GraphObject read."""
EXCHANGE = "Office 365 Exchange Online"
"""The name of Exchange Online in a `Permission`: what ExchangeCmdlet reads."""
DNS = "DNS"
"""The domain name system, which everybody may ask."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What an app needs to read a dataset: any one of `app_roles` and, where named, any one of
    `directory_roles` (Exchange Online needs both). Least privileged first.

    Where it takes several roles together one entry names them all: "Global Reader + Security Reader".
    Without `app_roles` it takes none (`NO_PERMISSION`). `elsewhere` says in words what is granted elsewhere than in
    Entra, such as "the role Reader on the subscription": nothing in a token shows it.
    """

    api: str
    app_roles: tuple[str, ...]
    directory_roles: tuple[str, ...] = ()
    elsewhere: str | None = None

    def is_granted_by(self, app_roles: Collection[str]) -> bool:
        """Do the app roles held suffice: all that one entry names, or any where none is needed?"""
        return not self.app_roles or _suffice(self.app_roles, app_roles)

    def is_opened_by(self, directory_roles: Collection[str]) -> bool:
        """Do the directory roles held suffice: all that one entry names, or any where none is needed?"""
        return not self.directory_roles or _suffice(self.directory_roles, directory_roles)

    def __str__(self) -> str:
        roles = " or ".join(self.app_roles) or ("no app role" if self.elsewhere else "no permission")
        said = f"{roles} ({self.api})"
        if self.directory_roles:
            said += f" and the directory role {' or '.join(self.directory_roles)}"
        if self.elsewhere:
            said += f" {'and' if self.app_roles else 'but'} {self.elsewhere}"
        return said


NO_PERMISSION = Permission(api=DNS, app_roles=())
"""What DNS publishes is for everybody."""


def _suffice(entries: tuple[str, ...], held: Collection[str]) -> bool:
    return any({role.strip() for role in entry.split("+")}.issubset(held) for entry in entries)


class Unlicensed(StrEnum):
    """What it means that the tenant has no licence for a dataset."""

    EMPTY = "empty"
    """Without the licence no such object can exist: the dataset is whole, and empty."""
    UNKNOWN = "unknown"
    """The objects may exist, and can't be read: a gap."""


@dataclass(frozen=True, kw_only=True)
class GraphList:
    """A list of Microsoft Graph, read to its last page.

    `path` follows the version ("/users"); `select`, `filter` and `expand` are OData query options. `advanced`
    sends `ConsistencyLevel: eventual` and `$count=true`, without which directory objects refuse some filters.
    """

    path: str
    select: tuple[str, ...] = ()
    filter: str | None = None
    expand: str | None = None
    version: str = "v1.0"
    page_size: int | None = None
    """$top; None where the resource refuses it."""
    advanced: bool = False

    def __str__(self) -> str:
        return f"GET /{self.version}{self.path}"


@dataclass(frozen=True, kw_only=True)
class GraphObject:
    """One object of Microsoft Graph, such as a policy of which a tenant has one: a dataset of one record."""

    path: str
    select: tuple[str, ...] = ()
    expand: str | None = None
    version: str = "v1.0"

    def __str__(self) -> str:
        return f"GET /{self.version}{self.path}"


READING_CMDLETS = ("Search-AdminAuditLog", "Search-UnifiedAuditLog", "Test-ServicePrincipalAuthorization")
"""Cmdlets of another verb than Get that change nothing. `Search-Mailbox`, which can delete, is not among them."""


@dataclass(frozen=True, kw_only=True)
class ExchangeCmdlet:
    """A cmdlet of Exchange Online, run through the admin API's InvokeCommand, read to its last page.

    Raises PluginError for a cmdlet that is not named as one that only reads: `Get-…`, or one of READING_CMDLETS.
    """

    cmdlet: str
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not self.cmdlet.startswith("Get-") and self.cmdlet not in READING_CMDLETS:
            raise PluginError(f"{self.cmdlet} is not known to read only: a dataset changes nothing")

    def __str__(self) -> str:
        return self.cmdlet


@dataclass(frozen=True, kw_only=True)
class DnsLookup:
    """What DNS says of one name, asked of the resolver that the scan was given.

    Each name that was asked for is one record, absence included:

        {"Name": "contoso.com",         as asked: lower case, in its ASCII form, without the final dot
         "Type": "TXT",
         "Status": "NOERROR",           or NXDOMAIN: there is no such name; NOTANAME: there can be none
         "CanonicalName": "contoso.com",    where a chain of CNAMEs ends
         "Records": [{"Text": "v=spf1 -all"}]}    of MX [{"Preference": 10, "Exchange": "mx.example.net"}]

    A TXT record is one text, whatever strings it was cut into; bytes that are no UTF-8 are written `\\xff`. Records
    are sorted, since DNS gives them in any order. `Exchange` is "" where a null MX (RFC 7505) says that no mail is
    taken. What a resolver could not tell (SERVFAIL, REFUSED, no answer) is a gap, never a record.
    """

    name: str
    type: DnsType = "TXT"
    then: Callable[[Mapping[str, Any]], Iterable[str]] | None = None
    """The names that a record makes one ask for next, of the same type; must be pure."""
    most: int = 40
    """No more names than these are asked for. Those left out are not among the records."""

    def __str__(self) -> str:
        return f"DNS {self.type} of {self.name}" + (" and what it leads to" if self.then else "")


Request = GraphList | GraphObject | ExchangeCmdlet | DnsLookup | ApiList | ApiObject | ApiRead
"""What is asked of a service in one go."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FanOut:
    """A request for every record of another dataset; the answers are batched and kept by their parent.

    `{Field}` in the request's path, filter, parameters or name stands for that field of the parent, and
    `{@parent}`, where `over` is a fan-out too, for the key of the record that the parent was read for: the members
    of a channel are at "/teams/{@parent}/channels/{id}/allMembers".

    `where` chooses the parents; it may look into the datasets of `reads`. If it is asked `again`, it may also look
    into what was read of the dataset itself so far, and it is asked until it chooses no other parent: for groups
    within groups. What can't be read of one parent is a gap of that parent alone. An error whose code is in
    `absent` says that the parent has none.
    """

    over: Dataset
    request: Request
    where: Callable[[Record, Data], bool] | None = None
    reads: tuple[Dataset, ...] = ()
    absent: tuple[str, ...] = ()
    again: bool = False

    def __str__(self) -> str:
        return f"{self.request} for each of {self.over.name}"


Source = Request | FanOut
"""Where a dataset comes from: one request, or one for each record of another dataset."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A named list of records exactly as Microsoft, or DNS, sent them.

    `name` is "<area>.<plural>", `key` the field whose value identifies a record for good, `title` the field
    that people know it by, `type` Microsoft's name of one record. A `configuration` dataset goes whole into
    the evidence tree; of any other only the objects that a finding is about. `secrets` names fields whose
    values must not leave the snapshot. Objects without an id of their own (a policy of which there is one, an
    answer about a parent) have `key=""`: their key is the parent's, or "the". Rows that nothing tells apart but
    all they say (the entries of an access list) have `key=WHOLE`: for looking up, not for judging.
    """

    name: str
    source: Source
    key: str
    title: str
    type: str
    permission: Permission
    reference: str
    """Microsoft's page on the resource or cmdlet."""
    licence: str | None = None
    unlicensed: Unlicensed = Unlicensed.UNKNOWN
    configuration: bool = True
    secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):  # it becomes a path in snapshots and evidence
            raise PluginError(
                f"the dataset name {self.name!r} is not <area>.<plural>, lower case with hyphens"
            )

    @property
    def area(self) -> str:
        return self.name.partition(".")[0]

    @property
    def request(self) -> Request:
        """What is asked, once or for each parent."""
        return self.source.request if isinstance(self.source, FanOut) else self.source

    @property
    def api(self) -> Api | None:
        """The API that its plugin declared for it, None where the core's own are read."""
        request = self.request
        return request.api if isinstance(request, ApiList | ApiObject | ApiRead) else None

    @property
    def service(self) -> str:
        """The name of what is read, whatever its permission says: GRAPH, EXCHANGE, DNS, or that of a declared API."""
        match self.request:
            case GraphList() | GraphObject():
                return GRAPH
            case ExchangeCmdlet():
                return EXCHANGE
            case DnsLookup():
                return DNS
            case request:
                return request.api.name

    @property
    def needs(self) -> tuple[Dataset, ...]:
        """The datasets that must be read before this one."""
        return (self.source.over, *self.source.reads) if isinstance(self.source, FanOut) else ()

    def __repr__(self) -> str:
        return f"<Dataset {self.name}>"


class GapReason(StrEnum):
    """Why a dataset, or a part of it, could not be read."""

    DENIED = "denied"
    NOT_LICENSED = "notLicensed"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    UNEXPECTED = "unexpectedAnswer"
    NOT_COLLECTED = "notCollected"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What is missing from a dataset: all of it, or what belongs to one `parent` of a fan-out."""

    dataset: str
    reason: GapReason
    detail: str
    hint: str | None = None
    parent: str | None = None
