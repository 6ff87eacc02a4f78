"""Whether a second factor is required of an administrator: by security defaults, policies, or to activate the role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations

from o365scan.api import Data, Evidence, Fields, Record, Undecidable, Undecided

from .answers import YES, Answer, State, read_of
from .conditional_access import ConditionalAccess, Coverage
from .conditional_access_policy import CLIENTS, DISABLED, Person, Policy, Tenant
from .directory import role_assignable_group_policies, role_policies
from .holdings import Administrator, Holding
from .methods import admin_memberships, admin_mfa_requirements
from .people import external_type
from .policies import (
    authentication_strengths,
    conditional_access_policies,
    named_locations,
    security_defaults,
)
from .ways_around import MODERN_CLIENTS

_SHOWN = 3
_ENABLED = "enabled"
_LEGACY_CLIENTS = tuple(each for each in CLIENTS if each not in MODERN_CLIENTS)
_WORSE = (State.YES, State.OPEN, State.NO)
#: So many roles, each of which some policy excludes, are taken together in all ways.
_MANY = 5


@dataclass
class SignInRules:
    """All that decides what is asked of people who sign in."""

    conditional_access: ConditionalAccess
    defaults: Record | None
    """Security defaults; None if they could not be read."""
    activation: dict[str, Record] | None
    """What activating a role asks for, by role; None if it could not be read."""
    unreadable: list[Undecided] = field(default_factory=list)
    """Policies that miss a field, or that could not be read at all."""


def sign_in_rules(data: Data) -> SignInRules:
    """For `data.once`. What could not be read leaves the answers open."""
    policies, unreadable = readable_policies(data)
    defaults, activation = data.get(security_defaults), data.get(role_policies)
    return SignInRules(
        ConditionalAccess(policies, incomplete=bool(unreadable)),
        next(iter(defaults), None) if defaults is not None else None,
        {str(each.get("roleDefinitionId")): each for each in activation} if activation is not None else None,
        unreadable,
    )


def readable_policies(data: Data, tenant: Tenant | None = None) -> tuple[list[Policy], list[Undecided]]:
    """All policies that are not disabled, and what was said of those that can't be read.

    What they refer to is read too, unless a `tenant` is given.
    """
    tenant, policies, unreadable = tenant or _tenant(data), list[Policy](), list[Undecided]()
    try:
        records = list(data[conditional_access_policies])
    except Undecidable as cause:
        records = []
        unreadable.append(Undecided.by(cause))
    for record in records:
        try:
            if record.text("state") != DISABLED:
                policies.append(Policy(record, tenant))
        except Undecidable as cause:
            unreadable.append(Undecided.by(cause))
    return policies, unreadable


def _tenant(data: Data) -> Tenant:
    locations, strengths = list(data.get(named_locations) or ()), data.get(authentication_strengths)
    return Tenant(
        # Countries are never trusted; only address ranges have the mark.
        trusted={each.key: bool(each.get("isTrusted", False)) for each in locations},
        countries=frozenset(each.key for each in locations if "countriesAndRegions" in each),
        names={each.key: each.title for each in locations},
        strengths={each.key: str(each.get("requirementsSatisfied")) for each in strengths or ()},
    )


@dataclass(frozen=True)
class Requirement:
    """Whether a second factor is required, and whether all that is left open is legacy clients."""

    answer: Answer
    coverage: Coverage
    person: Person

    @property
    def legacy_only(self) -> bool:
        return self.answer.state is State.NO and self.coverage.legacy_only


def required(admin: Administrator, rules: SignInRules, data: Data) -> Requirement:
    """Is a second factor required of the administrator before they can use what they hold?

    A field that is missing leaves it open: what is not registered stays so.
    """
    try:
        return _required(admin, rules, data)
    except Undecidable as cause:
        said = f"whether one is required can't be told: {cause}"
        return Requirement(Answer(State.OPEN, said), Coverage(State.OPEN), Person(admin.user.key.lower()))


def _required(admin: Administrator, rules: SignInRules, data: Data) -> Requirement:
    person = person_of(admin, data)
    account, setting = _by_account(admin, data)
    # What the account's own setting does not ask of legacy clients, policies may.
    clients = _LEGACY_CLIENTS if setting == _ENABLED else CLIENTS
    coverage = rules.conditional_access.requires_mfa(person, clients)
    others = (_by_defaults(rules), account)
    worst = _best((*others, _by_policies(coverage), _to_activate(admin, person, rules, data)))
    for taken in _together(admin, person, rules.conditional_access.excluded):
        then = rules.conditional_access.requires_mfa(reduce(having, taken, person), clients)
        asked = (_activating(each, person, rules, data) for each in taken)
        answer = _best((*others, _by_policies(then), *asked))
        if _WORSE.index(answer.state) > _WORSE.index(worst.state):
            said = f"once {' and '.join(each.taken for each in taken)}, {answer.said}"
            worst, coverage = replace(answer, said=said), then
    return Requirement(worst, coverage, person)


def _together(
    admin: Administrator, person: Person, excluded: frozenset[str]
) -> Iterator[tuple[Holding, ...]]:
    """What a person may take at one time, of the roles that are not theirs yet.

    A role takes protection away only if a policy excludes it, or the group that is joined for it; any other can only
    bring more policies to bear, so who wants none leaves it. Of those that do, two may lift two policies which
    neither lifts alone, so they are looked at in all combinations: they are few. Where they are many, each is
    looked at alone, and all together.
    """
    lifting = [
        each for each in (*admin.furthest_first, *admin.other_roles)
        if excluded & _ids(having(person, each)) - _ids(person)
    ]  # fmt: skip
    sizes = range(1, len(lifting) + 1) if len(lifting) <= _MANY else (1, len(lifting))
    for size in sizes:
        yield from combinations(lifting, size)


def _ids(person: Person) -> frozenset[str]:
    return person.roles | (person.groups or frozenset())


def having(person: Person, holding: Holding) -> Person:
    """The person once they made use of it: policies may exclude the role, or the group."""
    if holding.active:
        return person
    if holding.is_targetable:
        person = replace(person, roles=person.roles | {holding.role.key.lower()})
    if holding.is_joined and holding.group is not None and person.groups is not None:
        person = replace(person, groups=person.groups | {holding.group.key.lower()})
    return person


def required_of_partners(rules: SignInRules) -> Answer:
    """Is it required of the people of a partner who administers this tenant?"""
    person = Person("", external="serviceProvider")
    return _best((_by_defaults(rules), _by_policies(rules.conditional_access.requires_mfa(person))))


def person_of(admin: Administrator, data: Data) -> Person:
    """The administrator as policies see them now."""
    groups = read_of(data, admin_memberships, admin.user)
    return Person(
        admin.user.key.lower(),
        roles=admin.targeted_roles,
        all_roles_known=admin.all_roles_known,
        groups=None if groups is None else frozenset(each.key.lower() for each in groups),
        external=external_type(admin.user),
    )


def _best(clauses: Iterable[Answer | None]) -> Answer:
    """One yes is enough; without one, what is open keeps a no from being proven."""
    given = [each for each in clauses if each is not None]
    if any(each.state is State.YES for each in given):
        return YES
    state = State.OPEN if any(each.state is State.OPEN for each in given) else State.NO
    telling = [each for each in given if each.state is state]
    said = "; ".join(each.said for each in telling if each.said)
    return Answer(state, said, tuple(shown for each in given for shown in each.evidence))


def _by_defaults(rules: SignInRules) -> Answer:
    if rules.defaults is None:
        return Answer(State.OPEN, "whether security defaults are on could not be read")
    try:
        is_on = rules.defaults.flag("isEnabled")
    except Undecidable as cause:
        return Answer(State.OPEN, str(cause))
    return YES if is_on else Answer(State.NO, "", (rules.defaults.at("isEnabled"),))


def _by_policies(coverage: Coverage) -> Answer:
    if coverage.state is State.YES:
        return YES
    reasons = coverage.reasons[:_SHOWN]
    evidence = tuple(shown for reason in reasons for shown in reason.evidence)
    named = "; ".join(map(str, reasons)) + ("; and more" if len(coverage.reasons) > _SHOWN else "")
    if coverage.state is State.OPEN:
        way = f"it can't be told that every sign-in is covered, for one {coverage.way_around}"
        return Answer(State.OPEN, f"{way}: {named}" if named else way, evidence)
    if not coverage.reasons:
        return Answer(State.NO, "no policy asks for one", evidence)
    return Answer(State.NO, f"no policy covers a sign-in {coverage.way_around} ({named})", evidence)


def _by_account(admin: Administrator, data: Data) -> tuple[Answer, str]:
    """The older setting of single accounts, and its value. Enabled, it lets legacy clients in until it is enforced."""
    found = read_of(data, admin_mfa_requirements, admin.user)
    setting = str(found[0].get("perUserMfaState")) if found else ""
    if setting == "enforced":
        return YES, setting
    if found and setting in (_ENABLED, "disabled"):
        return Answer(State.NO, "", (found[0].at("perUserMfaState"),)), setting
    what = "is not understood" if setting else "could not be read"
    return Answer(State.OPEN, f"the account's own setting {what}"), setting


# -- activation ------------------------------------------------------------------------------------


def _to_activate(admin: Administrator, person: Person, rules: SignInRules, data: Data) -> Answer | None:
    """Is it asked for when roles are activated, or groups joined? None where a role is held already."""
    if admin.active:
        return None
    answers = [_activating(holding, person, rules, data) for holding in admin.furthest_first]
    worst = [each for each in answers if each.state is State.NO] or [
        each for each in answers if each.state is State.OPEN
    ]
    return worst[0] if worst else YES


def _activating(holding: Holding, person: Person, rules: SignInRules, data: Data) -> Answer:
    if holding.owner is not None and holding.group is not None and not holding.by_role:
        return Answer(State.NO, f"an owner of the group {holding.group.title} joins it without being asked")
    return _best(
        _asked(policy, f"activating {holding}", person, rules)
        for policy in _activation_policies(holding, rules, data)
    )


def _activation_policies(holding: Holding, rules: SignInRules, data: Data) -> Iterator[Record | None]:
    """What has to be gone through, one after the other; None for what could not be read."""
    if holding.by_membership and holding.group is not None:
        access = holding.source.get("accessId", "member")
        found = read_of(data, role_assignable_group_policies, holding.group) or ()
        yield next((each for each in found if each.get("roleDefinitionId") == access), None)
    if holding.by_role:
        yield (rules.activation or {}).get(holding.role.key)


def _asked(policy: Record | None, doing: str, person: Person, rules: SignInRules) -> Answer:
    if policy is None:
        return Answer(State.OPEN, f"what {doing} asks for could not be read")
    try:
        by_id = {rule.text("id"): rule for rule in policy.objects("policy/rules")}
        if _enables_mfa(by_id.get("Enablement_EndUser_Assignment")):
            return YES
        claim = _claim(by_id.get("AuthenticationContext_EndUser_Assignment"))
    except Undecidable as cause:
        return Answer(State.OPEN, f"what {doing} asks for could not be read ({cause})")
    evidence: tuple[Evidence, ...] = (policy.at("roleDefinitionId"),)
    if claim:
        state = rules.conditional_access.requires_mfa_in_context(person, claim).state
        said = f"{doing} asks for the authentication context {claim}, which no policy ties to it for certain"
        return YES if state is State.YES else Answer(state, said, evidence)
    return Answer(State.NO, f"{doing} asks for none", evidence)


def _enables_mfa(rule: Fields | None) -> bool:
    return rule is not None and "MultiFactorAuthentication" in rule.texts("enabledRules", nullable=True)


def _claim(rule: Fields | None) -> str | None:
    """The authentication context that is asked for; none where the rule is off."""
    return rule.text("claimValue", nullable=True) if rule is not None and rule.flag("isEnabled") else None
