"""A tenant as JSON: what it began with, and what became of it since.

Only changes are in it, so it stays small whatever the tenant's size. The journal, what is planned to go wrong and
GitHub's job are a test's, not the tenant's, and are left out. It holds the apps' secrets: they open a mock tenant
and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from mocktenant.apps import App
from mocktenant.collection import Object
from mocktenant.declared import DeclarationInvalid, Declared

MOST_ACCOUNTS = 500_000
"""Larger tenants would not fit into a small machine's memory."""


class SavedInvalid(ValueError):
    """What is to be restored is no saved state; the message names the place."""


class Changes(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What was put into one collection, by key, and the keys of the base that are gone."""

    put: dict[str, Object]
    gone: list[str]


@dataclass(frozen=True)
class Saved:
    """All that makes a tenant what it is."""

    scenario: str
    seed: int
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_ACCOUNTS)]
    licence: str
    clock: Annotated[datetime, msgspec.Meta(tz=True)]
    licences: set[str]
    client_id: str
    apps: list[App]
    happened: list[str] = field(default_factory=list)
    declared: list[Declared] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    changes: dict[str, Changes] = field(default_factory=dict)
    format: Literal[1] = 1

    def as_json(self) -> dict[str, Any]:
        """The same bytes for the same state."""
        told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self, order="deterministic"))
        return told


def read(given: Mapping[str, Any]) -> Saved:
    """The state that `Saved.as_json` wrote. Raises SavedInvalid."""
    try:
        found = msgspec.convert(given, Saved)
    except (msgspec.ValidationError, DeclarationInvalid) as cause:
        raise SavedInvalid(f"not a saved state: {cause}") from None
    if found.client_id not in {app.client_id for app in found.apps}:
        raise SavedInvalid("not a saved state: client_id names none of the apps")
    return found
