"""Lists, single objects and counts, as Graph words them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocktenant.graph import errors
from mocktenant.graph.query import Query
from mocktenant.graph.resources import Resource
from mocktenant.tenant import Object, Tenant


def listed(
    tenant: Tenant, resource: Resource, query: Query, base: str, raw: Mapping[str, str]
) -> dict[str, Any]:
    """One page of a list; `base` is the version's root, `raw` the query as it came."""
    found = _kept(tenant, resource, query)
    end = len(found) if query.top is None else query.start + query.top
    answer: dict[str, Any] = {"@odata.context": _context(base, resource, query)}
    if query.count and query.start == 0:  # on the first page only
        answer["@odata.count"] = len(found)
    if end < len(found):
        answer["@odata.nextLink"] = query.link(f"{base}/{resource.path}", raw, end)
    answer["value"] = [_projected(resource, query, item) for item in found[query.start : end]]
    return answer


def single(tenant: Tenant, resource: Resource, query: Query, base: str, key: str) -> dict[str, Any]:
    """One object by any of its keys. Raises GraphRefused."""
    wanted = key.lower()
    for item in tenant.objects(resource.collection):
        if wanted in [str(item.get(name, "")).lower() for name in resource.keys]:
            context = f"{_context(base, resource, query)}/$entity"
            return {"@odata.context": context} | _projected(resource, query, item)
    raise errors.no_object(key)


def counted(tenant: Tenant, resource: Resource, query: Query) -> int:
    """How many objects a filter keeps."""
    return len(_kept(tenant, resource, query))


def _kept(tenant: Tenant, resource: Resource, query: Query) -> list[Object]:
    everything = tenant.objects(resource.collection)
    return everything if query.keep is None else [item for item in everything if query.keep(item)]


def _context(base: str, resource: Resource, query: Query) -> str:
    chosen = f"({','.join(query.select)})" if query.select else ""
    return f"{base}/$metadata#{resource.path}{chosen}"


def _projected(resource: Resource, query: Query, item: Object) -> Object:
    """The chosen properties, null or empty where the object has none; ids come unasked, as on the service."""
    names = query.select or resource.defaults or (*resource.scalars, *resource.lists)
    return {
        name: item.get(name, [] if name in resource.lists else None) for name in dict.fromkeys((*names, "id"))
    }
