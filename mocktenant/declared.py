"""Collections that a test brings itself, and where Graph serves them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mocktenant.shapes import KEYS

_NAME = re.compile(r"[A-Za-z]\w{0,63}")
_PATH = re.compile(r"[A-Za-z][\w.]*(/[A-Za-z][\w.]*)*")


class DeclarationInvalid(ValueError):
    """A collection that can't be declared so; the message says why."""


@dataclass(frozen=True)
class Declared:
    """A collection beside those that every tenant has.

    `key` is the property that names its objects, or several with `/` between them. With a `path`, as
    `security/attackSimulation/simulations`, Graph serves it as a list in both versions, and any one of
    `app_roles` reads it, the least privileged first. Raises DeclarationInvalid.
    """

    name: str
    key: str = "id"
    path: str | None = None
    app_roles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DeclarationInvalid(f"{self.name!r} is no name for a collection: letters, digits and _")
        if self.name in KEYS:
            raise DeclarationInvalid(f"every tenant has {self.name}: write into it as it is")
        if not all(_NAME.fullmatch(part) for part in self.key.split("/")):
            raise DeclarationInvalid(f"{self.key!r} is no property's name, or several with / between them")
        if self.path is not None and not _PATH.fullmatch(self.path):
            raise DeclarationInvalid(
                f"{self.path!r} is no path below the version, without a key in it: say security/labels"
            )
        if (self.path is None) != (not self.app_roles):
            raise DeclarationInvalid("a path and the app_roles that read it go together")
