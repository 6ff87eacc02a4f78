"""People can't open the organisation's data to any app that asks them.

## What it looks at

What members may consent to on their own behalf: the consent policies that the authorisation policy assigns to
everybody (`permissionGrantPoliciesAssigned`, those that begin with `ManagePermissionGrantsForSelf`). The worst of
them counts.

| what is assigned | finding |
|---|---|
| `microsoft-user-default-legacy`: any app, all that needs no administrator | high |
| a policy of the tenant's own that lets any publisher's app have all of it | high |
| a policy of the tenant's own that lets verified publishers' apps have all of it | medium |
| `microsoft-user-default-recommended`: what Microsoft holds for right at the time | low |
| `microsoft-user-default-low`: verified publishers and the tenant's own apps, permissions classed as low | none |
| a policy of the tenant's own, for any publisher's app, that names permissions by ids not known here | undecided |
| a policy of the tenant's own that is narrower | none |
| nothing | none |

Besides, whether people may consent to apps that Microsoft holds for risky (`allowUserConsentForRiskyApps`): medium.

Consent that owners give for their group, team or chat (`ManagePermissionGrantsForOwnedResource`) is another
matter. What people have consented to already stays: `entra.consent-of-a-user-is-expected` looks at that. Which
permissions the tenant has classed as low is not read. A policy of the tenant's own that could not be read is
undecided.

## Why it matters

Consent phishing needs no password and passes every second factor: somebody follows a link, signs in at Microsoft,
presses *Accept*, and an app reads the mailbox until the consent is revoked, whatever happens to the password.
Where people may not consent, the link ends in a request to an administrator.

## Remediation

1. In the Microsoft Entra admin centre go to Enterprise applications, Consent and permissions, User consent
   settings. Choose *Do not allow user consent*, or *for apps from verified publishers, for selected permissions*;
   for the second, class as low what is (`openid`, `profile`, `email`, `offline_access`, `User.Read`) under Permission
   classifications. In PowerShell, keeping what else is assigned:
   `Update-MgPolicyAuthorizationPolicy -DefaultUserRolePermissions @{
   permissionGrantPoliciesAssigned = @("ManagePermissionGrantsForSelf.microsoft-user-default-low") }`
2. Let people ask (`entra.consent-requests-have-reviewers`).
3. Risky apps: `Update-MgPolicyAuthorizationPolicy -AllowUserConsentForRiskyApps:$false`

## Options

```toml
[checks."entra.user-consent-is-restricted"]
microsoft_managed = true
```

`microsoft_managed` accepts that Microsoft decides (`microsoft-user-default-recommended`); the default is false, for
what it lets through changes without notice to those who read only their own settings.

## Sources

- <https://learn.microsoft.com/entra/identity/enterprise-apps/configure-user-consent>
- <https://learn.microsoft.com/entra/identity/enterprise-apps/manage-app-consent-policies>
- <https://learn.microsoft.com/entra/identity/enterprise-apps/configure-risk-based-step-up-consent>
- <https://learn.microsoft.com/graph/api/resources/authorizationpolicy>
- <https://learn.microsoft.com/graph/api/resources/permissiongrantconditionset>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Data,
    Fields,
    IncompleteDataset,
    Judgement,
    Record,
    Severity,
    check,
    problem,
    undecided,
)
from o365scan_entra.app_resources import EXCHANGE, GRAPH, SHAREPOINT
from o365scan_entra.datasets import authorization_policy, permission_grant_policies

_ASSIGNED = "defaultUserRolePermissions/permissionGrantPoliciesAssigned"
_FOR_SELF = "managepermissiongrantsforself."
_FOR_OWNED = "managepermissiongrantsforownedresource."
_ANY_API = "any"
_APIS = frozenset({_ANY_API, GRAPH, EXCHANGE, SHAREPOINT})
_SIGNING_IN = frozenset(
    {
        "14dad69e-099b-42c9-810b-d002981feec1",  # profile
        "37f7f235-527c-4136-accd-4a02d197296e",  # openid
        "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0",  # email
        "7427e0e9-2fba-42fe-b0c0-848c9e6a8182",  # offline_access
        "b340eb25-3456-403f-be2f-af7a0d370277",  # User.ReadBasic.All
        "e1fe6dd8-ba31-4d61-89e7-88639da4683d",  # User.Read
    }
)
_CLASSES = frozenset({"low", "medium", "high"})
"""What a tenant has classed itself is narrower than everything."""
_SHOWN = 3
#: The second is assigned beside Microsoft's recommendation: it belongs to it.
_MANAGED = frozenset({"microsoft-user-default-recommended", "microsoft-user-default-allow-consent-apps"})


@dataclass(frozen=True)
class Consent:
    """Whether Microsoft may decide what people consent to."""

    microsoft_managed: bool = False


@check(
    "entra.user-consent-is-restricted",
    severity=Severity.HIGH,
    each=authorization_policy,
    optional=[permission_grant_policies],
    options=Consent,
    attack=["T1528", "T1566.002", "T1671"],
    controls=["SCuBA/MS.AAD.5.2v1", "CIS-M365-7.0/5.1.5.1"],
)
def user_consent_is_restricted(policy: Record, data: Data, options: Consent) -> Iterator[Judgement]:
    assigned = [each.lower() for each in policy.texts(_ASSIGNED, nullable=True)]
    for name in sorted(each.removeprefix(_FOR_SELF) for each in assigned if each.startswith(_FOR_SELF)):
        if name not in _MANAGED:
            yield from _judged(name, policy, data)
    for name in sorted(each for each in assigned if not each.startswith((_FOR_SELF, _FOR_OWNED))):
        yield undecided(f"What {name} lets people consent to is not understood.", policy.at(_ASSIGNED))
    if not options.microsoft_managed and any(each.removeprefix(_FOR_SELF) in _MANAGED for each in assigned):
        yield problem(
            "What people may consent to is what Microsoft recommends at the time, and changes with it.",
            policy.at(_ASSIGNED),
            severity=Severity.LOW,
        )
    if policy.flag("allowUserConsentForRiskyApps", nullable=True):
        yield problem(
            "People may consent even to apps that Microsoft holds for risky.",
            policy.at("allowUserConsentForRiskyApps"),
            severity=Severity.MEDIUM,
        )


def _judged(name: str, policy: Record, data: Data) -> Iterator[Judgement]:
    if name == "microsoft-user-default-legacy":
        yield problem(
            "Anybody can consent to any app, of any publisher, for all that needs no administrator: their mail and"
            " files among it.",
            policy.at(_ASSIGNED),
        )
    elif name != "microsoft-user-default-low":
        yield from _own(name, policy, data)


def _own(name: str, policy: Record, data: Data) -> Iterator[Judgement]:
    """A policy of the tenant's own, or one of Microsoft's that is not known here."""
    try:
        own = _named(name, data)
    except IncompleteDataset as cause:
        yield undecided(
            f"What people may consent to under {name} could not be read: {cause}", policy.at(_ASSIGNED)
        )
        return
    if own is None:
        yield undecided(f"The consent policy {name} is not among the tenant's.", policy.at(_ASSIGNED))
        return
    open_to_all = [each for each in own.objects("includes") if _is_for_any_app(each)]
    wide = [each for each in open_to_all if _has_all(each)]
    if not wide:
        yield from _of_single_permissions(own, open_to_all)
        return
    verified = all(each.flag("clientApplicationsFromVerifiedPublisherOnly", nullable=True) for each in wide)
    yield problem(
        f"The consent policy {own.title!r} lets anybody consent to"
        f" {'any app of a verified publisher' if verified else 'any app, of any publisher'}, for all that needs no"
        " administrator.",
        policy.at(_ASSIGNED),
        own.at("includes"),
        severity=Severity.MEDIUM if verified else Severity.HIGH,
    )


def _named(name: str, data: Data) -> Record | None:
    view = data.get(permission_grant_policies)
    return next((each for each in view or () if each.key.lower() == name), None)


def _of_single_permissions(own: Record, included: list[Fields]) -> Iterator[Judgement]:
    """What the ids stand for is the API's to say; the few that only sign somebody in are known."""
    ids = {
        id
        for each in included
        if not each.flag("clientApplicationsFromVerifiedPublisherOnly", nullable=True)
        for id in each.texts("permissions", nullable=True)
    }
    if unknown := sorted(ids - {"all"} - _SIGNING_IN):
        yield undecided(
            f"The consent policy {own.title!r} lets anybody consent to any app, of any publisher, for permissions whose"
            f" ids are not known here: {', '.join(unknown[:_SHOWN])}{', …' if len(unknown) > _SHOWN else ''}."
            " Look them up at the API, and see whether one opens mail or files.",
            own.at("includes"),
        )


def _is_for_any_app(included: Fields) -> bool:
    """Does it allow delegated permissions of an API that holds mail or files, for apps of anybody?"""
    if included.text("permissionType") == "application":
        return False
    if included.text("permissionClassification", nullable=True) in _CLASSES:
        return False
    if (included.text("resourceApplication", nullable=True) or _ANY_API) not in _APIS:
        return False
    limits = ("clientApplicationIds", "clientApplicationTenantIds", "clientApplicationPublisherIds")
    return all(_is_any(included, each) for each in limits)


def _has_all(included: Fields) -> bool:
    return _is_any(included, "permissions")


def _is_any(included: Fields, field: str) -> bool:
    """All is what Microsoft means where a list says nothing."""
    named = included.texts(field, nullable=True)
    return not named or "all" in named
