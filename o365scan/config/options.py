"""Options of checks: each check's own dataclass, made from its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from o365scan.api import Check

from .lines import Path
from .source import UNNAMED, Source
from .typed import typed

Tables = Mapping[str, Mapping[str, Any]]
"""Options by check id, as TOML has them."""


def options_of(
    checks: Iterable[Check], tables: Mapping[str, Any], *, source: Source = UNNAMED, at: Path = ()
) -> dict[str, Any]:
    """The options of each check that takes some, by check id, as its own dataclass.

    `checks` are all known checks, `tables` holds the table "checks", which stands at `at` in the file. Raises
    OptionsError for an unknown check or key, or an unusable value.
    """
    known = {check.id: check for check in checks}
    options = {}
    for id, table in tables.get("checks", {}).items():
        path = (*at, "checks", id)
        if id not in known:
            raise source.unknown(path, known, "there is no such check")
        kind = known[id].options
        if kind is None:
            raise source.refusal(path, "this check takes no options")
        options[id] = typed(table, kind, source, path)
    return options


def merged(tables: Tables, own: Tables) -> dict[str, Any]:
    """The options of one tenant: its own keys go before those that all tenants have."""
    return {id: {**tables.get(id, {}), **own.get(id, {})} for id in dict.fromkeys((*tables, *own))}


def with_entries(
    table: Mapping[str, Any], entries: Iterable[Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]]
) -> dict[str, Any]:
    """A check's options, as TOML has them, with entries added to its lists and tables of lists; each once."""
    added = dict(table)
    for each in entries:
        for name, value in each.items():
            if isinstance(value, Mapping):
                added[name] = with_entries(added.get(name, {}), [value])
            else:
                added[name] = list(dict.fromkeys((*added.get(name, ()), *value)))
    return added
