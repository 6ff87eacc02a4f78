"""What people have in the directory: groups, methods of authentication, and what activating a role takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mocktenant import seeds
from mocktenant.population import DEPARTMENTS, Person, people_of, stamp

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - the id of everybody's
_PROJECTS = ("Atlas", "Birch", "Comet", "Delta", "Ember", "Fjord")
_ONE_IN_PROJECT = 12

_HABITS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.70, ("microsoftAuthenticatorPush", "softwareOneTimePasscode")),
    (0.82, ("microsoftAuthenticatorPush", "softwareOneTimePasscode", "mobilePhone")),
    (0.92, ("microsoftAuthenticatorPush", "softwareOneTimePasscode", "windowsHelloForBusiness")),
    (0.97, ("passKeyDeviceBound", "mobilePhone")),
    (1.00, ()),
)
"""Share of people up to -> what they registered, in the report's words."""

_STRONG = {"passKeyDeviceBound", "windowsHelloForBusiness"}
_PREFERENCES = {
    "passKeyDeviceBound": ("Fido2", "push"),
    "microsoftAuthenticatorPush": ("PhoneAppNotification", "push"),
}


def groups(tenant: Base) -> list[Object]:
    """One security group a department, one of all of those, and the groups of projects."""
    created = stamp(tenant.clock - timedelta(days=700))
    secure = [*(f"Department {name}" for name in DEPARTMENTS), "All departments"]
    made: list[Object] = [_group(tenant, name, created) for name in secure]
    for name in _PROJECTS:
        mail = f"project-{name.lower()}@contoso.com"
        unified = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False, "mail": mail}
        made.append(_group(tenant, f"Project {name}", created) | unified)
    return made


def group_members(tenant: Base) -> list[Object]:
    """Who is where; the group of all departments holds groups, not people."""
    everyone = _group_id(tenant, "All departments")
    departments = {name: _group_id(tenant, f"Department {name}") for name in DEPARTMENTS}
    projects = [_group_id(tenant, f"Project {name}") for name in _PROJECTS]
    found = [{"groupId": everyone, "memberId": one} for one in departments.values()]
    for person in people_of(tenant):
        if person.kind != "member":
            continue
        found.append({"groupId": departments[person.department], "memberId": person.id})
        if person.index % _ONE_IN_PROJECT == 0:
            project = projects[person.index // _ONE_IN_PROJECT % len(projects)]
            found.append({"groupId": project, "memberId": person.id})
    return found


def registration_details(tenant: Base) -> list[Object]:
    """A row of the registration report for each account that a person uses."""
    updated = stamp(tenant.clock - timedelta(hours=26))
    return [_registration(tenant, person, updated) for person in people_of(tenant)]


def authentication_methods(tenant: Base) -> list[Object]:
    """Each account's methods: a password, and what was registered. Guests' methods live at home."""
    return [
        method
        for person in people_of(tenant)
        if person.kind != "guest"
        for method in _methods(tenant, person)
    ]


def role_management_policies(tenant: Base) -> list[Object]:
    """One policy a built-in role, and two a group that can hold roles: for its members and its owners.

    An activation takes a second factor and a reason, and lasts eight hours.
    """
    built_in = [role["id"] for role in tenant.objects("roleDefinitions") if role.get("isBuiltIn")]
    holders = [group["id"] for group in tenant.objects("groups") if group.get("isAssignableToRole")]
    return [
        *(_policy(tenant, "/", "DirectoryRole", role) for role in built_in),
        *(_policy(tenant, group, "Group", access) for group in holders for access in ("member", "owner")),
    ]


def _group(tenant: Base, name: str, created: str) -> Object:
    return {
        "id": _group_id(tenant, name),
        "createdDateTime": created,
        "displayName": name,
        "groupTypes": [],
        "mail": None,
        "mailEnabled": False,
        "mailNickname": name.replace(" ", "").lower(),
        "renewedDateTime": created,
        "securityEnabled": True,
        "visibility": "Private",
    }


def _group_id(tenant: Base, name: str) -> str:
    return seeds.guid(seeds.rng(tenant.seed, f"group/{name}"))


def _registered(tenant: Base, person: Person) -> tuple[str, ...]:
    if person.kind == "guest":
        return ("microsoftAuthenticatorPush",)
    if person.kind != "member":
        return ()
    drawn = seeds.Source(tenant.seed, "methods", person.index).random()
    return next(methods for share, methods in _HABITS if drawn < share)


def _registration(tenant: Base, person: Person, updated: str) -> Object:
    methods = _registered(tenant, person)
    strong = not _STRONG.isdisjoint(methods)
    system, preferred = next((_PREFERENCES[name] for name in _PREFERENCES if name in methods), (None, "none"))
    return {
        "id": person.id,
        "isAdmin": False,
        "isMfaCapable": bool(methods),
        "isMfaRegistered": bool(methods),
        "isPasswordlessCapable": strong,
        "isSsprCapable": False,
        "isSsprEnabled": False,
        "isSsprRegistered": False,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "lastUpdatedDateTime": updated,
        "methodsRegistered": list(methods),
        "systemPreferredAuthenticationMethods": [system] if system else [],
        "userDisplayName": person.name,
        "userPreferredMethodForSecondaryAuthentication": preferred,
        "userPrincipalName": person.upn(tenant.domain),
        "userType": "guest" if person.kind == "guest" else "member",
    }


def _methods(tenant: Base, person: Person) -> list[Object]:
    began = stamp(person.created)
    password = {"id": _PASSWORD_METHOD, "@odata.type": _type("password"), "createdDateTime": began}
    held: list[Object] = [{"userId": person.id, **password}]
    registered = _registered(tenant, person)
    if registered:
        source = seeds.Source(tenant.seed, "method ids", person.index)
        created = stamp(person.created + timedelta(days=1))
        held += [
            {"userId": person.id, "id": seeds.guid(source), "createdDateTime": created, **_MADE[name]}
            for name in registered
            if name in _MADE
        ]
    return held


def _type(kind: str) -> str:
    return f"#microsoft.graph.{kind}AuthenticationMethod"


_MADE: dict[str, Object] = {
    "microsoftAuthenticatorPush": {
        "@odata.type": _type("microsoftAuthenticator"),
        "displayName": "Phone",
        "deviceTag": "SoftwareTokenActivated",
        "phoneAppVersion": "6.2601.0130",
    },
    "mobilePhone": {
        "@odata.type": _type("phone"),
        "phoneNumber": "+1 4255550100",
        "phoneType": "mobile",
        "smsSignInState": "notAllowedByPolicy",
    },
    "passKeyDeviceBound": {
        "@odata.type": _type("fido2"),
        "displayName": "Security key",
        "aaGuid": "2fc0579f-8113-47ea-b116-bb5a8db9202a",
        "attestationLevel": "attested",
        "passkeyType": "deviceBound",
    },
    "windowsHelloForBusiness": {
        "@odata.type": _type("windowsHelloForBusiness"),
        "displayName": "Laptop",
        "keyStrength": "normal",
    },
}
"""What a registered method is in the list of methods; a one-time passcode belongs to the Authenticator."""


def _policy(tenant: Base, scope: str, kind: str, role_id: str) -> Object:
    unique = seeds.guid(seeds.rng(tenant.seed, f"policy/{scope}/{role_id}"))
    policy_id = f"{kind}_{tenant.tenant_id if scope == '/' else scope}_{unique}"
    return {
        "id": f"{policy_id}_{role_id}",
        "policyId": policy_id,
        "roleDefinitionId": role_id,
        "scopeId": scope,
        "scopeType": kind,
        "policy": {
            "id": policy_id,
            "description": kind,
            "displayName": kind,
            "isOrganizationDefault": False,
            "lastModifiedDateTime": "2025-03-03T09:00:00Z",
            "scopeId": scope,
            "scopeType": kind,
            "rules": _rules(),
        },
    }


def _rules() -> list[Object]:
    """The rules about time, factors, approval and context; those about notifications are left out."""
    lasting, factors = "Expiration", "Enablement"
    return [
        _rule(lasting, "Admin", "Eligibility", isExpirationRequired=False, maximumDuration="P365D"),
        _rule(factors, "Admin", "Eligibility", enabledRules=[]),
        _rule(lasting, "Admin", "Assignment", isExpirationRequired=False, maximumDuration="P180D"),
        _rule(factors, "Admin", "Assignment", enabledRules=["MultiFactorAuthentication", "Justification"]),
        _rule(lasting, "EndUser", "Assignment", isExpirationRequired=True, maximumDuration="PT8H"),
        _rule(factors, "EndUser", "Assignment", enabledRules=["MultiFactorAuthentication", "Justification"]),
        _rule(
            "Approval", "EndUser", "Assignment", setting={"isApprovalRequired": False, "approvalStages": []}
        ),
        _rule("AuthenticationContext", "EndUser", "Assignment", isEnabled=False, claimValue=""),
    ]


def _rule(kind: str, caller: str, level: str, **said: Any) -> Object:
    return {
        "@odata.type": f"#microsoft.graph.unifiedRoleManagementPolicy{kind}Rule",
        "id": f"{kind}_{caller}_{level}",
        "target": {
            "caller": caller,
            "operations": ["All"],
            "level": level,
            "inheritableSettings": [],
            "enforcedSettings": [],
        },
        **said,
    }
