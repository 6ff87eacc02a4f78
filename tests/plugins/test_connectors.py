"""By what a connector recognises a sender, and connectors that were taken away."""

from __future__ import annotations

import pytest

from mocktenant import Tenant, serve
from o365scan.testing import assert_findings, scanned
from o365scan_exchange.connectors import Certificate, Identity, certificate, listed, sender_domain
from o365scan_exchange.networks import networks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("  ", None),
        ("Mail.Contoso.com", Certificate("mail.contoso.com", wildcard=False)),
        ("*.contoso.com", Certificate("contoso.com", wildcard=True)),
        ("*", Certificate("", wildcard=True)),
        (
            "<I>CN=Example CA, O=Example<S>CN=mail.contoso.com, O=Contoso",
            Certificate("mail.contoso.com", wildcard=False),
        ),
        (
            "<I>CN=mail.contoso.com<S>O=Fabrikam, CN=*.fabrikam.com",
            Certificate("fabrikam.com", wildcard=True),
        ),
    ],
)
def test_certificate(text: str | None, expected: Certificate | None) -> None:
    assert certificate(text) == expected


@pytest.mark.parametrize(
    ("text", "anyones", "own"),
    [
        ("mail.contoso.com", False, True),
        ("*.contoso.com", False, True),
        ("notcontoso.com", False, False),
        ("contoso.com.example.net", False, False),
        ("*", True, False),
        ("*.com", True, False),
        ("*.example.net", False, False),
        ("mail.protection.outlook.com", True, False),
        ("notoutlook.com", False, False),
    ],
)
def test_whose_a_certificate_is(text: str, anyones: bool, own: bool) -> None:
    named = certificate(text)
    assert named is not None
    assert named.is_anyones is anyones
    assert named.belongs_to({"contoso.com"}) is own


@pytest.mark.parametrize(
    ("space", "domain"),
    [
        ("smtp:*;1", "*"),
        ("*", "*"),
        ("smtp:*.Fabrikam.com;10", "*.fabrikam.com"),
        ("fabrikam.com", "fabrikam.com"),
    ],
)
def test_sender_domain(space: str, domain: str) -> None:
    assert sender_domain(space) == domain


def test_a_long_list_is_cut() -> None:
    assert listed(networks([f"203.0.113.{host}" for host in range(6)])).endswith("203.0.113.3 and 2 more")


def test_an_identity_for_people() -> None:
    assert "203.0.113.7" in str(Identity(None, networks(["203.0.113.7"])))
    assert "from any address" in str(Identity(None, ()))


def test_a_blocked_connector_is_told_after_it_was_taken_away() -> None:
    tenant = Tenant("baseline", size=20)
    for connector in tenant.objects("inboundConnectors"):
        tenant.delete("inboundConnectors", connector["Guid"])
    guid = "8c1f5a52-0c0e-4c36-9b5e-2f4d1a6b7c99"
    tenant.put("blockedConnectors", {"ConnectorId": guid, "ConnectorName": "relay", "Reason": "spam"})
    with serve(tenant) as server:
        report = scanned("exchange.*connector*", environment=server.environment())
    name = "exchange.connector-is-not-blocked"
    row = {"check": name, "object": "relay", "verdict": "fail", "severity": "critical"}
    assert_findings(report.findings, [row])
    (finding,) = (each for each in report.findings if each.check == name)
    assert (finding.dataset, finding.key) == ("exchange.blocked-connectors", guid)
