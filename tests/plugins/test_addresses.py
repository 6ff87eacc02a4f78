"""What counts as an address, and whose it is."""

from __future__ import annotations

import pytest

from o365scan_exchange.addresses import Address, OwnDomains, address_in, is_within, normal_domain


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("journal@contoso.com", "journal@contoso.com"),
        ("Journal@CONTOSO.com.", "Journal@contoso.com"),
        ("smtp:journal@contoso.com", "journal@contoso.com"),
        ("SMTP:journal@contoso.com", "journal@contoso.com"),
        ("Journal <journal@contoso.com>", "journal@contoso.com"),
        ('"Journal, legal" [SMTP:journal@contoso.com]', "journal@contoso.com"),
        ("journal@contoso.com [SMTP:drop@example.net]", "drop@example.net"),
        ('"journal@contoso.com"@example.net', '"journal@contoso.com"@example.net'),
        ("journal@contoso.com@example.net", None),
        ("drop@example.net;journal@contoso.com", None),
        ("drop@example.net, journal@contoso.com", None),
        ("Journal mailbox", None),
        ("journal@localhost", None),
        ("@contoso.com", None),
        ("journal@", None),
        ("", None),
        ('"Journal" [EX:/o=ExchangeLabs/cn=Recipients/cn=journal@contoso.com]', None),
        ("x500:/o=Contoso/cn=journal@contoso.com", None),
    ],
)
def test_address_in(text: str, address: str | None) -> None:
    found = address_in(text)
    assert (str(found) if found else None) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Contoso.COM", "contoso.com.", True),
        ("münchen.example.org", "xn--mnchen-3ya.example.org", True),
        ("MÜNCHEN.example.org", "münchen.example.org", True),
        ("mu\u0308nchen.example.org", "m\u00fcnchen.example.org", True),
        ("\uff43\uff4f\uff4e\uff54\uff4f\uff53\uff4f.com", "contoso.com", True),
        ("straße.example.org", "strasse.example.org", False),
        ("\u0441ontoso.com", "contoso.com", False),
        ("contoso.com.example.net", "contoso.com", False),
    ],
)
def test_normal_domain(one: str, other: str, same: bool) -> None:
    assert (normal_domain(one) == normal_domain(other)) is same


@pytest.mark.parametrize(
    ("domain", "inside"),
    [("contoso.com", True), ("mail.contoso.com", True), ("notcontoso.com", False), ("com", False)],
)
def test_is_within(domain: str, inside: bool) -> None:
    assert is_within(domain, "contoso.com") is inside


@pytest.mark.parametrize(
    ("domain", "held"),
    [
        ("contoso.com", True),
        ("mail.contoso.com", False),
        ("fabrikam.com", True),
        ("mail.fabrikam.com", True),
        ("notfabrikam.com", False),
    ],
)
def test_subdomains_are_inside_only_where_they_are_accepted(domain: str, held: bool) -> None:
    own = OwnDomains(frozenset({"contoso.com", "fabrikam.com"}), frozenset({"fabrikam.com"}))
    assert own.hold(Address("journal", domain)) is held
