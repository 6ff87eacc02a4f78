"""What the check decorator refuses, and what a check says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from o365scan.api import Documentation, Judgement, PluginError, Severity, check, checks_in

from . import things as t


def declare(id: str = "test.it-works", name: str = "it_works", **kwargs: Any) -> Callable[[], object]:
    def it_works(thing: object, **_: object) -> Iterator[Judgement]:
        yield from ()

    it_works.__name__ = name
    return lambda: check(id, severity=Severity.LOW, **{"each": t.things, **kwargs})(it_works)


@pytest.mark.parametrize(
    "id", ["test", "Test.it-works", "test.works", "test.it_works", "test.it-works.", "a.b.c-d"]
)
def test_an_id_states_area_and_condition(id: str) -> None:
    with pytest.raises(PluginError, match="check id"):
        declare(id)()


def test_the_function_has_the_ids_name() -> None:
    with pytest.raises(PluginError, match="must be called it_works, not other"):
        declare(name="other")()


def test_a_check_reads_something() -> None:
    with pytest.raises(PluginError, match="reads nothing"):
        declare(each=None)()


def test_options_are_a_dataclass() -> None:
    with pytest.raises(PluginError, match="dataclass"):
        declare(options=dict)()


def test_only_known_parameters_are_injected() -> None:
    def it_works(thing: object, token: object) -> Iterator[Judgement]:
        yield from ()

    with pytest.raises(PluginError, match="no such parameter: token"):
        check("test.it-works", severity=Severity.LOW, each=t.things)(it_works)


def test_a_check_may_know_who_scanned() -> None:
    def it_works(thing: object, scanner: str | None) -> Iterator[Judgement]:
        yield from ()

    made = check("test.it-works", severity=Severity.LOW, each=t.things)(it_works)
    assert made.parameters == {"scanner"}


def test_a_check_knows_its_documentation() -> None:
    documentation = t.thing_is_enabled.documentation
    assert documentation.title.startswith("A dataset and checks")
    assert documentation.missing() == ()
    assert documentation.sections["Why it matters"] == "It matters to the tests."


def test_missing_sections_are_named() -> None:
    assert Documentation.parse("Title.\n\n## Remediation\n\nDo it.").missing() == (
        "What it looks at", "Why it matters", "Sources",
    )  # fmt: skip
    with pytest.raises(PluginError, match="no docstring"):
        Documentation.parse(None)


def test_a_package_of_checks_holds_one_a_module() -> None:
    with pytest.raises(PluginError, match="one check, of the module's name"):
        list(checks_in("tests.core"))


def test_ids_files_and_functions_agree() -> None:
    from o365scan.registry import load

    for check_ in load().checks.values():
        condition = check_.id.partition(".")[2].replace("-", "_")
        assert check_.function.__module__.rpartition(".")[2] == condition == check_.function.__name__
