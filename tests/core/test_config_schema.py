"""The schema of o365scan.toml and the file of `config init`: both are made from what the reader takes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import Any

import jsonschema
import msgspec
import pytest

from o365scan.api import Check, OptionsError
from o365scan.config import Settings, read
from o365scan.config.documented import fields_of, of_class
from o365scan.config.schema import schema_of
from o365scan.config.template import template
from o365scan.registry import load

from .bad_config import BAD, GOOD, ONLY_THE_READER
from .things import thing_has_a_friend, thing_is_enabled

CHECKS = (thing_is_enabled, thing_has_a_friend)


def errors(text: str, checks: tuple[Check, ...] = CHECKS) -> list[str]:
    schema = schema_of(checks)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [each.message for each in validator.iter_errors(msgspec.to_builtins(tomllib.loads(text)))]


def test_a_whole_file_holds() -> None:
    assert errors(GOOD) == []
    assert errors("") == []


@pytest.mark.parametrize("what", [each for each in BAD if each not in ONLY_THE_READER])
def test_what_the_reader_refuses_the_schema_refuses(what: str) -> None:
    assert errors(BAD[what][0])


@pytest.mark.parametrize(
    "what", sorted(ONLY_THE_READER - {"no TOML", "no end", "a key twice", "a table twice"})
)
def test_what_no_schema_can_say(what: str) -> None:
    try:
        assert errors(BAD[what][0]) == []
    except ValueError:  # JSON has no infinity
        assert "limit" in what


def uncommented(text: str) -> str:
    lines = (
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.split("\n")
    )
    return "\n".join(lines)


def test_the_commented_file_says_nothing_and_then_everything() -> None:
    checks = tuple(load().checks.values())
    text = template(checks)
    assert tomllib.loads(text) == {}
    assert all(line == "" or line.startswith("#") for line in text.split("\n"))
    taken = uncommented(text)
    assert errors(taken, checks) == []
    config = read(taken)
    assert set(config.tables) == {each.name for each in fields(Settings)}
    assert config.options(checks).keys() == {check.id for check in checks if check.options is not None}
    for id, options in config.options(checks).items():
        assert set(config.tables["checks"][id]) == {each.name for each in fields(options)}
        kind = next(check.options for check in checks if check.id == id)
        assert kind is not None
        assert [getattr(options, each.name) for each in fields(options) if each.default is not None] == [
            getattr(kind(), each.name) for each in fields(options) if each.default is not None
        ]
    assert config.risks(checks, config.tenants[0])


def test_every_key_of_ours_is_documented() -> None:
    schema = schema_of(())
    for name in ("Scan", "Limits", "Plugins", "Accepted"):
        table = schema["$defs"][name]
        assert table["description"]
        assert all("description" in each for each in table["properties"].values()), name


def test_options_are_shown_with_what_their_check_says_of_them() -> None:
    schema = schema_of(load().checks.values())
    options = schema["$defs"]["exchange.inbound-connector-is-expected"]
    assert options["title"] == load().checks["exchange.inbound-connector-is-expected"].documentation.title
    assert "compared whole" in options["description"]
    assert options["properties"]["certificates"]["items"] == {"type": "string"}


@dataclass(frozen=True)
class Depths:
    """Of water."""

    metres: float = 1.0
    """Below the surface."""
    feet: float = 3.0


@dataclass(frozen=True)
class Waters(Depths):
    near: tuple[Depths, ...] = ()
    """Those beside it."""


def thing(options: type[Any]) -> Check:
    return Check(**{**vars(thing_is_enabled), "options": options})


def test_options_within_options() -> None:
    checks = (thing(Waters),)
    schema = schema_of(checks)
    within = schema["$defs"]["test.thing-is-enabled"]["properties"]
    assert within["metres"]["description"] == "Below the surface."
    good = '[checks."test.thing-is-enabled"]\nnear = [{metres = 2}]'
    assert errors(good, checks) == []
    assert read(good).options(checks) == {"test.thing-is-enabled": Waters(near=(Depths(2.0),))}
    bad = good.replace("metres", "meters")
    assert errors(bad, checks)
    with pytest.raises(OptionsError, match=r'2: checks."test.thing-is-enabled".near\[0\].meters: not known'):
        read(bad).options(checks)


class Strange:
    pass


@dataclass(frozen=True)
class Unspeakable:
    strange: Strange | None = None


def test_options_that_have_no_schema_say_so() -> None:
    found = schema_of((thing(Unspeakable),))["$defs"]["test.thing-is-enabled"]
    assert found["description"].startswith("It has no schema:")


def test_what_has_no_docstring_has_none() -> None:
    assert fields_of(int) == {}
    assert of_class(Unspeakable) == ""
    assert of_class(Depths) == "Of water."
