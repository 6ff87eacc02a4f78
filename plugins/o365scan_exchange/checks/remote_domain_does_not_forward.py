"""No remote domain lets automatic forwarding out.

## What it looks at

`AutoForwardEnabled` of every remote domain (`Get-RemoteDomain`). `*` is every domain that has no entry of its own; it
is on in a new tenant. A domain that is one of the organisation's accepted domains, such as a hybrid deployment's, is
inside and passes, whatever `IsInternal` says: anyone who may change the entry may set that.

Automatic forwarding leaves only if three layers let it: the sender's outbound spam policy, the recipient's remote
domain and the transport rules. `*` is medium if no other layer is known to stop it, and low, as the second lock that
is open, if one is. A domain named by itself is low: somebody made it on purpose. `domains` accepts it.

What the policies allow is judged by `exchange.automatic-forwarding-is-off`.

## Why it matters

Forwarding to an address of their own is what intruders in a mailbox do first. The remote domain stops it even where
an exception in the outbound spam policy, or somebody who changed it, would let it through.

## Remediation

In the Exchange admin centre go to Mail flow, Remote domains, open the entry, Edit reply types, and clear Allow
automatic forwarding; or in Exchange Online PowerShell: `Set-RemoteDomain -Identity <name> -AutoForwardEnabled $false`.
A partner that mail is forwarded to on purpose gets an entry of its own, accepted below. Automatic replies are a
setting of their own and stay as they are.

## Options

```toml
[checks."exchange.remote-domain-does-not-forward"]
domains = ["fabrikam.com"]
```

`domains` are remote domains, written as in the entry, that mail may be forwarded to. `*` can't be accepted.

## Sources

- <https://learn.microsoft.com/exchange/mail-flow-best-practices/remote-domains/remote-domains>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-remotedomain>
- <https://learn.microsoft.com/defender-office-365/outbound-spam-policies-external-email-forwarding>
- <https://attack.mitre.org/techniques/T1114/003/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, OptionsError, Record, Severity, check, problem
from o365scan_exchange.datasets import accepted_domains, transport_rules
from o365scan_exchange.forwarding import is_outside, others_stop_it, outbound_spam_policies, remote_domains


@dataclass(frozen=True)
class ForwardingDomains:
    """Domains outside that mail may be forwarded to."""

    domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.domains:
            if "." not in text.removeprefix("*."):
                raise OptionsError(f"domains: {text!r} is not a domain", hint='Write "fabrikam.com".')

    def accept(self, domain: Record) -> bool:
        """May mail be forwarded there?"""
        return domain.text("DomainName").lower() in {text.lower() for text in self.domains}


@check(
    "exchange.remote-domain-does-not-forward",
    severity=Severity.MEDIUM,
    each=remote_domains,
    reads=[accepted_domains],
    optional=[outbound_spam_policies, transport_rules],
    options=ForwardingDomains,
    attack=["T1114.003"],
    controls=["SCuBA/MS.EXO.1.1v2"],
)
def remote_domain_does_not_forward(
    domain: Record, data: Data, options: ForwardingDomains
) -> Iterator[Judgement]:
    if not domain.flag("AutoForwardEnabled") or options.accept(domain) or not is_outside(domain, data):
        return
    stopped = others_stop_it(data, outbound_spam_policies, transport_rules)
    everywhere = domain.text("DomainName") == "*"
    where = "any domain that has no entry of its own" if everywhere else domain.text("DomainName")
    but = f"; today {' and '.join(stopped)}" if stopped else ", and nothing else is known to stop it"
    yield problem(
        f"Mail may be forwarded automatically to {where}{but}.",
        domain.at("AutoForwardEnabled"),
        domain.at("DomainName"),
        severity=Severity.MEDIUM if everywhere and not stopped else Severity.LOW,
        accept=None if everywhere else Acceptance({"domains": (domain.text("DomainName"),)}),
    )
