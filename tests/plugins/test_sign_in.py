"""Checks on how people sign in, against a served tenant: what a licence gives, and federated domains."""

from __future__ import annotations

from mocktenant import Tenant, serve
from o365scan.api import Finding, Severity, Verdict
from o365scan.testing import scanned

ISSUER = "http://sts.contoso.com/adfs/services/trust"


def found(tenant: Tenant, check: str) -> list[Finding]:
    with serve(tenant) as server:
        report = scanned(check, environment=server.environment())
    assert report.gaps == ()
    return [each for each in report.findings if each.verdict is not Verdict.PASS]


def without_policies(*, licences: set[str]) -> Tenant:
    tenant = Tenant("baseline", size=5)
    tenant.licences = licences
    for key in list(tenant.collection("conditionalAccessPolicies")):
        tenant.delete("conditionalAccessPolicies", key)
    return tenant


def test_what_takes_a_licence_is_asked_for_where_it_is_there() -> None:
    (risky,) = found(without_policies(licences={"P1", "P2"}), "entra.risky-sign-in-is-stopped")
    assert risky.severity is Severity.MEDIUM
    assert risky.title == "Contoso"


def test_what_takes_a_licence_is_information_where_it_is_not() -> None:
    (risky,) = found(without_policies(licences={"P1"}), "entra.risky-user-is-stopped")
    (code,) = found(without_policies(licences=set()), "entra.device-code-flow-is-restricted")
    assert (risky.severity, code.severity) == (Severity.INFO, Severity.INFO)


def test_a_federated_domain_is_read_with_its_configuration() -> None:
    tenant = Tenant("baseline", size=5)
    tenant.patch("domains", "contoso.com", {"authenticationType": "Federated"})
    configuration = {"domainId": "contoso.com", "issuerUri": ISSUER, "displayName": "AD FS"}
    tenant.put("federationConfigurations", {"id": "00000000-0000-4000-8000-000000000090", **configuration})
    (domain,) = found(tenant, "entra.federation-is-expected")
    assert (domain.title, domain.severity) == ("contoso.com", Severity.MEDIUM)
    assert ISSUER in domain.message
