"""What Microsoft Graph answered, given again to who asks no more than was asked.

A list is given as it was asked for: with its filter, or whole; with its properties, or fewer. Whatever was not
recorded is refused, since an empty list or a null would say that nothing is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mocktenant.collection import Object
from mocktenant.graph.errors import GraphRefused
from mocktenant.recorded.reading import Recorded, Recording, filled

_PAGED = frozenset({"$top", "$skiptoken", "$count"})
_KNOWN = _PAGED | {"$select", "$filter", "$expand"}
_ALWAYS = ("@odata.type", "id")
#: How a gap tells the answer that made it: after the request, the status, the code and the words.
_REFUSAL = re.compile(r": (\d{3}) (\S+) (.+)")


class NotRecorded(LookupError):
    """What was asked for is not in the snapshot; the message says what is."""


@dataclass(frozen=True)
class Listed:
    """One answer: the options that it was asked with, and its objects."""

    select: frozenset[str]
    filter: str
    expand: str
    single: bool
    items: list[Object]
    refusal: GraphRefused | None = None
    """What was said instead, in a tenant without the licence."""

    def fits(self, options: Mapping[str, str]) -> bool:
        """Whether it holds all that the options ask for."""
        return (
            _plain(options.get("$filter")) == self.filter
            and _plain(options.get("$expand")) in ("", self.expand)
            and (not self.select or self.select >= _names(options.get("$select")) != frozenset())
        )


class Lists:
    """The answers by version and path."""

    def __init__(self, recording: Recording) -> None:
        self._answers: dict[str, list[Listed]] = {}
        for dataset in recording.datasets.values():
            if dataset.source.get("kind") in ("GraphList", "GraphObject"):
                self._add(dataset, recording)
        # Whose tenant it is everybody asks first, and the manifest knows.
        self._answers.setdefault("v1.0/organization", [_organization(recording)])

    def answer(self, version: str, path: str, options: Mapping[str, str], base: str) -> dict[str, Any]:
        """A page of a list, or an object. Raises NotRecorded; GraphRefused for what the tenant had no licence for."""
        if strange := {name for name in options if name.startswith("$")} - _KNOWN:
            raise NotRecorded(f"{', '.join(sorted(strange))} of a snapshot")
        found = self._found(version, path, options)
        if found.refusal is not None:
            raise found.refusal
        wanted = _names(options.get("$select"))
        items = [_chosen(item, wanted, "$expand" in options, found.expand) for item in found.items]
        if found.single:
            return {"@odata.context": f"{base}/$metadata#{path}/$entity", **items[0]}
        return _page(items, path, options, base)

    def _found(self, version: str, path: str, options: Mapping[str, str]) -> Listed:
        held = self._answers.get(f"{version}/{path.lower()}", [])
        for each in held:
            if each.fits(options):
                return each
        if not held:
            raise NotRecorded(f"/{version}/{path}")
        raise NotRecorded(f"/{version}/{path} with these options; it was asked for with others")

    def _add(self, dataset: Recorded, recording: Recording) -> None:
        source = dataset.source
        if "over" not in source:
            if dataset.is_whole:
                self._keep(dataset, source["path"], source.get("filter"), [row for _, row in dataset.rows])
            elif (refusal := _refusal(dataset)) is not None:
                self._keep(dataset, source["path"], source.get("filter"), [], refusal)
            return
        parents = recording.parents(dataset)
        by_parent: dict[str, list[Object]] = {parent: [] for parent in dataset.answered}
        for parent, row in dataset.rows:
            by_parent.setdefault(parent, []).append(row)
        for parent in dataset.answered:
            item, condition = parents[parent], source.get("filter")
            asked = None if condition is None else filled(condition, item)
            self._keep(dataset, filled(source["path"], item), asked, by_parent[parent])

    def _keep(
        self,
        dataset: Recorded,
        path: str,
        condition: str | None,
        items: list[Object],
        refusal: GraphRefused | None = None,
    ) -> None:
        source = dataset.source
        single = source["kind"] == "GraphObject"
        if single and not items and refusal is None:
            return  # there was none: no answer to give again
        answer = Listed(
            select=frozenset(source.get("select", ())),
            filter=_plain(condition),
            expand=_plain(source.get("expand")),
            single=single,
            items=items,
            refusal=refusal,
        )
        self._answers.setdefault(f"{source['version']}{path}".lower(), []).append(answer)


def _refusal(dataset: Recorded) -> GraphRefused | None:
    """In which words a list was refused for want of a licence; None if it was missing for something else."""
    (gap, *others) = dataset.gaps
    told = _REFUSAL.search(gap.detail)
    if others or gap.reason != "notLicensed" or gap.parent is not None or told is None:
        return None
    return GraphRefused(int(told[1]), told[2], told[3])


def _organization(recording: Recording) -> Listed:
    domain = {"name": recording.domain, "isInitial": True, "isDefault": True}
    known = {"id": recording.tenant_id, "displayName": recording.name, "verifiedDomains": [domain]}
    return Listed(frozenset(known), "", "", single=False, items=[known])


def _page(items: list[Object], path: str, options: Mapping[str, str], base: str) -> dict[str, Any]:
    start = int(options.get("$skiptoken", 0))
    end = start + int(options.get("$top", len(items) or 1))
    answer: dict[str, Any] = {"@odata.context": f"{base}/$metadata#{path}"}
    if options.get("$count", "").lower() == "true" and not start:
        answer["@odata.count"] = len(items)
    if end < len(items):
        kept = "".join(f"{name}={quote(value)}&" for name, value in options.items() if name != "$skiptoken")
        answer["@odata.nextLink"] = f"{base}/{path}?{kept}$skiptoken={end}"
    return answer | {"value": items[start:end]}


def _chosen(item: Object, wanted: frozenset[str], expands: bool, expanded: str) -> Object:
    names = set(item) if not wanted else {*wanted, *_ALWAYS}
    inside = expanded.partition("(")[0]
    if inside:
        names = names | {inside} if expands else names - {inside}
    return {name: value for name, value in item.items() if name in names}


def _names(text: str | None) -> frozenset[str]:
    return frozenset(filter(None, (name.strip() for name in (text or "").split(","))))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
