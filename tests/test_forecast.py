"""What a scan will ask for, before it asks: held against what it then did ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from mocktenant import Tenant, serve
from o365scan.forecast import SIGN_IN
from o365scan.registry import load, plan
from tests.cli.in_process import here


def run(*arguments: str) -> Result:
    return here("scan", "--explain-plan", *arguments)


def planned(*arguments: str) -> Any:
    result = run("--json", "-", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def by_name(document: Any) -> dict[str, Any]:
    return {row["dataset"]: row for row in document["datasets"]}


def test_nothing_is_known_and_nothing_is_signed_in_to() -> None:
    """There are no credentials in the environment."""
    document = planned()
    rows = by_name(document)
    assert list(rows) == [dataset.name for dataset in plan(load().checks.values())]
    assert rows["entra.users"]["formula"] == "1 + further pages of 999"
    assert rows["entra.users"]["requests"] == {"number": 1, "bound": "at least"}
    assert rows["entra.users"]["permission"].startswith("User.Read.All")
    assert "entra.admin-has-mfa" in rows["entra.users"]["checks"]
    assert rows["entra.security-defaults"]["requests"] == {"number": 1, "bound": "about"}
    assert rows["exchange.inbox-rules"]["formula"].startswith("all of exchange.mailboxes / 10")
    assert rows["exchange.inbox-rules"]["needs"] == ["exchange.mailboxes"]
    assert rows["exchange.inbox-rules"]["requests"] is None
    assert document["requests"]["bound"] == "at least"


def test_what_grows_with_people() -> None:
    rows = by_name(planned("--users", "5000", "--check", "exchange.inbox-rule-is-not-hidden"))
    assert rows["exchange.mailboxes"]["requests"] == {"number": 5, "bound": "about"}
    assert rows["exchange.inbox-rules"]["requests"] == {"number": 500, "bound": "about"}
    assert rows["exchange.junk-folders"]["requests"] == {"number": 500, "bound": "at most"}
    assert rows["exchange.accepted-domains"]["requests"] == {"number": 1, "bound": "at least"}


def test_the_table() -> None:
    shown = run("--users", "5000").stdout
    assert "about 500  " in shown
    assert "exchange.inbox-rules: all of exchange.mailboxes / 10 + further pages of 1,000" in shown
    assert "Get-InboxRule for each of exchange.mailboxes (Exchange.ManageAsApp, " in shown
    assert "for exchange.inbox-rule-is-not-hidden" in shown
    assert f"datasets for {len(load().checks)} checks: about " in " ".join(shown.split())


@pytest.mark.long
def test_it_is_what_a_scan_asks_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The journal of a scan holds as many requests as are expected after it (of batches, the batches).

    Two may differ: not every list of Microsoft Graph has pages of 100.
    """
    tenant, saved = Tenant("baseline", size=60), tmp_path / "s"
    with serve(tenant) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        result = here("scan", "-q", "--save-snapshot", str(saved))
        assert result.exit_code == 0, result.output
        asked = [entry for entry in tenant.journal if not entry.batched]
    for name in server.environment():
        monkeypatch.delenv(name)
    requests = planned("--snapshot", str(saved))["requests"]
    assert requests["bound"] == "about"
    assert abs(requests["number"] - len(asked)) <= 2
    assert sum(entry.host.startswith("login.") for entry in asked) == SIGN_IN - 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sarif", "x.sarif"), "--sarif has no place beside it"),
        (("--users", "5", "--mock", "baseline"), "two answers to one question"),
        (("--users", "0"), "0 is not in the range"),
    ],
)
def test_contradictions(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in str(result.exception)


def test_users_alone_mean_nothing() -> None:
    result = here("scan", "--users", "5")
    assert result.exit_code == 2
    assert "--explain-plan" in str(result.exception)
