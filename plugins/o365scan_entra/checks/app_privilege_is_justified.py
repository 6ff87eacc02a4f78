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
| the first, and a connector or mail flow rule changed within two weeks of now or three days of the consent | critical |
| everyone's mail, files, messages or recovery keys (`Mail.Read`, `Files.Read.All`, `full_access_as_app`) | medium |
| changes to accounts, devices or settings: permissions at level 4, other administrators' roles | medium |
| one of these two, unused for three months, with a credential of the last two weeks | high |
| grave delegated permissions, consented for everybody | medium |
| a role for applications over every mailbox | medium |
| a role for applications over all of some mailboxes (`Application EWS.AccessAsApp` with a scope) | low |
| permission for Exchange's cmdlets without a role, or a role group without the permission | low |
| a credential on the principal of a privileged app: the registration has none that is valid, or is elsewhere | high |
| the same, beside valid credentials of the registration | medium |
| a privileged app that takes tokens of an issuer that is no known service | high |
| a credential on one of Microsoft's own apps | high; critical within two weeks |
| a certificate on Exchange Online's, SharePoint Online's or Skype for Business Online's principal | medium |
| an app id on a list of attackers' apps | critical |
| an app id on a list of products that intruders bring | high; medium if one contested list names it |
| disabled by Microsoft for what its publisher did | high |
| a name that reads as Microsoft's through look-alike letters | high |
| the exact name of one of Microsoft's apps on another's | medium |
| a deleted registration that asked for an administrator's rights or all mailboxes, while it can be restored | low |

A disabled principal gets no token: what it holds is low. So is a credential that has expired. Time moves
severities and no verdict, so that no alert closes by waiting.

**Whose app it is** is told by the tenant that owns it (`appOwnerOrganizationId`), never by its name. Microsoft's
service tenant (`f8cdef31-a31e-4b4a-93e4-5f571e91255a`) clears the app, and never a credential that was added to it.
Microsoft's company tenant, in which any employee may register an app, and the tenant of its command-line tools
lower the rights by one step. Null may be a managed identity: then `servicePrincipalType` says so.

**Medium means: verify.** Backup, signature and migration products hold such rights by their nature, and Microsoft's
own synchronisation app does. Whether the publisher is verified is told, and clears nothing.

**A scanner's identity** such as this tool's holds `Exchange.ManageAsApp` with Global Reader and permissions to
read the directory: that passes, whoever holds it. One that was given more is reported as what it is, with the
remark that it looks like a scanner.

What it does not see:

- application permissions of other APIs (Azure, Defender, Power Platform, the tenant's own), roles in Azure
  subscriptions, and rights that single sites or teams gave to an app;
- what single people consented to: the check on consent is another's;
- Application Access Policies of Exchange Online, by which an app's access to mailboxes may be limited: what is
  limited so is reported as if it were not;
- which mailboxes the scope of a role for applications holds: a scope may hold all. A scoped role that opens a
  part of a mailbox only (`Application Mail.Read`) is reported nowhere;
- when a credential was added. Only its start is known, and whoever adds it chooses that. The audit log has the
  truth, and so it has for mail flow, of which only the last change is known;
- sign-ins, but for the time of the last one, and that where the tenant has Microsoft Entra ID P1;
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

An app is accepted by its app id, with the rights that it was found to need, named as the finding names them, with
what stands in brackets: the API of a permission, *delegated*, the administrative unit of a role, the scope of a
role for applications. A name without brackets stands for the application permission of Microsoft Graph or the
directory role over the whole tenant that is called so, and for nothing else. One right more, or the same one over
more, and the finding is back. A credential on the principal, an issuer, or a place on a list of attackers' apps is
reported all the same.

```toml
[checks."entra.app-privilege-is-justified"]
issuers = ["https://oidc.example.com/builds"]

[checks."entra.app-privilege-is-justified".accept]
"b0000000-0000-4000-8000-000000000006" = [
    "full_access_as_app (Office 365 Exchange Online)",
    "Sites.FullControl.All",
    "User Administrator (within /administrativeUnits/a3d1c5b2-0000-4000-8000-000000000077)",
    "Application Mail.Send (every mailbox)",
]
```

## Sources

- <https://learn.microsoft.com/graph/permissions-reference>
- <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
- <https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
- <https://learn.microsoft.com/entra/identity-platform/howto-configure-app-instance-property-locks>
- <https://microsoft.github.io/CSS-Exchange/Hybrid/ConfigureExchangeHybridApplication/>
- <https://www.microsoft.com/security/blog/2022/09/22/malicious-oauth-applications-used-to-compromise-email-servers-and-spread-spam/>
- <https://github.com/cisagov/ScubaGear>
- <https://github.com/huntresslabs/rogueapps>
- <https://github.com/randomaccess3/detections>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from o365scan.api import (
    Data,
    Evidence,
    IncompleteDataset,
    Judgement,
    OptionsError,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.app_credentials import Credential, credentials, said
from o365scan_entra.app_evidence import shown
from o365scan_entra.app_permissions import Reach, application_permission, of_resource, permission_named
from o365scan_entra.app_resources import GRAPH, HYBRID, RESOURCES
from o365scan_entra.app_rights import SOURCES, Right, Rights, rights
from o365scan_entra.app_signs import OPTIONAL, MailFlow, Slumber, counted, mail_flow, slumber
from o365scan_entra.applications import (
    application_owners,
    applications,
    deleted_applications,
    federated_credentials,
)
from o365scan_entra.issuers import is_known_issuer
from o365scan_entra.known_apps import Repute, rogue_app
from o365scan_entra.publishers import Owner, hides_a_brand, is_microsoft_name, is_verified, owner

_LONG = timedelta(days=2 * 366)
_NAMED = 6
_MULTI_TENANT = ("AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount")
_GRAVE = (Reach.CONTROL, Reach.SHELL, Reach.MAILBOXES)
_LOWER = {Severity.CRITICAL: Severity.HIGH, Severity.HIGH: Severity.MEDIUM, Severity.MEDIUM: Severity.LOW}
_REPUTE = {
    Repute.MALICIOUS: (Severity.CRITICAL, "an attacker registered it"),
    Repute.TRAITORWARE: (Severity.HIGH, "a product that intruders bring; a lead, not proof"),
    Repute.UNCONFIRMED: (Severity.MEDIUM, "only one list names it; a lead, not proof"),
}


@dataclass(frozen=True)
class JustifiedApps:
    """Apps whose rights somebody has looked at: by app id, the rights that it is known to need."""

    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    issuers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for id, names in self.accept.items():
            try:
                UUID(id)
            except ValueError:
                raise OptionsError(
                    f"accept: {id!r} is not an app id", hint="Write the application (client) id."
                ) from None
            if not names:
                raise OptionsError(
                    f"accept: no rights of {id} are named", hint="Name them as the finding does."
                )
            for name in names:
                _refuse_ambiguous(name)
        for issuer in self.issuers:
            if not issuer.startswith("https://"):
                raise OptionsError(f"issuers: {issuer!r} is not the URL of a token issuer")

    def knows(self, app_id: str) -> bool:
        """Has somebody looked at the app at all?"""
        return app_id.lower() in {id.lower() for id in self.accept}

    def accepts(self, app_id: str, found: Iterable[Right]) -> bool:
        """Are all of these rights of the app accepted?"""
        accepted = {id.lower(): frozenset(names) for id, names in self.accept.items()}
        names = accepted.get(app_id.lower(), frozenset())
        return all(right.token in names or right.said in names for right in found)


def _refuse_ambiguous(name: str) -> None:
    """A bare name stands for a permission of Microsoft Graph: one that only other APIs have would accept nothing."""
    if permission_named(name, (GRAPH,)) is not None:
        return
    other = permission_named(name, tuple(RESOURCES))
    if other is not None:
        raise OptionsError(
            f"accept: {name!r} is no permission of Microsoft Graph",
            hint=f"Write {of_resource(name, other.resource)!r}.",
        )


@dataclass(frozen=True)
class _App:
    """A service principal with all that was found out about it."""

    principal: Record
    application: Record | None
    """Its registration, if that is in this tenant."""
    rights: tuple[Right, ...]
    knows_roles: bool
    options: JustifiedApps
    data: Data
    now: datetime

    @cached_property
    def id(self) -> str:
        return self.principal.text("appId")

    @cached_property
    def owner(self) -> Owner:
        return owner(self.principal, self.application is not None)

    @cached_property
    def privileges(self) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.reach is not Reach.NONE)

    @cached_property
    def is_accepted(self) -> bool:
        """Has somebody accepted all that it holds, roles included that count only beside a permission?"""
        entry = bool(self.of(Reach.SHELL, Reach.MAILBOXES))
        return self.options.accepts(
            self.id,
            (
                each
                for each in self.rights
                if each.reach is not Reach.NONE or (entry and each.writes_exchange)
            ),
        )

    @cached_property
    def is_off(self) -> bool:
        """A principal that is disabled gets no token; one switch brings it back."""
        return self.principal.flag("accountEnabled", nullable=True) is False

    @cached_property
    def here(self) -> tuple[Credential, ...]:
        """The credentials of the principal itself; those of a managed identity are Azure's doing."""
        found = credentials(self.principal)
        if self.owner is Owner.MANAGED_IDENTITY:
            found = tuple(each for each in found if each.kind == "secret")
        return found

    @cached_property
    def registered(self) -> tuple[Credential, ...]:
        return credentials(self.application) if self.application else ()

    @cached_property
    def fresh(self) -> tuple[Credential, ...]:
        return tuple(each for each in (*self.registered, *self.here) if each.is_fresh(self.now))

    @cached_property
    def slumber(self) -> Slumber | None:
        return slumber(self.id, self.application, self.data, self.now)

    def of(self, *reaches: Reach) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.reach in reaches)

    def weighed(self, severity: Severity, *, joined: bool = False) -> Severity:
        """The severity of a right, in view of who holds it and what happened lately."""
        if self.is_off:
            return Severity.LOW
        if severity is Severity.HIGH and (self.fresh or joined):
            severity = Severity.CRITICAL
        elif severity is Severity.MEDIUM and self.fresh and self.slumber:
            severity = Severity.HIGH
        return _LOWER.get(severity, severity) if self.owner is Owner.MICROSOFT_EMPLOYEE else severity


@check(
    "entra.app-privilege-is-justified",
    severity=Severity.HIGH,
    reads=[*SOURCES, applications, deleted_applications],
    optional=[federated_credentials, application_owners, *OPTIONAL],
    options=JustifiedApps,
    attack=["T1098.001", "T1098.003", "T1114.002", "T1528", "T1550.001", "T1671"],
)
def app_privilege_is_justified(data: Data, options: JustifiedApps, now: datetime) -> Iterator[Judgement]:
    yield from independently(_principals(data, options, now), _deleted(data, options))


def _principals(data: Data, options: JustifiedApps, now: datetime) -> Iterator[Judgement]:
    found = rights(data)
    yield from found.doubts
    registrations = {each.text("appId"): each for each in data[applications]}
    for principal in found.principals.values():
        yield from independently(_principal(principal, registrations, found, options, data, now))


def _principal(
    principal: Record,
    registrations: dict[str, Record],
    found: Rights,
    options: JustifiedApps,
    data: Data,
    now: datetime,
) -> Iterator[Judgement]:
    app = _App(
        principal,
        registrations.get(principal.text("appId")),
        tuple(found.held.get(principal.key, ())),
        found.knows_roles,
        options,
        data,
        now,
    )
    yield from independently(_rogue(app), _stopped(app), _misnamed(app))
    if app.owner is Owner.MICROSOFT:
        yield from _first_party(app)
    elif app.privileges:
        yield from independently(_held(app), _on_the_principal(app), _federated(app))


def _rogue(app: _App) -> Iterator[Judgement]:
    listed = rogue_app(app.id)
    if listed is None or (listed.repute is not Repute.MALICIOUS and app.options.knows(app.id)):
        return
    severity, why = _REPUTE[listed.repute]
    name = f" as {listed.name}" if listed.name else ""
    yield problem(
        f"The app id is on a list of rogue apps{name} ({', '.join(listed.sources)}): {why}."
        + (" It is disabled here." if app.is_off else ""),
        app.principal.at("appId"),
        *shown(app.principal, "accountEnabled", "appOwnerOrganizationId"),
        severity=Severity.LOW if app.is_off else severity,
        at=app.principal,
    )


def _stopped(app: _App) -> Iterator[Judgement]:
    status = app.principal.get("disabledByMicrosoftStatus")
    if status and status != "NotDisabled":
        yield problem(
            "Microsoft has disabled this app for what its publisher did with it; what it did here before is open.",
            app.principal.at("disabledByMicrosoftStatus"),
            severity=Severity.HIGH,
            at=app.principal,
        )


def _misnamed(app: _App) -> Iterator[Judgement]:
    if app.owner not in (Owner.HERE, Owner.ELSEWHERE):
        return
    name = app.principal.text("displayName", nullable=True) or ""
    evidence = (app.principal.at("displayName"), app.principal.at("appOwnerOrganizationId"))
    if hides_a_brand(name):
        yield problem(
            "The name reads as one of Microsoft's products, through letters that only look like the real ones;"
            " the app is not Microsoft's.",
            *evidence,
            severity=Severity.LOW if app.is_off else Severity.HIGH,
            at=app.principal,
        )
    elif is_microsoft_name(name):
        yield problem(
            f"It bears the name of one of Microsoft's own apps, and is {app.owner}.",
            *evidence,
            severity=Severity.LOW if app.is_off else Severity.MEDIUM,
            at=app.principal,
        )


def _first_party(app: _App) -> Iterator[Judgement]:
    """Microsoft's own app is cleared; a credential that was added to it never is."""
    certificates = tuple(each for each in app.here if each.kind == "certificate")
    if app.id in HYBRID and certificates:
        yield problem(
            "Servers of the organisation can sign in as this service of Microsoft's, with"
            f" {said(certificates, app.now)}: what the set-up of a hybrid organisation leaves (CVE-2025-53786)."
            " Verify that the servers are patched, and remove the certificate once a dedicated app has its place.",
            *_of_credentials(certificates),
            severity=Severity.MEDIUM if _usable(certificates, app.now) else Severity.LOW,
            at=app.principal,
        )
        added = tuple(each for each in app.here if each.kind != "certificate")
    else:
        added = app.here
    if added:
        yield problem(
            f"Somebody added {said(added, app.now)} to one of Microsoft's own apps, and can sign in as it"
            " with all that Microsoft lets it do.",
            *_of_credentials(added),
            severity=_added_severity(added, app.now),
            at=app.principal,
        )


def _added_severity(added: tuple[Credential, ...], now: datetime) -> Severity:
    if not _usable(added, now):
        return Severity.LOW
    return Severity.CRITICAL if any(each.is_fresh(now) for each in added) else Severity.HIGH


def _held(app: _App) -> Iterator[Judgement]:
    for right in app.of(Reach.UNKNOWN):
        yield undecided(
            f"It holds {right.said}, a right that this version doesn't know.",
            *right.evidence,
            at=app.principal,
        )
    if app.is_accepted:
        return
    remarks = "".join(f" {remark}" for remark in _remarks(app))
    for message, evidence, severity in _combinations(app):
        yield problem(message + remarks, *evidence, severity=severity, at=app.principal)
        remarks = ""


_Combination = tuple[str, tuple[Evidence, ...], Severity]


def _combinations(app: _App) -> Iterator[_Combination]:
    yield from _exchange(app)
    if control := app.of(Reach.CONTROL):
        yield (
            f"It holds {_names(control)}: enough to gain the rights of any administrator.{_lately(app)}",
            _evidence(app, control),
            app.weighed(Severity.HIGH),
        )
    yield from _verify(app)


def _exchange(app: _App) -> Iterator[_Combination]:
    entry = app.of(Reach.SHELL, Reach.MAILBOXES)
    shell = app.of(Reach.SHELL)
    writing = tuple(right for right in app.rights if right.writes_exchange)
    if entry and writing:
        mail = mail_flow(app.data, app.now, tuple(right.since for right in entry if right.since))
        can = (
            "it can change how mail flows and open any mailbox."
            if shell
            else "it can open any mailbox, and only Exchange.ManageAsApp is missing for it to change how mail flows."
        )
        yield (
            f"It holds {_names(entry)} together with {_names(writing)}: {can}{_lately(app, mail)}{_scanner(app)}",
            (*_evidence(app, (*entry, *writing)), *mail.changes),
            app.weighed(Severity.HIGH, joined=bool(mail.changes)),
        )
    elif shell and app.knows_roles and not any(right.reads_exchange for right in app.rights):
        yield (
            f"It holds {_names(shell)} and no role in Exchange Online: it can do nothing there until it is given one.",
            _evidence(app, shell),
            Severity.LOW,
        )
    elif writing and not entry and all(right.reach is Reach.EXCHANGE_ROLE for right in writing):
        yield (
            f"It is given {_names(writing)}, and lacks Exchange.ManageAsApp, without which it can't use that.",
            _evidence(app, writing),
            Severity.LOW,
        )


def _verify(app: _App) -> Iterator[_Combination]:
    """What many products need, and an intruder would want: to be verified."""
    mailboxes = () if any(right.writes_exchange for right in app.rights) else app.of(Reach.MAILBOXES)
    if content := (*mailboxes, *app.of(Reach.CONTENT)):
        yield (
            f"Verify that it needs {_names(content)}: everyone's mail, files, messages or recovery keys, with"
            f" nobody signed in.{_beside_scope(app)}",
            _evidence(app, content),
            app.weighed(Severity.MEDIUM),
        )
    if scoped := app.of(Reach.SCOPED):
        yield (
            f"Verify that it needs {_names(scoped)}, and that the scope holds no other mailboxes: what a scope"
            " stands for is not read, and one may hold them all.",
            _evidence(app, scoped),
            Severity.LOW,
        )
    if settings := _other_settings(app):
        yield (
            f"Verify that it needs {_names(settings)}: changes to accounts, devices or settings.",
            _evidence(app, settings),
            app.weighed(Severity.MEDIUM),
        )
    if delegated := app.of(Reach.DELEGATED):
        yield (
            f"Verify that it needs {_names(delegated)}, consented for everybody: whoever signs in to it lends it"
            " these of their rights, administrators included.",
            _evidence(app, delegated),
            app.weighed(Severity.MEDIUM),
        )


def _other_settings(app: _App) -> tuple[Right, ...]:
    """The rights to change settings, but for the roles that were told about together with Exchange's permissions."""
    told = bool(app.of(Reach.SHELL, Reach.MAILBOXES))
    return tuple(right for right in app.of(Reach.CONFIGURATION) if not (told and right.writes_exchange))


def _on_the_principal(app: _App) -> Iterator[Judgement]:
    """A credential here is in no app registration, where people would look for it."""
    if not app.here:
        return
    if app.owner is Owner.HERE:
        alone = not _usable(app.registered, app.now)
        severity = Severity.HIGH if alone else Severity.MEDIUM
        where = "whose registration has none that is valid" if alone else "beside those of its registration"
    else:
        severity = Severity.HIGH
        where = (
            f"which is {app.owner}"
            if app.owner is not Owner.ELSEWHERE
            else "which another tenant looks after"
        )
    yield problem(
        f"There is {said(app.here, app.now)} on the service principal of an app {where}:"
        " the page of app registrations doesn't show it.",
        *_of_credentials(app.here),
        severity=severity if _usable(app.here, app.now) and not app.is_off else Severity.LOW,
        at=app.principal,
    )


def _federated(app: _App) -> Iterator[Judgement]:
    view = app.data.get(federated_credentials)
    if view is None or app.application is None:
        return
    for credential in view.of(app.application):
        issuer = credential.text("issuer")
        if not is_known_issuer(issuer, app.options.issuers):
            yield problem(
                f"It takes tokens of {issuer} for a credential, which is no known issuer of workloads' tokens:"
                " whoever runs that can sign in as the app.",
                credential.at("issuer"),
                credential.at("subject"),
                severity=Severity.LOW if app.is_off else Severity.HIGH,
                at=app.principal,
            )


def _deleted(data: Data, options: JustifiedApps) -> Iterator[Judgement]:
    for application in data[deleted_applications]:
        yield from independently(_deleted_application(application, options))


def _deleted_application(application: Record, options: JustifiedApps) -> Iterator[Judgement]:
    asked = tuple(dict.fromkeys(_grave_requests(application)))
    if asked and not options.knows(application.text("appId")):
        yield problem(
            f"A deleted app that asked for {', '.join(asked)} can be restored until 30 days after its deletion,"
            " with its credentials: was it deleted to hide it?",
            application.at("deletedDateTime"),
            application.at("requiredResourceAccess"),
            severity=Severity.LOW,
            at=application,
        )


def _grave_requests(application: Record) -> Iterator[str]:
    for api in application["requiredResourceAccess"]:
        for access in api["resourceAccess"]:
            known = application_permission(api["resourceAppId"], access["id"])
            if access["type"] == "Role" and known is not None and known.reach in _GRAVE:
                yield known.value


def _remarks(app: _App) -> Iterator[str]:
    """What a reader wants to know of the app, and no verdict rests on."""
    if app.is_off:
        yield "The app is disabled here: this is what enabling it would bring back."
    if app.owner is Owner.MICROSOFT_EMPLOYEE:
        yield "It is registered in a tenant of Microsoft's, where its employees register theirs too."
    if app.owner is Owner.ELSEWHERE and not is_verified(app.principal):
        yield "Its publisher is not verified."
    if app.application is not None:
        yield from _of_registration(app, app.application)
    if app.slumber is not None:
        yield str(app.slumber)


def _of_registration(app: _App, application: Record) -> Iterator[str]:
    if application.get("signInAudience") in _MULTI_TENANT:
        yield "Other tenants can use the app too."
    usable = [each for each in app.registered if each.is_usable(app.now)]
    if any(each.ends is None or each.ends - each.starts > _LONG for each in usable):
        yield "One of its credentials is valid for more than two years."
    try:
        owners = list(app.data[application_owners].of(application))
    except IncompleteDataset:
        return
    if not owners:
        yield "It has no owner who could be asked."
    else:
        yield (
            f"Its owners ({', '.join(each.title for each in owners[:3])}{', …' if len(owners) > 3 else ''})"
            " can add credentials to it."
        )


def _lately(app: _App, mail: MailFlow | None = None) -> str:
    happened = [f"{said(app.fresh, app.now)} was added"] if app.fresh else []
    happened += [counted(mail.lately)] if mail is not None and mail.lately else []
    text = f" Within the last two weeks {' and '.join(happened)}." if happened else ""
    if mail is not None and mail.together:
        said_so = counted(mail.together)
        text += f" {said_so[0].upper()}{said_so[1:]} within three days of its being given that."
    return text


def _scanner(app: _App) -> str:
    """Whether it looks like a scanner that was given too much: else it only reads, with a role for reading."""
    reader = any(right.reads_exchange for right in app.rights)
    if not reader or any(r.reach is not Reach.SHELL and not r.writes_exchange for r in app.privileges):
        return ""
    return " All else that it holds only reads, as with a scanner like this one: for that, the role to read is enough."


def _beside_scope(app: _App) -> str:
    """A scope in Exchange Online takes nothing away from a permission that was granted in Entra."""
    scoped = {right.name.removeprefix("Application ") for right in app.rights if right.limited}
    if scoped & {right.name for right in app.of(Reach.CONTENT, Reach.MAILBOXES)}:
        return " Its scoped role in Exchange Online doesn't limit that: the two add up."
    return ""


def _names(found: Iterable[Right]) -> str:
    names = list(dict.fromkeys(right.said for right in found))
    more = len(names) - _NAMED
    listed = names[:_NAMED] + ([f"{more} more"] if more > 0 else [])
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _evidence(app: _App, found: Iterable[Right]) -> tuple[Evidence, ...]:
    """What gives the rights, whose app it is, and what it can newly sign in with."""
    origin = shown(app.principal, "appOwnerOrganizationId", "verifiedPublisher")
    return (*(each for right in found for each in right.evidence), *origin, *_of_credentials(app.fresh))


def _of_credentials(found: Iterable[Credential]) -> tuple[Evidence, ...]:
    return tuple(each for credential in found for each in credential.evidence)


def _usable(found: Iterable[Credential], now: datetime) -> bool:
    return any(each.is_usable(now) for each in found)
