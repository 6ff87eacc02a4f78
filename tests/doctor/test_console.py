"""What is shown: in a narrow terminal, of hostile names, and that nothing is changed by looking."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from mocktenant import Server, Tenant
from o365scan.doctor import Diagnosis
from o365scan.doctor.console import show
from tests.conftest import Run
from tests.doctor.examined import examined

Serving = Callable[[Tenant], Server]
HOSTILE = "\x1b]0;owned\x07\u202eevil [red]markup[/red]"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=20)


def shown(found: Diagnosis, width: int = 80) -> str:
    out = io.StringIO()
    show(found, Console(file=out, width=width))
    return out.getvalue()


def test_eighty_columns_hold_all_but_the_commands(tenant: Tenant, serving: Serving) -> None:
    tenant.app_roles -= {"Policy.Read.All", "Exchange.ManageAsApp"}
    tenant.directory_roles = {"Security Reader"}
    text = shown(examined(serving(tenant)))
    commands = ("az rest ", "Connect-MgGraph ", "$api = ", "New-MgRoleManagement")
    rest = [line for line in text.splitlines() if not line.startswith(commands)]
    assert max(map(len, rest)) <= 80
    assert len(rest) < 110
    copied = [line for line in text.splitlines() if line.startswith("az rest ")]
    assert len(copied) == 3


def test_hostile_names_are_written_out(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    (organisation,) = tenant.objects("organization")
    tenant.patch("organization", organisation["id"], {"displayName": HOSTILE})
    tenant.app.display_name = HOSTILE
    application = next(each for each in tenant.objects("applications") if each["appId"] == tenant.client_id)
    secret = application["passwordCredentials"][0] | {"displayName": HOSTILE}
    tenant.patch("applications", application["id"], {"passwordCredentials": [secret]})
    server = serving(tenant)
    found = examined(server, "entra.guest-access-is-limited")
    assert found.tenant.name == found.endings[0].name == HOSTILE
    text = shown(replace(found, resolver="x"), width=200)
    assert text.count("\\x1b]0;owned\\x07\\u202eevil [red]markup[/red]") >= 2
    for acting in ("\x1b", "\x07", "\u202e"):
        assert acting not in text
    told = o365scan("doctor", "--check", "entra.guest-access-is-limited", "--json", env=server.environment())
    assert json.loads(told.stdout)["tenant"]["name"] == HOSTILE
    assert "\u202e" not in told.stdout


def test_looking_changes_nothing_and_asks_little(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    before, version = len(tenant.journal), tenant.version
    examined(server)
    sent = list(tenant.journal)[before:]
    assert tenant.version == version
    written = {
        each.path for each in sent if each.method != "GET" and each.cmdlet is None and not each.batched
    }
    assert all(path.endswith(("/$batch", "/token")) for path in written)
    assert {each.cmdlet.partition("-")[0] for each in sent if each.cmdlet} == {"Get"}
    on_the_wire = [each for each in sent if not each.batched]
    assert len(on_the_wire) < 30
    lists = [each for each in sent if each.path == "/v1.0/users"]
    assert lists
    assert all("top=1" in each.query for each in lists)
