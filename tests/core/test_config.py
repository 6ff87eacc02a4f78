"""o365scan.toml: typed, and what is wrong is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from o365scan.api import OptionsError
from o365scan.config import Limits as Scan
from o365scan.config import limits_of, load, options_of

from .things import Limits, thing_has_a_friend, thing_is_enabled

CHECKS = (thing_is_enabled, thing_has_a_friend)


def options(text: str, folder: Path) -> dict[str, object]:
    path = folder / "o365scan.toml"
    path.write_text(text)
    return options_of(CHECKS, load(path), source="o365scan.toml")


def test_options_become_the_checks_own_type(tmp_path: Path) -> None:
    assert options('[checks."test.thing-is-enabled"]\naccept = ["a"]', tmp_path) == {
        "test.thing-is-enabled": Limits(accept=("a",))
    }


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("checks = [", "no TOML", None),
        ("[check]", "table 'check' is not known", "Did you mean checks?"),
        ("checks = 1", "one table a check", None),
        ("[checks]\na = 1", "one table a check", None),
        ('[checks."test.thing-enabled"]', "check 'test.thing-enabled' is not known", "test.thing-is-enabled"),
        ('[checks."test.thing-is-enabled"]\naccpt = []', "option 'accpt' is not known", "accept"),
        ('[checks."test.thing-is-enabled"]\naccept = "a"', "Expected `array`, got `str`", None),
        ('[checks."test.thing-is-enabled"]\naccept = [1]', r"accept\[0\]", None),
        ('[checks."test.thing-has-a-friend"]\nx = 1', "takes no options", None),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    with pytest.raises(OptionsError, match=message) as caught:
        options(text, tmp_path)
    assert "o365scan.toml" in str(caught.value)
    if hint:
        assert hint in str(caught.value.hint)


def test_no_file_is_no_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None) == {}
    (tmp_path / "o365scan.toml").write_text('[checks."test.thing-is-enabled"]')
    assert load(None) == {"checks": {"test.thing-is-enabled": {}}}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="can't read"):
        load(tmp_path / "nothing.toml")


def test_limits_are_those_of_the_file_and_else_the_usual(tmp_path: Path) -> None:
    path = tmp_path / "o365scan.toml"
    path.write_text("[limits]\nseconds = 7\nmemory_mib = 64")
    assert limits_of(load(path)) == Scan(seconds=7, memory_mib=64)
    assert limits_of({}) == Scan()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("limits = 1", "'limits' must be a table", "limits"),
        ("[limits]\nsecond = 1", "limit 'second' is not known", "Did you mean seconds?"),
        ("[limits]\nseconds = '1'", "limits: Expected `float`, got `str`", None),
        ("[limits]\nmemory_mib = 1.5", "limits: Expected `int`, got `float`", None),
        ("[limits]\nmemory_mib = 0", "limits.memory_mib must be more than nought", None),
        ("[limits]\nseconds = inf", "limits.seconds must be more than nought, and finite", None),
        ("[limits]\nidle_seconds = nan", "limits.idle_seconds must be more than nought, and finite", None),
    ],
)
def test_what_is_wrong_with_a_limit_is_named(
    tmp_path: Path, text: str, message: str, hint: str | None
) -> None:
    path = tmp_path / "o365scan.toml"
    path.write_text(text)
    with pytest.raises(OptionsError, match=re.escape(f"o365scan.toml: {message}")) as caught:
        limits_of(load(path))
    assert hint is None or hint in str(caught.value.hint)
