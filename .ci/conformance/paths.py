"""Requests for everything in the mock's table of Graph, made from the table itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mocktenant import Tenant
from mocktenant.graph.errors import GraphRefused
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import type_named
from mocktenant.graph.table import BY_PATTERN, RESOURCES

_WITHOUT_MODEL = frozenset({"deviceManagement", "policy"})
"""Types that the SDKs have no model for: a namespace that hides it, and an undocumented path."""


@dataclass(frozen=True)
class Request:
    """A path after the version, the type of its objects, and how many objects there must be."""

    path: str
    type_name: str
    single: bool
    filled: bool


def grant_everything(tenant: Tenant) -> None:
    """Gives the app every role that any row of the table wants, and what the sources of the state hold."""
    tenant.app_roles |= {row.read[0] for row in RESOURCES if row.read}


def requests(tenant: Tenant, version: str) -> Iterator[Request]:
    """One for each row that the version has, and one for each of its relationships that can be expanded."""
    for row in BY_PATTERN[version].values():
        if row.read and row.type_name not in _WITHOUT_MODEL:
            yield from _requests(tenant, row, version)


def _requests(tenant: Tenant, row: Resource, version: str) -> Iterator[Request]:
    parent, found = _parent(tenant, row, version)
    if ("{id}" in row.path and not parent) or (row.filter_needed and not found):
        return
    path = row.path.replace("{id}", quote(parent, safe=""))
    condition = _condition(row, found, version)
    if not condition:
        for usual in row.unasked.values():
            found = list(filter(usual, found))
    for expand in (None, *row.expands):
        options = [f"$filter={quote(condition, safe='$/():=')}"] if condition else []
        options += [f"$expand={expand}"] if expand else []
        query = f"?{'&'.join(options)}" if options else ""
        yield Request(f"{path}{query}", row.type_name, row.singleton, bool(found))


def _parent(tenant: Tenant, row: Resource, version: str) -> tuple[str, list[Any]]:
    """The object under which a path has most to show, by its key, and what there is; of other paths only that."""
    if "{id}" not in row.path:
        return "", row.source(tenant, "")
    before = BY_PATTERN[version][row.pattern[: row.pattern.index("{id}")]]
    keys = [str(item[before.keys[0]]) for item in before.source(tenant, "")]
    held = ((key, found) for key in keys if (found := _under(tenant, row, key)) is not None)
    return max(held, key=lambda each: len(each[1]), default=("", []))


def _under(tenant: Tenant, row: Resource, key: str) -> list[Any] | None:
    """What there is under an object; None under one that refuses, as a user without a mailbox."""
    try:
        return row.source(tenant, key)
    except GraphRefused:
        return None


def _condition(row: Resource, found: list[Any], version: str) -> str:
    """The filter without which a list refuses to answer, or stays silent about all that it has."""
    if row.filter_needed:
        names = next(each for each in row.filter_needed if each <= found[0].keys())
        return " and ".join(f"{name} eq '{found[0][name]}'" for name in sorted(names))
    for name, let_through in row.unasked.items() if found else ():
        known = type_named(row.type_name).get(name, beta=version == "beta")
        if known and not any(map(let_through, found)):
            return f"{name}/any(each: each eq '{found[0][name][0]}')"
    return ""
