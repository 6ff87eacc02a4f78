"""The scripts by themselves: their syntax, what they quote, what they refuse."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from o365scan.api import GRAPH, Dataset, GraphList, O365ScanError, Permission
from o365scan.cloud import GLOBAL
from o365scan.registering import azure_cli, powershell
from o365scan.registering.needs import APP_IDS, Unquotable, grants_for, least
from o365scan.registering.plan import Registration
from o365scan.registering.powershell import app_role, connect, directory_role, quoted
from tests.conftest import Run

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
REPO = ("setup", "--repo", "contoso/tenant-scan")
RULES = ("--check", "exchange.transport-rule-is-harmless")
FORMS = (
    REPO,
    (*REPO, "--branch", "release/2026"),
    (*REPO, "--environment", "m365-readonly", "--cloud", "gcch", "--name", "o365scan (GCC High)"),
    (*REPO, "--owner-id", "9000001", "--repository-id", "700000001"),
    (*REPO, "--by-name", *RULES),
    (*REPO, "--by-name", "--check", "entra.guest-access-is-limited"),
    ("setup", "--credential", "certificate", "--name", "o365scan at home"),
)


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_bash_and_shellcheck_have_nothing_to_say(
    o365scan: Run, form: tuple[str, ...], tmp_path: Path
) -> None:
    result = o365scan(*form, "--format", "azure-cli")
    assert result.returncode == 0, result.stderr
    script = tmp_path / "register.sh"
    script.write_text(result.stdout)
    subprocess.run(["bash", "-n", script], check=True)
    checked = subprocess.run([SHELLCHECK, "--norc", script], capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    assert checked.returncode == 0


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_powershell_reads_it(o365scan: Run, form: tuple[str, ...], tmp_path: Path) -> None:
    result = o365scan(*form, "--format", "powershell")
    assert result.returncode == 0, result.stderr
    assert mistakes(result.stdout) == []


@pytest.mark.skipif(
    shutil.which("pwsh") is None, reason="there is no PowerShell: the grammar alone was asked"
)
def test_powershell_itself_reads_them(o365scan: Run, tmp_path: Path) -> None:
    for form in FORMS:
        script = tmp_path / "register.ps1"
        script.write_text(o365scan(*form, "--format", "powershell").stdout)
        parse = (
            "$errors = $null; $null = [System.Management.Automation.Language.Parser]::ParseFile("
            f"'{script}', [ref] $null, [ref] $errors); $errors | Out-String; exit $errors.Count"
        )
        done = subprocess.run(
            ["pwsh", "-NoProfile", "-Command", parse], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_powershell_reads_single_commands() -> None:
    principal = "11111111-2222-3333-4444-555555555555"
    for command in (
        app_role(APP_IDS[GRAPH], "User.Read.All", principal=principal),
        app_role("https://manage.office.com", "ActivityFeed.Read", principal=principal),
        directory_role("Global Reader", principal=principal),
        connect(GLOBAL),
    ):
        assert mistakes(command) == []
    assert mistakes("New-MgThing -Id 'unended") != []


def mistakes(script: str) -> list[str]:
    """What the grammar of PowerShell does not know in a script, or misses."""
    content = script.encode()
    waiting = [Parser(Language(tree_sitter_powershell.language())).parse(content).root_node]
    found = []
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(
                f"line {node.start_point[0] + 1}: {content[node.start_byte : node.end_byte].decode()}"
            )
        waiting.extend(node.children)
    return found


def test_only_what_the_chosen_checks_need(o365scan: Run) -> None:
    for form in ("azure-cli", "powershell"):
        filters = ("--check", "exchange.connection-filter-allows-nobody")
        script = o365scan(*REPO, *filters, "--format", form).stdout
        assert "for 1 check, and no more" in script
        assert "Exchange.ManageAsApp" in script
        assert "Security Reader" in script
        for needless in ("Global Reader", "Read.All", "00000003-0000-0000-c000-000000000000"):
            assert needless not in script
        script = o365scan(*REPO, "--check", "entra.guest-access-is-limited", "--format", form).stdout
        assert "Policy.Read.All" in script
        for needless in ("Exchange.ManageAsApp", "Reader", "Directory.Read.All"):
            assert needless not in script


def test_each_cloud_has_its_hosts_and_audience(o365scan: Run) -> None:
    for cloud, form, wanted in (
        ("global", "azure-cli", ("https://graph.microsoft.com", "api://AzureADTokenExchange", "AzureCloud")),
        (
            "gcch",
            "azure-cli",
            ("https://graph.microsoft.us", "AzureADTokenExchangeUSGov", "AzureUSGovernment"),
        ),
        ("china", "azure-cli", ("chinacloudapi.cn", "AzureADTokenExchangeChina", "AzureChinaCloud")),
        ("dod", "powershell", ("-Environment USGovDoD", "'api://AzureADTokenExchangeUSGov'")),
    ):
        script = o365scan(*REPO, "--by-name", "--cloud", cloud, "--format", form).stdout
        assert [text for text in wanted if text not in script] == []


def test_both_are_printed_unless_one_is_chosen(o365scan: Run) -> None:
    result = o365scan(*REPO, *RULES)
    assert result.returncode == 0
    for text in ("#!/usr/bin/env bash", "Connect-MgGraph -Environment Global", "az ad app create"):
        assert text in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--repo", "contoso"), "is no repository"),
        (("--repo", "contoso/tenant scan"), "is no repository"),
        (("--repo", "contoso/$(id)"), "is no repository"),
        (("--repo", "contoso/x'; id; '"), "is no repository"),
        (("--repo", "contoso/.."), "is no repository"),
        (("--repo", "-contoso/x"), "is no repository"),
        (("--repo", "contoso/x\nid"), "is no repository"),
        (("--repo", "contoso/x", "--environment", "a:b"), "can't be the name of the environment"),
        (("--repo", "contoso/x", "--environment", '"; id; "'), "can't be the name of the environment"),
        (("--repo", "contoso/x", "--branch", "a`id`"), "can't be the name of the branch"),
        (("--repo", "contoso/x", "--branch", "-a"), "can't be the name of the branch"),
        (("--repo", "contoso/x", "--name", "x' or '1' eq '1"), "can't be the name of the app"),
        (("--repo", "contoso/x", "--name", "x\u2019"), "can't be the name of the app"),
        (("--repo", "contoso/x", "--branch", "a", "--environment", "b"), "choose one"),
        (("--repo", "contoso/x", "--owner-id", "1"), "belong together"),
        (("--repo", "contoso/x", "--by-name", "--owner-id", "1", "--repository-id", "2"), "no ids in the subject"),
        ((), "Whose jobs may sign in?"),
        (("--credential", "certificate", "--repo", "contoso/x"), "leave the options of GitHub out"),
        (("--repo", "contoso/x", "--check", "exchange.nothing"), "there is no check"),
        (("--repo", "contoso/x", "--cloud", "dod"), "--format powershell"),
    ],
)  # fmt: skip
def test_what_is_refused(o365scan: Run, options: tuple[str, ...], said: str) -> None:
    result = o365scan("setup", *options)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr


def of_plugin(
    *, api: str = GRAPH, app_role: str = "User.Read.All", directory_role: str = "Reader"
) -> Dataset:
    return Dataset(
        name="plugin.things",
        source=GraphList(path="/things"),
        key="id",
        title="displayName",
        type="thing",
        permission=Permission(api=api, app_roles=(app_role,), directory_roles=(directory_role,)),
        reference="https://learn.microsoft.com/graph",
    )


@pytest.mark.parametrize(
    "dataset",
    [
        of_plugin(app_role="x$(id)"),
        of_plugin(app_role="x'y"),
        of_plugin(directory_role="x`id`"),
        of_plugin(directory_role="a\nid"),
        of_plugin(api="somewhere else"),
    ],
)
def test_names_of_plugins_are_not_trusted(dataset: Dataset) -> None:
    with pytest.raises(Unquotable) as raised:
        grants_for([dataset])
    assert isinstance(raised.value, O365ScanError)


@pytest.mark.parametrize("module", [azure_cli, powershell])
def test_words_of_plugins_stay_in_their_comment(module: ModuleType) -> None:
    dataset = replace(
        of_plugin(),
        permission=Permission(api=GRAPH, app_roles=(), elsewhere="a consent\r\nid #\u2028\x1b[2Jid\nid"),
    )
    plan = Registration(name="x", cloud=GLOBAL, grants=grants_for([dataset]), workflow=None, checks=1)
    lines = module.script(plan).splitlines()
    assert "# Granted elsewhere, by hand: a consent id # \\x1b[2Jid id" in lines


def test_the_least() -> None:
    assert least([("A", "B")]) == ("A",)
    assert least([("A", "B"), ("B",)]) == ("B",)
    assert least([("A", "B"), ("B",)], held=["A"]) == ("B",)
    assert least([("A", "B")], held=["B"]) == ()
    assert least([("A + B", "C")]) == ("A", "B")
    assert least([("A + B", "C")], held=["A"]) == ("B",)
    assert least([("A", "C"), ("B", "C"), ("C", "D"), ("D",)]) == (
        "A",
        "B",
        "D",
    )  # C is the broadest, and needless


def test_powershell_quotes() -> None:
    assert quoted("it's") == "'it''s'"
    assert (
        quoted("\u2019; id") == "'\u2019\u2019; id'"
    )  # PowerShell ends a string at a typographic quote, too
