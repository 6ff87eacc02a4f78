"""Collections that a test brings itself, and where Graph serves them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mocktenant.shapes import KEYS

_NAME = re.compile(r"[A-Za-z]\w{0,63}")
_PATH = re.compile(r"[A-Za-z][\w.]*(/\{id\})?(/[A-Za-z][\w.]*(/\{id\})?)*")
_ID = "{id}"


class DeclarationInvalid(ValueError):
    """A collection that can't be declared so; the message says why."""


@dataclass(frozen=True)
class Declared:
    """A collection beside those that every tenant has.

    `key` is the property that names its objects, or several with `/` between them. With a `path`, as
    `security/attackSimulation/simulations`, Graph serves it as a list in both versions, and any one of
    `app_roles` reads it, the least privileged first.

    `{id}` in a path, as in `teams/{id}/channels`, is an object of the list that the path before it names. Then
    `of` is the property of this collection's objects that holds the id of the last such object; it is the
    state's own and never sent. Raises DeclarationInvalid.
    """

    name: str
    key: str = "id"
    path: str | None = None
    app_roles: tuple[str, ...] = ()
    of: str | None = None

    @property
    def above(self) -> str | None:
        """The path of the list to which the last `{id}` belongs; None where the path has none."""
        before, found, _ = (self.path or "").rpartition(f"/{_ID}")
        return before if found else None

    @property
    def needed(self) -> tuple[str, ...]:
        """What an object must have beside its key, since it would belong nowhere without."""
        return () if self.of is None else (self.of,)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DeclarationInvalid(f"{self.name!r} is no name for a collection: letters, digits and _")
        if self.name in KEYS:
            raise DeclarationInvalid(f"every tenant has {self.name}: write into it as it is")
        if not all(_NAME.fullmatch(part) for part in self.key.split("/")):
            raise DeclarationInvalid(f"{self.key!r} is no property's name, or several with / between them")
        self._demand_path()

    def _demand_path(self) -> None:
        if self.path is not None and (not _PATH.fullmatch(self.path) or self.path.endswith(_ID)):
            raise DeclarationInvalid(
                f"{self.path!r} is no path of a list below the version: say security/labels, or"
                f" teams/{_ID}/channels with {_ID} for each key in it"
            )
        if (self.path is None) != (not self.app_roles):
            raise DeclarationInvalid("a path and the app_roles that read it go together")
        if (self.above is None) != (self.of is None):
            raise DeclarationInvalid(
                f"a path with {_ID} in it, and `of`, the property that holds that id, go together"
            )
        if self.of is not None and not _NAME.fullmatch(self.of):
            raise DeclarationInvalid(f"{self.of!r} is no property's name")
