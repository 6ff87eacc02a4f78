"""A messy tenant reads as a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from mocktenant import Server, Tenant
from tests.conftest import Run


def messy() -> Tenant:
    """500 people, nothing enforced, PowerShell for everybody, forty rules that strip headers."""
    tenant = Tenant("oauth-spam-campaign", size=500)
    for key in list(tenant.collection("conditionalAccessPolicies")):
        tenant.delete("conditionalAccessPolicies", key)
    for key in list(tenant.collection("exchangeUsers")):
        tenant.patch("exchangeUsers", key, {"EXOModuleEnabled": True, "RemotePowerShellEnabled": True})
    model = next(each for each in tenant.objects("transportRules") if each.get("RemoveHeader") == "Received")
    for number in range(40):
        guid = f"00000000-0000-4000-8000-{number:012}"
        tenant.put("transportRules", {**model, "Guid": guid, "Name": f"Clean-up {number}"})
    return tenant


def test_the_first_screen_of_a_messy_tenant_is_a_page(
    o365scan: Run, serving: Callable[[Tenant], Server], tmp_path: Path
) -> None:
    environment = serving(messy()).environment()
    result = o365scan("scan", "--sarif", "o.sarif", "--save-snapshot", "s", env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) <= 70, result.stdout
    assert "exchange.powershell-is-for-admins" in result.stdout
    assert "entra.admin-has-mfa" in result.stdout
    assert "--verbose shows them" in result.stdout
    everything = o365scan("scan", "--snapshot", "s", "--verbose").stdout.splitlines()
    assert len(everything) > len(lines)
    # Code scanning: one alert for the rules, one for the switch that gives PowerShell to everybody.
    alerts = [
        each for run in json.loads((tmp_path / "o.sarif").read_text())["runs"] for each in run["results"]
    ]
    by_rule = [each["ruleId"] for each in alerts]
    assert by_rule.count("exchange.transport-rule-is-harmless") == 1
    assert by_rule.count("exchange.powershell-is-for-admins") == 1
    assert len(alerts) <= 60
