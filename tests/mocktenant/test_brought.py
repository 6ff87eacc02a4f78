"""Files that bring what the mock tenant has not by itself, for commands: what a plugin's own tests bring will do."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mocktenant import Tenant
from mocktenant.brought import BroughtInvalid, bring
from mocktenant.commands.serving import serving_options, started
from tests.conftest import Run
from tests.core.conftest import shelf
from tests.core.shelf import Shelf

__all__ = ["shelf"]

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "o365scan-teams" / "tests"
FILES = (SAMPLE / "collections.json", SAMPLE / "objects.json")
PLUGIN = '''"""A team has a description.

## What it looks at
x
## Why it matters
x
## Remediation
x
## Sources
x
"""
from o365scan.api import *
o365scan_api = ">=1.0,<2"
all_teams = Dataset(
    name="teamwork.teams", source=GraphList(path="/teams"), key="id", title="displayName", type="team",
    permission=Permission(api=GRAPH, app_roles=("Team.ReadBasic.All",)), reference="https://example.com/",
)
@check("teamwork.team-has-a-description", severity=Severity.LOW, each=all_teams)
def team_has_a_description(team):
    if not team.get("description"):
        yield problem("It has none.", team.at("description"))
@hookimpl
def o365scan_datasets(): return [all_teams]
@hookimpl
def o365scan_checks(): return [team_has_a_description]
'''


def test_a_scan_of_a_mock_tenant_that_a_plugin_brought_its_part_of(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("teamwork", PLUGIN, head="")
    scan = ("scan", "--mock", "baseline", "--mock-size", "15", "--check", "teamwork.*", "--json", "-", "-q")
    assert o365scan(*scan).returncode == 3  # the mock tenant has no Teams of its own
    brought = [word for each in FILES for word in ("--mock-with", each)]
    scanned = o365scan(*scan, *brought)
    assert scanned.returncode == 0, scanned.stderr
    found = {each["title"]: each["verdict"] for each in json.loads(scanned.stdout)["findings"]}
    assert found == {"Sales": "pass", "Board": "fail"}


def test_the_tenants_own_id_stands_where_it_is_named() -> None:
    tenant = Tenant(size=15)
    for each in FILES:
        bring(tenant, each)
    assert tenant.tenant_id in {each["tenantId"] for each in tenant.objects("channelMembers")}
    assert "ChannelMember.Read.All" in tenant.app_roles


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "can't read .*No such file"),
        ("{", "is no JSON"),
        ("[]", "holds no object with a member for each collection"),
        ('{"things": 7}', "things: the body must be a JSON object"),
        ('{"things": [7]}', "things"),
        ('{"things": [{"id": "1"}]}', "things"),  # nobody declared it
        (
            '{"things": {"path": "users", "app_roles": ["User.Read.All"]}}',
            "things: users is served from the state",
        ),
        ('{"things": {"roles": []}}', "things: roles: no such field"),
        ('{"users": [{}]}', "users"),
    ],
)
def test_what_can_not_be_brought_is_told(tmp_path: Path, o365scan: Run, text: str | None, why: str) -> None:
    path = tmp_path / "brought.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(BroughtInvalid, match=why):
        bring(Tenant(size=1), path)
    scanned = o365scan("scan", "--mock", "baseline", "--mock-size", "1", "--mock-with", path)
    assert scanned.returncode == 2
    assert "Traceback" not in scanned.stderr


def test_it_has_no_place_without_a_mock_tenant(o365scan: Run) -> None:
    told = o365scan("scan", "--mock-with", FILES[0])
    assert told.returncode == 2
    assert "no place without --mock" in told.stderr


@click.command()
@serving_options
def serve_and_say(**served: object) -> None:
    with started(**served) as server:  # type: ignore[arg-type]
        click.echo(",".join(server.tenant.declared))


def served_with(*arguments: object) -> str:
    return CliRunner().invoke(serve_and_say, ["--size", "1", *map(str, arguments)]).output


def test_a_served_tenant_has_it_too(tmp_path: Path) -> None:
    assert served_with("--with", FILES[0], "--with", FILES[1]) == "teams,channels,channelMembers\n"
    assert "can't read" in served_with("--with", tmp_path / "none")
    assert "--with adds to no tenant" in served_with("--snapshot", tmp_path, "--with", FILES[0])
