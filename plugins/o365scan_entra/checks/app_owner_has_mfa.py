"""Owners of privileged apps have a second factor.

## What it looks at

The people who own an app whose registration is this tenant's, or the app's service principal here, a vendor's too
(`owners` of both), and the app may do more than read what everybody may: it has
application permissions to mail, files or settings, consent for everybody, or a role
(`entra.app-privilege-is-justified` says which). For each of them: whether a second factor is registered, by the
report on registration. Administrators are left to `entra.admin-has-mfa`.

One finding an owner, high. Which apps they own is said. A disabled account is low. An owner who signs in at another
organisation or an identity provider is undecided, unless the factor is registered here: nobody can see it from here.
So is everybody in a tenant without Microsoft Entra ID P1: the report needs that licence.

Whether policies ask for the factor is not looked at here. Owners that are apps are not either.

## Why it matters

An owner may add a secret to the app and then be the app, whatever role they hold themselves: with a guessed password
of a developer's account, an intruder has all that the app has. Roles are watched, owners are forgotten.

## Remediation

1. Ask whether the owner is needed: in the Microsoft Entra admin centre go to App registrations, the app, Owners, and
   remove whoever isn't; or `Remove-MgApplicationOwnerDirectoryObjectByRef -ApplicationId <id> -DirectoryObjectId <id>`.
   Of a service principal: Enterprise applications, the app, Owners, or
   `Remove-MgServicePrincipalOwnerDirectoryObjectByRef -ServicePrincipalId <id> -DirectoryObjectId <id>`.
   Two owners who are administrators are enough.
2. Have those who stay register at <https://aka.ms/mysecurityinfo>, with a passkey if they can; hand out a Temporary
   Access Pass for it (`New-MgUserAuthenticationTemporaryAccessPassMethod -UserId <id>`).
3. Require the factor of everybody (Conditional Access, or security defaults), and look through the sign-ins of those
   who had none.

## Options

```toml
[checks."entra.app-owner-has-mfa"]
federated_domains = ["fabrikam.com"]
```

`federated_domains` are those whose identity provider has everybody register a second factor.

## Sources

- <https://learn.microsoft.com/entra/identity/enterprise-apps/overview-assign-app-owners>
- <https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration>
- <https://learn.microsoft.com/graph/api/resources/userregistrationdetails>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Data,
    Dataset,
    Evidence,
    Judgement,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.administrators import READS, administrators
from o365scan_entra.answers import State
from o365scan_entra.app_owners import is_privileged, takes_owners
from o365scan_entra.app_rights import SOURCES, rights
from o365scan_entra.datasets import (
    admin_authentication_methods,
    application_owners,
    applications,
    cross_tenant_access,
    cross_tenant_partners,
    domains,
    federation,
    registration_details,
    service_principal_owners,
    users,
)
from o365scan_entra.principals import Kind, listed
from o365scan_entra.registration import registered

_SHOWN = 5
_Owned = dict[str, dict[str, tuple[Record, Record]]]
"""By person and app id: the registration or service principal, and the owner as it lists them."""


@dataclass(frozen=True)
class VouchedDomains:
    """Domains whose identity provider has everybody register a second factor."""

    federated_domains: tuple[str, ...] = ()


@check(
    "entra.app-owner-has-mfa",
    severity=Severity.HIGH,
    reads=[users, applications, application_owners, service_principal_owners, *SOURCES],
    optional=[
        *(each for each in READS if each not in (users, *SOURCES)),
        admin_authentication_methods,
        cross_tenant_access,
        cross_tenant_partners,
        domains,
        federation,
        registration_details,
    ],
    options=VouchedDomains,
    attack=["T1098.001", "T1078.004"],
)
def app_owner_has_mfa(data: Data, options: VouchedDomains) -> Iterator[Judgement]:
    found = rights(data)
    yield from found.doubts
    privileged = [each for each in found.principals.values() if is_privileged(each, data)]
    ids = {each.text("appId") for each in privileged}
    registered_here = [each for each in data[applications] if each.text("appId") in ids]
    owned: _Owned = defaultdict(dict)
    yield from independently(
        *(_owners(each, application_owners, owned, data) for each in registered_here),
        *(
            _owners(each, service_principal_owners, owned, data)
            for each in privileged
            if takes_owners(each, data)
        ),
    )
    admins = data.once(administrators).people
    for person, apps in owned.items():
        user = data[users].get(person)
        if user is None:
            yield from _unlisted(list(apps.values()))
        elif user.key not in admins:
            yield from independently(_judged(user, list(apps.values()), data, options))


def _owners(app: Record, owners: Dataset, owned: _Owned, data: Data) -> Iterator[Judgement]:
    """Keep who owns it."""
    for owner in data[owners].of(app):
        owned[owner.key].setdefault(app.text("appId"), (app, owner))
    yield from ()


def _unlisted(apps: list[tuple[Record, Record]]) -> Iterator[Judgement]:
    """An owner who is none of the users is an app, or somebody of whom nothing can be told."""
    application, owner = apps[0]
    if listed(owner).kind is not Kind.THING:
        yield undecided(
            f"Whether the owner {owner.title} of {application.title} has a second factor can't be told: they are not"
            " among the users.",
            owner.at("id"),
            at=application,
        )


def _judged(
    user: Record, apps: list[tuple[Record, Record]], data: Data, options: VouchedDomains
) -> Iterator[Judgement]:
    factor = registered(user, data, frozenset(each.lower() for each in options.federated_domains))
    if factor.state is State.YES:
        return
    names = ", ".join(application.title for application, _ in apps[:_SHOWN])
    more = f" and {len(apps) - _SHOWN} more" if len(apps) > _SHOWN else ""
    said = f"Owner of {names}{more}, which hold more than everybody may read: {factor.said}."
    if factor.state is State.OPEN:
        yield undecided(said, *factor.evidence, *_shown(apps), at=user)
        return
    report = data.get(registration_details)
    if report is None or report.get(user.key) is None:  # methods are read of administrators only
        yield undecided(
            f"Owner of {names}{more}, which hold more than everybody may read. Whether a second factor is registered"
            " can't be told: the report on registration doesn't have them.",
            *_shown(apps),
            at=user,
        )
        return
    off = not user.flag("accountEnabled")
    yield problem(
        f"{said} Whoever has the password can add a credential and be the app."
        f"{' The account is disabled now.' if off else ''}",
        *factor.evidence,
        *_shown(apps),
        severity=Severity.LOW if off else None,
        at=user,
        signs=(),
    )


def _shown(apps: list[tuple[Record, Record]]) -> Iterator[Evidence]:
    for application, owner in apps[:_SHOWN]:
        yield application.at("appId")
        yield owner.at("id")
