"""What a $filter is made of once read: values with their types, and how two of them compare."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from mocktenant.graph import errors

Scope = Mapping[str, Any]
"""What names stand for: "$it" for the object, and the variables of lambdas."""

Getter = Callable[[Scope], Any]
Predicate = Callable[[Scope], bool]

_NUMBERS = frozenset({"Int32", "Int64", "Double", "Single"})
_TEXTS = frozenset({"String", "Enum", "Guid", "Binary", "Duration"})
_TIMES = frozenset({"DateTimeOffset", "Date"})
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_NAMES = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
    "has": "Has",
    "in": "Equal",
}
OPERATORS = tuple(_NAMES)


@dataclass(frozen=True)
class Term:
    """A value: how to get it, its kind ("Null" for null), and whether it is a list.

    Text comes out folded and times as moments, so that comparing is all that is left to do.
    """

    get: Getter
    kind: str
    many: bool = False
    literal: bool = False

    @property
    def edm(self) -> str:
        """The kind as Graph's messages write it."""
        primitive = self.kind in _NUMBERS | _TEXTS | _TIMES | {"Boolean", "Null"}
        plain = f"Edm.{self.kind}" if primitive else f"microsoft.graph.{self.kind}"
        return f"Collection({plain})" if self.many else plain


def literal(value: Any, kind: str) -> Term:
    """A constant."""
    ready = normal(value, kind)
    return Term(lambda _: ready, kind, literal=True)


def of_property(get: Getter, kind: str, *, many: bool = False) -> Term:
    """The value of a property, made comparable."""
    return Term(get if many else lambda scope: normal(get(scope), kind), kind, many)


def normal(value: Any, kind: str) -> Any:
    """A value as it compares: text regardless of case, times as moments. The directory does the same."""
    if isinstance(value, str):
        return _moment(value) if kind in _TIMES else value.casefold()
    return value


def compared(left: Term, verb: str, right: Term) -> Predicate:
    """`left verb right`. Raises GraphRefused for kinds that don't compare."""
    _demand_alike(left, verb, right)
    if verb == "has":
        return lambda scope: right.get(scope) in _flags(left.get(scope))
    if verb in ("eq", "ne"):
        wanted = verb == "eq"
        return lambda scope: (left.get(scope) == right.get(scope)) is wanted
    order = _ORDERS[verb]

    def ordered(scope: Scope) -> bool:
        one, other = left.get(scope), right.get(scope)
        return one is not None and other is not None and order(one, other)

    return ordered


def _demand_alike(left: Term, verb: str, right: Term) -> None:
    if not _alike(left, right) or (verb in _ORDERS and "Boolean" in (left.kind, right.kind)):
        raise errors.bad_request(
            "A binary operator with incompatible types was detected. Found operand types "
            f"'{left.edm}' and '{right.edm}' for operator kind '{_NAMES[verb]}'."
        )


def _alike(left: Term, right: Term) -> bool:
    if left.many or right.many:
        return False
    if "Null" in (left.kind, right.kind):
        return True
    groups = (_NUMBERS, _TEXTS, _TIMES, frozenset({"Boolean"}))
    return any(left.kind in group and right.kind in group for group in groups)


def _flags(value: Any) -> list[str]:
    return [part.strip() for part in str(value or "").split(",")]


@lru_cache(maxsize=65_536)
def _moment(text: str) -> datetime | None:
    """A time with up to seven digits of a second; None for what is no time."""
    plain = text.upper().replace("Z", "+00:00")
    head, dot, tail = plain.partition(".")
    if dot:
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        plain = f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
