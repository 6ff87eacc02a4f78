"""Sign-ins are handed to expected identity providers only, and those are not believed more than needed.

## What it looks at

Each federated domain, and the identity provider that its configuration names:

- **Issuer** (`issuerUri`): an issuer that is not among the expected ones (option) is medium: verify it once, then name
  it. Critical is the issuer `http://any.sts/...`, which a well-known attack tool leaves behind.
- **Second signing certificate** (`nextSigningCertificate`): whoever holds its key signs in as anybody. AD FS has one
  for some weeks when it rolls its certificate over, with the same subject as the first: low. One with another
  subject, or that can't be read, is high, whatever the issuer.
- **Multifactor authentication** (`federatedIdpMfaBehavior`): unless it is `rejectMfaByFederatedIdp`, a token may
  claim that a second factor was used, and is believed. Low, unless the issuer is named in `mfa`.

Managed domains, whose passwords Microsoft checks, pass. That a domain became federated lately is in the audit log.

## Why it matters

A federated domain hands the keys to another server: it decides who somebody is. Making a domain federated, or adding a
certificate to one that is, lets an intruder forge a token for every account there, with no password and no second
factor, and looks like any other sign-in. It survives all password resets.

## Remediation

1. Compare the issuer and the thumbprints with the identity provider (`Get-AdfsCertificate -CertificateType
   Token-Signing` on AD FS): `Get-MgDomainFederationConfiguration -DomainId contoso.com`.
2. If it is not yours: `Update-MgDomain -DomainId contoso.com -AuthenticationType Managed`, treat the tenant as taken
   over, look for who did it in the audit log (*Set federation settings on domain*), and revoke sessions.
3. Have Microsoft Entra ask for the second factor: `Update-MgDomainFederationConfiguration` with
   `-FederatedIdpMfaBehavior rejectMfaByFederatedIdp`.
4. Better still, move to managed authentication (password hash synchronisation).

## Options

```toml
[checks."entra.federation-is-expected"]
issuers = ["http://sts.contoso.com/adfs/services/trust"]
mfa = ["http://sts.contoso.com/adfs/services/trust"]
```

`issuers` are expected, `mfa` are those of them whose word on a second factor is taken. Written whole, as in
`issuerUri`.

## Sources

- <https://learn.microsoft.com/graph/api/resources/internaldomainfederation>
- <https://learn.microsoft.com/windows-server/identity/ad-fs/operations/configure-ts-td-certs-ad-fs>
- <https://attack.mitre.org/techniques/T1484/002/>
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import domains, federation

_REJECT = "rejectMfaByFederatedIdp"
#: AADInternals: ConvertTo-AADIntBackdoor makes issuers of this form.
_TOOL = re.compile(r"https?://any\.sts(/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Expected:
    """Identity providers that are known, by issuer."""

    issuers: tuple[str, ...] = ()
    mfa: tuple[str, ...] = ()


@check(
    "entra.federation-is-expected",
    severity=Severity.MEDIUM,
    each=domains,
    reads=[federation],
    options=Expected,
    attack=["T1484.002", "T1606.002", "T1556.007"],
)
def federation_is_expected(domain: Record, data: Data, options: Expected) -> Iterator[Judgement]:
    how = domain.text("authenticationType")
    if how == "Managed":
        return
    if how != "Federated":
        yield undecided(f"How its people sign in is not known: {how!r}.", domain.at("authenticationType"))
        return
    configurations = list(data[federation].of(domain))
    if not configurations:
        yield undecided("The domain is federated, and no configuration is shown for it.")
    for configuration in configurations:
        yield from _issuer(configuration, options)
        yield from _certificates(configuration)
        yield from _second_factor(configuration, options)


def _issuer(configuration: Record, options: Expected) -> Iterator[Judgement]:
    issuer = configuration.text("issuerUri")
    if _TOOL.match(issuer):
        yield problem(
            f"Its sign-ins are handed to {issuer}, an issuer that an attack tool makes.",
            configuration.at("issuerUri"),
            severity=Severity.CRITICAL,
            signs=("an attack tool makes issuers of this form",),
        )
    elif issuer not in options.issuers:
        yield problem(
            f"Its sign-ins are handed to {issuer}, which is not among the expected issuers.",
            configuration.at("issuerUri"),
            accept=Acceptance({"issuers": (issuer,)}),
        )


def _certificates(configuration: Record) -> Iterator[Judgement]:
    second = configuration.text("nextSigningCertificate", nullable=True)
    first = configuration.text("signingCertificate", nullable=True)
    if not second or second == first:
        return
    subject = _subject(second)
    alike = subject is not None and first is not None and subject == _subject(first)
    yield problem(
        f"A second certificate ({subject or 'unreadable'}) may sign tokens"
        + (", as when one is rolled over." if alike else ", unlike the first one's."),
        configuration.at("nextSigningCertificate"),
        configuration.at("signingCertificate"),
        severity=Severity.LOW if alike else Severity.HIGH,
        signs=() if alike else ("a certificate of somebody else may sign tokens",),
    )


def _subject(text: str) -> str | None:
    """For whom a certificate was made; None if it is no certificate."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(text)).subject.rfc4514_string()
    except ValueError:
        return None


def _second_factor(configuration: Record, options: Expected) -> Iterator[Judgement]:
    behaviour = configuration.text("federatedIdpMfaBehavior", nullable=True)
    if behaviour == _REJECT or configuration.text("issuerUri") in options.mfa:
        return
    yield problem(
        f"The identity provider is believed when it says that a second factor was used ({behaviour or 'not set'}).",
        configuration.at("federatedIdpMfaBehavior"),
        severity=Severity.LOW,
        accept=Acceptance({"mfa": (configuration.text("issuerUri"),)}),
    )
