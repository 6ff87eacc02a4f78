"""Recipients that are not mailboxes, and where mail to anything in the directory ends up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from o365scan.api import (
    EXCHANGE,
    Data,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    IncompleteDataset,
    Permission,
    Record,
)

from .addresses import Address, address_in, own_domains
from .datasets import inbox_rules, mailboxes
from .inbox_rules import LEADING, recipients

_REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"
_ALL = {"ResultSize": "Unlimited"}

# Unconfirmed for all but mailboxes, which a Global Reader was given on a live tenant.
_RECIPIENT_READER = Permission(
    api=EXCHANGE,
    app_roles=("Exchange.ManageAsApp",),
    directory_roles=("Global Reader", "Exchange Administrator", "Global Administrator"),
)

mail_contacts = Dataset(
    name="exchange.mail-contacts",
    source=ExchangeCmdlet(cmdlet="Get-MailContact", parameters=_ALL),
    key="Guid",
    title="Name",
    type="MailContact",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-mailcontact",
    configuration=False,
)
"""Addresses elsewhere that the directory lists: `ExternalEmailAddress`."""

mail_users = Dataset(
    name="exchange.mail-users",
    source=ExchangeCmdlet(cmdlet="Get-MailUser", parameters=_ALL),
    key="Guid",
    title="UserPrincipalName",
    type="MailUser",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-mailuser",
    configuration=False,
)
"""Accounts whose mailbox is elsewhere: guests, and people of an organisation's own servers."""

mail_groups = Dataset(
    name="exchange.mail-groups",
    source=ExchangeCmdlet(cmdlet="Get-DistributionGroup", parameters=_ALL),
    key="Guid",
    title="Name",
    type="DistributionGroup",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-distributiongroup",
    configuration=False,
)
"""Distribution lists and mail-enabled security groups."""


unified_groups = Dataset(
    name="exchange.unified-groups",
    source=ExchangeCmdlet(cmdlet="Get-UnifiedGroup", parameters=_ALL),
    key="Guid",
    title="Name",
    type="UnifiedGroup",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-unifiedgroup",
    configuration=False,
)
"""Microsoft 365 groups. `GroupExternalMemberCount` is how many of their members are guests."""

dynamic_groups = Dataset(
    name="exchange.dynamic-groups",
    source=ExchangeCmdlet(cmdlet="Get-DynamicDistributionGroup", parameters=_ALL),
    key="Guid",
    title="Name",
    type="DynamicDistributionGroup",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-dynamicdistributiongroup",
    configuration=False,
)
"""Lists whose members a filter chooses. `IncludedRecipients` says of which kinds they are, or is empty for a filter of
the organisation's own. Unconfirmed: how several kinds are written, taken to be with commas between.
"""


@dataclass(frozen=True)
class Directory:
    """Everything of the directory that was listed, by whatever it may be called."""

    records: Mapping[str, Record | None]
    """None where two are called the same, so that neither is meant for sure."""

    def find(self, name: str) -> Record | None:
        """Who is called that, None if nobody is known to be."""
        return self.records.get(_plain(name))

    def is_ambiguous(self, name: str) -> bool:
        """Are two of them called that?"""
        return self.records.get(_plain(name), name) is None


def directory(data: Data) -> Directory:
    """Mailboxes, contacts, mail users and groups; for `data.once`."""
    found: dict[str, Record | None] = {}
    for dataset in (mailboxes, *DIRECTORY):
        for record in data[dataset]:
            for name in set(names_of(record)):
                same = found.setdefault(name, record)
                if same is None or (same.dataset.name, same.key) != (record.dataset.name, record.key):
                    found[name] = None
    return Directory(found)


_NAMES = (
    "Guid",
    "Name",
    "DisplayName",
    "Identity",
    "DistinguishedName",
    "LegacyExchangeDN",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "ExternalDirectoryObjectId",
)


def names_of(record: Record) -> Iterator[str]:
    """All that other objects may call it by. What it can't be called by is no reason to know it less."""
    for field in _NAMES:
        if isinstance(value := record.get(field), str) and value:
            yield _plain(value)
    addresses = record.get("EmailAddresses")
    for text in addresses if isinstance(addresses, tuple) else ():
        kind, _, value = text.partition(":") if isinstance(text, str) else ("", "", "")
        if kind.lower() in ("smtp", "x500") and value:
            yield _plain(value)


def _plain(name: str) -> str:
    return name.strip().lower()


@dataclass(frozen=True)
class Destination:
    """Where mail that is handed to somebody ends up, so far as it is known."""

    outside: tuple[tuple[Address, str], ...] = ()
    """Addresses that are not the organisation's, each with what leads there ("" if nothing stands between)."""
    unknown: tuple[str, ...] = ()
    """What could not be followed, and why."""


def destination(text: str, data: Data) -> Destination:
    """Follow a recipient as a rule or a mailbox names it.

    An address of the organisation's own may still be a contact's, whose mail goes elsewhere. Raises Undecidable
    where a list that it takes can't be read, but never for an address that is plainly outside.
    """
    address = address_in(text)
    if address is not None and not data.once(own_domains).hold(address):
        return Destination(outside=((address, ""),))
    known, name = data.once(directory), str(address) if address else called(text)
    record = known.find(name)
    if record is not None:
        return _joined(_followed(record, data, frozenset()))
    if known.is_ambiguous(name):  # a name may be chosen to hide a contact whose address it is
        return Destination(unknown=(f"two of the recipients are called {name}",))
    if address is not None:
        return Destination()
    return Destination(unknown=(f"{text} is nobody that the lists of recipients name",))


def called(text: str) -> str:
    """The name in the directory that a recipient is shown by: `"Name" [EX:/o=…]` or a plain identity."""
    inner = text.rpartition("[")[2].rstrip("] ") if text.rstrip().endswith("]") else text
    return inner[3:] if inner.upper().startswith("EX:") else inner


def _joined(parts: Iterable[Destination]) -> Destination:
    found = list(parts)
    outside = dict.fromkeys(each for part in found for each in part.outside)
    unknown = dict.fromkeys(each for part in found for each in part.unknown)
    return Destination(tuple(outside), tuple(unknown))


def _followed(record: Record, data: Data, seen: frozenset[str]) -> Iterator[Destination]:
    kind = record.dataset.name
    if kind == mailboxes.name or record.key in seen:  # a group within itself leads nowhere else
        return
    if kind == mail_groups.name:
        yield from _members(record, data, seen | {record.key})
    elif kind == unified_groups.name:
        yield _unified(record)
    elif kind == dynamic_groups.name:
        yield _dynamic(record)
    else:
        yield elsewhere(record, data)


def _members(group: Record, data: Data, seen: frozenset[str]) -> Iterator[Destination]:
    for member in data[target_group_members].of(group):
        known = data.once(directory).find(member.key)
        if known is not None:
            yield from _through(group, _followed(known, data, seen))
        elif member.text("RecipientType") != _WITHOUT_MAIL:
            yield Destination(unknown=(f"{member.title}, a member of the group {group.title}",))


def _unified(group: Record) -> Destination:
    """The group's own mailbox is inside, and so are its members but for guests, who may get a copy."""
    guests = group.number("GroupExternalMemberCount")
    if not guests:
        return Destination()
    return Destination(
        unknown=(
            f"guests are members of the Microsoft 365 group {group.title} ({guests}), and may get what it gets",
        )
    )


def _dynamic(group: Record) -> Destination:
    """Whom a precanned filter chooses is known by kind; whom another one does, and what rights it asks for, is not."""
    kinds = {kind.strip() for kind in (group.text("IncludedRecipients", nullable=True) or "").split(",")} - {
        ""
    }
    if kinds and kinds <= _WITH_MAILBOX:
        return Destination()
    return Destination(unknown=(f"the members of the dynamic list {group.title}, whom its filter chooses",))


_WITHOUT_MAIL = "User"
"""An account that has neither a mailbox nor an address elsewhere gets no mail."""
_WITH_MAILBOX = frozenset({"MailboxUsers", "Resources"})


def elsewhere(record: Record, data: Data) -> Destination:
    """Where mail to a contact or a mail user goes."""
    text = record.text("ExternalEmailAddress", nullable=True) or ""
    address = address_in(text)
    if address is None:
        return Destination(unknown=(f"{record.title} leads to {text!r}, which is no address",))
    if data.once(own_domains).hold(address):
        return Destination()
    return Destination(outside=((address, f"{_KIND[record.dataset.name]} {record.title}"),))


_KIND = {mail_contacts.name: "the contact", mail_users.name: "the account"}


def _through(group: Record, found: Iterable[Destination]) -> Iterator[Destination]:
    for part in found:
        outside = tuple((address, f"{via} in the group {group.title}") for address, via in part.outside)
        yield Destination(outside, part.unknown)


def members_of_named(
    name: str, named: Callable[[Data], frozenset[str]], reads: tuple[Dataset, ...]
) -> Dataset:
    """The members of the groups whose keys `named` finds, and of the groups in those.

    `reads` is what `named` looks into, beside the groups themselves.
    """

    def within(data: Data) -> frozenset[str]:
        return frozenset(member.key for member in data[dataset])

    def where(group: Record, data: Data) -> bool:
        return group.key in data.once(named) or group.key in data.once(within)

    dataset = Dataset(
        name=name,
        source=FanOut(
            over=mail_groups, request=_MEMBERS, where=where, reads=(mailboxes, *_LISTS, *reads), again=True
        ),
        key="Guid",
        title="Name",
        type="DistributionGroupMember",
        permission=_RECIPIENT_READER,
        reference=_REFERENCE + "get-distributiongroupmember",
        configuration=False,
    )
    return dataset


def keys_of(names: Iterable[str], data: Data) -> frozenset[str]:
    """The keys of those in the directory that are called so."""
    found = (data.once(directory).find(name) for name in names)
    return frozenset(record.key for record in found if record is not None)


def _targets(data: Data) -> frozenset[str]:
    """What mailboxes and rules name, so far as it was read: who can't be read leaves whoever needs him undecided."""
    boxes = tuple(data[mailboxes])
    named = (mailbox.get(field) for mailbox in boxes for field in FORWARDINGS)
    given = [name for name in named if isinstance(name, str) and name]
    rules = (rule for mailbox in boxes for rule in readable(inbox_rules, mailbox, data))
    given += [text for rule in rules for action in LEADING for text in recipients(rule, action)]
    return keys_of((str(address_in(text) or called(text)) for text in given), data)


def readable(dataset: Dataset, parent: Record, data: Data) -> tuple[Record, ...]:
    """The records of a parent, none where they could not be read."""
    try:
        return tuple(data[dataset].of(parent))
    except IncompleteDataset:
        return ()


FORWARDINGS = ("ForwardingSmtpAddress", "ForwardingAddress")
_MEMBERS = ExchangeCmdlet(
    cmdlet="Get-DistributionGroupMember", parameters={"Identity": "{Guid}", "ResultSize": "Unlimited"}
)

DIRECTORY = (mail_contacts, mail_users, mail_groups, unified_groups, dynamic_groups)
"""What has to be read, beside mailboxes and accepted domains, to follow a recipient."""
_LISTS = tuple(dataset for dataset in DIRECTORY if dataset is not mail_groups)

target_group_members = members_of_named("exchange.target-group-members", _targets, (inbox_rules,))
"""The members of groups that a mailbox forwards to or an inbox rule hands mail to, and of the groups in those."""
