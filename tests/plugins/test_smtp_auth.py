"""Passwords over SMTP: what else refuses them, as the services say it."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant import Tenant, serve
from o365scan.api import Finding, Severity, Verdict
from o365scan.testing import scanned

CHECK = "exchange.smtp-auth-is-off"
POLICY = "Block Basic Auth"


def judged(*changes: tuple[str, str, dict[str, Any]]) -> list[Finding]:
    """What the check finds in a well-run tenant that has SMTP AUTH turned on, after some more changes."""
    tenant = Tenant("baseline", size=20)
    tenant.patch("transportConfig", "Transport Settings", {"SmtpClientAuthenticationDisabled": False})
    for collection, key, change in changes:
        tenant.patch(collection, key, change)
    with serve(tenant) as server:
        report = scanned(CHECK, environment=server.environment())
    return [each for each in report.findings if each.verdict is not Verdict.PASS]


def organization() -> str:
    return next(iter(Tenant("baseline", size=1).collection("organizationConfig")))


def a_person() -> str:
    """The id of somebody with a mailbox."""
    boxes = Tenant("baseline", size=20).objects("mailboxes")
    return next(str(each["ExternalDirectoryObjectId"]) for each in boxes)


def defaults(on: bool) -> tuple[str, str, dict[str, Any]]:
    return ("securityDefaults", "Security Defaults", {"isEnabled": on})


def everybodys() -> tuple[str, str, dict[str, Any]]:
    return ("organizationConfig", organization(), {"DefaultAuthenticationPolicy": POLICY})


@pytest.mark.parametrize("changes", [[defaults(on=True)], [everybodys()]])
def test_what_refuses_passwords_to_everybody_leaves_the_switch_alone(changes: list[Any]) -> None:
    (found,) = judged(*changes)
    assert (found.title, found.severity) == ("Transport Settings", Severity.LOW)


def test_the_policy_of_one_person_leaves_the_others() -> None:
    (found,) = judged(("exchangeUsers", a_person(), {"AuthenticationPolicy": POLICY}))
    assert found.severity is Severity.MEDIUM
    assert "1 more are kept from it by authentication policies" in found.message


def test_one_person_with_another_policy_is_not_covered_by_everybodys() -> None:
    (found,) = judged(everybodys(), ("exchangeUsers", a_person(), {"AuthenticationPolicy": "Printers"}))
    assert found.severity is Severity.MEDIUM
    assert ": 1 of" in found.message
