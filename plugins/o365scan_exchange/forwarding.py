"""Automatic forwarding to the outside: the three layers that all have to let it through.

The outbound spam policy of the sender, the remote domain of the recipient, and the transport rules. Each is read
for what it says of itself, and the others for how much that matters.
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import EXCHANGE, Data, Dataset, ExchangeCmdlet, Permission, Record, Undecidable

from .addresses import Address, normal_domain, own_domains
from .datasets import transport_rules
from .rules import values

_REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"


def _read(*directory_roles: str) -> Permission:
    return Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",), directory_roles=directory_roles)


# Measured on a live tenant: a Security Reader is refused remote domains. That the role reads outbound spam policies
# is taken from its reading the other policies of mail security.
_DOMAIN_READER = _read("Global Reader", "Exchange Administrator", "Global Administrator")
_POLICY_READER = _read(
    "Security Reader",
    "Global Reader",
    "Security Administrator",
    "Exchange Administrator",
    "Global Administrator",
)

remote_domains = Dataset(
    name="exchange.remote-domains",
    source=ExchangeCmdlet(cmdlet="Get-RemoteDomain"),
    key="Guid",
    title="Name",
    type="RemoteDomain",
    permission=_DOMAIN_READER,
    reference=_REFERENCE + "get-remotedomain",
)
"""What mail to a domain outside may carry. `*` is every domain that has no entry of its own."""

outbound_spam_policies = Dataset(
    name="exchange.outbound-spam-policies",
    source=ExchangeCmdlet(cmdlet="Get-HostedOutboundSpamFilterPolicy"),
    key="Guid",
    title="Name",
    type="HostedOutboundSpamFilterPolicy",
    permission=_POLICY_READER,
    reference=_REFERENCE + "get-hostedoutboundspamfilterpolicy",
)
"""How much people may send, and whether their mailboxes may forward to the outside (`AutoForwardingMode`)."""

outbound_spam_rules = Dataset(
    name="exchange.outbound-spam-rules",
    source=ExchangeCmdlet(cmdlet="Get-HostedOutboundSpamFilterRule"),
    key="Guid",
    title="Name",
    type="HostedOutboundSpamFilterRule",
    permission=_POLICY_READER,
    reference=_REFERENCE + "get-hostedoutboundspamfilterrule",
)
"""To whom a custom outbound spam policy applies; the default one is for everybody else."""

_STOPPING = ("RejectMessageReasonText", "RejectMessageEnhancedStatusCode", "DeleteMessage", "Quarantine")
_SCOPES = {"FromScope": "InOrganization", "SentToScope": "NotInOrganization"}


def is_outside(domain: Record, data: Data) -> bool:
    """Is a remote domain somebody else's? Raises Undecidable where that can't be told."""
    name = domain.text("DomainName")
    own = data.once(own_domains)
    return name == "*" or not own.hold(Address("anyone", normal_domain(name.removeprefix("*."))))


def others_stop_it(data: Data, *layers: Dataset) -> tuple[str, ...]:
    """Which of the other layers are known to stop all forwarding to the outside, for people.

    What could not be read stops nothing.
    """
    stops = {
        remote_domains: lambda: _remote_domains_stop_it(data),
        outbound_spam_policies: lambda: _policies_stop_it(data),
        transport_rules: lambda: _a_rule_stops_it(data),
    }
    return tuple(_SAID[layer.name] for layer in layers if stops[layer]())


_SAID = {
    remote_domains.name: "no remote domain lets it out",
    outbound_spam_policies.name: "the outbound spam policies don't allow it",
    transport_rules.name: "a transport rule stops it",
}


def _remote_domains_stop_it(data: Data) -> bool:
    found = _seen(data, remote_domains)
    whole = any(each.get("DomainName") == "*" for each in found)
    return whole and not any(
        each.get("AutoForwardEnabled") is not False and _leaves(each, data) for each in found
    )


def _leaves(domain: Record, data: Data) -> bool:
    try:
        return is_outside(domain, data)
    except Undecidable:
        return True


def _policies_stop_it(data: Data) -> bool:
    found = _seen(data, outbound_spam_policies)
    whole = any(each.get("IsDefault") is True for each in found)
    return whole and all(each.get("AutoForwardingMode") in ("Off", "Automatic") for each in found)


def _a_rule_stops_it(data: Data) -> bool:
    return any(map(stops_forwarding, _seen(data, transport_rules)))


def _seen(data: Data, dataset: Dataset) -> tuple[Record, ...]:
    view = data.get(dataset)
    return tuple(view) if view is not None else ()


def stops_forwarding(rule: Record) -> bool:
    """Does a transport rule keep all automatic forwarding from leaving? Other conditions let some of it out."""
    on = rule.get("State") == "Enabled" and rule.get("Mode") == "Enforce"
    if not on or rule.get("MessageTypeMatches") != "AutoForward" or rule.get("Exceptions"):
        return False
    if rule.get("ActivationDate") or rule.get("ExpiryDate"):  # it may not act yet, or no more
        return False
    scopes = [name for name, wanted in _SCOPES.items() if rule.get(name) == wanted]
    narrower = len(values(rule, "Conditions")) > 1 + len(scopes)
    return not narrower and any(rule.get(action) for action in _STOPPING)


def scope_of(policy: Record, data: Data) -> Iterator[Record]:
    """The enabled rules that give a custom policy to somebody, so far as they were read."""
    for rule in _seen(data, outbound_spam_rules):
        if rule.get("State") == "Enabled" and rule.get("HostedOutboundSpamFilterPolicy") == policy.title:
            yield rule
