"""Apps that people let into their mail and files are known ones.

## What it looks at

Consent that is for one person (`oauth2PermissionGrants`, `consentType` Principal): the person's own, or an
administrator's for them, which nobody can tell apart. What matters are delegated permissions of Microsoft Graph,
Exchange Online and SharePoint Online for mail, files, sites, chats, notes and contacts, for sending mail, and for
rules (`MailboxSettings.ReadWrite`). Calendars, tasks and profiles are left out, and so are permissions that show no
content (`Mail.ReadBasic`, `Sites.Selected`).

One finding an app, which says what it may do, for how many people, and who the first of them are:

| whose app it is | severity |
|---|---|
| another tenant's, unverified publisher, and its name reads as Microsoft's through look-alike letters | critical |
| another tenant's, unverified publisher | high |
| another tenant's, verified publisher | medium |
| registered in this tenant | medium |
| registered in a tenant of Microsoft's in which its employees register theirs, and its command-line tools | low |
| Microsoft's own | none |
| any of these, disabled here | low |

A verified publisher is a name that Microsoft has seen papers of, and no clearance: verified publishers have
phished for consent. That fewer than three people use an app is said, since what a company uses is used by more.

Consent for everybody is judged by `entra.app-privilege-is-justified`, and so are ids on lists of attackers' apps.
What the app did with the consent is in the audit log.

## Why it matters

Consent phishing takes no password: the victim signs in at Microsoft, second factor and all, and presses *Accept*.
With `offline_access` the app reads mail from anywhere, for months, whatever becomes of the password, and few people
ever look at their own consents.

## Remediation

Ask the people first: a mail program or a meeting recorder they know is one thing, an app they never heard of another.

1. Nobody knows it: in the Microsoft Entra admin centre go to Enterprise applications, the app, Properties, and set
   *Enabled for users to sign-in* to No (`Update-MgServicePrincipal -ServicePrincipalId <id> -AccountEnabled:$false`).
   Deleting it would let the next person consent anew.
2. Revoke what was consented to: `Get-MgOauth2PermissionGrant -Filter "clientId eq '<id>'" -All |
   ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id }`, and the people's sessions:
   `Revoke-MgUserSignInSession -UserId <id>`.
3. Search the audit log for *Consent to application* of that app (when, from which address), and for what it opened
   (MailItemsAccessed with its app id). Look for inbox rules that were made since.
4. Restrict who may consent: `entra.user-consent-is-restricted`.

If it is wanted, consent for everybody or for a group, after looking at what it asks for, and accept it below.

## Options

```toml
[checks."entra.consent-of-a-user-is-expected".accept]
"0848605a-e89d-4700-b174-4a7046724a37" = ["Mail.Read", "EWS.AccessAsUser.All (Office 365 Exchange Online)"]
```

By app id, the permissions that people may give it, as the finding shows them. One more, and the finding is back.

## Sources

- <https://learn.microsoft.com/entra/identity/enterprise-apps/protect-against-consent-phishing>
- <https://learn.microsoft.com/defender-office-365/detect-and-remediate-illicit-consent-grants>
- <https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant>
- <https://attack.mitre.org/techniques/T1528/>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from o365scan.api import (
    Acceptance,
    Data,
    IncompleteDataset,
    Judgement,
    Record,
    Severity,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.app_consents import Consents, consents
from o365scan_entra.app_evidence import shown
from o365scan_entra.app_options import refuse_other_than_app_ids
from o365scan_entra.datasets import applications, delegated_grants, service_principals, users
from o365scan_entra.known_apps import rogue_app
from o365scan_entra.publishers import Owner, hides_a_brand, is_verified, owner

_RARE = 3
_NAMED = 5


@dataclass(frozen=True)
class ExpectedConsents:
    """By app id, what people may let the app do."""

    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_other_than_app_ids("accept", self.accept)

    def accepts(self, app_id: str, found: Consents) -> bool:
        """Is all that people let the app do accepted?"""
        known = {id.lower(): frozenset(scopes) for id, scopes in self.accept.items()}
        return found.scopes.keys() <= known.get(app_id.lower(), frozenset())


@check(
    "entra.consent-of-a-user-is-expected",
    severity=Severity.HIGH,
    reads=[delegated_grants, service_principals, applications],
    optional=[users],
    options=ExpectedConsents,
    attack=["T1528", "T1566.002", "T1114.002", "T1550.001"],
)
def consent_of_a_user_is_expected(data: Data, options: ExpectedConsents) -> Iterator[Judgement]:
    found = consents(data)
    yield from found.doubts
    registered = {each.text("appId") for each in data[applications]}
    for id, consented in found.apps.items():
        principal = data[service_principals].get(id)
        if principal is None:
            grant = consented.grants[0]
            yield undecided(
                "The app that this was consented for is not in the directory.", grant.at("clientId"), at=grant
            )
        else:
            yield from independently(_judged(principal, consented, registered, data, options))


def _judged(
    principal: Record, consented: Consents, registered: set[str], data: Data, options: ExpectedConsents
) -> Iterator[Judgement]:
    app_id = principal.text("appId")
    whose = owner(principal, app_id in registered)
    if whose is Owner.MICROSOFT or options.accepts(app_id, consented):
        return
    yield problem(
        f"{_count(consented)} let this app have: {', '.join(sorted(consented.scopes))}."
        f" It is {whose}.{_remarks(principal, whose, consented)}{_people(consented, data)}",
        *consented.evidence(_NAMED),
        *shown(
            principal, "displayName", "appId", "appOwnerOrganizationId", "verifiedPublisher", "accountEnabled"
        ),
        severity=_severity(principal, whose),
        at=principal,
        accept=_acceptance(principal, consented),
        signs=_signs(principal, whose),
    )


def _acceptance(principal: Record, consented: Consents) -> Acceptance | None:
    """All that people let it have; none while it is disabled, which somebody had a reason for."""
    if principal.flag("accountEnabled", nullable=True) is False:
        return None
    return Acceptance({"accept": {principal.text("appId"): tuple(sorted(consented.scopes))}})


def _signs(principal: Record, whose: Owner) -> Iterator[str]:
    if rogue_app(principal.text("appId")) is not None:
        yield "its id is on a list of apps that intruders use"
    if whose is not Owner.ELSEWHERE:
        return
    if not is_verified(principal):
        yield "its publisher is not verified"
    if hides_a_brand(principal.text("displayName", nullable=True) or ""):
        yield "its name reads as one of Microsoft's products"


def _severity(principal: Record, whose: Owner) -> Severity:
    if principal.flag("accountEnabled", nullable=True) is False or whose is Owner.MICROSOFT_EMPLOYEE:
        return Severity.LOW
    if whose is not Owner.ELSEWHERE or is_verified(principal):
        return Severity.MEDIUM
    name = principal.text("displayName", nullable=True) or ""
    return Severity.CRITICAL if hides_a_brand(name) else Severity.HIGH


def _count(consented: Consents) -> str:
    number = len(consented.people)
    return "One person" if number == 1 else f"{number:,} people"


def _remarks(principal: Record, whose: Owner, consented: Consents) -> str:
    said = ""
    if whose is Owner.ELSEWHERE:
        said += " Its publisher is verified." if is_verified(principal) else " Its publisher is not verified."
    if whose is Owner.ELSEWHERE and hides_a_brand(principal.text("displayName", nullable=True) or ""):
        said += " Its name reads as one of Microsoft's products, through letters that only look like the real ones."
    if len(consented.people) < _RARE:
        said += " Hardly anybody here uses it."
    if consented.lasting:
        said += " It needs nobody to be there: it was given offline_access."
    if principal.flag("accountEnabled", nullable=True) is False:
        said += " It is disabled here: this is what enabling it would bring back."
    return said


def _people(consented: Consents, data: Data) -> str:
    """Who the first of them are, so far as their names can be read."""
    try:
        view = data.get(users)
        found = [view.get(each) for each in list(consented.people)[:_NAMED]] if view is not None else []
    except IncompleteDataset:
        return ""
    names = [each.title for each in found if each is not None]
    more = ", …" if len(consented.people) > len(names) else ""
    return f" Among them: {', '.join(names)}{more}." if names else ""
