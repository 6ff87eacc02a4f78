"""Inbound connectors come from expected partners

## What it looks at

Every `InboundConnector` that is enabled.

## Why it matters

A connector of an intruder's delivers mail that passes for the organisation's own.

## Remediation

Disable the connector, then ask who made it.

## Sources

- Microsoft, Get-InboundConnector.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from o365scan.api import (
    EXCHANGE,
    GRAPH,
    HEADER,
    Check,
    Dataset,
    Evidence,
    ExchangeCmdlet,
    Finding,
    Gap,
    GraphList,
    Judgement,
    Permission,
    PluginInfo,
    Problem,
    Record,
    Report,
    Severity,
    TenantInfo,
    Undecided,
    Verdict,
    check,
)
from o365scan.reports.evidence import write_evidence
from o365scan_sarif import o365scan_reporters

TENANT = "11111111-2222-4333-8444-555555555555"

CONNECTORS = Dataset(
    name="exchange.inbound-connectors",
    source=ExchangeCmdlet(cmdlet="Get-InboundConnector"),
    key="Guid",
    title="Name",
    type="InboundConnector",
    permission=Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",)),
    reference="https://learn.microsoft.com/powershell/module/exchange/get-inboundconnector",
)
MAILBOXES = Dataset(
    name="exchange.mailboxes",
    source=ExchangeCmdlet(cmdlet="Get-Mailbox"),
    key="ExchangeGuid",
    title="DisplayName",
    type="Mailbox",
    permission=Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",)),
    reference="https://learn.microsoft.com/powershell/module/exchange/get-mailbox",
    configuration=False,
)
APPS = Dataset(
    name="entra.applications",
    source=GraphList(path="/applications"),
    key="id",
    title="displayName",
    type="#microsoft.graph.application",
    permission=Permission(api=GRAPH, app_roles=("Application.Read.All",)),
    reference="https://learn.microsoft.com/graph/api/resources/application",
)
DATASETS = (CONNECTORS, MAILBOXES, APPS)


@check(
    "exchange.inbound-connector-is-expected",
    severity=Severity.HIGH,
    each=CONNECTORS,
    attack=("T1672", "T1114.003"),
    controls=("SCuBA/MS.EXO.1.1v2",),
)
def inbound_connector_is_expected(_connector: Record) -> Iterator[Judgement]:
    yield from ()


@check("exchange.mailbox-does-not-forward", severity=Severity.MEDIUM, each=MAILBOXES, attack=("T1114.003",))
def mailbox_does_not_forward(_mailbox: Record) -> Iterator[Judgement]:
    yield from ()


@check("entra.app-has-no-secret", severity=Severity.CRITICAL, each=APPS)
def app_has_no_secret(_app: Record) -> Iterator[Judgement]:
    yield from ()


CHECKS = (app_has_no_secret, inbound_connector_is_expected, mailbox_does_not_forward)


@dataclass
class Tenant:
    """A tenant to scan: raw records by dataset, and what could not be read."""

    data: dict[Dataset, list[dict[str, Any]]]
    missing: list[Gap] = field(default_factory=list)

    def records(self, dataset: Dataset) -> Iterator[Record]:
        found = self.data.get(dataset, [])
        yield from sorted(
            (Record(dataset, raw[dataset.key], raw) for raw in found), key=lambda item: item.key
        )


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def connector(number: int, name: str = "Partner", **more: Any) -> dict[str, Any]:
    return {"Guid": guid(number), "Name": name, "Enabled": True, "SenderDomains": ["smtp:*;1"], **more}


def tenant() -> Tenant:
    return Tenant(
        {
            CONNECTORS: [connector(1), connector(3, "Relay")],
            MAILBOXES: [
                {"ExchangeGuid": guid(number), "DisplayName": f"User {number}", "ForwardingSmtpAddress": None}
                for number in range(20, 30)
            ],
            APPS: [
                {"id": guid(40), "displayName": "Printer", "passwordCredentials": [{"secretText": "hush"}]}
            ],
        }
    )


def finding(
    rule: Check, key: str = HEADER, verdict: Verdict = Verdict.FAIL, *, title: str = "Partner", **more: Any
) -> Finding:
    dataset = rule.subject.name
    said: dict[str, Any] = {"severity": rule.severity}
    if verdict is Verdict.FAIL:
        evidence = Evidence(dataset, key, "/Enabled", True)
        said["problems"] = (Problem("Mail from anywhere is accepted.", (evidence,)),)
    if verdict is Verdict.OPEN:
        said["reasons"] = (Undecided("A field is missing"),)
    return Finding(check=rule.id, dataset=dataset, key=key, title=title, verdict=verdict, **{**said, **more})


def failing() -> list[Finding]:
    """One failure in each dataset, and verdicts that are none."""
    return [
        finding(app_has_no_secret, guid(40), title="Printer"),
        finding(inbound_connector_is_expected, guid(1)),
        finding(inbound_connector_is_expected, guid(3), Verdict.PASS, title="Relay"),
        finding(mailbox_does_not_forward, guid(25), title="User 25", severity=Severity.CRITICAL),
        finding(mailbox_does_not_forward, guid(26), Verdict.PASS, title="User 26"),
    ]


def report_of(
    folder: Path, scanned: Tenant, findings: Sequence[Finding], checks: Iterable[Check] = CHECKS, **more: Any
) -> Report:
    """Scan: write the evidence tree into `folder` and make the report."""
    ran = tuple(checks)
    written = write_evidence(
        scanned,
        tenant=TENANT,
        datasets=DATASETS,
        findings=findings,
        gaps=scanned.missing,
        ran={item.id for item in ran},
        folder=folder / "evidence",
    )
    report = Report(
        version="0.1.0",
        tenant=TenantInfo(TENANT),
        collected_at=datetime(2026, 3, 1, 5, 30, tzinfo=UTC),
        checks=ran,
        findings=tuple(findings),
        datasets={dataset.name: dataset for dataset in DATASETS},
        gaps=tuple(scanned.missing),
        plugins=(PluginInfo("exchange", "o365scan", "0.1.0"),),
        held=written.held,
        alerts=written.alerts,
        evidence=written.evidence,
    )
    return replace(report, **more)


def sarif_text(report: Report, profile: str = "github") -> str:
    (reporter,) = o365scan_reporters()
    stream = io.StringIO()
    reporter.write(report, stream, {"profile": profile})
    return stream.getvalue()


def sarif(report: Report, profile: str = "github") -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif_text(report, profile))
    return log


def run_of(log: Mapping[str, Any], area: str) -> dict[str, Any]:
    (run,) = [item for item in log["runs"] if item["automationDetails"]["id"].endswith(f"/{area}/")]
    return dict(run)


def result_of(log: Mapping[str, Any], rule: Check, key_line: str = "") -> dict[str, Any]:
    found = [item for item in run_of(log, rule.area)["results"] if item["ruleId"] == rule.id]
    (result,) = [item for item in found if key_line in json.dumps(item)]
    return dict(result)


def notices_of(run: Mapping[str, Any], kind: str) -> list[tuple[str, str, str]]:
    """Level, id and text of a run's notifications of one kind."""
    (invocation,) = run["invocations"]
    return [
        (each["level"], each["descriptor"]["id"], each["message"]["text"])
        for name in ("toolExecutionNotifications", "toolConfigurationNotifications")
        for each in invocation.get(name, [])
        if each["descriptor"]["id"] == kind
    ]
