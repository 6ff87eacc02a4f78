"""What a tenant is before anybody changes it: decided wholly by scenario, seed, size and licence, and made once.

Tenants of one process share it, so that a test's own tenant costs next to nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.apps import App, registration
from mocktenant.collection import Object, Shared
from mocktenant.licences import USUAL, Preset, preset
from mocktenant.naming import key_in
from mocktenant.registration import registered
from mocktenant.shapes import KEYS, key_of
from mocktenant.steps import steps
from mocktenant_fixtures import Scenario, baseline_objects, placed
from mocktenant_fixtures import scenario as story

if TYPE_CHECKING:
    from mocktenant.recorded.dns import Names
    from mocktenant.recorded.exchange import Cmdlets
    from mocktenant.recorded.graph import Lists

_KEPT = 6
"""So many bases are kept for tenants to come; a large one is a few hundred megabytes."""


_MANY = 50_000
"""A collection of more objects is taken out of the garbage collector's sight: they stay and hold no cycles, and
walking through them would stop every request for a good part of a second."""


class Base:
    """One scenario at one seed and size, with one licence. Collections are made when first asked for."""

    def __init__(self, scenario: Scenario, seed: int, size: int, licence: Preset) -> None:
        self.scenario = scenario
        self.licence = licence
        self.seed = seed
        self.size = size
        self.clock: datetime = seeds.clock(seed)
        self.tenant_id = seeds.guid(seeds.rng(seed, "tenant"))
        self.domain = "contoso.onmicrosoft.com"
        self.app: App = registration(seed)
        self.lists: Lists | None = None
        """What Graph answers instead of the state, and `cmdlets` what Exchange does and `names` what
        DNS does, where a scan recorded it."""
        self.cmdlets: Cmdlets | None = None
        self.names: Names | None = None
        self._lock = threading.RLock()
        self._collections: dict[str, dict[str, Object]] = {}

    def collection(self, name: str) -> Mapping[str, Object]:
        """Key -> object; to be read only. Raises KeyError for an unknown name."""
        with self._lock:
            if name not in self._collections:
                with _uncollected():
                    self._collections[name] = held = self._built(name)
                    if len(held) > _MANY:
                        gc.freeze()
            return self._collections[name]

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.collection("users"))

    def objects(self, name: str) -> list[Object]:
        """A collection's objects; to be read only."""
        return list(self.collection(name).values())

    def _built(self, name: str) -> dict[str, Object]:
        from mocktenant.population_all import generated

        keys = KEYS[name]
        made = [*baseline_objects(name, self.tenant_id), *generated(self, name), *registered(self, name)]
        held = {key_of(keys, item): item for item in made}
        for change in self.scenario.changes:
            if change["collection"] == name:
                for step in steps(placed(change, self.tenant_id), held.values()):
                    _apply(held, name, step)
        return {key: Shared(item) for key, item in held.items()}


def seeded(scenario: str, seed: int, size: int, licence: str | None = None) -> Base:
    """The base of a scenario by name; `licence` None is what the scenario says.

    Raises UnknownScenario, UnknownLicence; ValueError for a size below 1.
    """
    chosen = licence or story(scenario).licence or USUAL
    return _seeded(scenario, seed, size, preset(chosen).name)


@lru_cache(maxsize=_KEPT)
def _seeded(scenario: str, seed: int, size: int, licence: str) -> Base:
    if size < 1:
        raise ValueError(f"size must be at least 1, not {size}")
    return Base(story(scenario), seed, size, preset(licence))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would walk through all that is being made, again and again and in vain."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _apply(held: dict[str, Object], collection: str, change: Object) -> None:
    if "put" in change:
        new = change["put"]
        held[key_of(KEYS[collection], new)] = new
    elif "patch" in change:
        held[key_in(held, collection, change["key"])].update(change["patch"])
    else:
        del held[key_in(held, collection, change["delete"])]
