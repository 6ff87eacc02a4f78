"""Addresses and ranges as Exchange Online writes them."""

from __future__ import annotations

import pytest

from o365scan.api import OptionsError, Undecidable
from o365scan_exchange.networks import accepted, all_within, is_private, is_wide, neighbourhoods, networks


@pytest.mark.parametrize(
    ("values", "outer", "within"),
    [
        (["203.0.113.7"], ["203.0.113.0/28"], True),
        (["203.0.113.16"], ["203.0.113.0/28"], False),
        (["203.0.113.0/28"], ["203.0.113.0/28"], True),
        (["203.0.113.0/27"], ["203.0.113.0/28"], False),
        (["203.0.113.0/27"], ["203.0.113.0/28", "203.0.113.16/28"], False),  # each must lie within one
        (["203.0.113.1-203.0.113.9"], ["203.0.113.0/28"], True),
        (["203.0.113.1-203.0.113.16"], ["203.0.113.0/28"], False),
        (["203.0.113.5/28"], ["203.0.113.0/28"], True),
        (["2001:db8::25"], ["2001:db8::/48"], True),
        (["2001:db8:1::25"], ["2001:db8::/48"], False),
        (["203.0.113.7"], ["2001:db8::/32"], False),
        (["203.0.113.7"], [], False),
    ],
)
def test_all_within(values: list[str], outer: list[str], within: bool) -> None:
    assert all_within(networks(values), networks(outer)) is within


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.contoso.com",
        "203.0.113",
        "203.0.113.9-203.0.113.1",
        "203.0.113.1-2001:db8::1",
        "203.0.113.0/33",
    ],
)
def test_what_is_no_range_is_undecidable(text: str) -> None:
    with pytest.raises(Undecidable):
        networks([text])


def test_an_option_that_is_no_range_is_named() -> None:
    with pytest.raises(OptionsError, match=r"addresses: 'mail\.contoso\.com'"):
        accepted(["mail.contoso.com"], "addresses")


@pytest.mark.parametrize(
    ("text", "wide"),
    [("203.0.113.0/24", False), ("203.0.112.0/23", True), ("2001:db8::/48", False), ("2001:db8::/32", True)],
)
def test_is_wide(text: str, wide: bool) -> None:
    assert is_wide(networks([text])) is wide


@pytest.mark.parametrize(
    ("text", "private"),
    [("10.1.2.3", True), ("fd00::1", True), ("203.0.113.7", False), ("2001:db8::1", False)],
)
def test_ranges_for_documentation_are_not_private(text: str, private: bool) -> None:
    assert is_private(networks([text])[0]) is private


def test_neighbourhoods() -> None:
    assert neighbourhoods(networks(["203.0.113.7", "203.0.200.0/24"])) == 1
    assert neighbourhoods(networks(["203.0.113.7", "198.51.100.0/24", "2001:db8::1"])) == 3
