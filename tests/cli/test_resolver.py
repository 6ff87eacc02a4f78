"""Whom the commands ask for DNS, and what they say about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import O365ScanError
from tests.cli.in_process import here

Serving = Callable[[Tenant], Server]
SPF = ("--check", "exchange.spf-is-published")


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=1)


@pytest.fixture
def elsewhere() -> Tenant:
    """A tenant whose names say something else: to be told by them who was asked."""
    other = Tenant("baseline", size=1)
    other.patch(
        "dnsRecords", "contoso.com/TXT", {"Values": ["v=spf1 include:spf.protection.outlook.com ~all"]}
    )
    return other


def verdicts(*arguments: str, env: Mapping[str, str]) -> dict[str, str]:
    result = here("scan", "-q", *SPF, "--json", "-", *arguments, env=env)
    found: list[Any] = json.loads(result.stdout)["findings"]
    return {each["title"]: each["verdict"] for each in found if each["verdict"] != "pass"}


def test_the_option_names_the_resolver(tenant: Tenant, elsewhere: Tenant, serving: Serving) -> None:
    server, other = serving(tenant), serving(elsewhere)
    assert verdicts("--resolver", other.dns_address, env=server.environment()) == {"contoso.com": "fail"}
    assert len(tenant.lookups) == 0


def test_so_does_the_environment(tenant: Tenant, elsewhere: Tenant, serving: Serving) -> None:
    environment = {**serving(tenant).environment(), "O365SCAN_RESOLVER": serving(elsewhere).dns_address}
    assert verdicts(env=environment) == {"contoso.com": "fail"}


@pytest.mark.parametrize("by", ["option", "environment"])
def test_nobody_is_asked(tenant: Tenant, serving: Serving, by: str) -> None:
    environment = serving(tenant).environment()
    if by == "environment":
        environment["O365SCAN_RESOLVER"] = "OFF"
    result = here("scan", *SPF, *(["--no-dns"] if by == "option" else []), env=environment)
    assert result.exit_code == 3
    assert "DNS was not asked: it was turned off" in " ".join(result.stdout.split())
    assert "could not be decided" in result.stdout
    assert len(tenant.lookups) == 0


def test_the_mock_tenant_brings_its_own() -> None:
    result = here("scan", "--mock", "baseline", "--mock-size", "1", *SPF)
    assert result.exit_code == 0, result.output
    assert "Nothing failed" in result.stdout


def test_a_snapshot_is_judged_without(tenant: Tenant, serving: Serving, tmp_path: Path) -> None:
    server, saved = serving(tenant), str(tmp_path / "saved")
    assert here("collect", saved, *SPF, env=server.environment()).exit_code == 0
    asked = len(tenant.lookups)
    server.stop()
    result = here("scan", "--snapshot", saved, *SPF, env={"O365SCAN_RESOLVER": "192.0.2.53"})
    assert result.exit_code == 0, result.output
    assert len(tenant.lookups) == asked > 0


def test_what_fails_leaves_its_domain_undecided(tenant: Tenant, serving: Serving) -> None:
    tenant.faults.add(Fault(dns="SERVFAIL", host="contoso.com", count=99))
    assert verdicts(env=serving(tenant).environment()) == {"contoso.com": "open"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--mock", "baseline", "--resolver", "192.0.2.53"),
        ("scan", "--resolver", "192.0.2.53", "--no-dns"),
        ("scan", "--snapshot", "x", "--no-dns"),
        ("scan", "--snapshot", "x", "--resolver", "192.0.2.53"),
    ],
)
def test_contradictions(arguments: tuple[str, ...]) -> None:
    assert here(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [("scan",), ("doctor",), ("collect", "x")])
def test_a_resolver_that_is_no_address_is_refused_at_once(
    tenant: Tenant,
    serving: Serving,
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    server = serving(tenant)
    with pytest.raises(O365ScanError, match="no address of a resolver"):
        here(*command, "--resolver", "dns.example.net", env=server.environment())
    with pytest.raises(O365ScanError, match="no address of a resolver"):
        here(*command, env={**server.environment(), "O365SCAN_RESOLVER": "dns.example.net"})
    assert len(tenant.journal) == 0


def test_doctor_says_whom_it_asks(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    result = here("doctor", *SPF, env=server.environment())
    assert result.exit_code == 0, result.output
    assert f"DNS {server.dns_address} is asked" in " ".join(result.stdout.split())
    assert [each.name for each in tenant.lookups] == ["contoso.onmicrosoft.com"]


def test_doctor_says_what_keeps_it_from_answering(tenant: Tenant, serving: Serving) -> None:
    tenant.faults.add(Fault(dns="REFUSED", count=99))
    environment = serving(tenant).environment()
    result = here("doctor", *SPF, env=environment)
    assert result.exit_code == 3
    shown = " ".join(result.stdout.split())
    assert "missing DNS: DNS MX of contoso.onmicrosoft.com: 127.0.0.1 said REFUSED" in shown
    assert "After a grant" not in result.stdout
    off = here("doctor", *SPF, "--no-dns", env=environment)
    assert (off.exit_code, "DNS nobody is asked" in " ".join(off.stdout.split())) == (3, True)


def test_doctor_asks_only_if_a_check_does(tenant: Tenant, serving: Serving) -> None:
    result = here(
        "doctor", "--no-dns", "--check", "exchange.dkim-is-signed", env=serving(tenant).environment()
    )
    assert result.exit_code == 0, result.output
    assert len(tenant.lookups) == 0


def test_it_takes_no_permission() -> None:
    rows = {row["dataset"]: row for row in json.loads(here("permissions", *SPF, "--json").stdout)}
    assert rows["exchange.spf-records"]["api"] == "DNS"
    assert rows["exchange.spf-records"]["appRoles"] == []
    assert "none (DNS)" in here("permissions", *SPF).stdout
    assert "no permission (DNS)" in here("explain", "exchange.spf-is-published").stdout
    catalogue = here("checks", "--markdown", *SPF).stdout
    assert "- DNS: asked of the resolver that the scan is given; no permission" in catalogue


def test_the_plan_counts_lookups_apart(tenant: Tenant, serving: Serving, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    assert here("collect", saved, *SPF, env=serving(tenant).environment()).exit_code == 0
    planned = json.loads(here("scan", "--explain-plan", "--snapshot", saved, *SPF, "--json", "-").stdout)
    rows = {row["dataset"]: row for row in planned["datasets"]}
    assert rows["exchange.spf-records"]["requests"] == {"number": 3, "bound": "about"}
    assert rows["exchange.spf-includes"]["requests"] == {"number": 3, "bound": "at least"}
    assert planned["lookups"] == {"number": 9, "bound": "at least"}
    assert planned["requests"]["bound"] == "about"
    assert "at least 9 lookups in DNS" in here("scan", "--explain-plan", "--snapshot", saved, *SPF).stdout
    assert "an unknown number of lookups in DNS" in here("scan", "--explain-plan", *SPF).stdout
    one = ("--check", "exchange.dkim-is-signed")
    assert json.loads(here("scan", "--explain-plan", *one, "--json", "-").stdout)["lookups"] is None
