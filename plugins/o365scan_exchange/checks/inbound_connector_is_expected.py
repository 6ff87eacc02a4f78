"""Every inbound connector admits only senders that the organisation knows.

## What it looks at

The inbound connectors (`Get-InboundConnector`), held against the accepted domains. Each is graded by what it opens:

- **OnPremises** makes mail from the recognised sender count as the organisation's own: it may be relayed through
  the tenant to anyone, and may be treated as internal. What matters is by what the sender is recognised
  (`TlsSenderCertificateName`, `SenderIPAddresses`) and for which sender domains (`SenderDomains`). A certificate
  for a host in an accepted domain is the organisation's own. Any other certificate is medium, to be verified:
  signature, gateway and scanning products look like this. By address alone is high for every domain, for a range
  wider than /24 (IPv6: /48) or for no address at all, and medium for named domains, which whoever sends from there
  may still claim. A certificate that anyone can present (`*`, a top-level wildcard, a mail service with many
  customers) is high too.
  `RequireTls` and the two `RestrictDomainsTo…` properties are ignored here: Microsoft documents that they act on
  Partner connectors only.
- **Partner** only adds conditions to mail that would arrive anyhow. `*` restricted to the addresses or the
  certificate of a mail filter is the lock that keeps others from delivering around the filter: good. With no
  condition at all it is low: a lock that was left open.
- **CloudServicesMailEnabled** keeps the organisation's own headers, such as the result of filtering, in mail from
  the sender. Expected of the hybrid wizard's connector with a certificate of the organisation. Else high, and
  medium if the certificate is the organisation's own.
- **TreatMessagesAsInternal** lets mail from the sender past anti-spam filtering if it claims one of the
  organisation's domains: graded in the same way.
- **EFSkipLastIP, EFSkipIPs** (enhanced filtering) make the service judge the hop before the ones named, as the
  named one reports it. Medium if nothing binds the connector to a known sender, or if addresses are named that
  are neither private nor the connector's own nor accepted.
- **TrustedOrganizations** trusts whole other Microsoft 365 tenants: medium unless accepted.

`ConnectorSource` and the name prove nothing: whoever may change a connector may set both. So a connector that
calls itself HybridWizard still needs the certificate.

A disabled connector admits nothing and passes, unless it would be high if it were enabled: then it is reported as
low, since intruders switch connectors on for a campaign and off after it.

Only the present configuration is read. A connector that was removed between campaigns is in the audit log alone
(`New-`, `Set-` and `Remove-InboundConnector`), and so is who made this one. `WhenCreatedUTC` is shown as evidence
where the record has it. A connector that Microsoft has blocked as compromised, still there or removed since, is
reported by `exchange.connector-is-not-blocked`.

## Why it matters

In a campaign that Microsoft described in September 2022, intruders with an administrator's account added an
inbound connector for their own servers and sent spam through the tenant: it left with the victim's reputation,
its traces cut off by transport rules, and the connector was taken away between the waves. The same connector
lets a sender write to the tenant's own people as one of them.

## Remediation

Find out whose servers these are before you change anything: a product that is in use stops delivering.

1. In the Exchange admin centre go to Mail flow, Connectors, and open the connector. Compare addresses and
   certificate with what the product's owner or the mail team can show.
2. If nobody can, turn it off there, or in Exchange Online PowerShell, with the GUID of this finding:
   `Set-InboundConnector -Identity <guid> -Enabled $false`.
   Disabling keeps it as evidence; remove it when the investigation is over.
3. Search the audit log for its history, and take the account or app that made it for compromised:
   `Search-UnifiedAuditLog -StartDate <date> -EndDate <date> -Operations
   New-InboundConnector,Set-InboundConnector,Remove-InboundConnector`.
   Look for transport rules that remove headers: they come with it.
4. If it is expected, recognise the sender by a certificate rather than by address:
   `Set-InboundConnector -Identity <guid> -TlsSenderCertificateName <host> -SenderIPAddresses @()`, and accept that
   certificate below. A Partner connector that locks mail to a filter gets its condition with
   `-RestrictDomainsToCertificate $true` or `-RestrictDomainsToIPAddresses $true`.

## Options

A connector is accepted by what recognises its sender, never by its name: if its certificate is in `certificates`
and all of its addresses lie within `addresses`.

```toml
[checks."exchange.inbound-connector-is-expected"]
certificates = ["mail.fabrikam.com", "*.relay.example.net"]
addresses = ["203.0.113.0/28", "2001:db8::/48"]
organizations = ["fabrikam.onmicrosoft.com"]
```

`certificates` are compared whole (a wildcard only equals itself), `organizations` are values of
`TrustedOrganizations`.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-inboundconnector>
- <https://learn.microsoft.com/defender-office-365/connectors-detect-respond-to-compromise>
- <https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/enhanced-filtering-for-connectors>
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
from o365scan_exchange.addresses import own_names
from o365scan_exchange.connectors import (
    Certificate,
    Identity,
    certificate,
    identity,
    listed,
    sender_domains,
    takes_any_sender,
)
from o365scan_exchange.datasets import accepted_domains, inbound_connectors
from o365scan_exchange.dormant import as_prepared
from o365scan_exchange.evidence import shown
from o365scan_exchange.networks import (
    Network,
    accepted,
    is_private,
    is_wide,
    neighbourhoods,
    networks,
    outside,
    written,
)
from o365scan_exchange.recency import aged

_IDENTITY = ("TlsSenderCertificateName", "SenderIPAddresses")
_ORIGIN = ("ConnectorSource", "WhenCreatedUTC")  # shown: neither proves anything
_ON_PREMISES, _PARTNER = "OnPremises", "Partner"
_DISABLED = "The connector is disabled and admits nothing now; this is what enabling it would bring back."


@dataclass(frozen=True)
class ExpectedConnectors:
    """Senders that the organisation has recognised as its own, or as a product's that it uses."""

    certificates: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.certificates:
            named = certificate(text)
            if named is None or "." not in named.host:
                raise OptionsError(
                    f"certificates: {text!r} is not the name of a host, or of the hosts of one domain",
                    hint='Write "mail.fabrikam.com" or "*.fabrikam.com".',
                )
        accepted(self.addresses, "addresses")

    def accept_certificate(self, named: Certificate) -> bool:
        """Is it one of the certificates that were recognised?"""
        return any(named == certificate(text) for text in self.certificates)

    def ranges(self) -> tuple[Network, ...]:
        """The addresses that were recognised."""
        return accepted(self.addresses, "addresses")


@dataclass(frozen=True)
class _Sender:
    """By what a connector recognises its sender, and what of that nobody vouches for."""

    identity: Identity
    own_certificate: bool
    accepted_certificate: bool
    unknown_ranges: tuple[Network, ...]

    @property
    def accepted(self) -> bool:
        """Is all of it accepted by the options?"""
        named = self.identity.certificate is None or self.accepted_certificate
        return self._is_any and named and not self.unknown_ranges

    @property
    def known(self) -> bool:
        """Is all of it the organisation's own, or accepted?"""
        named = self.identity.certificate is None or self.own_certificate or self.accepted_certificate
        return self._is_any and named and not self.unknown_ranges

    @property
    def _is_any(self) -> bool:
        return self.identity.certificate is not None or bool(self.identity.ranges)


@check(
    "exchange.inbound-connector-is-expected",
    severity=Severity.HIGH,
    each=inbound_connectors,
    reads=[accepted_domains],
    options=ExpectedConnectors,
    attack=["T1672", "T1562.001"],
)
def inbound_connector_is_expected(
    connector: Record, data: Data, options: ExpectedConnectors, now: datetime
) -> Iterator[Judgement]:
    found = independently(
        aged(_relay(connector, data, options), connector, now),
        _open_lock(connector),
        _kept_headers(connector, data, options),
        _internal(connector, data, options),
        _skipped_hops(connector, data, options),
        _organizations(connector, options),
    )
    if connector.flag("Enabled"):
        yield from found
    else:
        yield from as_prepared(found, _DISABLED)


def _relay(connector: Record, data: Data, options: ExpectedConnectors) -> Iterator[Judgement]:
    kind = connector.text("ConnectorType")
    if kind not in (_ON_PREMISES, _PARTNER):
        yield undecided(f"The connector is of an unknown type, {kind!r}.", connector.at("ConnectorType"))
        return
    if kind == _PARTNER:
        return
    sender = _sender(connector, data, options)
    if not sender.known:
        yield problem(
            f"Mail of {sender.identity} is relayed as the organisation's own, {_for_whom(connector)}."
            + "".join(f" {remark}" for remark in _remarks(connector, sender)),
            *shown(connector, "ConnectorType", *_IDENTITY, "SenderDomains", *_ORIGIN),
            severity=_relay_severity(connector, sender),
            accept=_acceptance(connector, sender),
            signs=_signs(connector, sender),
        )


def _relay_severity(connector: Record, sender: _Sender) -> Severity:
    named, ranges = sender.identity.certificate, sender.identity.ranges
    if named is not None:
        anyones = named.is_anyones and not sender.accepted_certificate
        return Severity.HIGH if anyones else Severity.MEDIUM
    if not ranges or takes_any_sender(connector) or is_wide(ranges):
        return Severity.HIGH
    return Severity.MEDIUM


def _acceptance(connector: Record, sender: _Sender) -> Acceptance | None:
    """What recognises the sender, all of it; none where that looks like an intruder's or lets in too many."""
    named, ranges = sender.identity.certificate, sender.identity.ranges
    anyones = named.is_anyones if named is not None else not ranges
    disguised = connector.get("ConnectorSource") == "HybridWizard" and not sender.own_certificate
    if anyones or disguised or is_wide(ranges) or neighbourhoods(ranges) > 1:
        return None
    return Acceptance(
        {"certificates": (str(named),) if named is not None else (), "addresses": written(ranges)}
    )


def _signs(connector: Record, sender: _Sender) -> Iterator[str]:
    """What campaigns' connectors have in common: by address, for any sender; and what pretends to be another's."""
    named, ranges = sender.identity.certificate, sender.identity.ranges
    if named is None and takes_any_sender(connector):
        yield "it takes mail of any sender from an address, without a certificate"
    if named is not None and named.is_anyones and not sender.accepted_certificate:
        yield "anyone can present the certificate"
    if named is None and not ranges:
        yield "nothing says who its sender is"
    if is_wide(ranges):
        yield "the range is wider than one sender's mail servers"
    if connector.get("ConnectorSource") == "HybridWizard" and not sender.own_certificate:
        yield "it calls itself the hybrid wizard's, and isn't"
    if neighbourhoods(ranges) > 1:
        yield "the addresses lie in unrelated parts of the internet"


def _remarks(connector: Record, sender: _Sender) -> Iterator[str]:
    named, ranges = sender.identity.certificate, sender.identity.ranges
    if named is None:
        yield "No certificate is asked for."
    elif named.is_anyones and not sender.accepted_certificate:
        yield "That certificate can be presented by anyone."
    elif sender.own_certificate:
        yield "The certificate is the organisation's own; nobody vouches for the addresses."
    elif named.wildcard:
        yield f"Any host of {named.host} can present it."
    if is_wide(ranges):
        yield "The range is wider than one sender's mail servers."
    if (parts := neighbourhoods(ranges)) > 1:
        yield f"The addresses lie in {parts} unrelated parts of the internet."
    if connector.get("ConnectorSource") == "HybridWizard":
        yield "It calls itself the hybrid wizard's, as whoever can change a connector can have it do."


def _open_lock(connector: Record) -> Iterator[Judgement]:
    if connector.text("ConnectorType") == _PARTNER and not (
        _is_restricted(connector) or connector.flag("RequireTls")
    ):
        yield problem(
            f"Any server may deliver {_for_whom(connector)}:"
            " the connector requires neither TLS nor a certificate or address of one sender.",
            *shown(
                connector,
                "RequireTls",
                "RestrictDomainsToCertificate",
                "RestrictDomainsToIPAddresses",
                *_IDENTITY,
            ),
            severity=Severity.LOW,
        )


def _kept_headers(connector: Record, data: Data, options: ExpectedConnectors) -> Iterator[Judgement]:
    if not connector.flag("CloudServicesMailEnabled"):
        return
    sender = _sender(connector, data, options)
    if sender.accepted or (sender.known and _is_hybrid(connector)):
        return
    yield problem(
        f"Mail of {sender.identity} keeps the organisation's internal headers, and this is not a connector"
        " of the hybrid wizard with a certificate of the organisation.",
        *shown(connector, "CloudServicesMailEnabled", "ConnectorSource", *_IDENTITY),
        severity=Severity.MEDIUM if sender.known else Severity.HIGH,
        accept=_acceptance(connector, sender),
    )


def _internal(connector: Record, data: Data, options: ExpectedConnectors) -> Iterator[Judgement]:
    if not connector.flag("TreatMessagesAsInternal"):
        return
    sender = _sender(connector, data, options)
    if not sender.accepted:
        yield problem(
            f"Mail of {sender.identity} skips anti-spam filtering if it claims a domain of the organisation.",
            *shown(connector, "TreatMessagesAsInternal", *_IDENTITY),
            severity=Severity.MEDIUM if sender.known else Severity.HIGH,
            accept=_acceptance(connector, sender),
        )


def _skipped_hops(connector: Record, data: Data, options: ExpectedConnectors) -> Iterator[Judgement]:
    last = connector.flag("EFSkipLastIP")
    named = networks(connector.texts("EFSkipIPs", nullable=True))
    if not last and not named:
        return
    sender = _sender(connector, data, options)
    pinned = sender.known or _is_restricted(connector)
    if last:
        # The listed addresses have no effect beside EFSkipLastIP.
        if not pinned:
            yield problem(
                "The filter looks past the server that delivers, and nothing binds that to a sender that is known:"
                " it may report any origin for its mail.",
                *shown(connector, "EFSkipLastIP", "EFUsers"),
                severity=Severity.MEDIUM,
            )
        return
    expected = options.ranges() + (sender.identity.ranges if pinned else ())
    if strange := [one for one in outside(named, expected) if not is_private(one)]:
        yield problem(
            f"The filter looks past {listed(strange)} and judges the hop that they report,"
            " and nothing says whose these addresses are.",
            *shown(connector, "EFSkipIPs", "EFUsers"),
            severity=Severity.MEDIUM,
            accept=None if is_wide(strange) else Acceptance({"addresses": written(strange)}),
        )


def _organizations(connector: Record, options: ExpectedConnectors) -> Iterator[Judgement]:
    known = {name.lower() for name in options.organizations}
    strange = [
        name for name in connector.texts("TrustedOrganizations", nullable=True) if name.lower() not in known
    ]
    if strange:
        yield problem(
            f"Mail from other Microsoft 365 organisations is trusted: {', '.join(strange)}.",
            connector.at("TrustedOrganizations"),
            severity=Severity.MEDIUM,
            accept=Acceptance({"organizations": strange}),
        )


def _sender(connector: Record, data: Data, options: ExpectedConnectors) -> _Sender:
    recognised = identity(connector)
    named = recognised.certificate
    return _Sender(
        recognised,
        own_certificate=named is not None and named.belongs_to(data.once(own_names)),
        accepted_certificate=named is not None and options.accept_certificate(named),
        unknown_ranges=outside(recognised.ranges, options.ranges()),
    )


def _is_hybrid(connector: Record) -> bool:
    return connector.text("ConnectorSource") == "HybridWizard" and connector.text("ConnectorType") != _PARTNER


def _is_restricted(connector: Record) -> bool:
    """Is a Partner connector open to one sender only? The two flags do nothing on an OnPremises one."""
    if connector.text("ConnectorType") != _PARTNER:
        return False
    recognised = identity(connector)
    named = recognised.certificate
    if named is not None and not named.is_anyones and connector.flag("RestrictDomainsToCertificate"):
        return True
    ranges = recognised.ranges
    return bool(ranges) and not is_wide(ranges) and connector.flag("RestrictDomainsToIPAddresses")


def _for_whom(connector: Record) -> str:
    if takes_any_sender(connector):
        return "for every sender domain"
    return f"for the sender domains {', '.join(sender_domains(connector))}"
