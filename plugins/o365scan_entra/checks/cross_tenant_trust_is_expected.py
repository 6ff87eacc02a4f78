"""What other tenants say of a guest is believed only of tenants that somebody chose.

## What it looks at

The cross-tenant access settings:

- **The default**, which is for every tenant in the world. If it believes that a device is compliant or joined there
  (`inboundTrust`), that is medium; if it believes that a second factor was used, low. Microsoft's default believes
  nothing. An `inboundTrust` that is null is Microsoft's default.
- **Single tenants**: an entry is a decision of somebody, and passes. If the expected tenants are named (option), an
  entry for any other that believes something is medium. Null inherits the default.
- **Consent for people who arrive** (`automaticUserConsentSettings/inboundAllowed`): without it a tenant can't put its
  accounts here by cross-tenant synchronisation, which intruders have used to come back. It is medium, unless the
  tenant is named. Whether the synchronisation itself is on (`identitySynchronization`) is not read.

## Why it matters

Whoever administers another tenant decides what it says: there, a second factor or a compliant device is a matter of
a click. A trust that is for everybody makes the policies of this tenant those of the weakest.

## Remediation

Entra admin centre, External Identities, Cross-tenant access settings. *Default settings*, Inbound access, Trust
settings: clear all three; add the organisations that are trusted under *Organizational settings*. Or
`Update-MgPolicyCrossTenantAccessPolicyDefault` and `Update-MgPolicyCrossTenantAccessPolicyPartner`. Remove an entry
that nobody knows, and look in the audit log for who added it.

## Options

```toml
[checks."entra.cross-tenant-trust-is-expected"]
tenants = ["dba97074-d1b2-452c-9271-c59ae4d69672"]
```

`tenants` are ids of tenants whose entries are known; once any is named, an entry for any other is reported.

## Sources

- <https://learn.microsoft.com/entra/external-id/cross-tenant-access-overview>
- <https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-overview>
- <https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicyinboundtrust>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Record, Severity, check, problem
from o365scan_entra.datasets import cross_tenant_access, cross_tenant_partners

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


@check(
    "entra.cross-tenant-trust-is-expected",
    severity=Severity.MEDIUM,
    each=cross_tenant_access,
    reads=[cross_tenant_partners],
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
    for partner in data[cross_tenant_partners]:
        if partner.key.lower() not in known:
            yield from _partner(partner, named=bool(known))


def _partner(partner: Record, *, named: bool) -> Iterator[Judgement]:
    believed = _believed(partner)
    if believed and named:
        yield problem(
            f"This tenant is not expected, and believed when it says that"
            f" {' or that '.join(_CLAIMS[claim] for claim in believed)}.",
            partner.at("inboundTrust"),
            at=partner,
        )
    path = "automaticUserConsentSettings"
    if partner[path] is not None and partner.flag(f"{path}/inboundAllowed", nullable=True):
        yield problem(
            "Its people arrive here without being asked for consent, as cross-tenant synchronisation needs it.",
            partner.at(f"{path}/inboundAllowed"),
            at=partner,
        )


def _believed(settings: Record) -> list[str]:
    """Which claims are believed by the entry itself; of null nothing is, or what the default says."""
    if settings["inboundTrust"] is None:
        return []
    return [claim for claim in _CLAIMS if settings.flag(f"inboundTrust/{claim}", nullable=True)]
