"""Hostile names in messages."""

from __future__ import annotations

import random
import unicodedata

import pytest

from o365scan.api import inert
from o365scan_sarif.text import quoted, sentence

from .gate import gate


@pytest.mark.parametrize(
    "hostile",
    [
        "[click](https://evil.example)",
        "[related](1)",
        "![](https://evil.example/p.png)",
        "<img src=x onerror=alert(1)>",
        "&lt;script&gt; &#60;",
        "@octocat and @org/team",
        "fixes #12",
        "www.evil.example",
        "{0} {{1}}",
        "\\[x](1)",
        "\x1b[31m\x00\r\n",
        "\u202egnp.exe\u2066\u200b\ufeff",
        "\ud800",
        "\U000e0041",
        "**bold** ~~gone~~ `code` | cell |",
    ],
)
def test_nothing_is_left_that_a_renderer_acts_on(hostile: str) -> None:
    text = inert(hostile)
    assert text.isprintable()
    assert not set(text) & set("[]<>{}\\|*~`")
    assert "://" not in text
    assert "www." not in text
    assert " @" not in f" {text}"
    assert "#1" not in text
    assert "&l" not in text
    assert "&#" not in text


def test_no_format_character_passes() -> None:
    every = (chr(code) for code in range(0x110000))
    deceiving = [item for item in every if unicodedata.category(item) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    for character in deceiving:
        assert inert(f"a{character}b") in ("a\ufffdb", "a b")


def test_the_gate_finds_nothing_in_what_is_inert() -> None:
    dice = random.Random(3)
    for _ in range(2000):
        text = sentence(f"{quoted(_nasty(dice))}: {inert(_nasty(dice))}")
        assert list(gate._message_problems({"message": {"text": text}})) == []


def _nasty(dice: random.Random) -> str:
    return "".join(dice.choices("ab@#&;:/.-_+!()[]<>{}`*\"'1 \n\u202e\u200b\xe9", k=40))


@pytest.mark.parametrize(
    "harmless", ["ann@contoso.com", "R&D", "C# 7", "Straße 5", "50 % off", "日本", "a (b) c_d", "x@y"]
)
def test_ordinary_names_stay_as_they_are(harmless: str) -> None:
    assert inert(harmless) == harmless


def test_one_line_of_bounded_length() -> None:
    assert inert("a\n  b\t c") == "a b c"
    assert inert("x" * 10_000, 20) == "x" * 19 + "…"


def test_a_title_can_not_close_its_quotes() -> None:
    assert quoted('a" is fine. "b') == "\"a' is fine. 'b\""


def test_a_sentence_ends_once() -> None:
    assert [sentence(text) for text in ("a", "b.", "c!", "d?")] == ["a.", "b.", "c!", "d?"]
