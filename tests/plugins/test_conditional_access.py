"""Conditional Access policies, alone and together: is there a way around them?"""

from __future__ import annotations

from typing import Any

import pytest

from o365scan.api import MissingField, Record
from o365scan_entra.answers import State
from o365scan_entra.conditional_access import ConditionalAccess, Coverage
from o365scan_entra.conditional_access_policy import Person, Policy, Tenant
from o365scan_entra.datasets import conditional_access_policies

ROLE, GROUP, PERSON = "role-1", "group-1", "person-1"
OFFICE, BRANCH, COUNTRY, ABROAD = "office", "branch", "country", "abroad"
TENANT = Tenant(
    trusted={OFFICE: True, BRANCH: False, COUNTRY: False, ABROAD: False},
    countries=frozenset({COUNTRY, ABROAD}),
    names={OFFICE: "Head office"},
    strengths={"strong": "mfa", "weak": "none"},
)
SOMEBODY = Person(PERSON, roles=frozenset({ROLE}), groups=frozenset({GROUP}))

Plain = dict[str, Any]


def grant(*controls: str, operator: str | None = "OR", **more: Any) -> Plain:
    """Grant controls as Graph sends them."""
    empty: Plain = {"customAuthenticationFactors": [], "termsOfUse": [], "authenticationStrength": None}
    return {"builtInControls": list(controls), "operator": operator, **empty, **more}


MFA, BLOCK = grant("mfa"), grant("block")


def users(**more: Any) -> Plain:
    """The users' condition; nobody unless said."""
    sides = {f"{side}{what}": [] for side in ("include", "exclude") for what in ("Users", "Groups", "Roles")}
    guests = {"includeGuestsOrExternalUsers": None, "excludeGuestsOrExternalUsers": None}
    return {**sides, **guests, **more}


EVERYBODY = users(includeUsers=["All"])


def apps(*included: str, exclude: tuple[str, ...] = (), **more: Any) -> Plain:
    """The applications' condition."""
    return {
        "includeApplications": list(included), "excludeApplications": list(exclude), "includeUserActions": [],
        "includeAuthenticationContextClassReferences": [], "applicationFilter": None, **more,
    }  # fmt: skip


def policy(
    name: str = "policy", *, state: str = "enabled", controls: Plain | None = MFA, **conditions: Any
) -> Plain:
    """A policy for everybody and everything, but for what is said."""
    return {
        "id": name,
        "displayName": name,
        "state": state,
        "grantControls": controls,
        "conditions": {
            "users": EVERYBODY, "applications": apps("All"), "clientAppTypes": ["all"], "platforms": None,
            "locations": None, "devices": None, "userRiskLevels": [], "signInRiskLevels": [],
            "servicePrincipalRiskLevels": [], "insiderRiskLevels": None, "clientApplications": None,
            "authenticationFlows": None, **conditions,
        },
    }  # fmt: skip


def places(include: list[str], exclude: list[str]) -> Plain:
    return {"includeLocations": include, "excludeLocations": exclude}


def platforms(include: list[str], exclude: list[str]) -> Plain:
    return {"includePlatforms": include, "excludePlatforms": exclude}


def device(mode: str, rule: str = "device.isCompliant -eq True") -> Plain:
    return {"deviceFilter": {"mode": mode, "rule": rule}}


def guests(types: str, tenants: Plain | None = None) -> Plain:
    return {"guestOrExternalUserTypes": types, "externalTenants": tenants}


def judged(person: Person, *policies: Plain, tenant: Tenant = TENANT) -> Coverage:
    records = [Record(conditional_access_policies, each["id"], each) for each in policies]
    return ConditionalAccess(Policy(each, tenant) for each in records).requires_mfa(person)


Y, N, O = State.YES, State.NO, State.OPEN  # noqa: E741

TOGETHER: dict[str, tuple[State, list[Plain]]] = {
    "nothing": (N, []),
    "one for all": (Y, [policy()]),
    "one for all, and others that say less": (Y, [policy("a", controls=grant("compliantDevice")), policy("b")]),
    "two alternatives are no requirement": (
        N,
        [
            policy("a", controls=grant("mfa", "compliantDevice")),
            policy("b", controls=grant("mfa", "domainJoinedDevice")),
        ],
    ),
    "report-only": (N, [policy(state="enabledForReportingButNotEnforced")]),
    "an unknown state": (O, [policy(state="paused")]),
    "no operator, one control": (Y, [policy(controls=grant("mfa", operator=None))]),
    "no operator, two controls": (O, [policy(controls=grant("mfa", "compliantDevice", operator=None))]),
    "block": (Y, [policy(controls=BLOCK)]),
    "strength or MFA": (Y, [policy(controls=grant("mfa", authenticationStrength={"id": "strong"}))]),
    "weak strength": (N, [policy(controls=grant(authenticationStrength={"id": "weak"}))]),
    "weak strength and MFA": (
        Y,
        [policy(controls=grant("mfa", operator="AND", authenticationStrength={"id": "weak"}))],
    ),
    "unknown strength or device": (
        N,
        [policy(controls=grant("compliantDevice", authenticationStrength={"id": "new"}))],
    ),
    "unknown strength": (O, [policy(controls=grant(authenticationStrength={"id": "new"}))]),
    "clients apart": (
        Y,
        [policy("a", clientAppTypes=["browser"]), policy("b", clientAppTypes=["mobileAppsAndDesktopClients"]),
         policy("c", controls=BLOCK, clientAppTypes=["other", "exchangeActiveSync"])],
    ),
    "Exchange ActiveSync from supported platforms alone": (
        N,
        [policy("a", clientAppTypes=["browser", "mobileAppsAndDesktopClients", "other", "easSupported"])],
    ),
    "no client types": (O, [policy(clientAppTypes=[])]),
    "platform and rest": (
        Y,
        [policy("a", platforms=platforms(["iOS", "android"], [])),
         policy("b", platforms=platforms(["all"], ["android", "iOS"]))],
    ),
    "platforms that leave one out": (
        N,
        [policy("a", platforms=platforms(["iOS"], [])), policy("b", platforms=platforms(["all"], ["android", "iOS"]))],
    ),
    "the gap is where two conditions cross": (
        N,
        [policy("a", platforms=platforms(["all"], ["iOS"])), policy("b", clientAppTypes=["browser"])],
    ),
    "where two conditions cross is covered too": (
        Y,
        [policy("a", platforms=platforms(["all"], ["iOS"])), policy("b", platforms=platforms(["iOS"], []),
         clientAppTypes=["browser"]), policy("c", controls=BLOCK, clientAppTypes=["other", "exchangeActiveSync"]),
         policy("d", platforms=platforms(["iOS"], []), clientAppTypes=["mobileAppsAndDesktopClients"])],
    ),
    "inside and outside": (
        Y, [policy("a", locations=places(["AllTrusted"], [])), policy("b", locations=places(["All"], ["AllTrusted"]))],
    ),
    "trusted covers the office": (
        Y, [policy("a", locations=places(["AllTrusted"], [])), policy("b", locations=places(["All"], [OFFICE]))],
    ),
    "trusted does not cover the branch": (
        N, [policy("a", locations=places(["AllTrusted"], [])), policy("b", locations=places(["All"], [BRANCH]))],
    ),
    "exceptions of ranges may overlap": (
        O, [policy("a", locations=places(["All"], [OFFICE])), policy("b", locations=places(["All"], [BRANCH]))],
    ),
    "exceptions of ranges, and one for both": (
        Y,
        [policy("a", locations=places(["All"], [OFFICE])), policy("b", locations=places(["All"], [BRANCH])),
         policy("c", locations=places([OFFICE, BRANCH], []))],
    ),
    "other countries blocked, the office excepted": (
        N,
        [policy("a", locations=places(["All"], [OFFICE])),
         policy("b", controls=BLOCK, locations=places(["All"], [COUNTRY]))],
    ),
    "other countries blocked, this one asked": (
        Y,
        [policy("a", locations=places([COUNTRY], [])),
         policy("b", controls=BLOCK, locations=places(["All"], [COUNTRY]))],
    ),
    "no place is included": (N, [policy(locations=places([], []))]),
    "more exceptions than can be combined": (
        O, [policy(str(n), locations=places(["All"], [f"range-{n}"])) for n in range(12)],
    ),
    "the same device rule, both ways": (
        Y, [policy("a", devices=device("include")), policy("b", devices=device("exclude"))],
    ),
    "different device rules": (
        O, [policy("a", devices=device("include")), policy("b", devices=device("exclude", "device.model -eq \"X\""))],
    ),
    "different device rules do not hide what is not covered": (
        N,
        [policy("a", devices=device("include"), clientAppTypes=["browser"]),
         policy("b", devices=device("exclude", "device.model -eq \"X\""), clientAppTypes=["browser"])],
    ),
    "a device condition of an older kind": (O, [policy(devices={"includeDevices": ["All"], "deviceFilter": None})]),
    "risks apart": (
        Y, [policy("a", userRiskLevels=["none"]), policy("b", userRiskLevels=["low", "medium", "high"])],
    ),
    "risks of two kinds are not one": (
        N, [policy("a", userRiskLevels=["none", "low"]), policy("b", signInRiskLevels=["medium", "high"])],
    ),
    "insider risk": (N, [policy(insiderRiskLevels="elevated")]),
    "device code apart": (N, [policy(authenticationFlows={"transferMethods": "deviceCodeFlow"})]),
    "an unknown flow": (O, [policy(authenticationFlows={"transferMethods": "carrierPigeon"})]),
    "an unknown condition": (O, [policy(weather=["rain"])]),
    "an unknown condition, and one without it": (Y, [policy("a", weather=["rain"]), policy("b")]),
    "user actions": (N, [policy(applications=apps(includeUserActions=["urn:user:registerdevice"]))]),
    "applications by attribute": (O, [policy(applications=apps(applicationFilter={"mode": "include", "rule": "x"}))]),
    "an application of weight is excepted": (N, [policy(applications=apps("All", exclude=("Office365",)))]),
    "an application of no weight is excepted": (Y, [policy(applications=apps("All", exclude=("app-1",)))]),
    "Office 365 is excepted, of it Exchange covered": (
        N,
        [policy("a", applications=apps("All", exclude=("Office365",))),
         policy("b", applications=apps("00000002-0000-0ff1-ce00-000000000000"))],
    ),
    "Exchange is excepted, Office 365 covered": (
        Y,
        [policy("a", applications=apps("All", exclude=("00000002-0000-0ff1-ce00-000000000000",))),
         policy("b", applications=apps("Office365"))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOGETHER)
def test_policies_together(name: str) -> None:
    expected, policies = TOGETHER[name]
    assert judged(SOMEBODY, *policies).state is expected


GUEST = Person("guest-1", external="b2bCollaborationGuest")
LISTED = {"membershipKind": "enumerated", "members": ["tenant-1"]}
WHOM: dict[str, tuple[State, Person, Plain]] = {
    "by name": (Y, SOMEBODY, users(includeUsers=[PERSON])),
    "by group": (Y, SOMEBODY, users(includeGroups=[GROUP])),
    "by role, in capitals": (Y, SOMEBODY, users(includeRoles=[ROLE.upper()])),
    "by another role": (N, SOMEBODY, users(includeRoles=["role-2"])),
    "exclusion wins": (N, SOMEBODY, users(includeUsers=[PERSON], excludeGroups=[GROUP])),
    "exclusion by role": (N, SOMEBODY, users(includeUsers=["All"], excludeRoles=[ROLE])),
    "a member is no guest": (N, SOMEBODY, users(includeUsers=["GuestsOrExternalUsers"])),
    "guests are excluded, a member is none": (
        Y, SOMEBODY, users(includeUsers=["All"], excludeUsers=["GuestsOrExternalUsers"]),
    ),
    "unknown groups, none named": (Y, Person(PERSON, groups=None), users(includeUsers=["All"])),
    "unknown groups, one excluded": (
        O, Person(PERSON, groups=None), users(includeUsers=["All"], excludeGroups=[GROUP]),
    ),
    "unknown groups, one included": (O, Person(PERSON, groups=None), users(includeGroups=[GROUP])),
    "unknown groups, included anyhow": (
        Y, Person(PERSON, groups=None), users(includeUsers=[PERSON], includeGroups=[GROUP]),
    ),
    "unknown groups, excluded anyhow": (
        N, Person(PERSON, groups=None), users(includeUsers=["All"], excludeUsers=[PERSON], excludeGroups=[GROUP]),
    ),
    "a guest": (Y, GUEST, users(includeUsers=["GuestsOrExternalUsers"])),
    "all includes guests": (Y, GUEST, EVERYBODY),
    "guests of a type": (Y, GUEST, users(includeGuestsOrExternalUsers=guests("internalGuest,b2bCollaborationGuest"))),
    "guests of another type": (N, GUEST, users(includeGuestsOrExternalUsers=guests("internalGuest"))),
    "guests of listed tenants": (O, GUEST, users(includeGuestsOrExternalUsers=guests("b2bCollaborationGuest", LISTED))),
    "guests of all tenants": (
        Y, GUEST, users(includeGuestsOrExternalUsers=guests("b2bCollaborationGuest", {"membershipKind": "all"})),
    ),
    "a guest who was made here, listed tenants": (
        Y, Person("guest-2", external="internalGuest"),
        users(includeGuestsOrExternalUsers=guests("internalGuest", LISTED)),
    ),
    "guests of a type that is not known": (O, GUEST, users(includeGuestsOrExternalUsers=guests("unknownFutureValue"))),
    "a partner's people": (Y, Person("", external="serviceProvider"), EVERYBODY),
    "a partner's people are excluded": (
        N, Person("", external="serviceProvider"),
        users(includeUsers=["All"], excludeGuestsOrExternalUsers=guests("serviceProvider")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOM)
def test_whom_a_policy_is_for(name: str) -> None:
    expected, person, condition = WHOM[name]
    assert judged(person, policy(users=condition)).state is expected


def test_ids_are_compared_in_any_case() -> None:
    shouting = users(includeUsers=[PERSON.upper()])
    assert judged(SOMEBODY, policy(users=shouting)).state is Y
    shouting = users(includeUsers=["All"], excludeGroups=[GROUP.upper()])
    assert judged(SOMEBODY, policy(users=shouting)).state is N


PORTAL, EXCHANGE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "497effe9-df71-4043-a8bb-14cf78c4b63b"
AZURE = "797f4846-ba00-4fd7-ba43-dac1f8f63013"


@pytest.mark.parametrize(
    ("excepted", "by_another", "way_around"),
    [
        ("MicrosoftAdminPortals", None, "to the admin portals"),
        (PORTAL, None, "to the Azure portal"),
        (PORTAL.upper(), None, "to the Azure portal"),
        (PORTAL, "MicrosoftAdminPortals", ""),
        (PORTAL, AZURE.upper(), ""),
        (AZURE, "MicrosoftAdminPortals", "to Azure management"),
        (EXCHANGE_PORTAL, "MICROSOFTADMINPORTALS", ""),
        (EXCHANGE_PORTAL, AZURE, "to the Exchange admin center"),
        (EXCHANGE_PORTAL, "Office365", "to the Exchange admin center"),
    ],
)
def test_portals_by_one_and_as_a_group(excepted: str, by_another: str | None, way_around: str) -> None:
    policies = [policy("a", applications=apps("All", exclude=(excepted,)))]
    if by_another is not None:
        policies.append(policy("b", applications=apps(by_another)))
    coverage = judged(SOMEBODY, *policies)
    assert (coverage.state, coverage.way_around) == (N if way_around else Y, way_around)


def test_a_policy_for_workloads_is_for_nobody() -> None:
    assert judged(SOMEBODY, policy(users=None)).state is N


def test_legacy_clients_are_told_apart() -> None:
    coverage = judged(SOMEBODY, policy(clientAppTypes=["browser", "mobileAppsAndDesktopClients"]))
    assert (coverage.state, coverage.legacy_only) == (N, True)
    assert coverage.way_around == "with a legacy client"
    assert not judged(SOMEBODY, policy(clientAppTypes=["browser"])).legacy_only


def test_the_way_around_is_the_most_ordinary_one() -> None:
    excepted = policy("a", locations=places(["All"], [OFFICE]), platforms=platforms(["all"], ["linux"]))
    assert judged(SOMEBODY, excepted).way_around == 'from the location "Head office"'
    assert judged(SOMEBODY, policy(state="disabled")).way_around == "in the ordinary way"


def test_trust_that_is_not_known_is_neither() -> None:
    unknown = Tenant()
    policies = [
        policy("a", locations=places(["AllTrusted"], [])),
        policy("b", locations=places(["All"], [OFFICE])),
    ]
    assert judged(SOMEBODY, *policies, tenant=unknown).state is O


def test_reasons_name_the_nearest_policies_first() -> None:
    coverage = judged(
        SOMEBODY,
        policy("for others", users=users(includeUsers=["person-2"])),
        policy("at risk", userRiskLevels=["high"]),
        policy("without the group", users=users(includeUsers=["All"], excludeGroups=[GROUP])),
        policy("on trial", state="enabledForReportingButNotEnforced"),
    )
    assert [str(reason) for reason in coverage.reasons] == [
        '"without the group" excludes the account through a group',
        '"on trial" only reports',
        '"at risk" is bound to userRiskLevels',
    ]
    assert coverage.reasons[0].evidence[0].pointer == "/conditions/users/excludeGroups"


def test_reasons_fall_back_on_policies_for_others() -> None:
    coverage = judged(SOMEBODY, policy("for others", users=users(includeUsers=["person-2"])))
    assert [str(reason) for reason in coverage.reasons] == ['"for others" does not include the account']


def test_a_policy_that_could_not_be_read_keeps_a_no_from_being_proven() -> None:
    assert ConditionalAccess([], incomplete=True).requires_mfa(SOMEBODY).state is O


@pytest.mark.parametrize(
    "path", ["clientAppTypes", "locations", "users", "userRiskLevels", "platforms", "devices", "applications"]
)
def test_a_missing_condition_is_no_condition_that_is_not_set(path: str) -> None:
    plain = policy()
    del plain["conditions"][path]
    if path == "users":
        plain["conditions"]["users"] = {"includeUsers": ["All"]}
    with pytest.raises(MissingField):
        Policy(Record(conditional_access_policies, "policy", plain), TENANT)


def test_an_authentication_context() -> None:
    stepped = policy(applications=apps(includeAuthenticationContextClassReferences=["c1"]))
    access = ConditionalAccess([Policy(Record(conditional_access_policies, "p", stepped), TENANT)])
    assert access.requires_mfa_in_context(SOMEBODY, "c1").state is Y
    assert access.requires_mfa_in_context(SOMEBODY, "c2").state is N
    assert access.requires_mfa(SOMEBODY).state is N


def test_many_policies_are_looked_through_in_no_time() -> None:
    many = [
        policy(f"{n}", locations=places(["All"], [f"range-{n}"]), platforms=platforms(["all"], ["linux"]),
               signInRiskLevels=["none", "low"] if n % 2 else [], clientAppTypes=["browser"] if n % 3 else ["all"])
        for n in range(60)
    ]  # fmt: skip
    assert judged(SOMEBODY, *many).state is N
