"""Mailboxes that an option names, by their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from o365scan.api import Acceptance, OptionsError, Record

from .addresses import address_in


def addresses(values: Iterable[str], option: str) -> frozenset[str]:
    """The addresses of an option, as they are compared. Raises OptionsError that names the value."""
    found = set()
    for text in values:
        address = address_in(text)
        if address is None or "*" in text:
            raise OptionsError(
                f"{option}: {text!r} is no address", hint='Write "scanner@contoso.com", one mailbox each.'
            )
        found.add(str(address).lower())
    return frozenset(found)


def acceptance(mailbox: Record, option: str = "mailboxes") -> Acceptance | None:
    """The entry of an option that accepts the mailbox, if it has an address."""
    name = mailbox.get("PrimarySmtpAddress")
    if not isinstance(name, str) or address_in(name) is None:
        return None
    return Acceptance({option: (name,)})


@dataclass(frozen=True)
class Mailboxes:
    """Mailboxes for which it is accepted, by their primary addresses."""

    mailboxes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        addresses(self.mailboxes, "mailboxes")

    def accept(self, mailbox: Record) -> bool:
        """Is it one of them?"""
        return mailbox.text("PrimarySmtpAddress").lower() in addresses(self.mailboxes, "mailboxes")
