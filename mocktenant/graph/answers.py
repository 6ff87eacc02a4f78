"""Lists, single objects and counts, as Graph words them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mocktenant.collection import Object
from mocktenant.graph import errors
from mocktenant.graph.paths import Target
from mocktenant.graph.projection import View, expanded, projected
from mocktenant.graph.query import Query, delta_link
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import PREFIX, is_kind_of, type_named, type_of
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
    parents: tuple[Object, ...]
    base: str
    listings: Listings

    @property
    def parent(self) -> str:
        """The id of the object that the path names last before the row, "" if none."""
        return self._ids[-1] if self.parents else ""

    @property
    def _ids(self) -> list[str]:
        """The ids of all that the path names before the row."""
        above = zip(self.target.parents, self.parents, strict=True)
        return [row.id_of(item) for (row, _), item in above]

    def listed(self, query: Query, raw: Mapping[str, str]) -> dict[str, Any]:
        """One page of a list; `raw` is the query as it came."""
        version = (
            self.view.tenant.version
        )  # before the rows: what changes meanwhile comes with the next delta
        found = self._found(query)
        end = len(found) if query.top is None else query.start + query.top
        answer: dict[str, Any] = {"@odata.context": self._context(query)}
        if query.count and query.start == 0:  # on the first page only
            answer["@odata.count"] = len(found)
        if end < len(found):
            answer["@odata.nextLink"] = query.link(self.url, raw, end)
        elif self.target.row.delta:
            answer["@odata.deltaLink"] = delta_link(self.url, raw, version)
        answer["value"] = [self._sent(query, item) for item in found[query.start : end]]
        return answer

    def single(self, query: Query) -> dict[str, Any]:
        """One object by any of its keys, or the one there is. Raises GraphRefused."""
        return {"@odata.context": f"{self._context(query)}/$entity"} | self._sent(query, self._whole(query))

    def _whole(self, query: Query) -> Object:
        """The object that the path names, with what is kept apart of it and asked for. Raises GraphRefused."""
        found = self.object()
        for name in self.target.row.guarded.keys() & query.touched:
            found = self._filled(name, found)
        return found

    def member(self) -> dict[str, Any]:
        """One property of an object, as an answer of its own. Raises GraphRefused."""
        name, found = self.target.member, self.object()
        value = projected(self.view, self.target.row.type_name, found, (name,))[name]
        context = f"{self.base}/$metadata#{self.target.row.path}('{found.get('id')}')/{name}"
        return {"@odata.context": context, "value": value}

    def object(self) -> Object:
        """The object that the path names. Raises GraphRefused."""
        row = self.target.row
        found = self._all()[:1] if row.singleton else self._keyed(self.target.key)
        if not found:
            raise row.missing(row.path if row.singleton else self.target.key)
        return found[0] if row.polled is None else row.polled(self.view.tenant, found[0])

    def counted(self, query: Query) -> int:
        """How many objects a filter keeps."""
        return len(self._kept(query))

    @property
    def url(self) -> str:
        """The address of the list."""
        return f"{self.base}/{self._path()}"

    @property
    def entity_context(self) -> str:
        """What `@odata.context` says of one object of the row, after `$metadata`."""
        return f"#{self._named()}/$entity"

    def _found(self, query: Query) -> list[Object]:
        if query.since == self.view.tenant.version:
            return []
        key = (self._path(), self.view.beta, query.key, self.view.tenant.version)
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
        for name in self.target.row.guarded.keys() & query.touched:
            found = [self._filled(name, item) for item in found]
        named = query.filter.properties if query.filter is not None else frozenset()
        for name, usual in self.target.row.unasked.items():
            found = found if name in named else list(filter(usual, found))
        if query.filter is not None:
            keep = query.filter.keep
            found = [item for item in found if keep(item, partial(self._related, item))]
        if query.search is not None:
            found = list(filter(query.search, found))
        for path, descends in reversed(query.order):
            found = sorted(found, key=partial(self._rank, path), reverse=descends)
        return found

    def _filled(self, name: str, item: Object) -> Object:
        """An object with a property that is kept apart."""
        return {name: self.target.row.guarded[name].source(self.view.tenant, item), **item}

    def _related(self, item: Object, name: str) -> list[Object]:
        return self.target.row.expands[name].source(self.view.tenant, item)

    def _rank(self, path: tuple[str, ...], item: Object) -> tuple[bool, Any]:
        kind = self.target.row.type_name
        value: Any = item
        for name in path:
            proper = type_named(kind).properties.get(name.lower())
            kind = proper.kind if proper else ""
            value = value.get(name) if isinstance(value, dict) else None
        ranked = normal(value, kind)
        return (ranked is not None, "" if ranked is None else ranked)

    def _keyed(self, written: str) -> list[Object]:
        return keyed(self.view.tenant, self.target.row, self._all, written)

    def _sent(self, query: Query, item: Object) -> Object:
        row = self.target.row
        # A mixed list of one type by its cast is still declared as several.
        sent = projected(self.view, row.type_name, item, query.select, mixed=row.mixed, sparse=row.sparse)
        sent |= expanded(self.view, query.expand, item)
        return self._full(item) | sent if self.view.full else sent

    def _full(self, item: Object) -> Object:
        """What full metadata adds to an object; which properties also say their type is left out."""
        row = self.target.row
        place = self._placed(row.path) + ("" if row.singleton else f"('{row.id_of(item)}')")
        return {
            "@odata.type": f"{PREFIX}{type_of(item, row.type_name)}",
            "@odata.id": f"{self.base}/{place}",
            "@odata.editLink": place,
        }

    def _path(self) -> str:
        cast = f"/microsoft.graph.{self.target.cast}" if self.target.cast else ""
        path = self.target.row.path
        for id in self._ids:
            path = path.replace("{id}", id, 1)
        return path + cast

    def _context(self, query: Query) -> str:
        chosen = ",".join([*(query.select or ()), *(each.context for each in query.expand)])
        return f"{self.base}/$metadata#{self._named()}{f'({chosen})' if chosen else ''}"

    def _named(self) -> str:
        """The path as `@odata.context` writes it."""
        row = self.target.row
        return self._placed("directoryObjects" if row.type_name == "directoryObject" else row.path)

    def _placed(self, path: str) -> str:
        """A path with the ids as OData's metadata writes them."""
        for id in self._ids:
            path = path.replace("/{id}", f"('{id}')", 1)
        return path


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
