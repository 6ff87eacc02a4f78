"""The state of one tenant: collections of Microsoft-shaped objects, and the scanner's registration.

The state holds what an administrator decided; what the service derives from it or fills in by default
(Identity, Conditions, nulls) is added as it answers, so that no change leaves a stale copy behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mocktenant import least, saved, seeds
from mocktenant.apps import App, registration
from mocktenant.azure.machine import Machine
from mocktenant.base import Base, seeded
from mocktenant.clouds import CLOUDS, Cloud
from mocktenant.collection import Collection, Object
from mocktenant.declared import Declared
from mocktenant.dns.journal import Lookups
from mocktenant.faults import Faults
from mocktenant.github.issuer import GitHub
from mocktenant.issuers import Issuer
from mocktenant.journal import Journal
from mocktenant.latency import Latencies
from mocktenant.naming import UnknownCollection, UnknownObject, key_in
from mocktenant.permissions import template_ids
from mocktenant.shapes import KEYS, demand_whole, key_of
from mocktenant.steps import steps
from mocktenant.throttle import Throttle
from mocktenant.timer import Timer
from mocktenant_fixtures import Scenario, placed
from mocktenant_fixtures import scenario as story

if TYPE_CHECKING:
    from mocktenant.login.certificates import ClientCertificate


class Tenant:
    """One tenant: what scenario, seed, size and licence decide, and whatever was changed since.

    `licence` is the name of a preset (free, basic, P1, P2, E3 or E5), by default what the scenario says, else P2.
    Raises UnknownScenario, UnknownLicence. Objects are changed by `put`, `patch` and `delete`, in place as `find`
    gives them, or over the control plane; what `collection` and `objects` give is to be read only. `reset` takes
    everything back, in milliseconds.
    """

    def __init__(
        self, scenario: str = "baseline", *, seed: int = 42, size: int = 200, licence: str | None = None
    ) -> None:
        self._found(seeded(scenario, seed, size, licence))

    @classmethod
    def recorded(cls, snapshot: Path) -> Self:
        """A tenant that answers as the one did that a scan recorded, file or folder; nothing in it can be changed.

        Raises SnapshotInvalid; OSError if it can't be read.
        """
        from mocktenant.recorded.base import recorded

        tenant = cls.__new__(cls)
        tenant._found(recorded(snapshot))
        return tenant

    def _found(self, base: Base) -> None:
        self.base: Base = base
        self.faults = Faults()
        self.journal = Journal()
        self.lookups = Lookups()
        self.latencies = Latencies(base.seed)
        self.timer = Timer()
        self._throttle: Throttle | None = None
        self.version = 0
        self._certified = False
        self.cloud: Cloud = CLOUDS["global"]
        """Which of Microsoft's clouds it is in; `reset` leaves it there, since no tenant ever moves."""
        self._lock = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        self._clock = self.base.clock
        self.licences: set[str] = set(self.base.licence.entra)
        self._counters: dict[str, int] = {}
        self.sessions: dict[str, Any] = {}
        """What a service remembers of a caller from one request to the next."""
        self._collections: dict[str, Collection] = {}
        self.happened: list[str] = []
        self.declared: dict[str, Declared] = {}
        self.app = self._registration()
        self.apps: dict[str, App] = {self.app.client_id: self.app}
        self.github = GitHub(self.seed)
        self.issuers: dict[str, Issuer] = {self.github.url: self.github}
        self.machine = Machine(self.seed)

    @property
    def clock(self) -> datetime:
        """The tenant's "now": what the services' answers are dated with. Raises ValueError without a time zone."""
        return self._clock

    @clock.setter
    def clock(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"the clock needs a time zone: {now.isoformat()} has none")
        self._clock = now.astimezone(UTC)

    @property
    def scenario(self) -> Scenario:
        """The story that it began with."""
        return self.base.scenario

    @property
    def seed(self) -> int:
        return self.base.seed

    @property
    def size(self) -> int:
        """How many accounts it began with."""
        return self.base.size

    @property
    def tenant_id(self) -> str:
        return self.base.tenant_id

    @property
    def domain(self) -> str:
        """The initial domain."""
        return self.base.domain

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
        self._certified = True
        if found.der not in self.app.certificates:
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

    # Other apps, and what becomes of tokens.

    def register_app(
        self, name: str, *, roles: Iterable[str] = (), directory_roles: Iterable[str] = ()
    ) -> App:
        """Another app of the tenant, which may sign in with its `client_id` and `client_secret`.

        It appears in the directory as the scanner's does, app roles and directory roles included, until
        `reset`. Raises UnknownDirectoryRole.
        """
        from mocktenant.login import standing

        with self._lock:
            return standing.registered(self, name, set(roles), set(directory_roles))

    def adopt_app(self, key: str) -> App:
        """An app that the directory has (by id, appId or name of its service principal), able to sign in from now on.

        Raises UnknownObject.
        """
        from mocktenant.login import standing

        with self._lock:
            return standing.adopted_from_directory(self, key)

    def revoke_tokens(self, client_id: str | None = None) -> None:
        """Ends the tokens that an app (the scanner's, unless told otherwise) holds; it may get new ones at once."""
        self.apps[client_id or self.client_id].revoked = time.time_ns()

    @property
    def throttle(self) -> Throttle | None:
        """The limits that Graph and Exchange keep; assign "realistic", a Throttle, or None for none."""
        return self._throttle

    @throttle.setter
    def throttle(self, wanted: Throttle | str | None) -> None:
        if isinstance(wanted, str):
            if wanted != "realistic":
                raise ValueError(f"throttle must be realistic, a Throttle or None, not {wanted!r}")
            wanted = Throttle()
        self._throttle = wanted

    def forge(self, kind: str = "valid", *, service: str = "graph", **claims: Any) -> str:
        """A token with something wrong, after `mocktenant.login.forge.KINDS`. Raises UnknownForgery."""
        from mocktenant.login.forge import forge

        return forge(self, kind, service=service, **claims)

    # The directory.

    def licensed(self, plan: str) -> bool:
        """Whether Entra ID P1 or P2 is there; P2 holds all of P1. Change `licences` to take it away."""
        return plan in self.licences or (plan == "P1" and "P2" in self.licences)

    @property
    def domains(self) -> list[str]:
        """The verified domains, lower case."""
        return [str(domain["id"]).lower() for domain in self.objects("domains") if domain.get("isVerified")]

    def is_me(self, name: str) -> bool:
        """Whether a URL's tenant segment means this tenant: its GUID or a verified domain."""
        return name.lower() == self.tenant_id or name.lower() in self.domains

    @property
    def keys(self) -> dict[str, str]:
        """Every collection, and the property that is its objects' key; those declared come last."""
        return KEYS | {name: one.key for name, one in self.declared.items()}

    def declare(
        self,
        name: str,
        *,
        key: str = "id",
        path: str | None = None,
        app_roles: Iterable[str] = (),
        of: str | None = None,
    ) -> Declared:
        """Adds an empty collection of the caller's own; with a path, Graph serves it to who has one of the roles.

        `teams/{id}/channels` is served for each object of the list at `teams`: to which of them an object belongs
        says its property `of`.
        The scanner's app is granted the first of them, as it holds the least of what else is emulated. Once
        more with the same words changes nothing. Raises DeclarationInvalid.
        """
        from mocktenant.graph.declared import demand_room

        new = Declared(name, key, path, tuple(app_roles), of)
        with self._lock:
            demand_room(self, new)
            self.declared[name] = new
            self.app.app_roles.update(new.app_roles[:1])
        return new

    def collection(self, name: str) -> Collection:
        """A collection as key -> object, live and to be read only. Raises UnknownCollection."""
        with self._lock:
            if name not in self._collections:
                if name not in self.keys:
                    raise UnknownCollection(f"no collection {name!r}; there are {', '.join(self.keys)}")
                self._collections[name] = Collection(
                    {} if name in self.declared else self.base.collection(name)
                )
            return self._collections[name]

    def objects(self, name: str) -> list[Object]:
        """A collection's objects now, safe to walk while others change it. Raises UnknownCollection."""
        with self._lock:
            return self.collection(name).objects()

    def get(self, collection: str, key: str) -> Object:
        """An object by its key or its name, to be read only. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            held = self.collection(collection)
            return held[key_in(held, collection, key)]

    def find(self, collection: str, key: str) -> Object:
        """An object by its key or its name: changes in place stick. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            self.version += 1
            held = self.collection(collection)
            return held.own(key_in(held, collection, key))

    def put(self, collection: str, object_: Object) -> Object:
        """Adds an object, or replaces the one with its key; an object without a key gets one from the seed.

        Raises ObjectInvalid for one that no service could show, UnknownCollection.
        """
        declared = self.declared.get(collection)
        demand_whole(collection, object_, declared.needed if declared else ())
        with self._lock:
            self.version += 1
            held = self.collection(collection)
            new = deepcopy(dict(object_))
            keys = self.keys[collection]
            new.setdefault(keys.rpartition("/")[2], self.next_guid(collection))
            held.put(key_of(keys, new), new)
            return new

    def patch(self, collection: str, key: str, changes: Object) -> Object:
        """Changes some properties of an object. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            found = self.find(collection, key)
            found.update(deepcopy(changes))
            return found

    def delete(self, collection: str, key: str) -> None:
        """Removes an object. Raises UnknownCollection or UnknownObject."""
        with self._lock:
            self.version += 1
            held = self.collection(collection)
            held.remove(key_in(held, collection, key))

    def apply(self, scenario: str) -> None:
        """Lets a story happen in the tenant as it is now, wholly or not at all.

        Raises UnknownScenario, or UnknownObject where the story changes what is no longer there.
        """
        told = story(scenario)
        with self._lock:
            before = self._changes()
            try:
                for change in told.changes:
                    held = self.collection(change["collection"])
                    for step in steps(placed(change, self.tenant_id), held.values()):
                        self._apply(step)
            except UnknownObject:
                self._change(before)
                raise
            self.happened.append(told.name)

    def _apply(self, change: Object) -> None:
        collection = change["collection"]
        if "put" in change:
            self.put(collection, change["put"])
        elif "patch" in change:
            self.patch(collection, change["key"], change["patch"])
        else:
            self.delete(collection, change["delete"])

    def reset(self) -> None:
        """Back to the beginning: state, clock, faults, journal, licences and grants. Issued tokens stay valid."""
        with self._lock:
            self.version += 1
            self._begin()
            self.faults.clear()
            self.journal.clear()
            self.lookups.clear()
            self.latencies.clear()
            self.timer.reset()
            self._throttle = None

    def save(self) -> dict[str, Any]:
        """The tenant as it is now, as JSON for `restore`: what it began with and all that changed since."""
        with self._lock:
            return saved.Saved(
                scenario=self.scenario.name,
                seed=self.seed,
                size=self.size,
                licence=self.base.licence.name,
                clock=self.clock,
                licences=self.licences,
                client_id=self.client_id,
                apps=list(self.apps.values()),
                happened=self.happened,
                declared=list(self.declared.values()),
                counters=self._counters,
                changes=self._changes(),
            ).as_json()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Makes the tenant what `save` found, wholly or not at all; faults and journal stay as they are.

        `reset` goes to the beginning of the restored tenant from then on. Raises SavedInvalid,
        UnknownScenario, UnknownLicence.
        """
        found = saved.read(state)
        base = seeded(found.scenario, found.seed, found.size, found.licence)
        declared = {one.name: one for one in found.declared}
        unknown = sorted(found.changes.keys() - KEYS.keys() - declared.keys())
        if unknown:
            raise saved.SavedInvalid(f"changes of unknown collections: {', '.join(unknown)}")
        with self._lock:
            self.base = base
            self._begin()
            self.clock, self.licences = found.clock, found.licences
            self.apps = {app.client_id: app for app in found.apps}
            self.app = self.apps[found.client_id]
            self.happened, self.declared, self._counters = found.happened, declared, found.counters
            self._change(found.changes)

    def _changes(self) -> dict[str, saved.Changes]:
        """What every collection has of its own."""
        with self._lock:
            held = {name: one.changes() for name, one in sorted(self._collections.items())}
        return {name: saved.Changes(**deepcopy(one)) for name, one in held.items() if any(one.values())}

    def _change(self, changes: Mapping[str, saved.Changes]) -> None:
        """Puts all collections back to other changes."""
        self.version += 1
        self._collections = {}
        for name, one in changes.items():
            self.collection(name).change({"put": one.put, "gone": one.gone})

    def permissions(self) -> list[dict[str, Any]]:
        """What each client asked for, the least roles that would have been enough, and what it holds beside."""
        return least.report(self)

    def next_guid(self, kind: str) -> str:
        """The next GUID of a kind (a trace, a request): unlike any before it, and the same next time."""
        with self._lock:
            self._counters[kind] = index = self._counters.get(kind, 0) + 1
        return seeds.guid(seeds.rng(self.seed, f"next/{kind}", index))

    def _registration(self) -> App:
        app = replace(registration(self.seed), client_id=self.base.app.client_id)
        if self._certified:
            app.certificates.append(self.certificate.der)
        return app
