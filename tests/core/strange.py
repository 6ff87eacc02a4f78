"""A stranger's plugin with a dataset and checks of its own, and a snapshot of what they judge."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

from o365scan.api import TenantInfo
from o365scan.snapshot import Manifest, Snapshot
from tests.core.shelf import Shelf
from tests.core.things import dataset

MODULE = '''"""A thing is fine.

## What it looks at
x
## Why it matters
x
## Remediation
x
## Sources
x
"""
import os, sys, time, threading
from o365scan.api import *

things = Dataset(
    name="strange.things", source=GraphList(path="/things"), key="Id", title="Name", type="Thing",
    permission=Permission(api=GRAPH, app_roles=("Thing.Read.All",)), reference="https://example.com/",
)

@check("strange.thing-is-fine", severity=Severity.LOW, each=things)
def thing_is_fine(thing):
    if thing.key == "1":
        yield problem("It is the first.", thing.at("List"))
    if thing.key == "2":
        {body}

@check("strange.thing-is-known", severity=Severity.LOW, each=things)
def thing_is_known(thing):
    if thing.text("Name") != "Thing " + thing.key:
        yield problem("Its name was changed.")

{more}

@hookimpl
def o365scan_datasets():
    return [things]

@hookimpl
def o365scan_checks():
    return [each for each in globals().values() if isinstance(each, Check)]
'''


def install(shelf: Shelf, body: str, more: str = "") -> None:
    """Put the plugin on the shelf: one of its checks runs `body` on the second thing; `more` stands beside it."""
    body = textwrap.indent(textwrap.dedent(body).strip(), " " * 8).strip()
    shelf.add("stranger", MODULE.replace("{body}", body).replace("{more}", more), head="")


def filled(snapshot: Snapshot, odd: Sequence[object] = ("x", "y", "z")) -> Snapshot:
    """The snapshot with three things, each with an odd value."""
    of = dataset("strange.things")
    rows = [
        {"Id": key, "Name": f"Thing {key}", "List": [{"A": [1]}], "Object": {"B": {}}, "Odd": value}
        for key, value in zip("123", odd, strict=True)
    ]
    snapshot.add(of, rows)
    snapshot.finish(of)
    tenant = TenantInfo("11111111-2222-4333-8444-555555555555")
    snapshot.seal(Manifest(tenant=tenant, collected_at=datetime(2026, 1, 1, tzinfo=UTC), version="0"))
    return snapshot
