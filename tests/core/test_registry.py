"""Plugins: each by itself, none silently lost. Real distributions on the path, real entry points."""

from __future__ import annotations

import json

import pytest

from o365scan.registry import UnknownCheck, load
from tests.conftest import Run
from tests.core.shelf import HEAD, Shelf

#: A scan that is over soon.
FEW = (
    "--mock",
    "baseline",
    "--mock-size",
    "20",
    "--check",
    "exchange.*connector*",
    "--check",
    "exchange.transport*",
)


def test_an_entry_point_that_names_nothing(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("broken", "")
    (shelf.folder / "broken-1.0.dist-info" / "entry_points.txt").write_text(
        "[o365scan]\nbroken = :nothing here\n"
    )
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert "plugin broken (load): " in listed.stdout
    assert "entra" in listed.stdout


BROKEN = {
    "import": (
        "import nothing_of_that_name",
        "load",
        "ModuleNotFoundError: No module named 'nothing_of_that_name'",
    ),
    "raises": ("raise RuntimeError('at import')", "load", "RuntimeError: at import"),
    "exits": ("import sys; sys.exit(0)", "load", "SystemExit: 0"),
    "named": (
        """
        @hookimpl
        def o365scan_datasets():
            return [Dataset(name="../x", source=GraphList(path="/x"), key="id", title="x", type="x", reference="x",
                            permission=Permission(api=GRAPH, app_roles=("X.Read.All",)))]
        """,
        "hook",
        "the dataset name '../x' is not <area>.<plural>, lower case with hyphens",
    ),
    "flag": (
        "@hookimpl\ndef o365scan_reporters(): return [Reporter(name='a b', help='x', write=print)]",
        "hook",
        "'a b' can't be an option of the command line: lower case with hyphens",
    ),
    "misspelt": (
        "def o365scan_check(): return []",
        "hook",
        "there is no hook o365scan_check; did you mean o365scan_checks?",
    ),
    "hook": ("@hookimpl\ndef o365scan_checks(): raise KeyError('x')", "hook", "KeyError: 'x'"),
    "value": (
        "@hookimpl\ndef o365scan_checks(): return [7]",
        "hook",
        "o365scan_checks returned a int, not a Check",
    ),
    "undocumented": (
        """
        from o365scan_exchange.datasets import accepted_domains
        @check("x.y-is-z", severity=Severity.LOW, each=accepted_domains)
        def y_is_z(domain): yield from ()
        @hookimpl
        def o365scan_checks(): return [y_is_z]
        """,
        "check",
        "the module has no docstring",
    ),
    "dataset": (
        """
        from o365scan_exchange.datasets import accepted_domains as own
        import dataclasses
        @hookimpl
        def o365scan_datasets(): return [dataclasses.replace(own)]
        """,
        "hook",
        "exchange.accepted-domains is already taken by another plugin; this one was not used",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_plugin_is_visible_and_harms_nobody(shelf: Shelf, o365scan: Run, kind: str) -> None:
    code, stage, message = BROKEN[kind]
    shelf.add("broken", code)
    shelf.add("zealous", "@hookimpl\ndef o365scan_datasets(): return []")
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert f"plugin broken ({stage}): {message}" in " ".join(listed.stdout.split())
    assert "zealous" in listed.stdout
    scanned = o365scan("scan", *FEW, "--json", "out.json")
    assert scanned.returncode == 3, scanned.stderr
    report = json.loads((shelf.folder.parent / "out.json").read_text())
    assert report["failures"] == [{"plugin": "broken", "stage": stage, "message": message}]
    assert len([each for each in report["findings"] if each["verdict"] == "pass"]) > 5


def test_two_plugins_of_one_name(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("first", "", entry_point="same")
    shelf.add("second", "", entry_point="same")
    listed = o365scan("plugins")
    assert "second brings a second plugin called 'same'" in " ".join(listed.stdout.split())


def test_a_repeated_check_id_keeps_ours(shelf: Shelf, o365scan: Run) -> None:
    shelf.add(
        "imitator",
        '''
        """Everything is fine.

        ## What it looks at
        x
        ## Why it matters
        x
        ## Remediation
        x
        ## Sources
        x
        """
        from o365scan_exchange.datasets import inbound_connectors
        @check("exchange.inbound-connector-is-expected", severity=Severity.LOW, each=inbound_connectors)
        def inbound_connector_is_expected(connector): yield from ()
        @hookimpl
        def o365scan_checks(): return [inbound_connector_is_expected]
        ''',
    )
    path = shelf.folder / "imitator_module.py"
    path.write_text(
        path.read_text().removeprefix(HEAD).replace("from o365scan_exchange", HEAD + "from o365scan_exchange")
    )
    scanned = o365scan("scan", "--mock", "oauth-spam-campaign", "--mock-size", "20")
    assert scanned.returncode == 3
    assert "exchange.inbound-connector-is-expected is already taken" in " ".join(scanned.stdout.split())
    assert "relayed" in scanned.stdout


def test_our_own_plugins_load() -> None:
    registry = load()
    assert registry.failures == []
    assert {"entra", "exchange", "sarif", "json"} <= {plugin.name for plugin in registry.plugins}
    assert {plugin.distribution for plugin in registry.plugins} == {"o365scan"}


def test_select_by_glob_and_near_matches() -> None:
    registry = load()
    assert [check.id for check in registry.select(["exchange.inbound-*"])] == [
        "exchange.inbound-connector-is-expected"
    ]
    assert len(registry.select([])) == len(registry.checks)
    with pytest.raises(UnknownCheck, match=r"no check 'exchange\.inbound-connector'") as caught:
        registry.select(["exchange.inbound-connector"])
    assert "exchange.inbound-connector-is-expected" in str(caught.value.hint)


REPORTERS = """
import sys
def broken(report, stream, options):
    stream.write("half")
    {action}
@hookimpl
def o365scan_reporters():
    return [Reporter(name="{name}", help="x", write=broken)]
"""


@pytest.mark.parametrize(
    "action", ["raise KeyError('x')", "sys.exit(0)", "raise NothingToReport('x')", "raise GeneratorExit"]
)
def test_a_reporter_that_breaks_loses_no_other_report(shelf: Shelf, o365scan: Run, action: str) -> None:
    shelf.add("broken", REPORTERS.format(name="aaa", action=action))
    folder = shelf.folder.parent
    (folder / "a").write_text("of yesterday")
    result = o365scan(
        "scan",
        *FEW,
        "--aaa",
        "a",
        "--json",
        "j",
    )
    assert result.returncode == 3, result.stderr
    assert "a was not written" in result.stdout
    assert not (folder / "a").exists()
    assert json.loads((folder / "j").read_text())["findings"]


def test_what_a_reporter_prints_touches_no_other_report(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("chatty", REPORTERS.format(name="aaa", action="print('loud')"))
    result = o365scan("scan", *FEW, "--aaa", "a", "--json", "-")
    assert result.returncode == 0, result.stderr
    assert (shelf.folder.parent / "a").read_text() == "half"
    assert json.loads(result.stdout)["findings"]
    assert "plugin aaa, for its author: printed 1 line: loud" in result.stderr


@pytest.mark.parametrize("name", ["mock", "snapshot", "sarif-profile", "help"])
def test_a_reporter_may_not_take_an_option(shelf: Shelf, o365scan: Run, name: str) -> None:
    shelf.add("greedy", REPORTERS.format(name=name, action="pass"))
    result = o365scan("scan", *FEW)
    assert result.returncode == 3
    assert "is already an option of this command" in " ".join(result.stdout.split())
