"""Apps that are known: to be an attacker's, or to be what attackers like to bring; and the names of Microsoft's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from .tables import table


class Repute(StrEnum):
    """What a list says of an app."""

    MALICIOUS = "malicious"
    """An attacker registered it."""
    TRAITORWARE = "traitorware"
    """A product that intruders consent to; its presence is a lead, not proof."""
    UNCONFIRMED = "unconfirmed"
    """Named by one list whose names contradict the others'."""


@dataclass(frozen=True)
class RogueApp:
    """An app on a published list. `name` is the list's, None where it gives none."""

    name: str | None
    repute: Repute
    sources: tuple[str, ...]


@cache
def _rogue_apps() -> dict[str, RogueApp]:
    return {
        id: RogueApp(name, Repute(kind), tuple(sources))
        for id, name, kind, sources in table("known_apps")["rogue"]
    }


def rogue_app(app_id: str) -> RogueApp | None:
    """The entry of a list of rogue apps for an app id."""
    return _rogue_apps().get(app_id.lower())


@cache
def microsoft_names() -> frozenset[str]:
    """Names of Microsoft's own apps that say so: "Microsoft Graph", "Office 365 Exchange Online"."""
    return frozenset(table("known_apps")["microsoft_names"])
