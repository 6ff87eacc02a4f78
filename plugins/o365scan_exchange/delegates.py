"""Delegates: who else may open a mailbox or send as it, directly, through a group, or through one who may."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from o365scan.api import (
    EXCHANGE,
    WHOLE,
    Acceptance,
    Data,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    IncompleteDataset,
    OptionsError,
    Permission,
    Record,
    Undecidable,
)

from .datasets import mailboxes
from .recipients import directory, keys_of, members_of_named, names_of, readable

_REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"
_DELEGATE_READER = Permission(
    api=EXCHANGE,
    app_roles=("Exchange.ManageAsApp",),
    directory_roles=("Global Reader", "Exchange Administrator", "Global Administrator"),
)
_SELF = "S-1-5-10"
_ACCOUNT_SID = re.compile(r"S-1-5-21(-\d+)+", re.IGNORECASE)
_OPENING = frozenset({"FullAccess", "ChangePermission", "ChangeOwner"})
"""Rights that open a mailbox, or let their holder give himself one that does."""

_PERSONS = frozenset({"UserMailbox", "LinkedMailbox", "LegacyMailbox"})

# Unconfirmed: the role that reads them, taken to be the one that reads mailboxes.
mailbox_permissions = Dataset(
    name="exchange.mailbox-permissions",
    source=FanOut(
        over=mailboxes,
        request=ExchangeCmdlet(
            cmdlet="Get-MailboxPermission", parameters={"Identity": "{Guid}", "ResultSize": "Unlimited"}
        ),
    ),
    key=WHOLE,
    title="User",
    type="MailboxPermission",
    permission=_DELEGATE_READER,
    reference=_REFERENCE + "get-mailboxpermission",
    configuration=False,
)
"""Who may open each mailbox. `AccessRights` is a list of one text with commas; the owner is S-1-5-10."""

recipient_permissions = Dataset(
    name="exchange.recipient-permissions",
    source=ExchangeCmdlet(cmdlet="Get-RecipientPermission", parameters={"ResultSize": "Unlimited"}),
    key=WHOLE,
    title="Trustee",
    type="RecipientPermission",
    permission=_DELEGATE_READER,
    reference=_REFERENCE + "get-recipientpermission",
    configuration=False,
)
"""Who may send as whom, of the whole organisation in one list. `Identity` is the recipient by its name."""


def _trustees(data: Data) -> frozenset[str]:
    """Who holds a right, so far as it was read: what can't be read leaves whoever needs it undecided."""
    boxes = tuple(data[mailboxes])
    named = [name for mailbox in boxes for name in _on_behalf(mailbox)]
    named += [str(each.get("User")) for box in boxes for each in readable(mailbox_permissions, box, data)]
    with suppress(IncompleteDataset):
        named += [str(entry.get("Trustee")) for entry in data[recipient_permissions]]
    return keys_of(named, data)


def _on_behalf(mailbox: Record) -> tuple[str, ...]:
    try:
        return mailbox.texts("GrantSendOnBehalfTo", nullable=True)
    except Undecidable:  # which leaves the mailbox itself undecided
        return ()


trustee_group_members = members_of_named(
    "exchange.trustee-group-members", _trustees, (mailbox_permissions, recipient_permissions)
)
"""The members of groups that may open a mailbox, or send as it or on its behalf, and of the groups in those."""


@dataclass(frozen=True)
class Expected:
    """Mailboxes that matter most, and delegates that somebody answers for."""

    important: Collection[str]
    expected: Collection[str]

    def is_important(self, mailbox: Record) -> bool:
        """Is it one of the mailboxes that matter most?"""
        return not {text.lower() for text in self.important}.isdisjoint(names_of(mailbox))

    def accept(self, trustee: str, mailbox: Record, data: Data) -> bool:
        """Does somebody answer for that delegate of that mailbox?"""
        known = data.once(directory).find(trustee)
        called = {trustee.lower()} | (set(names_of(known)) if known is not None else set())
        for text in self.expected:
            who, _, whose = (part.strip().lower() for part in text.partition("->"))
            if who in called and (whose == "*" or whose in set(names_of(mailbox))):
                return True
        return False


def acceptance(trustee: str, mailbox: Record) -> Acceptance | None:
    """The entry of the options that answers for a delegate of a mailbox, if one can be written."""
    whose = mailbox.get("PrimarySmtpAddress")
    if not isinstance(whose, str) or not whose or "->" in trustee:
        return None
    return Acceptance({"expected": (f"{trustee} -> {whose}",)})


def refuse_other_than_delegates(values: Iterable[str]) -> None:
    """Raises OptionsError for a text that doesn't name a delegate and a mailbox."""
    for text in values:
        who, arrow, whose = text.partition("->")
        if not (arrow and who.strip() and whose.strip()) or who.strip() == "*":
            raise OptionsError(
                f"expected: {text!r} doesn't name a delegate and a mailbox",
                hint='Write "assistant@contoso.com -> director@contoso.com", or "backup@contoso.com -> *".',
            )


def is_persons(mailbox: Record) -> bool:
    """Is it the mailbox of a person, rather than one to be shared?"""
    return mailbox.text("RecipientTypeDetails") in _PERSONS


def who_opens(mailbox: Record, data: Data) -> Iterator[Record]:
    """The entries that let somebody else open a mailbox. Accounts that are gone open nothing."""
    for entry in data[mailbox_permissions].of(mailbox):
        if entry.text("UserSid", nullable=True) == _SELF or entry.flag("IsInherited") or entry.flag("Deny"):
            continue
        if _ACCOUNT_SID.fullmatch(entry.text("User")):
            continue
        rights = {right.strip() for text in entry.texts("AccessRights") for right in text.split(",")}
        if not rights.isdisjoint(_OPENING):
            yield entry


def who_sends_as(mailbox: Record, data: Data) -> Iterator[Record]:
    """The entries that let somebody else send as a mailbox."""
    held = data.once(_send_as)
    for name in sorted(set(names_of(mailbox))):
        yield from held.get(name, ())


def _send_as(data: Data) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    named: set[str] = set()
    for entry in data[recipient_permissions]:
        name = entry.text("Identity").strip().lower()
        named.add(name)
        if (
            entry.text("TrusteeSidString", nullable=True) == _SELF
            or entry.text("AccessControlType") != "Allow"
        ):
            continue
        if _ACCOUNT_SID.fullmatch(entry.text("Trustee")) or "SendAs" not in entry.texts("AccessRights"):
            continue
        found[name].append(entry)
    if named and not any(name in named for mailbox in data[mailboxes] for name in names_of(mailbox)):
        raise Undecidable("the list of who may send as whom names no mailbox as the list of mailboxes does")
    return found


def opened_by(data: Data) -> Mapping[str, frozenset[str]]:
    """By trustee as written, in lower case: the persons' mailboxes of others that it opens; for `data.once`.

    Of mailboxes whose entries could not be read nothing is counted.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for mailbox in data[mailboxes]:
        with suppress(Undecidable):
            if is_persons(mailbox):
                for entry in who_opens(mailbox, data):
                    found[entry.text("User").lower()].add(mailbox.key)
    return {trustee: frozenset(boxes) for trustee, boxes in found.items()}
