"""Every own domain asks receivers to reject mail that only claims to come from it (DMARC).

## What it looks at

The accepted domains, and the DMARC record that counts for each: the one at `_dmarc.<domain>`, else that of its
organisational domain. The policy that it inherits is the organisational domain's `sp`, or its `p` without one.

- Medium if there is no record or several, if receivers take it for `p=none` (no `p`, a policy that is none), if the
  policy is `none`, or if it is only on trial (`t=y`).
- Medium if subdomains are spared (`sp=none`), or names that don't exist (`np=none`): both only where the domain is the
  organisational domain, since they count nowhere else.
- Low for `quarantine` instead of `reject`, and for `pct` below 100, which RFC 9989 dropped and older receivers heed.
- Info if no address gets reports (`rua`): nobody would notice who else uses the name.
- Low at most under onmicrosoft.com, where hardly anybody writes from; reports are not asked for there.

A domain that inherits a weak policy is told of at the accepted domain that it inherits from, where one record mends
both. Spaces, case and a missing final semicolon don't matter; `v=DMARC1` must be first, and exactly so.

The organisational domain is found by the DNS tree walk of RFC 9989: the records at the domain and above it, up to the
top-level domain, and what they say of public suffixes (`psd`). It needs no list, and looks where current receivers
look. A receiver of the older standard (RFC 7489) takes the domain below a public suffix from a list instead: it does
not see a record between the two, nor one at the public suffix itself.

The hybrid domain `….mail.onmicrosoft.com` is exempt. What counts is what the resolver of the scan sees: one that
answers for the inside of a network may show other records than the internet's.

## Why it matters

SPF and DKIM alone reject nothing. Without an enforced policy everybody's mail servers deliver messages that name an
address of the organisation as their sender: to customers, partners, and its own people.

## Remediation

1. Publish `v=DMARC1; p=none; rua=mailto:<address>` at `_dmarc.<domain>`, and read the reports until everything that
   sends in the domain's name is signed or in SPF.
2. Then `p=quarantine`, and `p=reject`, without `sp`, `np`, `pct` and `t`.
3. Domains that send no mail: `v=DMARC1; p=reject; rua=mailto:<address>` at once.
4. For the onmicrosoft.com domain: in the Microsoft 365 admin centre, Settings, Domains, choose it, DNS records, Add
   record, TXT `_dmarc`.

## Options

```toml
[checks."exchange.dmarc-is-enforced"]
quarantine = ["contoso.com"]
```

`quarantine` are domains for which that will do, and for those below that inherit it.

## Sources

- <https://www.rfc-editor.org/rfc/rfc9989>
- <https://learn.microsoft.com/defender-office-365/step-by-step-guides/how-to-enable-dmarc-reporting-for-microsoft-online-email-routing-address-moera-and-parked-domains>
- <https://learn.microsoft.com/defender-office-365/email-authentication-dmarc-configure>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from o365scan.api import (
    Data,
    Evidence,
    Judgement,
    Problem,
    Record,
    Severity,
    check,
    independently,
    problem,
)
from o365scan_exchange import dmarc
from o365scan_exchange.addresses import is_within, normal_domain
from o365scan_exchange.datasets import accepted_domains
from o365scan_exchange.dmarc import Handling, Policy
from o365scan_exchange.names import dmarc_records, dmarc_tree, own_row, texts

_MICROSOFTS = "onmicrosoft.com"
_OF_HYBRIDS = "mail.onmicrosoft.com"


@dataclass(frozen=True)
class DmarcDomains:
    """Domains for which less will do."""

    quarantine: tuple[str, ...] = ()

    def take_quarantine(self, *names: str) -> bool:
        """Will it do for one of these domains?"""
        return not set(names).isdisjoint(map(normal_domain, self.quarantine))


@check(
    "exchange.dmarc-is-enforced",
    severity=Severity.MEDIUM,
    each=accepted_domains,
    reads=[dmarc_records],
    optional=[dmarc_tree],
    options=DmarcDomains,
    attack=["T1672", "T1566"],
    controls=["SCuBA/MS.EXO.4.1v1", "SCuBA/MS.EXO.4.2v1", "CIS-M365-7.0/2.1.10"],
)
def dmarc_is_enforced(domain: Record, data: Data, options: DmarcDomains) -> Iterator[Judgement]:
    name = normal_domain(domain.text("DomainName"))
    if is_within(name, _OF_HYBRIDS):
        return
    for judgement in _judged(domain, name, data, options):
        yield _lowered(judgement) if is_within(name, _MICROSOFTS) else judgement


def _lowered(judgement: Judgement) -> Judgement:
    """Low at most."""
    if not isinstance(judgement, Problem) or judgement.severity is Severity.INFO:
        return judgement
    return replace(judgement, severity=Severity.LOW)


def _judged(domain: Record, name: str, data: Data, options: DmarcDomains) -> Iterator[Judgement]:
    row = own_row(data, dmarc_records, domain)
    found = [(text, each.at("Text")) for text, each in texts(row) if dmarc.is_dmarc(text)]
    if len(found) > 1:
        said = f"{len(found)} DMARC records stand at _dmarc.{name}: receivers heed none of them."
        yield problem(said, *(evidence for _, evidence in found))
    elif found:
        text, evidence = found[0]
        policy = dmarc.parse(name, text)
        yield from independently(
            _of_domain(policy, evidence, options),
            _of_subdomains(domain, policy, evidence, data),
            _reports(policy, evidence),
        )
    else:
        yield from _inheriting(domain, name, row, data, options)


def _of_domain(policy: Policy, evidence: Evidence, options: DmarcDomains) -> Iterator[Judgement]:
    name = policy.domain
    if policy.fault is not None:
        yield problem(f"Receivers take the DMARC record for p=none: {policy.fault}.", evidence)
        return
    if policy.p is Handling.NONE:
        yield problem(f"Receivers deliver mail that only claims to come from {name} (p=none).", evidence)
        return
    if policy.p is Handling.QUARANTINE and not options.take_quarantine(name):
        yield problem(
            f"Mail that only claims to come from {name} is put aside (p=quarantine) instead of rejected.",
            evidence,
            severity=Severity.LOW,
        )
    if policy.test:
        yield problem(
            f"The policy {policy.p} of {name} is on trial (t=y): receivers are asked not to apply it.",
            evidence,
        )
    if policy.pct < 100:
        said = f"Older receivers apply the policy of {name} to {policy.pct} of 100 messages (pct) only."
        yield problem(said, evidence, severity=Severity.LOW)


def _of_subdomains(domain: Record, policy: Policy, evidence: Evidence, data: Data) -> Iterator[Judgement]:
    """`sp` and `np` count at the organisational domain alone: which that is matters where one is weaker only."""
    weaker = [
        (tag, whose, handling)
        for tag, whose, handling, than in (
            ("sp", "subdomains", policy.sp, policy.p),
            ("np", "names that don't exist", policy.np, policy.of_subdomains),
        )
        if handling is not None and handling < than
    ]
    if not weaker or dmarc.organisational(policy.domain, _walked(domain, data)) != policy.domain:
        return
    for tag, whose, handling in weaker:
        severity = Severity.MEDIUM if handling is Handling.NONE else Severity.LOW
        said = f"Under {policy.domain} {whose} are spared ({tag}={handling}): anyone may make one up to write from."
        yield problem(said, evidence, severity=severity)


def _reports(policy: Policy, evidence: Evidence) -> Iterator[Judgement]:
    if not policy.rua and not is_within(policy.domain, _MICROSOFTS):
        said = f"Nobody gets reports of who sends mail as {policy.domain}: the DMARC record names no address (rua)."
        yield problem(said, evidence, severity=Severity.INFO)


def _walked(domain: Record, data: Data) -> list[Policy]:
    """The records at the domain and above it, nearest first."""
    rows = [(normal_domain(row.text("Name")), row) for row in data[dmarc_tree].of(domain)]
    rows.sort(key=lambda each: -each[0].count("."))
    found = [
        dmarc.only(name.removeprefix(dmarc.PREFIX), (text for text, _ in texts(row))) for name, row in rows
    ]
    return [policy for policy in found if policy is not None]


def _inheriting(
    domain: Record, name: str, row: Record, data: Data, options: DmarcDomains
) -> Iterator[Judgement]:
    policy = dmarc.inherited(name, _walked(domain, data))
    if policy is None:
        meant = [each.at("Text") for text, each in texts(row) if dmarc.looks_like_dmarc(text)]
        near = " What stands there must begin with 'v=DMARC1;'." if meant else ""
        yield problem(f"{name} has no DMARC record, and inherits none.{near}", row.at("Status"), *meant)
        return
    handling = Handling.NONE if policy.test else policy.of_subdomains
    aside = handling is Handling.QUARANTINE
    if handling is Handling.REJECT or (aside and options.take_quarantine(name, policy.domain)):
        return
    trial = ", on trial" if policy.test else ""
    yield problem(
        f"{name} has no DMARC record, and inherits {policy.of_subdomains}{trial} from {policy.domain}.",
        row.at("Status"),
        severity=Severity.LOW if aside else Severity.MEDIUM,
        at=_accepted(policy.domain, data),
    )


def _accepted(name: str, data: Data) -> Record | None:
    """The accepted domain of that name, if there is one."""
    for domain in data[accepted_domains]:
        if normal_domain(domain.text("DomainName")) == name:
            return domain
    return None
