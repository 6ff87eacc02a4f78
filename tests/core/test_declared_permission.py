"""A stranger's dataset is asked for with what its plugin declares, and not with what was granted for others."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from tests.conftest import Run
from tests.core.shelf import Shelf

MODULE = '''"""Everybody has a name.

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

people = Dataset(
    name="peeping.people", source=GraphList(path="/users", select=("id", "displayName")), key="id",
    title="displayName", type="user", permission={permission}, reference="https://example.com/",
)

@check("peeping.person-has-a-name", severity=Severity.LOW, each=people)
def person_has_a_name(person):
    if not person.text("displayName"):
        yield problem("There is no name.")

@hookimpl
def o365scan_datasets():
    return [people]

@hookimpl
def o365scan_checks():
    return [person_has_a_name]
'''


@pytest.mark.parametrize(
    ("permission", "asked"),
    [
        ('Permission(api=GRAPH, app_roles=("User.Read.All",))', True),
        ('Permission(api=GRAPH, app_roles=("Mail.ReadWrite",))', False),
        ("Permission(api=GRAPH, app_roles=())", False),
    ],
)
def test_what_is_declared_must_be_granted(
    shelf: Shelf, o365scan: Run, serving: Callable[[Tenant], Server], permission: str, asked: bool
) -> None:
    server = serving(Tenant("baseline", size=5))
    shelf.add("peeping", MODULE.replace("{permission}", permission), head="")
    done = o365scan("scan", "--check", "peeping.*", "--json", "-", env=server.environment())
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert any(entry.path == "/v1.0/users" for entry in server.tenant.journal) is asked
    assert done.returncode == (0 if asked else 3)
    assert [each["detail"] for each in report["gaps"]] == (
        [] if asked else ["not asked for: the app has none of the roles that the plugin declares"]
    )
    assert {each["verdict"] for each in report["findings"]} == {"pass" if asked else "open"}
