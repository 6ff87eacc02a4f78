"""What apps may do in the tenant is what they need, and nobody has joined them.

## What it looks at

Every service principal: the account that an app of Microsoft's, of a vendor or of the organisation has in the
tenant, and a managed identity of Azure. What it may do is gathered from six places:

- **application permissions** (app roles of Microsoft Graph, Exchange Online, SharePoint Online, the Office 365
  Management APIs and the synchronisation service), graded by Microsoft's privilege level (1 to 4), by SCuBA's
  list, and by whose data they open;
- **delegated permissions that were consented for everybody** (`AllPrincipals`), at level 4 or graded Critical or
  High by SCuBA;
- **directory roles**, held directly or through a role-assignable group;
- **role groups of Exchange Online** that the app is in, directly, through another role group or a security group;
- **roles of Exchange Online for applications** (RBAC for Applications) and their scope. They appear nowhere among
  an app's permissions in Microsoft Entra;
- **credentials**: secrets, certificates and federated credentials of the registration, and those of the service
  principal, which the page of app registrations doesn't show.

One finding a principal. It names the combination, and is as grave as the worst of these:

| what | severity |
|---|---|
| `Exchange.ManageAsApp` (or its successor) or `full_access_as_app`, with a role that writes in Exchange Online | high |
| permissions or directory roles that lead to an administrator's rights (`AppRoleAssignment.ReadWrite.All`) | high |
| either of the above, and a credential that starts within the last two weeks | critical |
| either, and a sign-in of the last week from a country or network where it had not signed in before | critical |
| the first, and a connector or mail flow rule changed within two weeks of now or three days of the consent | critical |
| everyone's mail, files, messages or recovery keys (`Mail.Read`, `Files.Read.All`, `full_access_as_app`) | medium |
| changes to accounts, devices or settings: permissions at level 4, other administrators' roles | medium |
| one of these two, unused for three months, with a credential of the last two weeks | high |
| grave delegated permissions, consented for everybody | medium |
| a role for applications over every mailbox, or everybody's: without a scope, or with one that holds them | medium |
| a role for applications over all of some mailboxes (`Application EWS.AccessAsApp` with a scope) | low |
| a role for applications with a scope whose filter can't be decided | low |
| permission for Exchange's cmdlets without a role, or a role group without the permission | low |
| a credential on the principal of a privileged app: the registration has none that is valid, or is elsewhere | high |
| the same, beside valid credentials of the registration | medium |
| a privileged app that takes tokens of an issuer that is no known service | high |
| a credential on one of Microsoft's own apps | high; critical within two weeks |
| a certificate on Exchange Online's, SharePoint Online's or Skype for Business Online's principal | medium |
| the same, of the last two weeks | high |
| an app id on a list of attackers' apps | critical |
| an app id on a list of products that intruders bring | high; medium if one contested list names it |
| disabled by Microsoft for what its publisher did | high |
| a name that reads as Microsoft's through look-alike letters | high |
| the exact name of one of Microsoft's apps on another's | medium |
| a deleted registration that asked for an administrator's rights or all mailboxes, while it can be restored | low |

A disabled principal gets no token: what it holds is low. So is a credential that has expired. Time moves
severities and no verdict, so that no alert closes by waiting.

**The scope of a role for applications** is judged by the filter of its management scope. An empty one, and one that
holds for every mailbox whatever the tenant (`Alias -ne $null`, `Name -like '*'`), limits nothing;
`RecipientTypeDetails -eq 'UserMailbox'` leaves out rooms and shared mailboxes only. One that singles out (a group, a
name, a custom attribute, a department) is a limit. Of any other, as of all that begins with *not*, nobody can tell by
its words: then it is shown, to be verified; so is a limit of a kind that is neither a scope, a group nor a unit. A
scope that can't be read is taken for a limit, and the check is left `open`.

**Whose app it is** is told by the tenant that owns it (`appOwnerOrganizationId`), never by its name. Microsoft's
service tenant (`f8cdef31-a31e-4b4a-93e4-5f571e91255a`) clears the app, and never a credential that was added to it.
Microsoft's company tenant, in which any employee may register an app, and the tenant of its command-line tools
lower the rights by one step. Null may be a managed identity: then `servicePrincipalType` says so.

**Medium means: verify.** Backup, signature and migration products hold such rights by their nature, and Microsoft's
own synchronisation app does. Whether the publisher is verified is told, and clears nothing.

**A scanner's identity** such as this tool's holds `Exchange.ManageAsApp` with Global Reader and permissions to
read the directory: that passes, whoever holds it. One that was given more is reported as what it is; the identity
that this scan was made with is named as that, by its app id, and any other with the remark that it looks like a
scanner.

**Where an app signs in from** is compared for the few apps of the first two rows: the successful sign-ins of the last
seven days with those before, as far back as the log goes (30 days), if there are at least five. What can't be read
raises nothing and hides nothing.

What it does not see:

- application permissions of other APIs (Azure, Defender, Power Platform, the tenant's own), roles in Azure
  subscriptions, and rights that single sites or teams gave to an app;
- what single people consented to: the check on consent is another's;
- Application Access Policies of Exchange Online, by which an app's access to mailboxes may be limited: what is
  limited so is reported as if it were not;
- who is in the group or the administrative unit that a role for applications is limited to: it may be everybody.
  A role that opens a part of a mailbox only (`Application Mail.Read`), so limited, is reported nowhere;
- when a credential was added. Only its start is known, and whoever adds it chooses that. The audit log has the
  truth, and so it has for mail flow, of which only the last change is known;
- sign-ins, but for the time of the last one and, as said above, the places of a few apps': both where the tenant has
  Microsoft Entra ID P1. A managed identity's are not compared;
- a service principal that was deleted: of deleted apps only registrations in this tenant are read.

A permission that is newer than the table of this version makes its holder `open`.

## Why it matters

An app needs no second factor, no Conditional Access policy for people stops it, and it outlives the password reset
of whoever made it. In a campaign that Microsoft described in September 2022, intruders with an administrator's
account registered an app, consented to `Exchange.ManageAsApp` for it, made it Global and Exchange Administrator and
gave it credentials of their own; weeks later the app set up the connector and the mail flow rules through which
spam left. In other cases a secret was added to the principal of an app that already had everybody's mail.

## Remediation

Find out who uses the app before you change it: its sign-ins (Enterprise applications, the app, Sign-in logs), its
owners, the vendor's page on the permissions it needs.

If nobody can explain it:

1. In the Microsoft Entra admin centre go to Enterprise applications, the app, Properties, and set *Enabled for users
   to sign-in* to No: no new token is issued. In PowerShell:
   `Update-MgServicePrincipal -ServicePrincipalId <id> -AccountEnabled:$false`. A token that was issued lives on for
   an hour, or up to a day.
2. Keep what it is (`Get-MgServicePrincipal -ServicePrincipalId <id> | ConvertTo-Json -Depth 5`), then remove its
   credentials, on the principal (`Remove-MgServicePrincipalPassword -ServicePrincipalId <id> -KeyId <keyId>`) as on
   the registration (App registrations, the app, Certificates & secrets).
3. Search the audit log for *Consent to application*, *Add app role assignment to service principal*, *Add service
   principal credentials*, *Add member to role*: take whoever did these for compromised, and look at connectors,
   mail flow rules and inbox rules that were made since.

If it is needed, give it what it needs:

1. Enterprise applications, the app, Permissions: revoke what isn't used, or
   `Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId <id> -AppRoleAssignmentId <id>`.
   Remove a role: `Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId <id>`.
2. For mail, replace the application permission by a role with a scope, and then remove the permission in Microsoft
   Entra, for the two add up: `New-ManagementRoleAssignment -App <object id> -Role "Application Mail.Send"
   -CustomResourceScope <scope>`. For files, `Sites.Selected`.
3. Replace secrets by certificates or federated credentials, and lock the principal's credentials: App
   registrations, the app, Authentication, *App instance property lock*.
4. Certificates that a hybrid set-up left: patch Exchange Server, set up the dedicated hybrid app, then run
   `.\\ConfigureExchangeHybridApplication.ps1 -ResetFirstPartyServicePrincipalKeyCredentials`.

## Options

An app is accepted by its app id, with the rights that it was found to need, each word for word as the finding shows
it: with what stands in brackets (the API of a permission, *delegated*, whether a directory role holds in the *whole
tenant* or *within* a part, the scope of a role for applications) and with *through a group*. Nothing shorter accepts
anything wider: a name without brackets is an application permission of Microsoft Graph, or *the role group …*; any
other is refused, since nobody can tell which right it was meant for. One right more, or the same one over more, and
the finding is back. A scope of Exchange Online is accepted by its name, as long as its filter isn't seen to hold every
mailbox. What would make an accepted right graver is accepted with it: credentials of the registration are renewed,
vendors move. A credential on the principal, an issuer, or a place on a list of attackers' apps is reported all
the same.

```toml
[checks."entra.app-privilege-is-justified"]
issuers = ["https://oidc.example.com/builds"]

[checks."entra.app-privilege-is-justified".accept]
"b0000000-0000-4000-8000-000000000006" = [
    "full_access_as_app (Office 365 Exchange Online)",
    "Sites.FullControl.All",
    "Exchange Recipient Administrator (whole tenant) through a group",
    "User Administrator (within /administrativeUnits/a3d1c5b2-0000-4000-8000-000000000077)",
    "Application Mail.Send (every mailbox)",
]
```

## Sources

- <https://learn.microsoft.com/graph/permissions-reference>
- <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/get-managementscope>
- <https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2>
- <https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
- <https://learn.microsoft.com/entra/identity-platform/howto-configure-app-instance-property-locks>
- <https://microsoft.github.io/CSS-Exchange/Hybrid/ConfigureExchangeHybridApplication/>
- <https://www.microsoft.com/security/blog/2022/09/22/malicious-oauth-applications-used-to-compromise-email-servers-and-spread-spam/>
- <https://github.com/cisagov/ScubaGear>
- <https://github.com/huntresslabs/rogueapps>
- <https://github.com/randomaccess3/detections>
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from o365scan.api import Data, Judgement, Record, Severity, check, independently
from o365scan_entra.app_combinations import held
from o365scan_entra.app_deleted import deleted
from o365scan_entra.app_options import JustifiedApps
from o365scan_entra.app_profile import App, Scan
from o365scan_entra.app_repute import misnamed, rogue, stopped
from o365scan_entra.app_right import Rights
from o365scan_entra.app_rights import SOURCES, rights
from o365scan_entra.app_signs import OPTIONAL
from o365scan_entra.app_ways_in import federated, first_party, on_the_principal
from o365scan_entra.applications import (
    application_owners,
    applications,
    deleted_applications,
    federated_credentials,
)
from o365scan_entra.publishers import Owner


@check(
    "entra.app-privilege-is-justified",
    severity=Severity.HIGH,
    reads=[*SOURCES, applications, deleted_applications],
    optional=[federated_credentials, application_owners, *OPTIONAL],
    options=JustifiedApps,
    attack=["T1098.001", "T1098.003", "T1114.002", "T1528", "T1550.001", "T1671"],
)
def app_privilege_is_justified(
    data: Data, options: JustifiedApps, now: datetime, scanner: str | None
) -> Iterator[Judgement]:
    yield from independently(_principals(Scan(data, options, now, scanner)), deleted(data, options))


def _principals(scan: Scan) -> Iterator[Judgement]:
    found = rights(scan.data)
    yield from found.doubts
    registrations = {each.text("appId"): each for each in scan.data[applications]}
    for principal in found.principals.values():
        yield from independently(_principal(principal, registrations, found, scan))


def _principal(
    principal: Record, registrations: dict[str, Record], found: Rights, scan: Scan
) -> Iterator[Judgement]:
    app = App(
        principal,
        registrations.get(principal.text("appId")),
        tuple(found.held.get(principal.key, ())),
        found.knows_roles,
        scan,
    )
    yield from independently(rogue(app), stopped(app), misnamed(app))
    if app.owner is Owner.MICROSOFT:
        yield from first_party(app)
    elif app.privileges:
        yield from independently(held(app), on_the_principal(app), federated(app))
