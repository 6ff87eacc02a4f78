"""The `Filter` of recipient cmdlets: comparisons joined by -and. What goes beyond is refused in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import errors

Predicate = Callable[[Object], bool]

_CLAUSE = re.compile(
    r"\(?\s*(?P<name>\w+)\s+-(?P<operator>eq|ne|like|notlike)\s+"
    r"(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<bare>\$\w+|\w+))\s*\)?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+-and\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Filter:
    """An OPATH filter, given back as a predicate on rows."""

    def read(self, name: str, value: Any) -> Predicate:
        """The predicate. Raises Refusal."""
        if not isinstance(value, str):
            raise errors.unconvertible(name, value, "System.String")
        clauses = [_clause(part) for part in _AND.split(value.strip())]
        return lambda row: all(clause(row) for clause in clauses)


def _clause(text: str) -> Predicate:
    found = _CLAUSE.fullmatch(text.strip())
    if found is None:
        raise errors.invalid(f"The mock tenant does not understand this part of the filter: {text}")
    wanted = (found["single"] or found["double"] or found["bare"] or "").lstrip("$").lower()
    name, operator = found["name"].lower(), found["operator"].lower()

    def holds(row: Object) -> bool:
        values = next((_texts(value) for key, value in row.items() if key.lower() == name), [])
        if operator.endswith("like"):
            return any(fnmatchcase(value, wanted) for value in values) == (operator == "like")
        return (wanted in values) == (operator == "eq")

    return holds


def _texts(value: Any) -> list[str]:
    return [str(item).lower() for item in value] if isinstance(value, list) else [str(value).lower()]
