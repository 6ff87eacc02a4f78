"""The outbound spam policies don't let mailboxes forward to the outside by themselves.

## What it looks at

`AutoForwardingMode` of every outbound spam policy (`Get-HostedOutboundSpamFilterPolicy`). It governs what inbox rules
and the forwarding of mailboxes send outside:

- **Off** is wanted.
- **On** is a problem. Automatic forwarding leaves only if three layers let it: the sender's outbound spam policy, the
  recipient's remote domain (`AutoForwardEnabled`) and the transport rules. If all do, the default policy is high; a
  custom one that an enabled rule gives to somebody is medium. If another layer is known to stop all of it, or no
  enabled rule applies the custom policy, it is low, and the finding says what stops it. A transport rule counts only if
  it has no other condition and no exception.
- **Automatic** leaves the choice to Microsoft, which has meant off since 2021: information.

What the remote domains allow is judged by `exchange.remote-domain-does-not-forward`, and what is forwarded now by
`exchange.mailbox-forwards-inside-only` and `exchange.inbox-rule-is-harmless`.

## Why it matters

Forwarding to an address of their own is what intruders in a mailbox do first, and nobody notices. One switch keeps
it from working in every mailbox, whatever rules are in it.

## Remediation

1. In the Defender portal go to Email & collaboration, Policies & rules, Threat policies, Anti-spam, open the outbound
   policy, Edit protection settings, and set Automatic forwarding rules to Off; or in Exchange Online PowerShell:
   `Set-HostedOutboundSpamFilterPolicy -Identity <name> -AutoForwardingMode Off`.
2. Who has to forward gets a custom policy of their own with a rule that names them
   (`New-HostedOutboundSpamFilterRule -From <people>`), accepted below.

## Options

```toml
[checks."exchange.automatic-forwarding-is-off"]
policies = ["e870c7b3-6141-484a-9859-c32aa4cef23e"]
```

`policies` are custom policies that may allow forwarding, by their `Guid`. The default policy can't be accepted.

## Sources

- <https://learn.microsoft.com/defender-office-365/outbound-spam-policies-external-email-forwarding>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-hostedoutboundspamfilterpolicy>
- <https://attack.mitre.org/techniques/T1114/003/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_exchange.datasets import accepted_domains, transport_rules
from o365scan_exchange.evidence import shown
from o365scan_exchange.forwarding import (
    others_stop_it,
    outbound_spam_policies,
    outbound_spam_rules,
    remote_domains,
    scope_of,
)


@dataclass(frozen=True)
class ForwardingPolicies:
    """Custom policies that may let some people forward."""

    policies: tuple[str, ...] = ()

    def accept(self, policy: Record) -> bool:
        """May this policy allow forwarding?"""
        return policy.key.lower() in {text.lower() for text in self.policies} and not policy.flag("IsDefault")


@check(
    "exchange.automatic-forwarding-is-off",
    severity=Severity.HIGH,
    each=outbound_spam_policies,
    optional=[outbound_spam_rules, remote_domains, transport_rules, accepted_domains],
    options=ForwardingPolicies,
    attack=["T1114.003"],
    controls=["SCuBA/MS.EXO.1.1v2", "CIS-M365-7.0/6.2.1"],
)
def automatic_forwarding_is_off(
    policy: Record, data: Data, options: ForwardingPolicies
) -> Iterator[Judgement]:
    mode = policy.text("AutoForwardingMode")
    if mode == "Off" or options.accept(policy):
        return
    if mode == "Automatic":
        yield problem(
            "Automatic forwarding to the outside is left to Microsoft, which means off today.",
            policy.at("AutoForwardingMode"),
            severity=Severity.INFO,
        )
    elif mode == "On":
        severity, because = _really(policy, data)
        yield problem(
            f"Mailboxes may forward to the outside by themselves{because}.",
            policy.at("AutoForwardingMode"),
            *(
                each
                for rule in scope_of(policy, data)
                for each in shown(rule, "From", "FromMemberOf", "SenderDomainIs")
            ),
            severity=severity,
            accept=None if policy.flag("IsDefault") else Acceptance({"policies": (policy.key,)}),
            signs=(),
        )
    else:
        yield undecided(f"The mode {mode!r} is unknown.", policy.at("AutoForwardingMode"))


def _really(policy: Record, data: Data) -> tuple[Severity, str]:
    stopped = others_stop_it(data, remote_domains, transport_rules)
    if stopped:
        return Severity.LOW, f" so far as this policy goes: {' and '.join(stopped)}"
    if policy.flag("IsDefault"):
        return (
            Severity.HIGH,
            ", everybody's whom no other policy is for, and nothing else is known to stop them",
        )
    if data.get(outbound_spam_rules) is not None and not any(scope_of(policy, data)):
        return Severity.LOW, " by this policy, which no enabled rule is known to apply to anybody"
    return Severity.MEDIUM, " where this policy applies, and nothing else is known to stop them"
