"""GitHub's line fingerprints, by the reporter and by the gate, which share no code."""

from __future__ import annotations

import random

import pytest

from o365scan_sarif.fingerprints import line_hashes, object_rule

from .gate import gate

# Values that github/codeql-action's own tests expect (src/fingerprints.test.ts).
KNOWN = [
    ("", ["c129715d7a2bc9a3:1"]),
    (
        " a\nb\n  \t\tc\n d",
        ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
    ),
    (
        " hello; \t\r\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        [
            *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_the_values_of_githubs_own_tests(text: str, expected: list[str]) -> None:
    assert list(line_hashes(text, range(1, 100)).values()) == expected
    assert list(gate.line_hashes(text)) == expected


def test_two_implementations_agree_on_any_text() -> None:
    dice = random.Random(7)
    for _ in range(50):
        text = "".join(dice.choices("ab \t\r\n{}\u20ac\U0001f511", k=400))
        assert list(line_hashes(text, range(1, 500)).values()) == list(gate.line_hashes(text))


def test_only_the_lines_asked_for_are_hashed_and_all_are_counted() -> None:
    text = "same\n" * 300
    assert line_hashes(text, {3}) == {3: line_hashes(text, {1, 2, 3})[3]}
    assert line_hashes(text, {3})[3].endswith(":3")


def test_our_own_fingerprint_joins_its_parts_unambiguously() -> None:
    assert object_rule("t", "a", "b", "c") != object_rule("t", "a", "bc", "")
