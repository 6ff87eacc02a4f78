"""Recipients that are not mailboxes, and where mail to anything in the directory ends up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from o365scan.api import EXCHANGE, Data, Dataset, ExchangeCmdlet, FanOut, Permission, Record

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
"""Distribution lists and mail-enabled security groups. Microsoft 365 groups and dynamic lists are not among them."""


@dataclass(frozen=True)
class Directory:
    """Everything of the directory that was listed, by whatever it may be called."""

    records: Mapping[str, Record | None]
    """None where two are called the same, so that neither is meant for sure."""

    def find(self, name: str) -> Record | None:
        """Who is called that, None if nobody is known to be."""
        return self.records.get(_plain(name))


def directory(data: Data) -> Directory:
    """Mailboxes, contacts, mail users and groups; for `data.once`."""
    found: dict[str, Record | None] = {}
    for dataset in (mailboxes, mail_contacts, mail_users, mail_groups):
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


def destination(text: str, data: Data, members: Dataset) -> Destination:
    """Follow a recipient as a rule or a mailbox names it; `members` are those of groups that mail is led to.

    An address of the organisation's own may still be a contact's, whose mail goes elsewhere. Raises Undecidable
    where a list that it takes can't be read, but never for an address that is plainly outside.
    """
    address = address_in(text)
    if address is not None and not data.once(own_domains).hold(address):
        return Destination(outside=((address, ""),))
    record = data.once(directory).find(str(address) if address else called(text))
    if record is not None:
        return _joined(_followed(record, data, members, top=True))
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


def _followed(record: Record, data: Data, members: Dataset, *, top: bool) -> Iterator[Destination]:
    if record.dataset.name == mailboxes.name:
        return
    if record.dataset.name != mail_groups.name:
        yield _elsewhere(record, data)
    elif not top:
        yield Destination(unknown=(f"the members of {record.title}, a group within a group",))
    else:
        for member in data[members].of(record):
            known = data.once(directory).find(member.key)
            if known is None:
                yield Destination(unknown=(f"{member.title}, a member of the group {record.title}",))
            else:
                yield from _through(record, _followed(known, data, members, top=False))


def _elsewhere(record: Record, data: Data) -> Destination:
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


def _is_forwarded_to(group: Record, data: Data) -> bool:
    return group.key in data.once(_forwarded_to)


def _forwarded_to(data: Data) -> frozenset[str]:
    named = (mailbox.get("ForwardingAddress") for mailbox in data[mailboxes])
    return _keys((name for name in named if isinstance(name, str) and name), data)


def _is_in_a_rule(group: Record, data: Data) -> bool:
    return group.key in data.once(_in_rules)


def _in_rules(data: Data) -> frozenset[str]:
    given = (text for rule in data[inbox_rules] for action in LEADING for text in recipients(rule, action))
    return _keys((str(address_in(text) or called(text)) for text in given), data)


def _keys(names: Iterable[str], data: Data) -> frozenset[str]:
    found = (data.once(directory).find(name) for name in names)
    return frozenset(record.key for record in found if record is not None)


_MEMBERS = ExchangeCmdlet(
    cmdlet="Get-DistributionGroupMember", parameters={"Identity": "{Guid}", "ResultSize": "Unlimited"}
)

forwarded_group_members = Dataset(
    name="exchange.forwarded-group-members",
    source=FanOut(
        over=mail_groups,
        request=_MEMBERS,
        where=_is_forwarded_to,
        reads=(mailboxes, mail_contacts, mail_users),
    ),
    key="Guid",
    title="Name",
    type="DistributionGroupMember",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-distributiongroupmember",
    configuration=False,
)
"""The direct members of groups that a mailbox forwards to, and of no other."""

rule_group_members = Dataset(
    name="exchange.rule-group-members",
    source=FanOut(
        over=mail_groups,
        request=_MEMBERS,
        where=_is_in_a_rule,
        reads=(mailboxes, mail_contacts, mail_users, inbox_rules),
    ),
    key="Guid",
    title="Name",
    type="DistributionGroupMember",
    permission=_RECIPIENT_READER,
    reference=_REFERENCE + "get-distributiongroupmember",
    configuration=False,
)
"""The direct members of groups that an inbox rule hands mail to, and of no other."""

DIRECTORY = (mail_contacts, mail_users, mail_groups)
"""What has to be read, beside mailboxes and accepted domains, to follow a recipient."""
