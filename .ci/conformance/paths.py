"""Requests for everything in the mock's table of Graph, made from the table itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mocktenant import Tenant
from mocktenant.graph.resources import Resource
from mocktenant.graph.table import RESOURCES
from mocktenant.permissions import GRAPH


@dataclass(frozen=True)
class Request:
    """A path after the version, the type of its objects, and how many objects there must be."""

    path: str
    type_name: str
    single: bool
    filled: bool


def grant_everything(tenant: Tenant) -> None:
    """Gives the app every role that any row of the table wants, and what the sources of the state hold."""
    tenant.app_roles |= {roles[0] for roles in GRAPH.values()}


def requests(tenant: Tenant, version: str) -> Iterator[Request]:
    """One for each row that the version has, and one for each of its relationships that can be expanded."""
    for row in RESOURCES.values():
        if version in row.versions:
            yield from _requests(tenant, row)


def _requests(tenant: Tenant, row: Resource) -> Iterator[Request]:
    parent, found = _parent(tenant, row)
    if "{id}" in row.path and not parent:
        return
    path = row.path.replace("{id}", quote(parent, safe=""))
    queries = [_needed(row, found[0]) if found else ""] if row.filter_needed else []
    for expand in (None, *row.expands):
        query = "&".join([*queries, *([f"$expand={expand}"] if expand else [])])
        if not row.filter_needed or found:
            yield Request(f"{path}?{query}" if query else path, row.type_name, row.singleton, bool(found))


def _parent(tenant: Tenant, row: Resource) -> tuple[str, list[Any]]:
    """The object under which a path has most to show, by its key, and what there is; of other paths only that."""
    if "{id}" not in row.path:
        return "", row.source(tenant, "")
    before = RESOURCES[row.pattern[: row.pattern.index("{id}")]]
    keys = [str(item[before.keys[0]]) for item in before.source(tenant, "")]
    return max(
        ((key, row.source(tenant, key)) for key in keys), key=lambda each: len(each[1]), default=("", [])
    )


def _needed(row: Resource, item: dict[str, Any]) -> str:
    names = next(each for each in row.filter_needed if each <= item.keys())
    return "$filter=" + quote(" and ".join(f"{name} eq '{item[name]}'" for name in sorted(names)), safe="'$=")
