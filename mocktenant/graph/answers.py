"""Lists, single objects and counts, as Graph words them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mocktenant.collection import Object
from mocktenant.graph import errors
from mocktenant.graph.paths import Target
from mocktenant.graph.projection import View, expanded, projected
from mocktenant.graph.query import Query
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import is_kind_of, type_named, type_of
from mocktenant.graph.sources import Stored
from mocktenant.graph.terms import normal
from mocktenant.tenant import Tenant

_LISTS_KEPT = 64


class Listings:
    """What lists held when their first page was given: later pages go on from there.

    So a page costs what it holds, not what the list holds, and a change in the middle of a reading neither
    repeats nor skips a row. A change through the tenant's own methods makes a list anew.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], list[Object]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: tuple[object, ...], found: list[Object]) -> None:
        """Remembers a list, and forgets the one least lately used."""
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            if len(self._kept) > _LISTS_KEPT:
                self._kept.popitem(last=False)

    def get(self, key: tuple[object, ...]) -> list[Object] | None:
        """A list remembered, or None."""
        with self._lock:
            return self._kept.get(key)


@dataclass(frozen=True)
class Answerer:
    """One request's answers: for whom, about which path; `base` is the version's root."""

    view: View
    target: Target
    parent: str
    base: str
    listings: Listings

    def listed(self, query: Query, raw: Mapping[str, str]) -> dict[str, Any]:
        """One page of a list; `raw` is the query as it came."""
        found = self._found(query)
        end = len(found) if query.top is None else query.start + query.top
        answer: dict[str, Any] = {"@odata.context": self._context(query)}
        if query.count and query.start == 0:  # on the first page only
            answer["@odata.count"] = len(found)
        if end < len(found):
            answer["@odata.nextLink"] = query.link(f"{self.base}/{self._path()}", raw, end)
        answer["value"] = [self._sent(query, item) for item in found[query.start : end]]
        return answer

    def single(self, query: Query) -> dict[str, Any]:
        """One object by any of its keys, or the one there is. Raises GraphRefused."""
        row = self.target.row
        found = self._all()[:1] if row.singleton else self._keyed(self.target.key)
        if not found:
            raise errors.no_object(row.path if row.singleton else self.target.key)
        return {"@odata.context": f"{self._context(query)}/$entity"} | self._sent(query, found[0])

    def counted(self, query: Query) -> int:
        """How many objects a filter keeps."""
        return len(self._kept(query))

    def _found(self, query: Query) -> list[Object]:
        key = (self.target.row.path, self.parent, self.target.cast, query.key, self.view.tenant.version)
        held = self.listings.get(key) if query.start else None
        if held is None:
            held = self._kept(query)
            if query.top is not None and len(held) > query.top:
                self.listings.keep(key, held)
        return held

    def _all(self) -> list[Object]:
        row, tenant = self.target.row, self.view.tenant
        unlicensed = row.licence is not None and not tenant.licensed(row.licence.plan)
        return [] if unlicensed else row.source(tenant, self.parent)

    def _kept(self, query: Query) -> list[Object]:
        found = self._all()
        if self.target.cast:
            declared = self.target.row.type_name
            found = [item for item in found if is_kind_of(type_of(item, declared), self.target.cast)]
        if self.target.row.unless_asked is not None:
            name, let_through = self.target.row.unless_asked
            if query.filter is None or name not in query.filter.properties:
                found = list(filter(let_through, found))
        if query.filter is not None:
            found = list(filter(query.filter.keep, found))
        for name, descends in reversed(query.order):
            found = sorted(found, key=lambda item: self._rank(item, name), reverse=descends)
        return found

    def _rank(self, item: Object, name: str) -> tuple[bool, Any]:
        kind = type_named(self.target.row.type_name).properties.get(name.lower())
        value = normal(item.get(name), kind.kind if kind else "")
        return (value is not None, "" if value is None else value)

    def _keyed(self, written: str) -> list[Object]:
        return keyed(self.view.tenant, self.target.row, self._all, written)

    def _sent(self, query: Query, item: Object) -> Object:
        row = self.target.row
        # A mixed list of one type by its cast is still declared as several.
        sent = projected(self.view, row.type_name, item, query.select, mixed=row.mixed, sparse=row.sparse)
        return sent | expanded(self.view, query.expand, item)

    def _path(self) -> str:
        cast = f"/microsoft.graph.{self.target.cast}" if self.target.cast else ""
        return self.target.row.path.replace("{id}", self.parent) + cast

    def _context(self, query: Query) -> str:
        row = self.target.row
        chosen = ",".join([*(query.select or ()), *(each.context for each in query.expand)])
        path = "directoryObjects" if row.type_name == "directoryObject" else row.path
        path = path.replace("/{id}", f"('{self.parent}')")
        return f"{self.base}/$metadata#{path}{f'({chosen})' if chosen else ''}"


def keyed(
    tenant: Tenant, row: Resource, everything: Callable[[], list[Object]], written: str
) -> list[Object]:
    """The object that a key names: `x`, or `property='x'` for an alternate key. Raises GraphRefused."""
    name, equals, value = written.partition("=")
    if equals and value[:1] == value[-1:] == "'":
        names = tuple(each for each in row.alternates if each.lower() == name.lower())
        written = value[1:-1].replace("''", "'")
        if not names:
            raise errors.bad_request(f"'{name}' is no alternate key of {row.type_name}.")
    else:
        names = row.keys
        found = row.source.by_key(tenant, written) if isinstance(row.source, Stored) else None
        if found is not None:
            return [found]
    wanted = written.lower()
    return [item for item in everything() if wanted in [str(item.get(each, "")).lower() for each in names]][
        :1
    ]
