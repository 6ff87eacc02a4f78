"""Every administrator has a second factor, and can't sign in without it.

## What it looks at

Everybody who is given an administrative role: directly or through a role-assignable group, as its member or its owner,
now or to be activated in Privileged Identity Management (of roles and of groups), in the whole tenant, one
administrative unit or for one object, built in or custom. Which roles count is this plugin's own list, wider than
Microsoft's `isPrivileged`, which leaves out the administrators of Exchange, SharePoint, Teams and groups; a custom role
counts if it may change anything, or read a recovery key. A role whose holder is no user or group that was read is not
taken for an app's unless Microsoft says so: a user by type, a group, something that is gone or of which nothing is
shown is an open verdict on the assignment, with a name where there is one.

Two questions are asked of each, and a finding says to which the answer is no:

- **Is a second factor registered?** By the registration report (`isMfaCapable`; the report needs Microsoft Entra
  ID P1), else by the account's own methods. A password, an e-mail address and a Temporary Access Pass are none.
  Registered but not allowed by the authentication methods policy is not registered.
- **Is it required?** Yes, if security defaults are on; if Conditional Access policies, taken together, leave no sign-in
  that neither needs multifactor authentication nor is blocked; or by the account's own setting (`perUserMfaState`:
  *enforced*; while it is only *enabled*, legacy clients get in).
  An eligible administrator who holds no role now is also safe if activating asks for it, by itself or through an
  authentication context that a policy ties to it. Policies that exclude an eligible role, or the group through which
  it comes, count as a gap unless activating asks; so do several that are got round by activating several roles
  together. (Up to five such roles are combined in all ways; of more, each alone and all together are looked at.)
  An owner of a group adds themself and is asked nothing, so they are judged like somebody eligible whose activation
  asks for nothing: *through owning the group*. Policies for the role don't catch them before they have done so.

Of a policy every condition is looked at. *MFA or a compliant device* is not MFA, and neither is what only reports or
is switched off. A policy bound to a risk, platform, place, client, device or sign-in flow does not cover the rest, but
several may do so together (one for browsers and apps, and one that blocks legacy clients). A policy for roles does
not catch a role that is held in an administrative unit or has not been activated, nor a custom role. Excluded
groups and roles are resolved to their people. An authentication strength counts by its `requirementsSatisfied`.

Severity is by role and by what is missing. Critical: neither registered nor required, for a role from which the tenant
is one step away. High: one of the two for such a role, or any for one that administers a service or part of the tenant.
Medium: roles that only read how the tenant is defended, and legacy clients as the only ones not covered (they can't
be asked, so they should be blocked). Low: accounts that are disabled now.

Some are no ordinary people, and are judged in their own way:

- **Guests** have their factors at home. If what they did there is believed (`inboundTrust`, of any tenant), whether one
  is registered is open; if not, they have to register here like everybody.
- **Federated domains**: with `enforceMfaByFederatedIdp`, with no setting or none that could be read, and with
  `acceptIfMfaDoneByFederatedIdp` if nothing is registered here, the factor is the identity provider's: open, unless
  the domain is vouched for below.
- **A third party's** control or method is neither none nor proven: open.
- **Break-glass accounts**, named below, may be excluded from policies, and need a passkey or key: Microsoft's admin
  portals ask them for a second factor too.
- **Teams Rooms and resource accounts** (by licence) sign in unattended. Whatever is registered, they should hold no
  role: high.
- **Synchronisation accounts** that hold nothing but that role, service principals, agent identities and their user
  accounts can't do multifactor authentication and are left out.
- **Partners** with delegated administration have no account here: each relationship is listed, as info if their people
  are asked for multifactor authentication, as medium if not. If the relationships can't be read, that is open.

An application that is excepted from such a policy is one finding on the policy, low, with the number of
administrators. Excepting what they administer is as bad as having no policy: Office 365, Exchange, SharePoint, Teams,
the admin portals (together, or one: Azure and Entra, Exchange, Microsoft 365, Security and Compliance), Azure
management, Intune, Graph and the directory's older API.

What can't be seen: who signs in with certificates (no report shows it; name them below); how device rules or named
locations overlap (open if it matters; a range of addresses is taken to lie in each country that policies name);
trusted addresses of the older MFA service; from which tenant a guest comes (a policy for single tenants is open); who
owns a group that is in turn eligible for a role-assignable group; apps that own one, which Microsoft Graph does not
list yet. Security defaults ask the holders of some roles at every sign-in and all others when Microsoft finds it
necessary; both count. An eligible role that is activated while the scan runs counts as held. That Microsoft's portals
ask every administrator themselves is not counted: Exchange Online PowerShell and Microsoft Graph don't.

## Why it matters

A stolen or guessed password of an administrator without a second factor is the tenant. In the campaign that
Microsoft described in September 2022, that is how it began: credential stuffing against administrators without
multifactor authentication, then an app with consent, then connectors and rules. Where it is required
but not registered, whoever knows the password first registers a factor of their own.

## Remediation

1. Register: have the person sign in at <https://aka.ms/mysecurityinfo> from a device you trust, with a passkey if you
   can; hand out a Temporary Access Pass for it (Entra admin centre, Users, the account, Authentication methods), or
   `New-MgUserAuthenticationTemporaryAccessPassMethod -UserId <id>`. If nothing was registered, look through
   the sign-in log first: somebody else may have known the password.
2. Require: in the Entra admin centre go to Protection, Conditional Access, and make a policy from the template
   *Require phishing-resistant multifactor authentication for administrators*, or
   `New-MgIdentityConditionalAccessPolicy`. Include all users or, for roles, name every role; all resources, no
   conditions, *Require authentication strength*; exclude break-glass accounts only. Try it in report-only mode for a
   few days, then switch it on. Without Microsoft Entra ID P1 turn on security defaults (Overview, Properties), or
   `Update-MgPolicyIdentitySecurityDefaultEnforcementPolicy -IsEnabled:$true`.
3. For roles held in administrative units, custom roles and eligible ones, target the people (all users, or a
   group), and require multifactor authentication at activation (Privileged Identity Management, Microsoft
   Entra roles, Settings).
4. Take roles from accounts of rooms and services, and from guests and partners who don't need them. Take owners
   from groups that hold roles (Groups, the group, Owners, or `Remove-MgGroupOwnerByRef`): Privileged Role
   Administrators manage the members, or make the ownership an eligible one.

## Options

```toml
[checks."entra.admin-has-mfa"]
break_glass = ["break.glass@contoso.com"]
certificate_users = ["admin.certificate@contoso.com"]
federated_domains = ["fabrikam.com"]
applications = ["d4ebce55-015a-49b5-a083-c84d1797ae8c"]
partners = ["00000000-0000-0000-0000-000000000000"]
```

`break_glass` and `certificate_users` are user principal names or object ids. `certificate_users` sign in with a
certificate that counts as multifactor. `federated_domains` are those whose identity provider has everybody register
a second factor. `applications` may be excepted from policies (by app id). `partners` are ids of relationships, or of
tenants, that are known.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions>
- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy>
- <https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy>
- <https://learn.microsoft.com/graph/api/resources/userregistrationdetails>
- <https://learn.microsoft.com/graph/identity-governance-pim-rules-overview>
- <https://learn.microsoft.com/entra/fundamentals/security-defaults>
- <https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access>
- <https://www.microsoft.com/security/blog/2022/09/22/malicious-oauth-applications-used-to-compromise-email-servers-and-spread-spam/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    Problem,
    Record,
    Severity,
    Undecidable,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.admin_judging import held, if_disabled, is_named, unknown_roles
from o365scan_entra.administrators import READS, administrators
from o365scan_entra.answers import YES, Answer, State
from o365scan_entra.app_credentials import moment
from o365scan_entra.datasets import (
    admin_authentication_methods,
    admin_memberships,
    admin_mfa_requirements,
    authentication_strengths,
    conditional_access_policies,
    cross_tenant_access,
    cross_tenant_partners,
    delegated_admins,
    domains,
    federation,
    named_locations,
    organization,
    registration_details,
    role_assignable_group_policies,
    role_policies,
    security_defaults,
    users,
)
from o365scan_entra.exempted import Exempted
from o365scan_entra.holdings import Administrator, told
from o365scan_entra.partners import partners
from o365scan_entra.people import is_agent, is_room
from o365scan_entra.registration import has_passkey, registered
from o365scan_entra.requirement import (
    Requirement,
    SignInRules,
    required,
    sign_in_rules,
)
from o365scan_entra.roles import Level

_NEW = timedelta(days=90)


@dataclass(frozen=True)
class Exceptions:
    """What the organisation knows of itself that no record tells."""

    break_glass: tuple[str, ...] = ()
    certificate_users: tuple[str, ...] = ()
    federated_domains: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@check(
    "entra.admin-has-mfa",
    severity=Severity.HIGH,
    reads=[users, *(each for each in READS if each is not users), domains, conditional_access_policies],
    optional=[
        security_defaults,
        named_locations,
        authentication_strengths,
        registration_details,
        admin_authentication_methods,
        admin_mfa_requirements,
        admin_memberships,
        role_policies,
        role_assignable_group_policies,
        federation,
        cross_tenant_access,
        cross_tenant_partners,
        delegated_admins,
        organization,
    ],
    options=Exceptions,
    attack=["T1078.004", "T1110", "T1556.006"],
    controls=["SCuBA/MS.AAD.3.2v2", "CIS-M365-7.0/5.2.2.1", "CIS-M365-7.0/5.2.3.4"],
)
def admin_has_mfa(data: Data, options: Exceptions, now: datetime) -> Iterator[Judgement]:
    everybody, rules = data.once(administrators), data.once(sign_in_rules)
    exempted = Exempted()
    yield from rules.unreadable
    yield from everybody.doubts
    for admin in everybody.people.values():
        judged = independently(_judge(admin, rules, exempted, data, options))
        yield from judged if _is_settled(admin.user, now) else map(_not_acceptable, judged)
    yield from independently(
        unknown_roles(everybody.unknown),
        exempted.judged(options.applications),
        partners(rules, data, options.partners),
    )


def _is_settled(user: Record, now: datetime) -> bool:
    """Is the account older than what an intruder would have made?"""
    created = moment(user.get("createdDateTime"))
    return created is not None and created < now - _NEW


def _not_acceptable(judgement: Judgement) -> Judgement:
    if not isinstance(judgement, Problem):
        return judgement
    return replace(
        judgement, accept=None, signs=("the account is new, or nobody knows since when it exists",)
    )


def _judge(
    admin: Administrator, rules: SignInRules, exempted: Exempted, data: Data, options: Exceptions
) -> Iterator[Judgement]:
    user = admin.user
    if is_agent(user):
        return
    enabled = user.flag("accountEnabled")
    for judgement in _judge_kind(admin, rules, exempted if enabled else Exempted(), data, options):
        yield judgement if enabled else if_disabled(judgement)


def _judge_kind(
    admin: Administrator, rules: SignInRules, exempted: Exempted, data: Data, options: Exceptions
) -> Iterator[Judgement]:
    if is_room(admin.user):
        yield problem(
            f"{told(admin.holdings)}: this is the account of a room or device (by its licence), which signs in"
            " unattended with a password and should hold no role.",
            admin.user.at("assignedLicenses"),
            *held(admin),
            severity=_by_reach(admin),
            at=admin.user,
            signs=(),
        )
    elif is_named(admin.user, options.break_glass):
        yield from _break_glass(admin, data, options)
    else:
        yield from _person(admin, rules, exempted, data, options)


def _person(
    admin: Administrator, rules: SignInRules, exempted: Exempted, data: Data, options: Exceptions
) -> Iterator[Judgement]:
    factor, requirement = _registered(admin.user, data, options), required(admin, rules, data)
    need = requirement.answer
    if State.NO in (factor.state, need.state):
        yield problem(
            f"{told(admin.holdings)}: {_missing(factor, requirement)}.",
            admin.user.at("userPrincipalName"),
            *held(admin),
            *(factor.evidence if factor.state is not State.YES else ()),
            *(need.evidence if need.state is not State.YES else ()),
            severity=_severity(admin, factor, requirement),
            at=admin.user,
            accept=_acceptance(admin, factor, requirement, rules, data),
            signs=(),
        )
    elif State.OPEN in (factor.state, need.state):
        doubts = [each for each in (factor, need) if each.state is State.OPEN]
        said = "; ".join(each.said for each in doubts)
        shown = [evidence for each in doubts for evidence in each.evidence]
        yield undecided(f"{told(admin.holdings)}: {said}.", *shown, at=admin.user)
    elif requirement.coverage.state is State.YES:
        for policy, application in rules.conditional_access.exempt_applications(requirement.person):
            exempted.add(policy, application)


def _acceptance(
    admin: Administrator, factor: Answer, requirement: Requirement, rules: SignInRules, data: Data
) -> Acceptance | None:
    """An account of the directory's own with a passkey that every policy spares is made like a break-glass account."""
    user = admin.user
    made_so = (
        State.YES is factor.state
        and State.NO is requirement.answer.state
        and user.get("onPremisesSyncEnabled") is not True
        and has_passkey(user, data).state is State.YES
        and rules.conditional_access.spare(requirement.person)
    )
    name = user.text("userPrincipalName")
    return Acceptance({"break_glass": (name,)}) if made_so else None


def _registered(user: Record, data: Data, options: Exceptions) -> Answer:
    if is_named(user, options.certificate_users):
        return YES
    try:
        return registered(user, data, frozenset(each.lower() for each in options.federated_domains))
    except Undecidable as cause:  # what is not required stays so
        return Answer(State.OPEN, f"whether a second factor is registered can't be told: {cause}")


def _missing(factor: Answer, requirement: Requirement) -> str:
    """Which of the two is missing, and why."""
    need = requirement.answer
    if need.state is State.YES:
        return f"{factor.said}, though one is required: whoever first signs in with the password registers theirs"
    said = {
        State.YES: "a second factor is registered",
        State.OPEN: factor.said,
        State.NO: factor.said,
    }[factor.state]
    if need.state is State.OPEN:
        return f"{said}; whether one is required is open, as {need.said}"
    what = "legacy clients get in without one" if requirement.legacy_only else "none is required"
    return f"{said}, {'and' if factor.state is State.NO else 'but'} {what}: {need.said}"


def _severity(admin: Administrator, factor: Answer, requirement: Requirement) -> Severity:
    if requirement.legacy_only and factor.state is not State.NO:
        return Severity.MEDIUM
    neither = factor.state is State.NO and requirement.answer.state is State.NO
    if neither and not requirement.legacy_only and admin.reach is Level.TENANT:
        return Severity.CRITICAL
    return _by_reach(admin)


def _by_reach(admin: Administrator) -> Severity:
    return Severity.MEDIUM if admin.reach is Level.READER else Severity.HIGH


def _break_glass(admin: Administrator, data: Data, options: Exceptions) -> Iterator[Judgement]:
    certificate = is_named(admin.user, options.certificate_users)
    answer = YES if certificate else has_passkey(admin.user, data)
    said = f"{told(admin.holdings)}, a break-glass account: {answer.said}"
    if answer.state is State.NO:
        yield problem(
            f"{said}, so the admin portals, which ask it for a second factor too, keep it out when it is needed.",
            admin.user.at("userPrincipalName"),
            *answer.evidence,
            severity=Severity.HIGH,
            at=admin.user,
            signs=(),
        )
    elif answer.state is State.OPEN:
        yield undecided(f"{said}.", at=admin.user)
