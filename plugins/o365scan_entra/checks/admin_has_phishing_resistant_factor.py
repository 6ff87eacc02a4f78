"""Every administrator has a factor that can't be phished.

## What it looks at

Whether everybody with an administrative role (directly, through a group, active or eligible, of the whole tenant or a
part of it) has registered a passkey, a security key, Windows Hello for Business or a platform credential: by the
account's own methods or the registration report (which needs Microsoft Entra ID P1 and is up to a day behind). One of
the two is enough to find one. Certificates are shown by neither: name who uses them below.

Guests and people of a federated domain may have theirs at home or at the identity provider, which can't be seen from
here: open, unless one is registered here. The accounts of rooms and devices are judged by `entra.admin-has-mfa`.

Medium for roles from which the tenant is one step away, else low: who has no second factor at all is high in
`entra.admin-has-mfa`. Without Microsoft Entra ID P1 there is no report, and the account's own methods decide.

Whether it is also required is `entra.phishing-resistant-factor-is-required-of-admins`.

## Why it matters

A sign-in page in the middle passes on a password, a code and an approved notification alike, and keeps the session:
kits for it are rented by the month. Passkeys, keys and certificates are bound to the address of the true page, so
there is nothing to pass on.

## Remediation

1. Have the person sign in at <https://aka.ms/mysecurityinfo> from a device you trust and add a passkey (in
   Microsoft Authenticator, or on a security key); hand out a Temporary Access Pass for it
   (`New-MgUserAuthenticationTemporaryAccessPassMethod -UserId <id>`).
2. The method has to be allowed: Entra admin centre, Authentication methods, Policies, *Passkey (FIDO2)*.
3. Then require it of administrators with Conditional Access (*Require authentication strength*,
   *Phishing-resistant MFA*).

## Options

```toml
[checks."entra.admin-has-phishing-resistant-factor"]
certificate_users = ["admin.certificate@contoso.com"]
```

`certificate_users` (user principal names or object ids) sign in with a certificate that counts as multifactor.

## Sources

- <https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths>
- <https://learn.microsoft.com/graph/api/resources/userregistrationdetails>
- <https://learn.microsoft.com/graph/api/authentication-list-methods>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Data, Judgement, Severity, check, problem, undecided
from o365scan_entra.admin_judging import held, is_named, judged_one_by_one
from o365scan_entra.administrators import READS
from o365scan_entra.answers import State
from o365scan_entra.datasets import admin_authentication_methods, domains, registration_details
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.people import domain_of, is_room, lives_elsewhere
from o365scan_entra.registration import has_phishing_resistant
from o365scan_entra.roles import Level


@dataclass(frozen=True)
class CertificateUsers:
    """Who signs in with a certificate, which no report shows."""

    certificate_users: tuple[str, ...] = ()


@check(
    "entra.admin-has-phishing-resistant-factor",
    severity=Severity.MEDIUM,
    reads=[*READS, domains],
    optional=[registration_details, admin_authentication_methods],
    options=CertificateUsers,
    attack=["T1078.004", "T1557", "T1621"],
    controls=["SCuBA/MS.AAD.3.6v1", "CIS-M365-7.0/5.2.2.5"],
)
def admin_has_phishing_resistant_factor(data: Data, options: CertificateUsers) -> Iterator[Judgement]:
    federated = frozenset(
        each.key.lower() for each in data[domains] if each.text("authenticationType") == "Federated"
    )
    yield from judged_one_by_one(data, lambda admin: _judge(admin, federated, data, options))


def _judge(
    admin: Administrator, federated: frozenset[str], data: Data, options: CertificateUsers
) -> Iterator[Judgement]:
    user = admin.user
    if is_room(user) or is_named(user, options.certificate_users):
        return
    answer, who = has_phishing_resistant(user, data), told(admin.holdings)
    if answer.state is State.YES:
        return
    if lives_elsewhere(user) or domain_of(user) in federated:
        where = "at home" if lives_elsewhere(user) else f"at the identity provider of {domain_of(user)}"
        said = f"{who}: {answer.said} here; whether it has one {where} can't be seen."
        yield undecided(said, user.at("userPrincipalName"), at=user)
    elif answer.state is State.OPEN:
        yield undecided(f"{who}: {answer.said}.", at=user)
    else:
        yield problem(
            f"{who}: {answer.said}, so what the account signs in with can be phished.",
            user.at("userPrincipalName"),
            *answer.evidence,
            *held(admin),
            severity=Severity.MEDIUM if admin.reach is Level.TENANT else Severity.LOW,
            at=user,
        )
