"""The organisation's apps are for its own people.

## What it looks at

Apps that are registered in this tenant and may be used from others (`signInAudience`: several organisations, or
personal accounts too), and what they may do here: application permissions, consent for everybody, roles.

| the app | severity |
|---|---|
| reads everybody's mail or files here, or more | medium |
| reads nothing here that matters | low |
| any of these, disabled here | low |

If what it may do can't be read in full, it is medium. An app without a service principal here can do nothing here,
and is low as well. Apps that only personal accounts can use (`PersonalMicrosoftAccount`) have nothing to do with this
tenant's people, and are left out.

What it can't see: whether the app's code checks which tenant somebody comes from.

## Why it matters

In an app for several organisations anybody of any tenant can sign in, unless its own code refuses them: that is how
outsiders edited what a search engine showed (BingBang, 2023). And such an app can be carried to other tenants: an
intruder who turns an organisation's app into one asks its customers for consent, in its name and with its publisher.

## Remediation

1. In the Microsoft Entra admin centre go to App registrations, the app, Authentication, and choose *Accounts in this
   organizational directory only*; or `Update-MgApplication -ApplicationId <id> -SignInAudience AzureADMyOrg`. If
   nobody knows why it is otherwise, search the audit log for *Update application* with `AvailableToOtherTenants`.
2. An app that is sold or shared with partners is accepted below; keep it apart from what administers this tenant,
   and lock its service principals (App registrations, the app, Authentication, *App instance property lock*).

## Options

```toml
[checks."entra.own-app-is-for-this-tenant"]
apps = ["b0000000-0000-4000-8000-000000000006"]
```

`apps` are ids of apps that are meant for other tenants.

## Sources

- <https://learn.microsoft.com/entra/identity-platform/howto-modify-supported-accounts>
- <https://learn.microsoft.com/entra/identity-platform/single-and-multi-tenant-apps>
- <https://msrc.microsoft.com/blog/2023/03/guidance-on-potential-misconfiguration-of-authorization-of-multi-tenant-applications-that-use-azure-ad/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.app_options import refuse_other_than_app_ids
from o365scan_entra.app_permissions import Reach
from o365scan_entra.app_right import Right, Rights
from o365scan_entra.app_rights import SOURCES, rights
from o365scan_entra.datasets import applications, service_principals

_OTHERS = {
    "AzureADMultipleOrgs": "people of any organisation",
    "AzureADandPersonalMicrosoftAccount": "people of any organisation, and anybody with a personal account",
}

_OWN = frozenset({"AzureADMyOrg", "PersonalMicrosoftAccount"})


@dataclass(frozen=True)
class SharedApps:
    """Apps that are meant for other tenants, by app id."""

    apps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_app_ids("apps", self.apps)


@check(
    "entra.own-app-is-for-this-tenant",
    severity=Severity.MEDIUM,
    reads=[applications, service_principals],
    optional=[each for each in SOURCES if each is not service_principals],
    options=SharedApps,
    attack=["T1528", "T1671"],
)
def own_app_is_for_this_tenant(data: Data, options: SharedApps) -> Iterator[Judgement]:
    found = rights(data)
    principals = {each.text("appId"): each for each in found.principals.values()}
    known = {each.lower() for each in options.apps}
    for application in data[applications]:
        yield from independently(_judged(application, principals, found, known))


def _judged(
    application: Record, principals: dict[str, Record], found: Rights, known: set[str]
) -> Iterator[Judgement]:
    audience, app_id = application.text("signInAudience"), application.text("appId")
    if app_id.lower() in known or audience in _OWN:
        return
    if audience not in _OTHERS:
        yield undecided(
            f"Who can sign in to this app is not understood: {audience!r}.",
            application.at("signInAudience"),
            at=application,
        )
        return
    principal = principals.get(app_id)
    held = _held(principal, found)
    weighs = bool(held or (principal is not None and found.doubts))
    off = principal is not None and principal.flag("accountEnabled", nullable=True) is False
    named = ", ".join(sorted({each.said for each in held}))
    yield problem(
        f"{_OTHERS[audience][0].upper()}{_OTHERS[audience][1:]} can sign in to this app of the organisation's."
        f"{f' It holds {named} here.' if held else ''}"
        f"{' What it may do could not be read in full.' if found.doubts else ''}"
        f"{' It is disabled here.' if off else ''}",
        application.at("signInAudience"),
        *(evidence for each in held for evidence in each.evidence),
        severity=Severity.MEDIUM if weighs and not off else Severity.LOW,
        at=application,
        accept=None if off else Acceptance({"apps": (app_id,)}),
    )


def _held(principal: Record | None, found: Rights) -> list[Right]:
    """What it may do here that matters."""
    rights_here = found.held.get(principal.key, []) if principal is not None else []
    return [each for each in rights_here if each.reach is not Reach.NONE]
