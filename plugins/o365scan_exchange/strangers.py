"""Addresses outside the organisation that mail is led to: which are accepted, and which stand out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

from o365scan.api import Acceptance, Data, IncompleteDataset, OptionsError, Record, Undecidable, View

from .addresses import ANYBODYS, Address, address_in, normal_domain, own_names
from .datasets import inbox_rules, mailboxes
from .inbox_rules import LEADING, recipients
from .recipients import FORWARDINGS, destination, names_of

_SAME_TO_THE_EYE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""))
_SHORTEST = 5
"""Shorter names are close to others by chance."""


def refuse_other_than_recipients(values: Iterable[str]) -> None:
    """Raises OptionsError for a value that is neither an address nor @ and a domain."""
    for text in values:
        if address_in(f"any{text}" if text.startswith("@") else text) is None:
            raise OptionsError(
                f"recipients: {text!r} is neither an address nor @ and a domain",
                hint='Write "tickets@fabrikam.com" or "@fabrikam.com".',
            )


def is_one_of(address: Address, values: Iterable[str]) -> bool:
    """Is it one of the addresses, or in one of the domains written `@fabrikam.com`? Case doesn't matter."""
    known = {text.lower() for text in values}
    return str(address).lower() in known or any(
        address.domain == normal_domain(text[1:]) for text in known if text.startswith("@")
    )


def look_alike(address: Address, data: Data) -> str | None:
    """The domain of the organisation's own that the address could be mistaken for."""
    labels = address.domain.split(".")[:-1]
    for own in sorted(data.once(own_names)):
        if own.endswith(".onmicrosoft.com") or address.domain.endswith(f".{own}"):
            continue
        name = own.partition(".")[0]
        if len(name) >= _SHORTEST and any(_is_close(label, name) for label in labels):
            return own
    return None


def odd(addresses: Iterable[Address], data: Data) -> Iterator[str]:
    """What about addresses outside looks like an intruder's."""
    for to in addresses:
        if (own := look_alike(to, data)) is not None:
            yield f"{to.domain} looks like {own}"
        if to.domain in ANYBODYS:
            yield f"{to.domain} gives an address to anybody"


def refuse_other_than_pairs(values: Iterable[str]) -> None:
    """Raises OptionsError for a text that doesn't name a mailbox and an address outside."""
    for text in values:
        whose, arrow, to = text.partition("->")
        if not arrow or not whose.strip() or address_in(to) is None:
            raise OptionsError(
                f"expected: {text!r} doesn't name a mailbox and an address",
                hint='Write "sales@contoso.com -> tickets@fabrikam.com".',
            )


def expected_of(mailbox: Record, pairs: Iterable[str]) -> tuple[str, ...]:
    """The addresses to which `pairs` let the mailbox hand mail."""
    names = set(names_of(mailbox))
    parts = (text.partition("->") for text in pairs)
    return tuple(to.strip() for whose, _, to in parts if whose.strip().lower() in names)


def pairs_of(mailbox: Record, addresses: Collection[Address]) -> Acceptance | None:
    """The entries that let the mailbox, and no other, hand mail to the addresses; none if it can't be named."""
    name = mailbox.get("PrimarySmtpAddress")
    if not addresses or not isinstance(name, str) or address_in(name) is None or "->" in name:
        return None
    return Acceptance({"expected": tuple(f"{name} -> {to}" for to in addresses)})


Led = Mapping[str, frozenset[str]]
"""By address outside, in lower case: the mailboxes that lead mail there, by a rule or a setting, through whatever."""


def led_by_rules(data: Data) -> Led:
    """Where mail is led, where rules must be known; for `data.once`."""
    return _led(data, data[inbox_rules])


def led_by_settings(data: Data) -> Led:
    """Where mail is led, by rules too so far as they were read; for `data.once`."""
    return _led(data, data.get(inbox_rules))


def _led(data: Data, rules: View | None) -> Led:
    found: dict[str, set[str]] = defaultdict(set)
    for mailbox in data[mailboxes]:
        texts: list[str] = []
        with suppress(IncompleteDataset):  # of one mailbox; the others still count
            own = rules.of(mailbox) if rules is not None else ()
            texts += [text for rule in own for action in LEADING for text in recipients(rule, action)]
        set_there = (mailbox.get(field) for field in FORWARDINGS)
        texts += [text for text in set_there if isinstance(text, str) and text]
        for text in texts:
            with suppress(Undecidable):  # of which the rule or the setting itself says that it is unknown
                for address, _ in destination(text, data).outside:
                    found[str(address).lower()].add(mailbox.key)
    return {address: frozenset(boxes) for address, boxes in found.items()}


def _is_close(one: str, other: str) -> bool:
    """Are the names the same, the same to the eye, or a letter apart?"""
    return one == other or _as_seen(one) == _as_seen(other) or _is_a_slip_apart(one, other)


def _as_seen(name: str) -> str:
    for given, seen in _SAME_TO_THE_EYE:
        name = name.replace(given, seen)
    return name


def _is_a_slip_apart(one: str, other: str) -> bool:
    """Does one letter more, less or other make the difference, or two that changed places?"""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])
