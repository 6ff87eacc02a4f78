"""Which requests a fault or a latency is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class FaultInvalid(ValueError):
    """A fault or latency that can't be meant; the message names the field."""


@dataclass(frozen=True)
class Asked:
    """One request as it is matched: `mailbox` are all identities of the mailbox that it is about, lower case."""

    host: str
    method: str
    path: str
    query: str = ""
    cmdlet: str | None = None
    named: str | None = None
    mailbox: frozenset[str] = frozenset()
    batched: bool = False
    dns: bool = False
    """A question to DNS: `host` and `path` are the name, `method` is the type."""

    @property
    def identity(self) -> str:
        """The same for a request that is sent again."""
        parts = (self.method, self.host, self.path, self.query, self.cmdlet or "", self.named or "")
        return "\n".join(parts)


@dataclass(frozen=True)
class Which:
    """The requests that are meant.

    `host` and `method` match without regard to case, `path` is a shell pattern (`/v1.0/users*`),
    `cmdlet` the name of an Exchange cmdlet, `mailbox` any identity of the mailbox that the command is about.
    Items of a batch are requests of their own: `batched` True means them only, False all others. A field
    left None matches everything.
    """

    host: str | None = None
    method: str | None = None
    path: str | None = None
    cmdlet: str | None = None
    mailbox: str | None = None
    batched: bool | None = None

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """One from a JSON object. Raises FaultInvalid for an unknown field or an impossible value."""
        if not isinstance(data, dict):
            raise FaultInvalid(f"a {cls.__name__.lower()} is a JSON object")
        known = {f.name for f in fields(cls)}
        for name in data:
            if name not in known:
                raise FaultInvalid(f"{name}: no such field; known are {', '.join(sorted(known))}")
        for name in ("host", "method", "path", "cmdlet", "mailbox"):
            if not isinstance(data.get(name), str | None):
                raise FaultInvalid(f"{name}: must be text")
        if not isinstance(data.get("batched"), bool | None):
            raise FaultInvalid("batched: must be true or false")
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        """The same without the fields that say nothing."""
        values = asdict(self)
        return {f.name: values[f.name] for f in fields(self) if values[f.name] != _default(f)}

    def matches(self, asked: Asked) -> bool:
        """Whether a request is one of those meant."""
        return (
            _same(self.host, asked.host)
            and _same(self.method, asked.method)
            and _same(self.cmdlet, asked.cmdlet or "")
            and (self.path is None or fnmatchcase(asked.path.lower(), self.path.lower()))
            and (self.mailbox is None or self.mailbox.lower() in asked.mailbox)
            and (self.batched is None or self.batched == asked.batched)
        )


def demand_fields(kind: type[DataclassInstance], data: Any) -> dict[str, Any]:
    """A JSON object with fields of a dataclass only, each of the type of its default. Raises FaultInvalid."""
    if not isinstance(data, dict):
        raise FaultInvalid(f"{kind.__name__.lower()} is a JSON object")
    usual = {f.name: f.default for f in fields(kind)}
    for name, value in data.items():
        if name not in usual:
            raise FaultInvalid(f"{name}: no such field; known are {', '.join(sorted(usual))}")
        wanted = usual[name]
        if wanted is not None and type(value) is not type(wanted):
            raise FaultInvalid(f"{name}: must be of the type of {wanted!r}")
    return data


def demand_within(ranges: Mapping[str, tuple[object, float, float]]) -> None:
    """Demands numbers within their bounds, by name; None is no number and is fine. Raises FaultInvalid."""
    for name, (value, lowest, highest) in ranges.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FaultInvalid(f"{name}: must be a number")
        if not lowest <= value <= highest:
            raise FaultInvalid(f"{name}: {value} is out of range ({lowest} to {highest})")


def _same(wanted: str | None, got: str) -> bool:
    return wanted is None or wanted.lower() == got.lower()


def _default(a_field: Any) -> object:
    return a_field.default if a_field.default is not MISSING else a_field.default_factory()
