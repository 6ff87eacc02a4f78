"""`o365scan plugin check`: each kind of defect, in a plugin that is well otherwise."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from o365scan.authoring import importing, repeating
from o365scan.authoring.examine import RULES, examine
from o365scan.authoring.program import run as run_program
from o365scan.authoring.subject import SubjectUnknown, subject_of
from tests.conftest import Run

from .conftest import CASES, CHECK, DATASETS, INIT, PACKAGE, Plugin

ROOT = Path(__file__).parents[2]
GOOD = "return  # nothing to say: a pass"


def test_a_new_plugin_is_fit_for_others(plugin: Plugin) -> None:
    results = list(examine(subject_of(str(plugin.folder))))
    assert [(each.rule.name, each.holds, each.remarks) for each in results] == [
        (rule.name, True, ()) for rule in RULES
    ]


@pytest.mark.long
def test_our_own_plugins_are(unmeasured: None) -> None:
    """All but that their cases hold, which `test_cases` sees of each."""
    rules = [rule for rule in RULES if rule.name != "cases hold"]
    subject = subject_of(str(ROOT))
    assert {"entra", "exchange", "json", "sarif"} <= subject.names
    assert len(subject.checks) >= 80
    results = list(examine(subject, rules))
    assert [remark for each in results for remark in each.remarks] == []
    assert {each.holds for each in results} == {True}


# -- loading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("def o365scan_check(): return []", "there is no hook o365scan_check; did you mean o365scan_checks"),
        ("o365scan_checks = None\no365scan_datasets = None", "It brings nothing"),
        ("o365scan_api = None", "it does not say which o365scan.api it is written for"),
        ("o365scan_api = '>=9'", "9"),
    ],
)
def test_what_can_not_be_used(plugin: Plugin, code: str, said: str) -> None:
    plugin.add(code)
    assert "contoso" in plugin.only("loads", said).where


def test_a_section_that_is_missing(plugin: Plugin) -> None:
    plugin.spoil(CHECK, "## Why it matters", "Why it matters")
    assert "REQUIRED" in plugin.only("loads", "its documentation lacks Why it matters").to_do


EFFECTS = {
    "print('hello')": "it prints",
    "import os; os.write(1, b'hello')": "it prints",
    "import os; os.write(2, b'hello')": "it prints",
    "open('/dev/full', 'w').close()": "it writes /dev/full",
    "import os; os.open('/dev/full', os.O_RDWR)": "it writes /dev/full",
    "import tempfile; tempfile.TemporaryDirectory().cleanup()": "it changes files",
    "import threading; threading.Thread(target=int).start()": "it starts a thread",
    "import subprocess, sys; subprocess.run([sys.executable, '--version'])": "it starts a program",
    "import os; os.environ['HTTPS_PROXY'] = ''": "it changes the environment",
    "import socket; socket.getaddrinfo('127.0.0.1', 9)": "it asks the network",
    "from socket import *\nwith socket(type=SOCK_DGRAM) as it: it.connect(('127.0.0.1', 9))": "it uses the network",
}


@pytest.mark.parametrize("code", EFFECTS)
def test_what_happens_when_it_is_loaded(plugin: Plugin, code: str) -> None:
    plugin.add(code)
    remarks = plugin.remarks("importing")
    assert f"When it is loaded, {EFFECTS[code]}." in [each.what for each in remarks]
    last = len((plugin.folder / INIT).read_text().splitlines())
    assert {each.where for each in remarks} <= {f"{INIT}:{last}", "plugin contoso"}


def test_what_happens_in_a_hook(plugin: Plugin) -> None:
    plugin.spoil(INIT, "    return [groups]", "    print('hello')\n    return [groups]")
    assert plugin.only("importing", "it prints").where.startswith(f"{INIT}:")


def test_a_plugin_that_ends_the_process_ends_no_other(plugin: Plugin) -> None:
    plugin.add("import os; os._exit(7)")
    first, *others = examine(subject_of(str(plugin.folder)))
    assert [each.what for each in first.remarks] == ["When it is loaded, it ends the process with 7."]
    assert {each.holds for each in others} == {None}


def test_a_plugin_that_is_stuck_stops_nothing(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "run", partial(run_program, seconds=0))
    plugin.add("while True: pass")
    first, *others = examine(subject_of(str(plugin.folder)))
    assert [each.what for each in first.remarks] == ["When it is loaded, it was still busy after 0 seconds."]
    assert {each.holds for each in others} == {None}


# -- what it says of itself --------------------------------------------------------------------------------


def test_an_id_of_another_area(plugin: Plugin) -> None:
    plugin.spoil(CHECK, '"contoso.group-is-private"', '"entra.group-is-private"')
    assert plugin.only("names", "The id entra.group-is-private").where.startswith(f"{CHECK}:")


def test_a_dataset_of_another_area(plugin: Plugin) -> None:
    plugin.spoil(DATASETS, '"contoso.groups"', '"entra.things"')
    assert plugin.only("names", "The dataset name entra.things").where == "dataset entra.things"


def test_a_file_that_is_not_called_as_its_check(plugin: Plugin) -> None:
    (plugin.folder / CHECK).rename(plugin.folder / PACKAGE / "checks" / "groups.py")
    plugin.spoil(INIT, 'return checks_in(f"{__name__}.checks")', "return [group_is_private]")
    plugin.spoil(
        INIT,
        "from .datasets import groups",
        "from .checks.groups import group_is_private\nfrom .datasets import groups",
    )
    assert plugin.only("names", "is called groups").to_do == "Call it group_is_private.py."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Ask the group's owners.", "TODO. Ask the group's owners.", "holds 'TODO'"),
        (
            "https://learn.microsoft.com/graph/api/resources/group\n- https://",
            "",
            "no link stands below Sources",
        ),
    ],
)
def test_documentation_that_says_nothing(plugin: Plugin, old: str, new: str, said: str) -> None:
    plugin.spoil(CHECK, old, new)
    plugin.only("documentation", said)


def test_a_remediation_that_says_nothing(plugin: Plugin) -> None:
    path = plugin.folder / CHECK
    text = path.read_text("utf-8")
    start, end = text.index("Ask the group's owners."), text.index("## Sources")
    path.write_text(f"{text[:start]}None.\n\n{text[end:]}", "utf-8")
    plugin.only("documentation", "the remediation says nothing")


def test_a_control_that_does_not_exist(plugin: Plugin) -> None:
    plugin.spoil(CHECK, "options=Options)", 'options=Options, controls=["SCuBA/MS.AAD.99.1v1"])')
    plugin.only("frameworks", r"MS\.AAD\.99\.1v1, which is not known")


# -- what it asks for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "said", "meant"),
    [
        ('api=GRAPH, app_roles=("GroupMember.Read.Al",)', "no app role GroupMember.Read.Al ", "GroupMember.Read.All?"),
        ('api=GRAPH, app_roles=("User.Read.All + Wizard.Read",)', "no app role Wizard.Read that", "--vouch"),
        ('api=GRAPH, app_roles=("User.Read.All",), directory_roles=("Global Raeder",)', "no dir", "Reader?"),
        ('api=GRAPH, app_roles=("Group.ReadWrite.All",)', "it writes", "reads first"),
    ],
)  # fmt: skip
def test_permissions_that_do_not_exist_or_are_too_much(
    plugin: Plugin, api: str, said: str, meant: str
) -> None:
    path = plugin.folder / DATASETS
    text = path.read_text("utf-8")
    start, end = text.index("api=GRAPH"), text.index("    ),\n    reference")
    path.write_text(f"{text[:start]}{api}\n{text[end:]}", "utf-8")
    assert meant in plugin.only("permissions", said).to_do


def test_a_role_of_exchange_that_does_not_exist(plugin: Plugin) -> None:
    plugin.spoil(DATASETS, "api=GRAPH", "api=EXCHANGE")
    plugin.spoil(
        DATASETS, '"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"', '"Exchange.ManageAsAp",'
    )
    plugin.spoil(DATASETS, "GraphList(", "ExchangeCmdlet(cmdlet='Get-Group') if True else GraphList(")
    plugin.spoil(DATASETS, "import GRAPH,", "import EXCHANGE, ExchangeCmdlet,")
    assert (
        "Exchange.ManageAsApp?"
        in plugin.only("permissions", "Office 365 Exchange Online has no app role").to_do
    )


def test_a_role_of_an_api_that_nobody_listed_is_unknown(plugin: Plugin) -> None:
    plugin.add(
        "from o365scan.api import Api\nfrom .datasets import cloud\n@hookimpl\ndef o365scan_apis(): return [cloud]"
    )
    plugin.spoil(
        DATASETS, "groups = ", "cloud = Api(name='Cloud', origin='https://manage.office.com')\ngroups = "
    )
    plugin.spoil(DATASETS, "api=GRAPH", "api='Cloud'")
    plugin.spoil(DATASETS, "GraphList(", "ApiList(api=cloud, path='/groups') if True else GraphList(")
    plugin.spoil(DATASETS, "import GRAPH,", "import Api, ApiList,")
    remarks = plugin.remarks("permissions")
    assert len(remarks) == 3
    assert remarks[0].what.startswith("Whether Cloud has an app role GroupMember.Read.All is unknown")
    roles = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
    assert plugin.remarks("permissions", vouched=roles) == []


def test_the_list_of_app_roles_is_the_one_that_grades_them() -> None:
    """Two files for two purposes, of one source: neither may be forgotten when the other is renewed."""
    ours = json.loads((ROOT / "o365scan/authoring/data/permissions.json").read_text("utf-8"))
    graded = json.loads((ROOT / "plugins/o365scan_entra/data/app_permissions.json").read_text("utf-8"))
    graph = {row[2] for row in graded["application"] if row[0] == "00000003-0000-0000-c000-000000000000"}
    assert set(ours["app_roles"]["Microsoft Graph"]) == graph


def test_a_permission_that_somebody_vouches_for(plugin: Plugin) -> None:
    plugin.spoil(DATASETS, '"GroupMember.Read.All"', '"Wizard.Read.All"')
    plugin.only("permissions", "Wizard")
    assert plugin.remarks("permissions", vouched=("Wizard.Read.All",)) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [('licence="P1"', "licence is 'P1'"), ("unlicensed=Unlicensed.EMPTY", "and names none")],
)
def test_licences_that_nobody_could_buy(plugin: Plugin, field: str, said: str) -> None:
    plugin.spoil(DATASETS, "configuration=False,", f"configuration=False,\n    {field},")
    plugin.spoil(DATASETS, "GraphList, Permission", "GraphList, Permission, Unlicensed")
    plugin.only("licences", said)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/graph/api/group-list",
        "http://learn.microsoft.com/graph/api/group-list",
        "https://learn.microsoft.com.example.com/graph",
        "https://example.com/learn.microsoft.com/",
        "https://learn.microsoft.com/",
        "https://notmicrosoft.com/graph",
        "group-list",
        "https://[",
    ],
)
def test_references_that_are_not_microsofts(plugin: Plugin, link: str) -> None:
    plugin.spoil(DATASETS, "https://learn.microsoft.com/graph/api/group-list", link)
    plugin.only("references", "is no page of Microsoft's")


# -- its cases ---------------------------------------------------------------------------------------------


def test_a_check_without_cases(plugin: Plugin) -> None:
    (plugin.folder / CASES).rename(plugin.folder / "tests/cases/contoso.other.json")
    missing, stray = plugin.remarks("cases")
    assert (missing.where, stray.where) == (CASES, "tests/cases/contoso.other.json")
    assert "no file of cases" in missing.what
    assert "of no check" in stray.what


def test_without_a_folder_of_cases_nothing_is_said_to_hold(plugin: Plugin) -> None:
    (plugin.folder / "tests").rename(plugin.folder / "trials")
    subject = subject_of(str(plugin.folder))
    holds = {each.rule.name: each.holds for each in examine(subject, RULES[-3:])}
    assert holds == {"cases": False, "repeating": None, "cases hold": None}
    moved = subject_of(str(plugin.folder), plugin.folder / "trials" / "cases")
    assert {each.holds for each in examine(moved, RULES[-3:])} == {True}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"severity": "low"', '"severity": "high"', "fail low .* not high"),
        ('"severity": "low"', '"severty": "low"', "unknown field `severty`"),
        (
            '"check": "contoso.group-is-private"',
            '"check": "contoso.x-is-y"',
            "holds the cases of contoso.x-is-y",
        ),
        (
            '"contoso.groups": [',
            '"contoso.persons": [], "contoso.groups": [',
            "does not read contoso.persons",
        ),
        ('"displayName": "Finance",', '"displayName": "Finance"', "JSON is malformed"),
        ('"/contoso.groups/0/groupTypes/-"', '"/contoso.groups/1/groupTypes/-"', "does not fit"),
    ],
)
def test_cases_that_do_not_hold(plugin: Plugin, old: str, new: str, said: str) -> None:
    plugin.spoil(CASES, old, new)
    assert plugin.only("cases hold", said).where == CASES


def test_a_check_that_never_fails(plugin: Plugin) -> None:
    path = plugin.folder / CASES
    file = json.loads(path.read_text("utf-8"))
    file["cases"] = [each for each in file["cases"] if each["verdict"] != "fail"]
    path.write_text(json.dumps(file), "utf-8")
    plugin.only("cases hold", "has no case that fails")


def test_a_check_that_many_cases_tell_apart(plugin: Plugin) -> None:
    plugin.spoil(
        CHECK, '    visibility = group.text("visibility")\n', '    visibility = group["visibility"].strip()\n'
    )
    plugin.spoil(CHECK, "    if visibility", '    raise ValueError("no")\n    if visibility')
    remarks = plugin.remarks("cases hold")
    assert len(remarks) == 6
    assert "more cases" in remarks[-1].what


@pytest.mark.long
@pytest.mark.parametrize(
    "code",
    [
        "    yield undecided(str({str(each) for each in range(20)}))\n",
        "    import uuid\n    yield undecided(str(uuid.uuid4()))\n",
        "    _PRIVATE_SEEN.append(1)\n    yield undecided(str(len(_PRIVATE_SEEN)))\n",
    ],
)
def test_a_check_that_says_something_else_each_time(plugin: Plugin, code: str) -> None:
    plugin.spoil(
        CHECK,
        '    visibility = group.text("visibility")\n',
        f'{code}    visibility = group.text("visibility")\n',
    )
    plugin.spoil(CHECK, "_PRIVATE = (", "_PRIVATE_SEEN: list[int] = []\n_PRIVATE = (")
    remarks = plugin.remarks("repeating")
    assert remarks
    assert all("judged again, it says something else" in each.what for each in remarks)
    assert {each.where.partition(":")[0] for each in remarks} == {CHECK}


def test_a_check_that_ends_the_process_ends_no_other(plugin: Plugin) -> None:
    plugin.spoil(CHECK, GOOD, "__import__('os')._exit(7)")
    repeated, held = examine(subject_of(str(plugin.folder)), RULES[-2:])
    assert "the process ended with 7" in repeated.remarks[0].what
    assert (repeated.holds, held.holds) == (False, None)


def test_a_check_that_loops_stops_nothing(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "run", partial(run_program, seconds=0))
    plugin.spoil(CHECK, GOOD, "while True: pass")
    repeated, held = examine(subject_of(str(plugin.folder)), RULES[-2:])
    assert "it was still busy after 0 seconds" in repeated.remarks[0].what
    assert held.holds is None


# -- the command -------------------------------------------------------------------------------------------


def test_the_command_says_what_where_and_what_to_do(plugin: Plugin, o365scan: Run) -> None:
    plugin.spoil(
        DATASETS, "https://learn.microsoft.com/graph/api/group-list", "https://example.com/\\x1b[31m"
    )
    told = o365scan("plugin", "check", plugin.folder)
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert lines[0] == "o365scan-contoso 0.1.0: contoso"
    at = lines.index("✗ datasets link to Microsoft's own pages")
    assert "is no page of Microsoft's" in lines[at + 1]
    assert lines[at + 2] == "      where  dataset contoso.groups"
    assert lines[at + 3].startswith("      to do  Link the page")
    assert lines[-1] == "1 thing to mend."
    assert "\x1b" not in told.stdout


@pytest.mark.long
def test_the_command_tells_programs(plugin: Plugin, o365scan: Run) -> None:
    plugin.add("print('in between')")
    told = o365scan("plugin", "check", "o365scan-contoso", "--json")
    assert told.returncode == 1
    document = json.loads(told.stdout)
    assert document["plugins"] == ["contoso"]
    assert [rule["rule"] for rule in document["rules"] if not rule["holds"]] == ["importing"]
    assert set(document["remarks"][0]) == {"rule", "what", "where", "toDo"}
    assert told.stderr == ""


@pytest.mark.long
def test_a_plugin_that_is_fit_is_done(plugin: Plugin, o365scan: Run) -> None:
    told = o365scan("plugin", "check", plugin.folder)
    assert told.returncode == 0, told.stdout
    assert told.stdout.splitlines()[-1] == "All is well."


@pytest.mark.parametrize(
    ("target", "said"),
    [("nothing-of-that-name", "is not installed"), (".", "pyproject.toml"), ("pytest", "brings no plugin")],
)
def test_what_is_no_plugin(o365scan: Run, target: str, said: str) -> None:
    told = o365scan("plugin", "check", target)
    assert told.returncode == 2
    assert said in told.stderr


def test_a_folder_that_is_not_what_is_installed(plugin: Plugin, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    project = other / "pyproject.toml"
    project.write_text('[project]\nname = "o365scan-contoso"\n', "utf-8")
    with pytest.raises(SubjectUnknown, match="is installed from elsewhere"):
        subject_of(str(other))
    project.write_text("[project]\n", "utf-8")
    with pytest.raises(SubjectUnknown, match="names no project"):
        subject_of(str(other))
    with pytest.raises(SubjectUnknown, match="there is no folder"):
        subject_of("o365scan-contoso", tmp_path / "nowhere")
