"""Every own domain says who may send mail in its name (SPF), and that nobody else may.

## What it looks at

The accepted domains, and what DNS says of each: its TXT records, and those that its SPF record includes or redirects
to. Several strings of one record are joined, and case does not matter.

- High if everybody may send: `+all`, a range wider than /8 (IPv6: /16), or an include of a record that says so.
- Medium if there is no record or several, if receivers take it for an error (a term that is none, an include that leads
  to no record or in a circle, more than ten lookups), or if it says nothing of others: `?all`, or neither `all` nor
  `redirect`.
- Low if others only look suspicious (`~all`), which suffices where DMARC is enforced and mail is signed; and if mail of
  the domain arrives at Exchange Online, others than Exchange Online may send it, and Exchange Online may not.

`v=spf1 -all` alone is right for a domain that sends no mail. Lookups are counted as if nothing matched before the end;
a term with a macro counts as one and is not followed. Not counted are lookups that find nothing (receivers allow two)
and the hosts behind `mx` and `ptr`. SPF is not inherited: subdomains that are no accepted domains are not looked at.

Domains under onmicrosoft.com are Microsoft's, which publishes SPF for them. What counts is what the resolver of the
scan sees: one that answers for the inside of a network may show other records than the internet's.

## Why it matters

Without SPF receivers can't tell mail of the domain from mail that only claims to be, unless it is signed: it is the
first half of what DMARC rests on.

## Remediation

1. List what sends mail in the domain's name: Exchange Online, on-premises servers, newsletters, ticket systems.
2. Publish one TXT record at the domain: `v=spf1 include:spf.protection.outlook.com -all`, with the others' includes and
   addresses before `-all`. Give bulk senders a subdomain of their own if ten lookups are not enough.
3. For a domain that sends no mail: `v=spf1 -all`.

## Options

```toml
[checks."exchange.spf-is-published"]
soft_fail = ["contoso.com"]
sent_elsewhere = ["news.contoso.com"]
```

`soft_fail` are domains for which `~all` will do; mail of `sent_elsewhere` is not sent by Exchange Online.

## Sources

- <https://www.rfc-editor.org/rfc/rfc7208>
- <https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure>
- <https://attack.mitre.org/techniques/T1672/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Acceptance,
    Data,
    Evidence,
    Judgement,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_exchange import spf
from o365scan_exchange.addresses import is_within, normal_domain
from o365scan_exchange.datasets import accepted_domains
from o365scan_exchange.mx import hosts, is_microsofts
from o365scan_exchange.names import mx_records, own_row, spf_includes, spf_records, texts

_NOBODY = spf.Published(lambda _: None)


@dataclass(frozen=True)
class SpfDomains:
    """Domains for which less will do."""

    soft_fail: tuple[str, ...] = ()
    sent_elsewhere: tuple[str, ...] = ()


@check(
    "exchange.spf-is-published",
    severity=Severity.MEDIUM,
    each=accepted_domains,
    reads=[spf_records],
    optional=[spf_includes, mx_records],
    options=SpfDomains,
    attack=["T1672", "T1566"],
    controls=["SCuBA/MS.EXO.2.2v3", "CIS-M365-7.0/2.1.8"],
)
def spf_is_published(domain: Record, data: Data, options: SpfDomains) -> Iterator[Judgement]:
    name = normal_domain(domain.text("DomainName"))
    if is_within(name, "onmicrosoft.com"):
        return
    row = own_row(data, spf_records, domain)
    found = [(text, each.at("Text")) for text, each in texts(row) if spf.is_spf(text)]
    if len(found) != 1:
        yield _not_one(name, row, [evidence for _, evidence in found])
        return
    text, evidence = found[0]
    try:
        policy = spf.parse(text)
    except spf.SpfError as cause:
        yield _ignored(str(cause), evidence)
        return
    yield from independently(_judged(domain, name, policy, evidence, data, options))


def _not_one(name: str, row: Record, several: list[Evidence]) -> Judgement:
    if several:
        said = f"{len(several)} SPF records stand at {name}: receivers take that for an error, and heed none."
        return problem(said, *several)
    absent = "there is no such name in DNS" if row.text("Status") != "NOERROR" else "it has no SPF record"
    meant = [each.at("Text") for text, each in texts(row) if "spf" in text.lower()]
    near = " What stands there must begin with 'v=spf1 '." if meant else ""
    return problem(f"Who may send mail of {name} is not published: {absent}.{near}", row.at("Status"), *meant)


def _ignored(why: str, evidence: Evidence) -> Judgement:
    return problem(f"Receivers take the SPF record for an error, and heed nothing in it: {why}.", evidence)


def _judged(
    domain: Record, name: str, policy: spf.Policy, evidence: Evidence, data: Data, options: SpfDomains
) -> Iterator[Judgement]:
    """What the record alone proves comes first: what it leads to may not be known."""
    alone = spf.passes_everybody(policy, _NOBODY)
    if alone:
        yield _everybody(name, alone, evidence)
    if policy.redirect is None:
        yield from _of_others(name, spf.default(policy, _NOBODY), evidence, options)
    followed = _texts_by_name(domain, data) if any(spf.followed(policy)) else {}
    published = spf.Published(followed.get)
    try:
        spf.demand_sound(name, policy, published)
        if not alone and (term := spf.passes_everybody(policy, published)):
            yield _everybody(name, term, evidence)
        if policy.redirect is not None:
            yield from _of_others(name, spf.default(policy, published), evidence, options)
    except spf.SpfError as cause:
        yield _ignored(str(cause), evidence)
    except spf.NotFollowed as cause:
        yield undecided(f"What the SPF record says of others can't be told: {cause}.", evidence)
    else:
        yield from _without_exchange(domain, name, policy, published, evidence, data, options)


def _texts_by_name(domain: Record, data: Data) -> dict[str, tuple[str, ...]]:
    return {
        normal_domain(row.text("Name")): tuple(text for text, _ in texts(row))
        for row in data[spf_includes].of(domain)
    }


def _everybody(name: str, term: str, evidence: Evidence) -> Judgement:
    said = f"Everybody, or a large part of the internet, may send mail of {name}: {term}."
    return problem(said, evidence, severity=Severity.HIGH)


def _of_others(name: str, qualifier: str, evidence: Evidence, options: SpfDomains) -> Iterator[Judgement]:
    if qualifier == "?":
        yield problem(f"The SPF record says nothing of others who send mail of {name}.", evidence)
    elif qualifier == "~" and name not in map(normal_domain, options.soft_fail):
        yield problem(
            f"Mail of {name} from others only looks suspicious (~all) instead of failing (-all).",
            evidence,
            severity=Severity.LOW,
        )


def _without_exchange(
    domain: Record,
    name: str,
    policy: spf.Policy,
    published: spf.Published,
    evidence: Evidence,
    data: Data,
    options: SpfDomains,
) -> Iterator[Judgement]:
    """Where mail of the domain lives in Exchange Online, its replies come from there."""
    sends = bool(policy.mechanisms) or policy.redirect is not None
    if not sends or spf.names_microsoft(policy, published):
        return
    if name in map(normal_domain, options.sent_elsewhere) or domain.get("SendingFromDomainDisabled") is True:
        return
    view = data.get(mx_records)
    rows = view.of(domain) if view is not None else ()
    if any(is_microsofts(host) for row in rows for host in hosts(row)):
        yield problem(
            f"Mail of {name} arrives at Exchange Online, which the SPF record does not let send it.",
            evidence,
            severity=Severity.LOW,
            accept=Acceptance({"sent_elsewhere": (name,)}),
        )
