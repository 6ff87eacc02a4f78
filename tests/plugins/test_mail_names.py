"""SPF, DMARC and MX from the lookup to the verdict: what DNS can't tell is undecided, and proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import Finding, GapReason, Report, Verdict
from o365scan.testing import scanned
from o365scan_exchange import dmarc, spf

Serving = Callable[[Tenant], Server]
CONTOSO, MICROSOFTS = "contoso.com", "contoso.onmicrosoft.com"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=1)


def txt(tenant: Tenant, name: str, *values: object) -> None:
    tenant.put("dnsRecords", {"Name": name, "Type": "TXT", "Values": list(values)})


def fails(tenant: Tenant, name: str, type: str = "TXT") -> None:
    tenant.faults.add(Fault(dns="SERVFAIL", host=name, method=type, count=999))


def of(report: Report, title: str = CONTOSO) -> Finding:
    (found,) = (each for each in report.findings if each.title == title)
    return found


def judged(tenant: Tenant, serving: Serving, check: str, **environment: str) -> Report:
    return scanned(check, environment={**serving(tenant).environment(), **environment})


def test_a_failed_lookup_leaves_its_domain_alone_undecided(tenant: Tenant, serving: Serving) -> None:
    fails(tenant, CONTOSO)
    report = judged(tenant, serving, "exchange.spf-is-published")
    assert of(report).verdict is Verdict.OPEN
    assert "SERVFAIL" in of(report).message
    assert of(report, MICROSOFTS).verdict is Verdict.PASS
    assert {(gap.dataset, gap.reason) for gap in report.gaps} == {
        ("exchange.spf-records", GapReason.UNREACHABLE),
        ("exchange.spf-includes", GapReason.UNREACHABLE),
    }


def test_a_failed_include_withdraws_the_pass_of_whom_it_includes(tenant: Tenant, serving: Serving) -> None:
    fails(tenant, "spf.protection.outlook.com")
    tenant.put(
        "acceptedDomains", {"DomainName": "parked.example", "Guid": "f0b6a7b2-6d1f-4c3e-8a55-0a6f1c9d2e11"}
    )
    txt(tenant, "parked.example", "v=spf1 -all")
    report = judged(tenant, serving, "exchange.spf-is-published")
    assert of(report).verdict is Verdict.OPEN
    assert "SERVFAIL" in of(report).message
    assert of(report, "parked.example").verdict is Verdict.PASS


def test_a_failed_include_hides_no_problem(tenant: Tenant, serving: Serving) -> None:
    txt(tenant, CONTOSO, "v=spf1 include:spf.protection.outlook.com +all")
    fails(tenant, "spf.protection.outlook.com")
    found = of(judged(tenant, serving, "exchange.spf-is-published"))
    assert (found.verdict, found.severity) == (Verdict.FAIL, "high")


def test_evidence_is_the_text_of_the_record(tenant: Tenant, serving: Serving) -> None:
    text = "v=spf1 include:spf.protection.outlook.com ?all"
    txt(tenant, CONTOSO, "a verification", text)
    found = of(judged(tenant, serving, "exchange.spf-is-published"))
    (evidence,) = found.problems[0].evidence
    assert (evidence.dataset, evidence.key, evidence.pointer, evidence.value) == (
        "exchange.spf-records", CONTOSO, "/Records/1/Text", text,
    )  # fmt: skip


def test_includes_are_followed_to_their_end(tenant: Tenant, serving: Serving) -> None:
    txt(tenant, CONTOSO, "v=spf1 include:a.example -all")
    txt(tenant, "a.example", "v=spf1 redirect=b.example")
    txt(tenant, "b.example", "v=spf1 include:spf.protection.outlook.com include:gone.example ~all")
    found = of(judged(tenant, serving, "exchange.spf-is-published"))
    assert "gone.example, which has no SPF record" in found.message


def test_records_without_end(tenant: Tenant, serving: Serving) -> None:
    """Everybody's records lead to everybody's: the lookups are bounded, and so is the time of judging."""
    everybody = " ".join(f"include:n{number}.example" for number in range(60))
    txt(tenant, CONTOSO, f"v=spf1 {everybody} -all")
    for number in range(60):
        txt(tenant, f"n{number}.example", f"v=spf1 {everybody} -all")
    found = of(judged(tenant, serving, "exchange.spf-is-published"))
    assert (found.verdict, found.severity) == (Verdict.FAIL, "medium")
    assert len({each.name for each in tenant.lookups}) < 60


def test_the_tree_is_walked_to_its_top(tenant: Tenant, serving: Serving) -> None:
    tenant.delete("dnsRecords", "_dmarc.contoso.com/TXT")
    report = judged(tenant, serving, "exchange.dmarc-is-enforced")
    assert "inherits none" in of(report).message
    names = {each.name for each in tenant.lookups}
    assert {"_dmarc.contoso.com", "_dmarc.com", "_dmarc.onmicrosoft.com"} <= names


def test_a_failure_above_matters_where_something_is_inherited(tenant: Tenant, serving: Serving) -> None:
    fails(tenant, "_dmarc.com")
    assert of(judged(tenant, serving, "exchange.dmarc-is-enforced")).verdict is Verdict.PASS
    tenant.patch(
        "dnsRecords", "_dmarc.contoso.com/TXT", {"Values": ["v=DMARC1; p=none; rua=mailto:a@contoso.com"]}
    )
    found = of(judged(tenant, serving, "exchange.dmarc-is-enforced"))
    assert (found.verdict, found.severity) == (Verdict.FAIL, "medium")
    tenant.delete("dnsRecords", "_dmarc.contoso.com/TXT")
    assert of(judged(tenant, serving, "exchange.dmarc-is-enforced")).verdict is Verdict.OPEN


def test_a_filter_that_mx_alone_shows(tenant: Tenant, serving: Serving) -> None:
    for connector in tenant.objects("inboundConnectors"):
        tenant.delete("inboundConnectors", connector["Guid"])
    report = judged(tenant, serving, "exchange.*-filter")
    (found,) = report.findings
    assert found.verdict is Verdict.FAIL
    assert [each.value for each in found.problems[0].evidence] == [
        "mx1.mailfilter.example.net", "mx2.mailfilter.example.net",
    ]  # fmt: skip
    assert of(judged(tenant, serving, "exchange.onmicrosoft*"), MICROSOFTS).verdict is Verdict.FAIL


@pytest.mark.parametrize("connectors", [True, False])
def test_mx_that_nobody_tells(tenant: Tenant, serving: Serving, connectors: bool) -> None:
    """With the lock the pass is certain; without a connector nothing shows whether a filter is in front."""
    fails(tenant, CONTOSO, "MX")
    if not connectors:
        for connector in tenant.objects("inboundConnectors"):
            tenant.delete("inboundConnectors", connector["Guid"])
    (found,) = judged(tenant, serving, "exchange.mail-comes*").findings
    assert found.verdict is (Verdict.PASS if connectors else Verdict.OPEN)


def test_without_dns_all_of_it_is_undecided(tenant: Tenant, serving: Serving) -> None:
    report = judged(tenant, serving, "exchange.*", O365SCAN_RESOLVER="off")
    undecided = {each.check for each in report.findings if each.verdict is Verdict.OPEN}
    assert undecided == {"exchange.spf-is-published", "exchange.dmarc-is-enforced"}
    assert {each.reason for each in report.gaps} == {GapReason.NOT_COLLECTED}
    assert len(tenant.lookups) == 0


@pytest.mark.parametrize(
    ("domain", "above"),
    [
        ("contoso.com", ["com"]),
        ("com", []),
        ("a.b.c.d.e.f.contoso.com", ["b.c.d.e.f.contoso.com"]),
        ("z.a.b.c.d.e.f.contoso.com", ["b.c.d.e.f.contoso.com"]),
        ("c.d.e.f.contoso.com", ["d.e.f.contoso.com"]),
    ],
)
def test_where_the_walk_goes_on(domain: str, above: list[str]) -> None:
    """Eight labels or more: with the last seven (RFC 9989, 4.10)."""
    row = {"Name": f"_dmarc.{domain}", "Records": []}
    assert list(dmarc.above(row)) == [f"_dmarc.{each}" for each in above]


@pytest.mark.parametrize("psd", ["y", "n"])
def test_where_the_walk_ends(psd: str) -> None:
    record = {"Text": f"v=DMARC1; p=reject; psd={psd}"}
    assert list(dmarc.above({"Name": "_dmarc.contoso.com", "Records": [record]})) == []
    assert list(dmarc.above({"Name": "_dmarc.contoso.com", "Records": [record, record]})) == ["_dmarc.com"]
    other = {"Text": "v=DMARC1; p=reject; psd=u"}
    assert list(dmarc.above({"Name": "_dmarc.contoso.com", "Records": [other]})) == ["_dmarc.com"]


def test_a_public_suffix_is_its_own_organisation() -> None:
    policy = dmarc.parse("bank.example", "v=DMARC1; p=reject; psd=y")
    assert dmarc.organisational("bank.example", [policy]) == "bank.example"
    assert dmarc.organisational("a.contoso.bank.example", [policy]) == "contoso.bank.example"


def test_what_spf_leads_to() -> None:
    text = "v=spf1 include:A.example ?include:b.example a:c.example include:%{d}.example redirect=e.example"
    assert list(spf.leads_to({"Records": [{"Text": "x"}, {"Text": text}]})) == [
        "A.example",
        "b.example",
        "e.example",
    ]
    assert list(spf.leads_to({"Records": [{"Text": "v=spf1 include:a.example -all include:b.example"}]})) == [
        "a.example"
    ]
    assert list(spf.leads_to({"Records": [{"Text": "v=spf1 include:a.example wrong -all"}]})) == []
