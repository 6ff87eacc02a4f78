"""The query options of a request: read once, refused by name, never ignored.

Directory objects have rules of their own: `advanced` filters, $count, and $filter with $orderby need the
header ConsistencyLevel: eventual and $count=true; one $expand at a time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from mocktenant.graph import errors, expand, search
from mocktenant.graph.expand import Expanded
from mocktenant.graph.filters import Filter, compiled
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import is_type, type_named
from mocktenant.graph.search import Predicate
from mocktenant.graph.selection import NOT_HERE, selected
from mocktenant.words import words

_KNOWN = words(
    "$apply $compute $count $deltatoken $expand $filter $format $orderby $search $select $skip $skiptoken $top"
)

_STALE = "The specified page token value has expired and can no longer be included in your request."
_EVENTUAL = "needs the header ConsistencyLevel: eventual"
_SEARCH = (
    "Request with $search query parameter only works through MSGraph with a special request header: "
    "'ConsistencyLevel: eventual'"
)


@dataclass(frozen=True)
class Asked:
    """How a request was made: the version, whether it said ConsistencyLevel: eventual, and which form.

    The form is "list", "single" or "count"; a `cast` names a type among several, as in
    /members/microsoft.graph.user.
    """

    beta: bool = False
    eventual: bool = False
    form: str = "list"
    cast: bool = False


@dataclass(frozen=True)
class Query:
    """What a request asks of a list. `select` None means the default properties."""

    select: tuple[str, ...] | None
    expand: tuple[Expanded, ...]
    top: int | None
    start: int
    count: bool
    filter: Filter | None
    search: Predicate | None
    order: tuple[tuple[tuple[str, ...], bool], ...]
    key: str
    beta: bool
    skips: bool
    since: int | None

    @property
    def touched(self) -> frozenset[str]:
        """The object's own properties that are asked for by name."""
        filtered = self.filter.properties if self.filter is not None else frozenset()
        return filtered | frozenset(self.select or ()) | {path[0] for path, _ in self.order}

    def link(self, url: str, raw: Mapping[str, str], start: int) -> str:
        """The absolute link of the page that begins at a row: the query as it came, with a new token."""
        mark = "$skip" if self.skips else "$skiptoken"
        kept = [
            f"{name}={quote(value, safe='')}"
            for name, value in raw.items()
            if name.lower().lstrip("$") != mark[1:]
        ]
        token = base64.urlsafe_b64encode(f"{start}:{_digest(self.key)}".encode()).decode()
        return f"{url}?{'&'.join([*kept, f'{mark}={start if self.skips else quote(token)}'])}"


def read(row: Resource, options: Mapping[str, str], asked: Asked) -> Query:
    """Reads the options. Raises GraphRefused for what is unknown, out of range or not emulated."""
    known = _named(options)
    for name in known:
        if name not in _taken(row, asked.form):
            raise _refused(row, name)
    searching = _search(row, known.get("$search"), asked)
    filtering = _filter(row, known.get("$filter"), asked)
    order = _order(row, known.get("$orderby"), asked)
    count = _flag("$count", known.get("$count"))
    if row.directory:
        _demand_eventual(asked, count, filtering, ordered=bool(order))
    key = "|".join(known.get(name, "") for name in ("$filter", "$search", "$orderby"))
    found = Query(
        select=_select(row, known.get("$select"), asked),
        expand=_expand(row, known.get("$expand"), asked),
        top=_top(row, known.get("$top")),
        start=_skip(known["$skip"]) if "$skip" in known else _start(known.get("$skiptoken"), key),
        count=count,
        filter=filtering,
        search=searching,
        order=order,
        key=key,
        beta=asked.beta,
        skips=row.skips,
        since=_since(known.get("$deltatoken")),
    )
    largest = min([row.guarded[name].largest for name in row.guarded if name in found.touched], default=None)
    if largest is not None and found.top is not None and found.top > largest:
        return replace(found, top=largest)  # a larger page is asked for in vain, and not refused
    return found


def _expand(row: Resource, text: str | None, asked: Asked) -> tuple[Expanded, ...]:
    return () if text is None else expand.read(row.expands, text, beta=asked.beta, several=row.several)


def _select(row: Resource, text: str | None, asked: Asked) -> tuple[str, ...] | None:
    return None if text is None else selected(row.type_name, text, beta=asked.beta, mixed=row.mixed)


def _taken(row: Resource, form: str) -> frozenset[str]:
    """The options that a form of a row takes."""
    expandable = frozenset({"$expand"}) if row.expands else frozenset()
    if form == "count":
        return row.options & {"$filter", "$search"}
    if form == "single":
        return expandable | {"$select"}
    skip = frozenset({"$skip"}) if row.skips else frozenset()
    return row.options | expandable | skip


def _named(options: Mapping[str, str]) -> dict[str, str]:
    """Options by their lower-case names with `$`, which Graph lets callers leave out; others are custom ones."""
    named = {}
    for name, value in options.items():
        proper = name.lower() if name.startswith("$") else f"${name.lower()}"
        if proper in _KNOWN or name.startswith("$"):
            named[proper] = value
    return named


def _refused(row: Resource, name: str) -> errors.GraphRefused:
    if name not in _KNOWN:
        return errors.bad_request(f"The query parameter '{name}' is not supported.")
    if name == "$skip" and row.directory:
        return errors.bad_request("'$skip' is not supported by the service.")
    if name == "$top" and row.largest is None:
        return errors.unsupported(f"'{name}' is not supported on {row.path}.")
    return errors.not_emulated(f"{name} on {row.path}")


def _filter(row: Resource, text: str | None, asked: Asked) -> Filter | None:
    if not text:
        _demand_filter(row, frozenset(), asked)
        return None
    relations = frozenset((name, one.type_name) for name, one in row.expands.items() if one.many)
    found = compiled(row.type_name, text, beta=asked.beta, relations=relations)
    for name in sorted(found.properties):
        if name in NOT_HERE.get(row.type_name, ()):
            raise errors.not_emulated(f"$filter by {name}")
        if row.filterable is not None and name not in row.filterable:
            raise errors.unsupported(
                f"Unsupported or invalid query filter clause specified for property '{name}' "
                f"of resource '{row.type_name}'."
            )
    _demand_filter(row, found.properties, asked)
    return found


def _demand_filter(row: Resource, properties: frozenset[str], asked: Asked) -> None:
    """A few lists are given for a filter only; the words of the refusal are unconfirmed."""
    if asked.form != "list" or not row.filter_needed:
        return
    if not any(needed <= properties for needed in row.filter_needed):
        either = " or ".join(" and ".join(sorted(needed)) for needed in row.filter_needed)
        raise errors.GraphRefused(400, "InvalidFilter", f"A filter by {either} is required.")


def _demand_eventual(asked: Asked, count: bool, filtering: Filter | None, *, ordered: bool) -> None:
    if (count or asked.form == "count" or asked.cast) and not asked.eventual:
        what = "A cast" if asked.cast else "$count"
        raise errors.unsupported(f"{what} {_EVENTUAL}.")
    advanced = filtering is not None and (filtering.advanced or ordered)
    if advanced and not (asked.eventual and (count or asked.form == "count")):
        raise errors.unsupported(f"This filter {_EVENTUAL} and $count=true.")


def _search(row: Resource, text: str | None, asked: Asked) -> Predicate | None:
    if not text:
        return None
    if not asked.eventual and row.directory:
        raise errors.unsupported(_SEARCH)
    return search.compiled(row.type_name, text, beta=asked.beta)


def _order(row: Resource, text: str | None, asked: Asked) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The path of a property and whether it descends, for each part of $orderby."""
    parts = []
    for part in filter(None, (each.split() for each in (text or "").split(","))):
        path, many = _path(row.type_name, part[0], beta=asked.beta)
        if [word.lower() for word in part[1:]] not in ([], ["asc"], ["desc"]) or many:
            raise errors.bad_request(f"Syntax error in $orderby '{text}'.")
        parts.append((path, [word.lower() for word in part[1:]] == ["desc"]))
    return tuple(parts)


def _path(type_name: str, text: str, *, beta: bool) -> tuple[tuple[str, ...], bool]:
    """The properties that a path leads through, and whether it ends in a list. Raises GraphRefused."""
    names, many = [], False
    for step in text.split("/"):
        found = type_named(type_name).get(step, beta=beta) if is_type(type_name) and not many else None
        if found is None:
            raise errors.no_property(step, type_name)
        names.append(found.name)
        type_name, many = found.kind, found.many
    return tuple(names), many


def _top(row: Resource, text: str | None) -> int | None:
    if text is None or row.largest is None:
        return row.page
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= row.largest:
        raise row.too_large(text, row.largest)
    return int(text)


def _skip(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise errors.bad_request(f"Invalid value '{text}' for $skip query option found.")
    return int(text)


def _flag(name: str, text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() not in ("true", "false"):
        raise errors.bad_request(f"'{text}' is not a valid value for {name}.")
    return text.lower() == "true"


def _start(token: str | None, key: str) -> int:
    if token is None:
        return 0
    try:
        start, _, digest = base64.urlsafe_b64decode(token).decode().partition(":")
        number = int(start)
    except (binascii.Error, ValueError):
        number, digest = -1, ""
    if number < 0 or digest != _digest(key):
        raise errors.GraphRefused(400, "Directory_ExpiredPageToken", _STALE)
    return number


def delta_link(url: str, raw: Mapping[str, str], version: int) -> str:
    """The absolute link that asks for what has changed since a version of the state."""
    kept = [f"{name}={quote(value, safe='')}" for name, value in raw.items() if "token" not in name.lower()]
    token = base64.urlsafe_b64encode(f"{version}:{_digest('delta')}".encode()).decode()
    return f"{url}?{'&'.join([*kept, f'$deltatoken={quote(token)}'])}"


def _since(token: str | None) -> int | None:
    return None if token is None else _start(token, "delta")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
