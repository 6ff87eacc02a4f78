"""No transport rule hides where mail came from, leads it out of the organisation, or past the filter.

## What it looks at

The mail flow rules (`Get-TransportRule`), each action by itself, held against the accepted domains and the
outbound connectors. Severity is by what the action does and by how far its conditions bind it:

- **RemoveHeader**: high for fields that trace or authenticate mail (`Received`, `Return-Path`, `Message-ID`,
  `Authentication-Results`, `Received-SPF`, `DKIM-Signature`, `ARC-…`, `X-MS-…`, `X-Forefront-…`,
  `X-Originating-IP` and the like). A product's own `X-` field is nobody's loss. Several such rules, changed close
  together, are how a campaign prepares.
- **SetHeaderName**: high for fields that the service believes (`X-MS-Exchange-Organization-…`,
  `Authentication-Results` and others); medium for the two that switch off Safe Links and Safe Attachments, which
  phishing exercises used before Microsoft gave them a policy of their own, and high where no address binds them.
  `Reply-To` with an address outside the accepted domains is judged like a copy to it: the answers go there.
- **SetSCL -1** (skips the spam filter), by what binds it. Sender addresses, alone or with sender domains: medium;
  high if a range is wide. Mail from inside (`FromScope`): medium. Senders by name *and* an
  `Authentication-Results` condition whose every word is a pass of DMARC or of composite authentication: low.
  Anything that a sender writes itself (domain, address, words, any other header), or nothing: high.
- **BlindCopyTo, CopyTo, RedirectMessageTo, AddToRecipients, ModerateMessageByUser, GenerateIncidentReport** to
  an address outside the accepted domains: high; critical if the rule has no condition. A subdomain is inside only
  if its domain accepts subdomains. A recipient shown without an address can't be told: undecided.
- **DeleteMessage**: high without a condition, with none but the direction (from or to inside or outside) or a
  pattern that any mail meets (`.*`), or on words, senders or recipients of security, money, bounces and abuse
  reports; else low, since neither sender nor recipient learns of it. Rejecting and quarantining leave a trace and pass.
- **RouteMessageOutboundConnector**, with its connector: a smart host that is neither in an accepted domain nor
  accepted is medium, to be verified (gateways and signature products look like this); high if the rule has no
  condition or the host is a bare address. A connector that validates a certificate of the organisation
  (`TlsSettings` `DomainValidation`) goes to the organisation's own host. One that isn't listed is undecided: the
  listing may leave out connectors.

A **disabled** rule does nothing and passes, as does one in a test mode (`Audit`, `AuditAndNotify`), unless it
would be high if it were switched on: then it is reported as low. `GenerateIncidentReport` is the exception: it is
sent in the test modes as well. `ActivationDate` and `ExpiryDate` are not considered, or a verdict would change by
waiting. The name, however odd, raises nothing.

What it can't see: a rule that was removed, and when and by whom a rule was made: the configuration has
`WhenChanged` only, the rest is in the audit log. Whether a recipient inside is a contact that leads outside.
Whether a sender's manager, whom `AddManagerAsRecipientType` adds, is outside. Whether a rule that stops the
processing of later rules was put there to silence them.

## Why it matters

One rule acts on the mail of everyone, shows up in no mailbox, and survives the reset of every password. Intruders
use rules to copy mail out, to delete the warnings that would give them away, to have their own mail skip the
filter, and, in the campaign that Microsoft described in September 2022, to cut off the headers by which mail sent
through a malicious connector would have been traced.

## Remediation

1. In the Exchange admin centre go to Mail flow, Rules, open the rule and ask its owner what it is for. Rules by
   vendors (signatures, encryption, phishing exercises) come with a name, a connector or addresses of theirs.
2. If nobody claims it, switch it off there, or in Exchange Online PowerShell with the GUID of this finding:
   `Disable-TransportRule -Identity <guid> -Confirm:$false`. Disabling keeps it as evidence;
   `Remove-TransportRule` comes after the investigation.
3. Find who made it, and take that account or app for compromised:
   `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -Operations
   New-TransportRule,Set-TransportRule,Enable-TransportRule,Remove-TransportRule`.
   For copied or deleted mail, trace what the rule has touched: `Get-MessageTraceV2`.
4. To let wanted mail past the filter, have the rule ask for authentication:
   `Set-TransportRule -Identity <guid> -SenderDomainIs fabrikam.com
   -HeaderContainsMessageHeader Authentication-Results -HeaderContainsWords dmarc=pass,dmarc=bestguesspass`.
   Give phishing exercises and security mailboxes the advanced delivery policy in Microsoft Defender instead.

## Options

```toml
[checks."exchange.transport-rule-is-harmless"]
recipients = ["journal@archive.example.net", "@records.example.org"]
smart_hosts = ["signatures.fabrikam.com", "*.gateway.example.net", "203.0.113.0/28"]
addresses = ["198.51.100.0/28"]
```

`recipients` may get copies: whole addresses, or `@` and a domain (without its subdomains). `smart_hosts` may be
routed to: host names, `*.` and a domain, addresses or ranges; a connector is also accepted if it validates a
certificate of such a name. `addresses` may skip the filter, and Safe Links and Safe Attachments: a rule is
accepted if all of its `SenderIpRanges` lie within them.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-transportrule>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-outboundconnector>
- <https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rule-actions>
- <https://learn.microsoft.com/defender-office-365/create-safe-sender-lists-in-office-365>
- <https://learn.microsoft.com/defender-office-365/advanced-delivery-policy-configure>
- <https://www.microsoft.com/security/blog/2022/09/22/malicious-oauth-applications-used-to-compromise-email-servers-and-spread-spam/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    OptionsError,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_exchange.addresses import Address, address_in, is_within, normal_domain, own_domains, own_names
from o365scan_exchange.connectors import validated_host
from o365scan_exchange.datasets import accepted_domains, outbound_connectors, transport_rules
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.headers import leads_replies, skips_defender, steers_filtering, traces_mail
from o365scan_exchange.networks import Network, accepted, all_within, is_wide, written
from o365scan_exchange.recency import aged
from o365scan_exchange.rules import (
    applies_to_all,
    asks_for_authentication,
    conditions,
    names_senders,
    scope,
    sender_ranges,
    stays_inside,
    takes_a_direction,
    telling_words,
)
from o365scan_exchange.smart_hosts import as_ranges, bare, covers, is_nameable, refuse_anyone
from o365scan_exchange.strangers import odd

_DISABLED = "The rule is disabled and does nothing now; this is what enabling it would do."
_TESTED = "The rule is in a test mode and does nothing now; this is what enforcing it would do."

_COPYING = {
    "BlindCopyTo": "is copied, unseen by the sender,",
    "CopyTo": "is copied",
    "RedirectMessageTo": "is led away",
    "AddToRecipients": "is delivered as well",
    "ModerateMessageByUser": "is held, and shown for approval",
}


@dataclass(frozen=True)
class ExpectedRules:
    """Where mail may be led, and whose mail may skip the filter."""

    recipients: tuple[str, ...] = ()
    smart_hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.recipients:
            if address_in(text.removeprefix("@") if "@" in text[1:] else "any" + text) is None:
                raise OptionsError(
                    f"recipients: {text!r} is neither an address nor @ and a domain",
                    hint='Write "journal@archive.example.net" or "@archive.example.net".',
                )
        refuse_anyone(self.smart_hosts, "smart_hosts")
        accepted(self.addresses, "addresses")

    def accept_recipient(self, address: Address) -> bool:
        """May mail be led there?"""
        for text in self.recipients:
            if text.startswith("@"):
                if address.domain == normal_domain(text[1:]):
                    return True
            elif (other := address_in(text)) is not None and _same(address, other):
                return True
        return False

    def accept_host(self, host: str) -> bool:
        """May mail be routed to that host, or address?"""
        return any(covers(text, host) for text in self.smart_hosts)

    def accept_sources(self, ranges: tuple[Network, ...]) -> bool:
        """May mail from all of these addresses skip the filter?"""
        return bool(ranges) and all_within(ranges, accepted(self.addresses, "addresses"))


@check(
    "exchange.transport-rule-is-harmless",
    severity=Severity.HIGH,
    each=transport_rules,
    reads=[accepted_domains, outbound_connectors],
    options=ExpectedRules,
    attack=["T1672", "T1114.003", "T1562.001", "T1564.008"],
    controls=["CIS-M365-7.0/6.2.1", "CIS-M365-7.0/6.2.2"],
)
def transport_rule_is_harmless(
    rule: Record, data: Data, options: ExpectedRules, now: datetime
) -> Iterator[Judgement]:
    state, mode = rule.text("State"), rule.text("Mode")
    if state not in ("Enabled", "Disabled") or mode not in ("Enforce", "Audit", "AuditAndNotify"):
        yield undecided(
            f"Whether the rule acts is unknown: State {state!r}, Mode {mode!r}.",
            rule.at("State"),
            rule.at("Mode"),
        )
        return
    report = aged(_report(rule, data, options), rule, now)
    others = aged(
        independently(
            _unreadable(rule),
            _removed_header(rule),
            _set_header(rule, data, options),
            _skipped_filter(rule, options),
            *(_copies(rule, action, data, options) for action in _COPYING),
            _deletion(rule),
            _route(rule, data, options),
        ),
        rule,
        now,
    )
    if state == "Disabled":
        yield from as_prepared(independently(report, others), _DISABLED)
    elif mode == "Enforce":
        yield from independently(report, others)
    else:
        yield from independently(report, as_prepared(others, _TESTED))


def _unreadable(rule: Record) -> Iterator[Judgement]:
    """Exchange says itself where its own shell can't express what a rule does.

    Without the conditions nothing says how grave a rule would be that is switched off now.
    """
    rule.texts("Conditions", nullable=True)
    if rule.flag("IsRuleConfigurationSupported", nullable=True) is False:
        yield undecided(
            "Exchange can't show all of what this rule does.",
            rule.at("IsRuleConfigurationSupported"),
        )


def _removed_header(rule: Record) -> Iterator[Judgement]:
    name = rule.text("RemoveHeader", nullable=True)
    if name is not None and traces_mail(name):
        yield problem(
            f"The header {name.strip()} is removed from {scope(rule)}, and with it a trace of where it came from"
            " or of who sent it.",
            rule.at("RemoveHeader"),
            *conditions(rule),
            severity=Severity.HIGH,
        )


def _set_header(rule: Record, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    name = rule.text("SetHeaderName", nullable=True)
    if name is None:
        return
    if skips_defender(name):
        ranges = sender_ranges(rule)
        if not options.accept_sources(ranges):
            yield problem(
                f"{scope(rule).capitalize()} is exempted from Safe Links or Safe Attachments by {name}.",
                rule.at("SetHeaderName"),
                *conditions(rule),
                severity=Severity.MEDIUM if ranges and not is_wide(ranges) else Severity.HIGH,
                accept=_acceptance(ranges),
            )
    elif leads_replies(name):
        yield from _replies(rule, data, options)
    elif steers_filtering(name):
        yield problem(
            f"The header {name}, which the service believes, is written into {scope(rule)}.",
            *shown(rule, "SetHeaderName", "SetHeaderValue"),
            *conditions(rule),
            severity=Severity.HIGH,
        )


def _replies(rule: Record, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    yield from _recipients(rule, "SetHeaderValue", "is answered, by the Reply-To it is given,", data, options)


def _skipped_filter(rule: Record, options: ExpectedRules) -> Iterator[Judgement]:
    if rule.number("SetSCL", nullable=True) != -1:
        return
    if not options.accept_sources(sender_ranges(rule)):
        severity, because = _bypass(rule)
        yield problem(
            f"{scope(rule).capitalize()} skips the spam filter: {because}.",
            rule.at("SetSCL"),
            *conditions(rule),
            severity=severity,
            accept=_acceptance(sender_ranges(rule)),
        )


def _acceptance(ranges: tuple[Network, ...]) -> Acceptance | None:
    """The addresses whose mail skips the filter, if they are few."""
    if not ranges or is_wide(ranges):
        return None
    return Acceptance({"addresses": written(ranges)})


def _bypass(rule: Record) -> tuple[Severity, str]:
    """How bad it is to skip the filter on these conditions: by what binds them to a sender."""
    if applies_to_all(rule):
        return Severity.HIGH, "no condition binds it"
    if ranges := sender_ranges(rule):
        if is_wide(ranges):
            return Severity.HIGH, "it is bound to a range wider than one sender's mail servers"
        return Severity.MEDIUM, "it is bound to sender addresses"
    if asks_for_authentication(rule) and names_senders(rule):
        return Severity.LOW, "it is bound to senders that the service has authenticated"
    if stays_inside(rule):
        return Severity.MEDIUM, "it is bound to mail from inside, which an account taken over sends as well"
    return Severity.HIGH, "its conditions can be met by any sender"


def _copies(rule: Record, action: str, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    yield from _recipients(rule, action, _COPYING[action], data, options)


def _report(rule: Record, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    yield from _recipients(
        rule, "GenerateIncidentReport", "is reported, the message attached if so set,", data, options
    )


def _recipients(
    rule: Record, action: str, done: str, data: Data, options: ExpectedRules
) -> Iterator[Judgement]:
    recipients = rule.texts(action, nullable=True)
    if not recipients:
        return
    outside, unknown = _outside(recipients, data, options)
    if outside:
        yield problem(
            f"{scope(rule).capitalize()} {done} to {', '.join(map(str, outside))}, outside the organisation.",
            rule.at(action),
            *conditions(rule),
            severity=Severity.CRITICAL if applies_to_all(rule) else Severity.HIGH,
            accept=Acceptance({"recipients": list(map(str, outside))}),
            signs=(*_grave(rule, action), *odd(outside, data)),
        )
    if unknown:
        yield undecided(
            f"{action} names recipients without an address, so whether they are outside is unknown:"
            f" {', '.join(unknown)}.",
            rule.at(action),
        )


def _grave(rule: Record, action: str) -> Iterator[str]:
    if applies_to_all(rule):
        yield "it takes all mail"
    if action == "SetHeaderValue":
        yield "it changes where answers go"


def _outside(
    recipients: tuple[str, ...], data: Data, options: ExpectedRules
) -> tuple[list[Address], list[str]]:
    """The recipients that are outside and not accepted, and those that can't be told."""
    own = data.once(own_domains)
    found = {text: address_in(text) for text in recipients}
    outside = [
        address
        for address in found.values()
        if address is not None and not own.hold(address) and not options.accept_recipient(address)
    ]
    return outside, [text for text, address in found.items() if address is None]


def _deletion(rule: Record) -> Iterator[Judgement]:
    if not rule.flag("DeleteMessage"):
        return
    telling = telling_words(rule)
    if applies_to_all(rule) or takes_a_direction(rule):
        severity = Severity.HIGH
        which = scope(rule).capitalize() if applies_to_all(rule) else "All mail, or all of one direction,"
        said = f"{which} is deleted; neither sender nor recipient is told."
    elif telling:
        severity = Severity.HIGH
        said = "Mail about security or money, or about mail that failed, is deleted before anyone sees it."
    else:
        severity, said = Severity.LOW, "Mail is deleted; neither sender nor recipient is told."
    yield problem(said, rule.at("DeleteMessage"), *telling, *conditions(rule), severity=severity)


def _route(rule: Record, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    name = rule.text("RouteMessageOutboundConnector", nullable=True)
    if name is None:
        return
    connector = data.once(_by_any_name).get(name.lower())
    if connector is None:
        yield undecided(
            "The rule routes mail by a connector that is not among the outbound connectors listed, so where to"
            " is unknown.",
            rule.at("RouteMessageOutboundConnector"),
        )
    else:
        found = _routed(rule, connector, data, options)
        enabled = connector.flag("Enabled")
        yield from found if enabled else as_prepared(found, "The connector is disabled; once enabled:")


def _routed(rule: Record, connector: Record, data: Data, options: ExpectedRules) -> Iterator[Judgement]:
    if connector.flag("UseMXRecord") or _goes_to_expected_certificate(connector, data, options):
        return
    own = data.once(own_names)
    strange = [
        host
        for host in map(bare, connector.texts("SmartHosts", nullable=True))
        if not any(is_within(host, domain) for domain in own) and not options.accept_host(host)
    ]
    if strange:
        by_address = any(as_ranges(host) is not None for host in strange)
        yield problem(
            f"{scope(rule).capitalize()} is routed through {', '.join(strange)}, and nothing says whose that is.",
            rule.at("RouteMessageOutboundConnector"),
            connector.at("SmartHosts"),
            *conditions(rule),
            severity=Severity.HIGH if by_address or applies_to_all(rule) else Severity.MEDIUM,
            accept=Acceptance({"smart_hosts": strange}) if is_nameable(strange) else None,
        )


def _goes_to_expected_certificate(connector: Record, data: Data, options: ExpectedRules) -> bool:
    host = validated_host(connector)
    if host is None:
        return False
    return any(is_within(host, domain) for domain in data.once(own_names)) or options.accept_host(host)


def _by_any_name(data: Data) -> dict[str, Record]:
    """The outbound connectors by all that a rule may call them by; their names first."""
    found: dict[str, Record] = {}
    for field in ("Name", "Identity", "Guid", "DistinguishedName"):
        for connector in data[outbound_connectors]:
            if isinstance(name := connector.plain().get(field), str):
                found.setdefault(name.lower(), connector)
    return found


def _same(one: Address, other: Address) -> bool:
    """Exchange doesn't distinguish upper and lower case in a local part."""
    return (one.local.lower(), one.domain) == (other.local.lower(), other.domain)
