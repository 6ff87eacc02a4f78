"""What other tenants say of a guest is believed only of tenants that somebody chose.

## What it looks at

The cross-tenant access settings:

- **The default**, which is for every tenant in the world. If it believes that a device is compliant or joined there
  (`inboundTrust`), that is medium; if it believes that a second factor was used, low. Microsoft's default believes
  nothing. An `inboundTrust` that is null is Microsoft's default.
- **Single tenants**: an entry is a decision of somebody, and passes. If the expected tenants are named (option), an
  entry for any other that believes something is medium. Null inherits the default.
- **Cross-tenant synchronisation**: a tenant that may put its accounts here (`identitySynchronization`,
  `userSyncInbound/isSyncAllowed`) is medium, and so is one whose people arrive without being asked for consent
  (`automaticUserConsentSettings/inboundAllowed`), as the synchronisation needs it; one finding a tenant, unless it is
  named. Intruders have used both to come back. Groups that are synchronised, a preview, are not read.

## Why it matters

Whoever administers another tenant decides what it says: there, a second factor or a compliant device is a matter of
a click. A trust that is for everybody makes the policies of this tenant those of the weakest.

## Remediation

Entra admin centre, External Identities, Cross-tenant access settings. *Default settings*, Inbound access, Trust
settings: clear all three; add the organisations that are trusted under *Organizational settings*. Or
`Update-MgPolicyCrossTenantAccessPolicyDefault` and `Update-MgPolicyCrossTenantAccessPolicyPartner`. Remove an entry
that nobody knows, and look in the audit log for who added it. Synchronisation from a tenant is stopped by
`Remove-MgPolicyCrossTenantAccessPolicyPartnerIdentitySynchronization`; the accounts that it made stay.

## Options

```toml
[checks."entra.cross-tenant-trust-is-expected"]
tenants = ["dba97074-d1b2-452c-9271-c59ae4d69672"]
synchronised = ["9c5d131d-b1c3-4fc4-9e3f-c6557947d551"]
```

`tenants` are ids of tenants whose entries are known; once any is named, an entry for any other is reported.
`synchronised` are tenants that may put their accounts here, and nothing more.

## Sources

- <https://learn.microsoft.com/entra/external-id/cross-tenant-access-overview>
- <https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-overview>
- <https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicyinboundtrust>
- <https://learn.microsoft.com/graph/api/resources/crosstenantidentitysyncpolicypartner>
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
    Undecidable,
    check,
    independently,
    problem,
)
from o365scan_entra.datasets import cross_tenant_access, cross_tenant_partners, cross_tenant_synchronisation

_SECOND_FACTOR = "isMfaAccepted"
_CLAIMS = {
    _SECOND_FACTOR: "a second factor was used",
    "isCompliantDeviceAccepted": "a device is compliant",
    "isHybridAzureADJoinedDeviceAccepted": "a device is joined",
}


@dataclass(frozen=True)
class Known:
    """Tenants whose entries are known."""

    tenants: tuple[str, ...] = ()
    synchronised: tuple[str, ...] = ()


@check(
    "entra.cross-tenant-trust-is-expected",
    severity=Severity.MEDIUM,
    each=cross_tenant_access,
    reads=[cross_tenant_partners, cross_tenant_synchronisation],
    options=Known,
    attack=["T1484.002", "T1199", "T1556.006"],
)
def cross_tenant_trust_is_expected(default: Record, data: Data, options: Known) -> Iterator[Judgement]:
    for claim in _believed(default):
        yield problem(
            f"Every tenant in the world is believed when it says that {_CLAIMS[claim]}.",
            default.at(f"inboundTrust/{claim}"),
            severity=Severity.LOW if claim == _SECOND_FACTOR else Severity.MEDIUM,
        )
    known = {id.lower() for id in options.tenants}
    arriving = known | {id.lower() for id in options.synchronised}
    for partner in data[cross_tenant_partners]:
        id = partner.key.lower()
        yield from independently(
            _trust(partner) if known and id not in known else (),
            *((_synchronised(partner, data), _without_consent(partner)) if id not in arriving else ()),
        )


def _trust(partner: Record) -> Iterator[Judgement]:
    if believed := _believed(partner):
        yield problem(
            f"This tenant is not expected, and believed when it says that"
            f" {' or that '.join(_CLAIMS[claim] for claim in believed)}.",
            partner.at("inboundTrust"),
            at=partner,
            accept=Acceptance({"tenants": (partner.key,)}),
        )


def _synchronised(partner: Record, data: Data) -> Iterator[Judgement]:
    entry = data[cross_tenant_synchronisation].get(partner.key)
    if entry is None:
        raise Undecidable("the tenant is not in the list that shows whether it may put its accounts here")
    if entry["identitySynchronization"] is None:
        return
    path = "identitySynchronization/userSyncInbound"
    if entry[path] is not None and entry.flag(f"{path}/isSyncAllowed", nullable=True):
        said = "This tenant may put its accounts here by cross-tenant synchronisation."
        yield _arrival(said, entry.at(path), partner)


def _without_consent(partner: Record) -> Iterator[Judgement]:
    path = "automaticUserConsentSettings"
    if partner[path] is not None and partner.flag(f"{path}/inboundAllowed", nullable=True):
        said = "Its people arrive here without being asked for consent, as cross-tenant synchronisation needs it."
        yield _arrival(said, partner.at(f"{path}/inboundAllowed"), partner)


def _arrival(said: str, evidence: Evidence, partner: Record) -> Judgement:
    return problem(said, evidence, at=partner, accept=Acceptance({"synchronised": (partner.key,)}))


def _believed(settings: Record) -> list[str]:
    """Which claims are believed by the entry itself; of null nothing is, or what the default says."""
    if settings["inboundTrust"] is None:
        return []
    return [claim for claim in _CLAIMS if settings.flag(f"inboundTrust/{claim}", nullable=True)]
