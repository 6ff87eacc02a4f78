"""The state of one tenant: collections of Microsoft-shaped objects, and the scanner's registration.

The state holds what an administrator decided; what the service derives from it or fills in by default
(Identity, Conditions, nulls) is added as it answers, so that no change leaves a stale copy behind.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mocktenant import seeds
from mocktenant.faults import Faults
from mocktenant.journal import Journal
from mocktenant.permissions import LEAST, resource_of, template_ids
from mocktenant.registration import registered
from mocktenant.shapes import DIRECTORY, key_of
from mocktenant_fixtures import Scenario, baseline_objects, placed
from mocktenant_fixtures import scenario as story

if TYPE_CHECKING:
    from mocktenant.login.certificates import ClientCertificate

Object = dict[str, Any]

APP_ROLES = LEAST | {"Exchange.ManageAsApp"}
"""What the scanner's app is granted unless a test takes something away."""

LICENCES = frozenset({"P1", "P2"})
"""What a tenant has of Entra ID's licences unless a test takes it away."""

_SECRET_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # noqa: S105 - an alphabet

KEYS: dict[str, str] = {
    "acceptedDomains": "Guid",
    "blockedConnectors": "ConnectorId",
    "domains": "id",
    "exchangeServicePrincipals": "Guid",
    "exchangeUsers": "ExternalDirectoryObjectId",
    "inboundConnectors": "Guid",
    "inboxRules": "Guid",
    "mailboxes": "Guid",
    "managementRoleAssignments": "Guid",
    "organization": "id",
    "organizationConfig": "Guid",
    "outboundConnectors": "Guid",
    "remoteDomains": "Guid",
    "roleGroups": "Guid",
    "transportRules": "Guid",
    "users": "id",
    **DIRECTORY,
}
"""Every collection, and the property that is its objects' key; a key of several has `/` between them."""

NAMES = ("Name", "ConnectorName", "userPrincipalName", "displayName", "UserPrincipalName")
"""Properties by which a scenario or the control plane may name an object instead of by its key."""


class UnknownCollection(LookupError):
    """No collection has this name."""


class UnknownObject(LookupError):
    """No object of the collection has this key or name."""


@dataclass
class App:
    """An app registration with its service principal, as far as sign-in looks at it.

    `certificates` are those whose keys may sign its assertions, DER or PEM.
    """

    client_id: str
    client_secret: str
    object_id: str
    display_name: str = "o365scan"
    app_roles: set[str] = field(default_factory=lambda: set(APP_ROLES))
    directory_roles: set[str] = field(default_factory=lambda: {"Global Reader", "Security Reader"})
    secret_expired: bool = False
    enabled: bool = True
    certificates: list[bytes] = field(default_factory=list)

    def roles_for(self, service: str) -> list[str]:
        """The app roles that a token for graph, exchange or management carries, sorted."""
        return sorted(role for role in self.app_roles if resource_of(role) == service)

    def template_ids(self) -> list[str]:
        """The template ids of its directory roles. Raises UnknownDirectoryRole."""
        return template_ids(self.directory_roles)


class Tenant:
    """One tenant, decided wholly by scenario, seed and size.

    Raises UnknownScenario for a name that is no scenario's. People and mailboxes are made when first
    asked for. Objects may be changed in place, by `put`, `patch` and `delete`, or over the control
    plane; `reset` takes everything back to the scenario.
    """

    def __init__(self, scenario: str = "baseline", *, seed: int = 42, size: int = 200) -> None:
        if size < 1:
            raise ValueError(f"size must be at least 1, not {size}")
        self.scenario: Scenario = story(scenario)
        self.seed = seed
        self.size = size
        self.clock: datetime = seeds.clock(seed)
        self.tenant_id = seeds.guid(seeds.rng(seed, "tenant"))
        self.domain = "contoso.onmicrosoft.com"
        self.faults = Faults()
        self.journal = Journal()
        self.licences: set[str] = set(LICENCES)
        self.version = 0
        self._certified = False
        self._lock = threading.RLock()
        self._counters: dict[str, int] = {}
        self._collections: dict[str, dict[str, Object]] = {}
        self.app = self._registration()
        self.apps: dict[str, App] = {self.app.client_id: self.app}

    # The scanner's app: what tests take away or grant.

    @property
    def client_id(self) -> str:
        """The scanner app's client id."""
        return self.app.client_id

    @property
    def client_secret(self) -> str:
        """The scanner app's secret: it looks real and opens only this tenant."""
        return self.app.client_secret

    @property
    def certificate(self) -> ClientCertificate:
        """A certificate with its key for the scanner's app; reading it registers it, for good."""
        from mocktenant.login.certificates import client_certificate

        found = client_certificate()
        if not self._certified:
            self._certified = True
            self.app.certificates.append(found.der)
        return found

    @property
    def app_roles(self) -> set[str]:
        """App roles granted to the scanner's app; change it in place or assign. Tokens already issued keep theirs."""
        return self.app.app_roles

    @app_roles.setter
    def app_roles(self, roles: Iterable[str]) -> None:
        self.app.app_roles = set(roles)

    @property
    def directory_roles(self) -> set[str]:
        """Names of the directory roles held by the scanner's service principal, as for `app_roles`."""
        return self.app.directory_roles

    @directory_roles.setter
    def directory_roles(self, roles: Iterable[str]) -> None:
        names = set(roles)
        template_ids(names)
        self.app.directory_roles = names

    @property
    def secret_expired(self) -> bool:
        """Whether the secret is past its end date (AADSTS7000222)."""
        return self.app.secret_expired

    @secret_expired.setter
    def secret_expired(self, expired: bool) -> None:
        self.app.secret_expired = expired

    @property
    def app_enabled(self) -> bool:
        """Whether the app may sign in at all (AADSTS7000112 if not)."""
        return self.app.enabled

    @app_enabled.setter
    def app_enabled(self, enabled: bool) -> None:
        self.app.enabled = enabled

    # The directory.

    def licensed(self, plan: str) -> bool:
        """Whether Entra ID P1 or P2 is there; P2 holds all of P1. Change `licences` to take it away."""
        return plan in self.licences or (plan == "P1" and "P2" in self.licences)

    @property
    def domains(self) -> list[str]:
        """The verified domains, lower case."""
        return [key.lower() for key, domain in self.collection("domains").items() if domain.get("isVerified")]

    def is_me(self, name: str) -> bool:
        """Whether a URL's tenant segment means this tenant: its GUID or a verified domain."""
        return name.lower() == self.tenant_id or name.lower() in self.domains

    def collection(self, name: str) -> dict[str, Object]:
        """A collection as key -> object, live: changes in place stick. Raises UnknownCollection."""
        if name not in KEYS:
            raise UnknownCollection(f"no collection {name!r}; there are {', '.join(KEYS)}")
        with self._lock:
            if name not in self._collections:
                self._collections[name] = self._built(name)
            return self._collections[name]

    def objects(self, name: str) -> list[Object]:
        """A collection's objects now, safe to walk while others change it. Raises UnknownCollection."""
        with self._lock:
            return list(self.collection(name).values())

    def find(self, collection: str, key: str) -> Object:
        """An object by its key or its name. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            return self.collection(collection)[_key_of(self.collection(collection), collection, key)]

    def put(self, collection: str, object_: Object) -> Object:
        """Adds an object, or replaces the one with its key; an object without a key gets one from the seed."""
        with self._lock:
            self.version += 1
            held = self.collection(collection)
            new = deepcopy(object_)
            last = KEYS[collection].rpartition("/")[2]
            new.setdefault(last, self.next_guid(collection))
            held[key_of(KEYS[collection], new)] = new
            return new

    def patch(self, collection: str, key: str, changes: Object) -> Object:
        """Changes some properties of an object. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            self.version += 1
            found = self.find(collection, key)
            found.update(deepcopy(changes))
            return found

    def delete(self, collection: str, key: str) -> None:
        """Removes an object. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            self.version += 1
            held = self.collection(collection)
            del held[_key_of(held, collection, key)]

    def reset(self) -> None:
        """Back to the scenario: state, faults, journal, licences and the app's grants. Issued tokens stay valid."""
        with self._lock:
            self.version += 1
            self.licences = set(LICENCES)
            self._collections.clear()
            self._counters.clear()
            self.faults.clear()
            self.journal.clear()
            self.app = self._registration()
            self.apps = {self.app.client_id: self.app}

    def next_guid(self, kind: str) -> str:
        """The next GUID of a kind (a trace, a request): unlike any before it, and the same next time."""
        with self._lock:
            self._counters[kind] = index = self._counters.get(kind, 0) + 1
        return seeds.guid(seeds.rng(self.seed, f"next/{kind}", index))

    def _registration(self) -> App:
        source = seeds.rng(self.seed, "app")
        ids = [seeds.guid(source) for _ in range(2)]
        letters = "".join(source.choices(_SECRET_LETTERS, k=37))
        app = App(client_id=ids[0], client_secret=f"{letters[:3]}8Q~{letters[3:]}", object_id=ids[1])
        if self._certified:
            app.certificates.append(self.certificate.der)
        return app

    def _built(self, name: str) -> dict[str, Object]:
        from mocktenant.population_all import generated

        held: dict[str, Object] = {}
        for item in [
            *baseline_objects(name, self.tenant_id),
            *generated(self, name),
            *registered(self, name),
        ]:
            held[key_of(KEYS[name], item)] = item
        for change in self.scenario.changes:
            if change["collection"] == name:
                _apply(held, name, placed(change, self.tenant_id))
        return held


def _apply(held: dict[str, Object], collection: str, change: Object) -> None:
    if "put" in change:
        new = change["put"]
        held[key_of(KEYS[collection], new)] = new
    elif "patch" in change:
        held[_key_of(held, collection, change["key"])].update(change["patch"])
    else:
        del held[_key_of(held, collection, change["delete"])]


def _key_of(held: dict[str, Object], collection: str, key: str) -> str:
    if key in held:
        return key
    for found, item in held.items():
        if key in [item.get(name) for name in NAMES]:
            return found
    raise UnknownObject(f"no object {key!r} in {collection}")
