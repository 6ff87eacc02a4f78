"""One Conditional Access policy: for whom it is, when it applies, and whether it insists on a second factor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from o365scan.api import Record, UnexpectedType

from .conditional_access_apps import EVERYTHING, names_of

#: True, False, or None where it can't be told.
Tri = bool | None

ENABLED, DISABLED, REPORT_ONLY = "enabled", "disabled", "enabledForReportingButNotEnforced"

CONTEXT = "context:"
"""Before the id of an authentication context, where an application is named."""
ANOTHER_TRUSTED = "another trusted place"

CLIENTS = ("browser", "mobileAppsAndDesktopClients", "other", "easUnsupported", "easSupported")
PLATFORMS = ("windows", "macOS", "iOS", "android", "linux", "unknown", "windowsPhone")
FLOWS = ("", "deviceCodeFlow", "authenticationTransfer")
RISKS = ("none", "low", "medium", "high")

_KNOWN_CONDITIONS = frozenset(
    {
        "applications", "authenticationFlows", "clientApplications", "clientAppTypes", "devices",
        "insiderRiskLevels", "locations", "platforms", "servicePrincipalRiskLevels", "signInRiskLevels",
        "userRiskLevels", "users",
    }
)  # fmt: skip
#: Controls that a stolen password and a device get past. approvedApplication is not enforced any more.
_NOT_MFA = frozenset(
    {"compliantDevice", "domainJoinedDevice", "approvedApplication", "compliantApplication", "passwordChange"}
)
#: Authentication strengths that every tenant has; all three amount to multifactor authentication.
_BUILT_IN_STRENGTHS = {f"00000000-0000-0000-0000-00000000000{number}": "mfa" for number in (2, 3, 4)}


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, as policies tell people apart; all ids are in lower case."""

    id: str
    roles: frozenset[str] = frozenset()
    """Template ids of the built-in roles held now, in the whole tenant."""
    groups: frozenset[str] | None = frozenset()
    """The groups they are in, nested ones included; None if that was not read."""
    all_roles_known: bool = True
    """False if they may hold more roles than these."""
    external: str | None = None
    """One of Microsoft's guestOrExternalUserTypes; None for a member."""


@dataclass(frozen=True)
class OneRule:
    """A device of which only this is known: whether it matches one rule."""

    rule: str
    matched: bool


@dataclass(frozen=True)
class SomewhereIn:
    """A place of which only one location is known that it lies in: it may lie in others too."""

    location: str


@dataclass(frozen=True)
class Tenant:
    """What policies refer to."""

    trusted: Mapping[str, Tri] = field(default_factory=dict)
    """Named locations, and whether each is trusted."""
    countries: frozenset[str] = frozenset()
    """Those of them that are countries, and not ranges of addresses."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What they are called."""
    strengths: Mapping[str, str] = field(default_factory=dict)
    """Authentication strengths, and what each satisfies."""


class Policy:
    """One policy. Reads its record strictly: whoever makes one handles what is missing."""

    def __init__(self, record: Record, tenant: Tenant) -> None:
        self.record = record
        self.tenant = tenant
        self.state = record.text("state")
        self.clients = frozenset(self._clients(record.texts("conditions/clientAppTypes")))
        self.user_risks = record.texts("conditions/userRiskLevels")
        self.sign_in_risks = record.texts("conditions/signInRiskLevels")
        self.include_apps = self._ids("conditions/applications/includeApplications")
        self.exclude_apps = self._ids("conditions/applications/excludeApplications")
        self.contexts = self._contexts()
        self.platforms, strange_platforms = self._platforms()
        self.include_places, self.exclude_places = self._sides("conditions/locations", "Locations")
        self.device_filter = self._device_filter()
        self.flows = _flags(self._flows())
        self.insider_risks = _flags(record.text("conditions/insiderRiskLevels", nullable=True))
        self.unknown = tuple(self._unknown())
        if self.flows is not None and not self.flows.issubset(FLOWS):
            self.unknown += ("authenticationFlows",)
        if strange_platforms:
            self.unknown += ("platforms",)
        self.requires = self._requires()
        # What is missing shows now, whoever is asked about later.
        self.aims_at(Person(""))

    # -- reading -------------------------------------------------------------------------------

    def _flows(self) -> str | None:
        if self.record["conditions/authenticationFlows"] is None:
            return None
        return self.record.text("conditions/authenticationFlows/transferMethods", nullable=True)

    def _ids(self, path: str) -> frozenset[str]:
        """Ids, and the words that stand for many; in lower case, as they may be written in any."""
        return frozenset(each.lower() for each in self.record.texts(path))

    def _contexts(self) -> frozenset[str]:
        path = "conditions/applications/includeAuthenticationContextClassReferences"
        value = self.record.get(path) or ()
        if isinstance(value, tuple):
            return frozenset(map(str, value))
        raise UnexpectedType(
            self.record.dataset.name, self.record.key, path, wanted="a list of texts", found=value
        )

    def _object(self, path: str) -> Mapping[str, Any]:
        """An object; null is an empty one."""
        value = self.record[path]
        if value is None or isinstance(value, Mapping):
            return value or {}
        raise UnexpectedType(self.record.dataset.name, self.record.key, path, wanted="an object", found=value)

    @staticmethod
    def _clients(types: Iterable[str]) -> Iterator[str]:
        for each in types:
            if each == "all":
                yield from CLIENTS
            elif each == "exchangeActiveSync":
                yield from ("easSupported", "easUnsupported")
            else:
                yield each

    def _sides(self, path: str, what: str) -> tuple[frozenset[str] | None, frozenset[str]]:
        """What is included (None: everything) and excluded by a condition that may be absent."""
        if self.record[path] is None:
            return None, frozenset()
        return (
            frozenset(self.record.texts(f"{path}/include{what}", nullable=True)),
            frozenset(self.record.texts(f"{path}/exclude{what}", nullable=True)),
        )

    def _platforms(self) -> tuple[frozenset[str], frozenset[str]]:
        """Those that are chosen, and all that are named and not known."""
        included, excluded = self._sides("conditions/platforms", "Platforms")
        everything = frozenset(PLATFORMS)
        strange = ((included or frozenset()) | excluded) - everything - {"all"}
        chosen = everything if included is None or "all" in included else included
        return chosen - excluded if "all" not in excluded else frozenset(), strange

    def _device_filter(self) -> tuple[str, str] | None:
        """Mode and rule."""
        path = "conditions/devices/deviceFilter"
        if self.record["conditions/devices"] is None or self.record[path] is None:
            return None
        return self.record.text(f"{path}/mode"), " ".join(self.record.text(f"{path}/rule").split())

    def _unknown(self) -> Iterator[str]:
        """Conditions that are set and not understood: who knows when the policy applies."""
        conditions = self._object("conditions")
        yield from (name for name in conditions if name not in _KNOWN_CONDITIONS and conditions[name])
        devices = self._object("conditions/devices")
        yield from (f"devices/{name}" for name in devices if name != "deviceFilter" and devices[name])
        if self._object("conditions/applications").get("applicationFilter"):
            yield "applications/applicationFilter"
        if self.device_filter and self.device_filter[0] not in ("include", "exclude"):
            yield "devices/deviceFilter"

    # -- what it asks for ----------------------------------------------------------------------

    def _requires(self) -> Tri:
        """Does it insist on multifactor authentication, or block? None if it asks a third party or can't be told."""
        if self.record["grantControls"] is None:
            return False
        if "block" in self.record.texts("grantControls/builtInControls"):
            return True
        parts = list(self._controls())
        operator = self.record.text("grantControls/operator", nullable=True)
        verdicts = {"AND": _any(parts), "OR": _all(parts)}
        if operator in verdicts:
            return verdicts[operator]
        return verdicts["AND"] if verdicts["AND"] == verdicts["OR"] else None

    def _controls(self) -> Iterator[Tri]:
        for control in self.record.texts("grantControls/builtInControls"):
            yield True if control == "mfa" else False if control in _NOT_MFA else None
        if strength := self._object("grantControls/authenticationStrength"):
            yield self._is_mfa(strength)
        # A third party's check gives no claim of multifactor authentication, and may be one all the same.
        yield from (None for _ in self.record.texts("grantControls/customAuthenticationFactors"))
        yield from (False for _ in self.record.texts("grantControls/termsOfUse"))

    def _is_mfa(self, strength: Mapping[str, Any]) -> Tri:
        known = {**_BUILT_IN_STRENGTHS, **self.tenant.strengths}
        satisfied = strength.get("requirementsSatisfied") or known.get(str(strength.get("id")))
        return {"mfa": True, "none": False}.get(str(satisfied))

    @property
    def blocks(self) -> bool:
        """Does it let nobody in to whom it applies?"""
        if self.record["grantControls"] is None:
            return False
        return "block" in self.record.texts("grantControls/builtInControls")

    @property
    def asks_a_third_party(self) -> bool:
        return bool(self.record.get("grantControls/customAuthenticationFactors"))

    @property
    def mentions_mfa(self) -> bool:
        """Does it ask for multifactor authentication in some way, if only as one of several choices?"""
        if self.record["grantControls"] is None:
            return False
        controls = self.record.texts("grantControls/builtInControls")
        if "block" in controls:
            return False
        return self.requires is not False or any(each is not False for each in self._controls())

    # -- whom it is for ------------------------------------------------------------------------

    def aims_at(self, person: Person) -> Tri:
        """Is the person included, and not excluded?"""
        if self.record["conditions/users"] is None:
            return False
        included, excluded = self._selects("include", person), self._selects("exclude", person)
        if included is False or excluded is True:
            return False
        return True if included and excluded is False else None

    def excludes(self, person: Person) -> bool:
        """Is the person excluded for certain?"""
        return self.record["conditions/users"] is not None and self._selects("exclude", person) is True

    def _selects(self, side: str, person: Person) -> Tri:
        return _any(each for each, _ in self.selections(side, person))

    @property
    def excluded(self) -> frozenset[str]:
        """The roles and groups that are excluded."""
        return self._ids("conditions/users/excludeRoles") | self._ids("conditions/users/excludeGroups")

    def selections(self, side: str, person: Person) -> Iterator[tuple[Tri, str]]:
        """Each way in which one side of the users' condition may take the person in, and the field."""
        base = f"conditions/users/{side}"
        users = self._ids(f"{base}Users")
        everyone = "all" in users or ("guestsorexternalusers" in users and person.external is not None)
        yield everyone or person.id in users, f"{base}Users"
        groups = self._ids(f"{base}Groups")
        in_group = None if person.groups is None and groups else bool(groups & (person.groups or frozenset()))
        yield in_group, f"{base}Groups"
        roles = self._ids(f"{base}Roles")
        has_role: Tri = bool(roles & person.roles)
        yield has_role or (None if roles and not person.all_roles_known else False), f"{base}Roles"
        yield self._outsiders(f"{base}GuestsOrExternalUsers", person), f"{base}GuestsOrExternalUsers"

    def _outsiders(self, path: str, person: Person) -> Tri:
        chosen = self._object(path)  # null where nobody is chosen; absent, nothing is known
        if not chosen or person.external is None:
            return False
        said = self.record.get(f"{path}/guestOrExternalUserTypes")
        if not isinstance(said, str) or not said:
            return None
        types = _flags(said) or frozenset()
        if person.external not in types:
            return None if "unknownFutureValue" in types else False
        tenants = self.record.get(f"{path}/externalTenants")
        # From which tenant a guest comes is not in the directory, so a list of tenants can't be resolved.
        everywhere = not tenants or self.record.get(f"{path}/externalTenants/membershipKind") == "all"
        return True if everywhere or person.external == "internalGuest" else None

    # -- when it applies -----------------------------------------------------------------------

    def is_for_application(self, application: str, sure: bool) -> bool:
        if application.startswith(CONTEXT):
            return application.removeprefix(CONTEXT) in self.contexts
        names = names_of(application)
        if self.exclude_apps & names:
            return False
        filtered = "applications/applicationFilter" in self.unknown
        return bool(self.include_apps & (names | {EVERYTHING})) or (filtered and not sure)

    def is_for_place(self, place: frozenset[str] | SomewhereIn | None, sure: bool) -> bool:
        """`place`: the locations that it lies in; None for one of which nothing is known."""
        if self.include_places is None:
            return True
        if place is None:
            return False
        if isinstance(place, SomewhereIn):  # and in whatever brings the policy to bear
            place = frozenset({place.location}) | (self.include_places - self.exclude_places)
        trusted = self._is_trusted(place)
        included = "All" in self.include_places or bool(self.include_places & place)
        if "AllTrusted" in self.include_places:
            included = included or trusted is True or (trusted is None and not sure)
        excluded = "All" in self.exclude_places or bool(self.exclude_places & place)
        if "AllTrusted" in self.exclude_places:
            excluded = excluded or trusted is True or (trusted is None and sure)
        return included and not excluded

    def _is_trusted(self, place: frozenset[str]) -> Tri:
        return _any(True if each == ANOTHER_TRUSTED else self.tenant.trusted.get(each) for each in place)

    def is_for_device(self, matching: frozenset[str] | OneRule | None, sure: bool) -> bool:
        """`matching`: the rules that the device matches; None for one of which nothing is known."""
        if self.device_filter is None:
            return True
        if matching is None:
            return not sure
        mode, rule = self.device_filter
        if isinstance(matching, OneRule):
            return not sure if rule != matching.rule else matching.matched == (mode == "include")
        return (rule in matching) == (mode == "include")

    def is_for_client(self, client: str, sure: bool) -> bool:
        return client in self.clients or (not self.clients and not sure)

    def is_for_flow(self, flow: str, sure: bool) -> bool:
        if "authenticationFlows" in self.unknown and not sure:
            return True
        return self.flows is None or flow in self.flows


def _any(parts: Iterable[Tri]) -> Tri:
    seen = set(parts)
    return True if True in seen else None if None in seen else False


def _all(parts: Iterable[Tri]) -> Tri:
    """True of at least one part, and all of them."""
    seen = set(parts)
    return False if False in seen or not seen else None if None in seen else True


def _flags(text: str | None) -> frozenset[str] | None:
    """The members of a flags enumeration, which Graph sends as one text; None if the condition is not set."""
    return None if not text else frozenset(each.strip() for each in text.split(","))
