"""A policy limits what secrets and certificates apps may be given.

## What it looks at

The tenant's default app management policy (`defaultAppManagementPolicy`), as it holds for app registrations. Two
things are wanted:

- **secrets** are barred (`passwordAddition`), or are valid for 180 days at most (`passwordLifetime`);
- **certificates** are valid for 365 days at most (`asymmetricKeyLifetime`).

A restriction counts if the policy is on, its state is enabled, and it holds for apps that are made now
(`restrictForAppsCreatedAfterDateTime` has passed). A policy that is off, or restricts neither, is medium; one of
the two missing or longer is low.

Policies for single apps (`appManagementPolicies`) that are on and switch one of these restrictions off, or set a
longer time, are a finding each, low: they replace the default for the apps that they are assigned to (`appliesTo`). One
that is assigned to none loosens nothing. Who is exempted from a restriction (`excludeActors`) is not looked at.

Credentials that apps have already are judged one by one, by `entra.app-credential-is-short-lived`: no policy
shortens them.

## Why it matters

A secret is a password without a second factor, written into scripts, tickets and wikis. The shorter it is valid, the
less a lost one is worth, and an intruder who adds one to an app to stay in can't make it last for decades. Where
secrets are barred, that way is closed to whoever isn't an administrator of policies.

## Remediation

1. List apps that get secrets now, so that nothing stops at its next renewal.
2. In the Microsoft Entra admin centre go to Enterprise applications, Application policies, and switch on *Block
   password addition*, or *Restrict max password lifetime* (180 days), and *Restrict max certificate lifetime*
   (365 days); from a date on, for what is older. In PowerShell: `Update-MgPolicyDefaultAppManagementPolicy
   -BodyParameter $policy` with `isEnabled` and `applicationRestrictions`.
3. An app that can't do with less gets a policy of its own (`New-MgPolicyAppManagementPolicy`), accepted below.

## Options

```toml
[checks."entra.app-credentials-are-governed"]
secret_days = 180
certificate_days = 365
policies = ["d4b1e7a0-0000-4000-8000-000000000033"]
```

`policies` are ids of policies for single apps that are known.

## Sources

- <https://learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy>
- <https://learn.microsoft.com/graph/api/resources/appmanagementpolicy>
- <https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy>
- <https://learn.microsoft.com/entra/identity/enterprise-apps/configure-app-management-policies>
- <https://github.com/cisagov/ScubaGear>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, independently, problem
from o365scan_entra.app_restrictions import Restriction, restrictions
from o365scan_entra.datasets import (
    app_management_policies,
    app_management_policy_targets,
    default_app_management,
)

_DEFAULT = "applicationRestrictions"
_OF_SINGLE_APPS = "restrictions"
_SHOWN = 5


@dataclass(frozen=True)
class Longest:
    """How long credentials may be valid, and the policies for single apps that are known."""

    secret_days: int = 180
    certificate_days: int = 365
    policies: tuple[str, ...] = ()

    def knows(self, policy: Record) -> bool:
        """Has somebody accepted the policy?"""
        return policy.key.lower() in {each.lower() for each in self.policies}


@check(
    "entra.app-credentials-are-governed",
    severity=Severity.MEDIUM,
    reads=[default_app_management, app_management_policies, app_management_policy_targets],
    options=Longest,
    attack=["T1098.001"],
    controls=["SCuBA/MS.AAD.5.5v1", "SCuBA/MS.AAD.5.6v1", "SCuBA/MS.AAD.5.7v1"],
)
def app_credentials_are_governed(data: Data, options: Longest, now: datetime) -> Iterator[Judgement]:
    for policy in data[default_app_management]:
        yield from independently(_default(policy, options, now))
    for policy in data[app_management_policies]:
        if not options.knows(policy):
            yield from independently(_exception(policy, data, options, now))


def _default(policy: Record, options: Longest, now: datetime) -> Iterator[Judgement]:
    if not policy.flag("isEnabled"):
        yield problem(
            "Apps may be given any secret and certificate, valid for as long as anybody likes: the policy is off.",
            policy.at("isEnabled"),
            at=policy,
        )
        return
    missing = []
    if not any(_limits_secrets(each, options) for each in _of(policy, _DEFAULT, "passwordCredentials", now)):
        missing.append(f"secrets, which may be valid for more than {options.secret_days} days")
    if not any(_limits_certificates(each, options) for each in _of(policy, _DEFAULT, "keyCredentials", now)):
        missing.append(f"certificates, which may be valid for more than {options.certificate_days} days")
    if missing:
        yield problem(
            f"The policy on apps does not limit {' or '.join(missing)}.",
            policy.at(_DEFAULT),
            severity=Severity.LOW if len(missing) == 1 else None,
            at=policy,
        )


def _exception(policy: Record, data: Data, options: Longest, now: datetime) -> Iterator[Judgement]:
    """A policy for single apps replaces the restrictions that it names, and no others."""
    if not policy.flag("isEnabled"):
        return
    secrets = [each for each in _of(policy, _OF_SINGLE_APPS, "passwordCredentials", now) if _is_wanted(each)]
    keys = [each for each in _of(policy, _OF_SINGLE_APPS, "keyCredentials", now) if _is_wanted(each)]
    loose = [each for each in secrets if not _limits_secrets(each, options)]
    loose += [each for each in keys if not _limits_certificates(each, options)]
    barred = any(each.kind == "passwordAddition" and each.in_force for each in secrets)
    if not loose or (barred and all(each in secrets for each in loose)):
        return
    apps = list(data[app_management_policy_targets].of(policy))
    if apps:
        more = f" and {len(apps) - _SHOWN} more" if len(apps) > _SHOWN else ""
        yield problem(
            f"{', '.join(each.title for each in apps[:_SHOWN])}{more} may be given credentials that the tenant's"
            f" policy would bar: this policy loosens {', '.join(sorted(each.kind for each in loose))}.",
            policy.at(_OF_SINGLE_APPS),
            *(each.at("id") for each in apps[:_SHOWN]),
            severity=Severity.LOW,
            at=policy,
            accept=Acceptance({"policies": (policy.key,)}),
        )


def _of(policy: Record, holder: str, name: str, now: datetime) -> list[Restriction]:
    return list(restrictions(policy, f"{holder}/{name}", now))


def _is_wanted(each: Restriction) -> bool:
    return each.kind in ("passwordAddition", "passwordLifetime", "asymmetricKeyLifetime")


def _limits_secrets(each: Restriction, options: Longest) -> bool:
    barred = each.kind == "passwordAddition"
    return each.in_force and (
        barred or (each.kind == "passwordLifetime" and _within(each, options.secret_days))
    )


def _limits_certificates(each: Restriction, options: Longest) -> bool:
    return each.in_force and each.kind == "asymmetricKeyLifetime" and _within(each, options.certificate_days)


def _within(each: Restriction, days: int) -> bool:
    return each.longest is not None and each.longest <= timedelta(days=days)
