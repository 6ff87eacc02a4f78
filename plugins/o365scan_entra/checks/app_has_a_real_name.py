"""Apps have names that say what they are.

## What it looks at

The names of apps that are registered in this tenant, and of other tenants' apps that are used here. Microsoft's are
left out, and so are managed identities. A name stands out if it

- is **nothing but signs**, dots or blanks, or empty;
- is **a person's**: the display name (of two words or more), user principal name or mail address of somebody whose
  account is enabled here;
- is **an address or domain** of this tenant's (`contoso.com`, `https://contoso.onmicrosoft.com/`);
- is **what one types to try something**: `test`, `app1`, `asdf`, `new app`, and nothing more.

Medium for another tenant's app, low for one of this tenant's, and for one that is disabled. Names that pretend to be
Microsoft's, and ids on lists of attackers' apps, are reported by `entra.app-privilege-is-justified`.

## Why it matters

People give apps names that tell what they do; tools and intruders don't. A survey of some 8,000 tenants found apps
named after the account that made them, after the tenant, by dots alone or by *test* where mailboxes had been taken
over. It is a lead and no proof: developers call their apps *test* too.

## Remediation

1. Find out who made it and when: in the Microsoft Entra admin centre go to Enterprise applications, the app, Audit
   logs (*Add service principal*, *Consent to application*), and Permissions for what it may do.
2. If nobody can explain it, disable it: `Update-MgServicePrincipal -ServicePrincipalId <id> -AccountEnabled:$false`,
   and take the account that made it for compromised until shown otherwise.
3. If it is wanted, give it a name that says what it does and whom to ask:
   `Update-MgApplication -ApplicationId <id> -DisplayName "<name>"`. A vendor's app is accepted below.

## Options

```toml
[checks."entra.app-has-a-real-name"]
apps = ["b0000000-0000-4000-8000-000000000006"]
```

`apps` are ids of apps that are known.

## Sources

- <https://github.com/huntresslabs/rogueapps>
- <https://learn.microsoft.com/entra/identity/enterprise-apps/protect-against-consent-phishing>
- <https://attack.mitre.org/techniques/T1671/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, Record, Severity, check, problem
from o365scan_entra.app_evidence import shown
from o365scan_entra.app_names import is_disguise, oddity
from o365scan_entra.app_options import refuse_other_than_app_ids
from o365scan_entra.datasets import applications, domains, service_principals, users
from o365scan_entra.publishers import Owner, owner


@dataclass(frozen=True)
class NamedApps:
    """Apps that are known whatever they are called, by app id."""

    apps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_app_ids("apps", self.apps)


@check(
    "entra.app-has-a-real-name",
    severity=Severity.MEDIUM,
    each=service_principals,
    reads=[applications, domains, users],
    options=NamedApps,
    attack=["T1671", "T1528"],
)
def app_has_a_real_name(principal: Record, data: Data, options: NamedApps) -> Iterator[Judgement]:
    app_id = principal.text("appId")
    whose = owner(principal, app_id in data.once(_registered))
    if whose not in (Owner.HERE, Owner.ELSEWHERE) or app_id.lower() in {
        each.lower() for each in options.apps
    }:
        return
    what = oddity(principal.text("displayName", nullable=True) or "", data.once(_people), data.once(_domains))
    if what is None:
        return
    off = principal.flag("accountEnabled", nullable=True) is False
    yield problem(
        f"The name of this app, which is {whose}, is {what}.{' It is disabled here.' if off else ''}",
        principal.at("displayName"),
        *shown(principal, "appId", "appOwnerOrganizationId", "verifiedPublisher", "accountEnabled"),
        severity=Severity.LOW if off or whose is Owner.HERE else Severity.MEDIUM,
        accept=None if off else Acceptance({"apps": (app_id,)}),
        signs=() if whose is Owner.HERE and not is_disguise(what) else (f"its name is {what}",),
    )


def _registered(data: Data) -> frozenset[str]:
    return frozenset(each.text("appId") for each in data[applications])


def _people(data: Data) -> frozenset[str]:
    """All that people are called by, in small letters. One word names a shared mailbox or a service as well."""
    names: set[str] = set()
    for user in data[users]:
        if user.flag("accountEnabled"):
            shown_as, mail = (
                user.text("displayName", nullable=True) or "",
                user.text("mail", nullable=True) or "",
            )
            names.update((user.text("userPrincipalName").casefold(), mail.casefold()))
            names.update((shown_as.casefold(),) if " " in shown_as.strip() else ())
    return frozenset(names - {""})


def _domains(data: Data) -> frozenset[str]:
    return frozenset(each.key.lower() for each in data[domains])
