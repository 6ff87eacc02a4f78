"""A tenant that lacks licences hears of it once for each, quietly, and never as a pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Server, Tenant
from tests.conftest import Run

Serving = Callable[[Tenant], Server]

P1, P2 = "Microsoft Entra ID P1", "Microsoft Entra ID P2"
#: What each check says without the licence.
BY_LICENCE = {
    P1: {
        "entra.admin-is-in-use": "open",
        "entra.credentials-are-not-leaked": "open",
        "entra.device-code-flow-is-restricted": "fail",
        "entra.passwords-are-checked-against-banned-words": "fail",
        "entra.phishing-resistant-factor-is-required-of-admins": "fail",
    },
    P2: {
        "entra.admin-is-not-at-risk": "open",
        "entra.admin-role-is-activated-when-needed": "fail",
        "entra.risky-sign-in-is-stopped": "fail",
        "entra.risky-user-is-stopped": "fail",
    },
}
STORY = "no-premium-licence"


def rows(screen: str) -> dict[str, str]:
    """The part of the screen that is about licences: each licence, and what is said of it."""
    _, _, part = screen.partition("Takes a licence that the tenant hasn't\n")
    found, licence = dict[str, str](), ""
    for line in part.partition("Why, and what helps")[0].splitlines():
        licence = next((name for name in (P1, P2) if line.strip().startswith(name)), licence)
        found[licence] = f"{found.get(licence, '')} {line.strip().removeprefix(licence).strip()}".strip()
    return found


def findings(path: Path) -> list[dict[str, Any]]:
    return [each for each in json.loads(path.read_text())["findings"] if each["verdict"] in ("fail", "open")]


def test_each_licence_is_a_row_and_the_scan_is_whole(o365scan: Run, serving: Serving, tmp_path: Path) -> None:
    environment = serving(Tenant(STORY, size=30)).environment()
    result = o365scan("scan", "--json", "o.json", "--sarif", "o.sarif", env=environment)
    assert result.returncode == 0, result.stderr
    said = rows(result.stdout)
    assert set(said) == {P1, P2}
    for licence, checks in BY_LICENCE.items():
        assert all(check in said[licence] for check in checks)
    assert "entra.registration-details" in said[P1]
    # Said once, and nowhere as an alarm or as something that went wrong.
    before = result.stdout.partition("Takes a licence")[0]
    assert not any(check in before for checks in BY_LICENCE.values() for check in checks)
    assert "Could not be seen or decided" not in result.stdout
    assert "9 out of reach without a licence" in result.stdout
    found = findings(tmp_path / "o.json")
    for licence, checks in BY_LICENCE.items():
        for check, verdict in checks.items():
            (one,) = [each for each in found if each["check"] == check]
            assert one["verdict"] == verdict
            assert {each["licence"] for each in one["problems"]} <= {licence}
            assert verdict == "open" or one["severity"] == "info"
    log = json.loads((tmp_path / "o.sarif").read_text())
    notes = [
        each["level"]
        for run in log["runs"]
        for each in run["invocations"][0].get("toolExecutionNotifications", [])
    ]
    assert notes
    assert set(notes) == {"note"}


def test_what_is_denied_beside_it_is_no_matter_of_licence(o365scan: Run, serving: Serving) -> None:
    tenant = Tenant(STORY, size=30)
    tenant.app_roles -= {"Domain.Read.All", "Directory.Read.All"}
    result = o365scan("scan", env=serving(tenant).environment())
    assert result.returncode == 3
    blind = result.stdout.partition("Could not be seen or decided")[2].partition("Takes a licence")[0]
    assert "entra.domains" in blind
    assert "entra.risky-users" not in blind


@pytest.mark.parametrize(("licence", "missing"), [("P1", {P2}), ("P2", set[str]())])
def test_what_was_bought_is_not_asked_for(
    o365scan: Run, serving: Serving, licence: str, missing: set[str]
) -> None:
    """The same tenant, a day after it bought something and has made no use of it yet."""
    tenant = Tenant(STORY, size=30, licence=licence)
    result = o365scan("scan", "--verbose", env=serving(tenant).environment())
    assert set(rows(result.stdout)) == missing
    assert "entra.device-code-flow-is-restricted" in result.stdout.partition("Takes a licence")[0]
