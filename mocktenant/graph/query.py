"""The query options of a request: read once, refused by name, never ignored."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mocktenant.graph import errors
from mocktenant.graph.filters import Predicate, predicate
from mocktenant.graph.resources import Resource
from mocktenant.words import words

_KNOWN = words(
    "$apply $compute $count $deltatoken $expand $filter $format $orderby $search $select $skip $skiptoken $top"
)

_STALE = "The specified page token value has expired and can no longer be included in your request."


@dataclass(frozen=True)
class Query:
    """What a request asks of a list. `select` None means the default properties."""

    select: tuple[str, ...] | None
    top: int | None
    start: int
    count: bool
    keep: Predicate | None
    filter_text: str

    def link(self, url: str, raw: Mapping[str, str], start: int) -> str:
        """The absolute link of the page that begins at a row: the query as it came, with a new token."""
        kept = [f"{name}={quote(value, safe='')}" for name, value in raw.items() if name != "$skiptoken"]
        token = base64.urlsafe_b64encode(f"{start}:{_digest(self.filter_text)}".encode()).decode()
        return f"{url}?{'&'.join([*kept, f'$skiptoken={quote(token)}'])}"


def read(resource: Resource, options: Mapping[str, str], *, eventual: bool, single: bool = False) -> Query:
    """Reads the options. Raises GraphRefused for what is unknown, out of range or not emulated."""
    known = _named(options)
    for name in known:
        if name not in resource.options or (single and name != "$select"):
            raise _refused(resource, name)
    text = known.get("$filter", "")
    count = _flag("$count", known.get("$count"))
    if count and not eventual:
        raise errors.unsupported("$count needs the header ConsistencyLevel: eventual.")
    return Query(
        select=_selected(resource, known["$select"]) if "$select" in known else None,
        top=_top(resource, known.get("$top")),
        start=_start(known.get("$skiptoken"), text),
        count=count,
        keep=predicate(resource, text) if text else None,
        filter_text=text,
    )


def _named(options: Mapping[str, str]) -> dict[str, str]:
    """Options by their lower-case names with `$`, which Graph lets callers leave out; others are custom ones."""
    named = {}
    for name, value in options.items():
        proper = name.lower() if name.startswith("$") else f"${name.lower()}"
        if proper in _KNOWN or name.startswith("$"):
            named[proper] = value
    return named


def _refused(resource: Resource, name: str) -> errors.GraphRefused:
    if name not in _KNOWN:
        return errors.GraphRefused(400, "BadRequest", f"The query parameter '{name}' is not supported.")
    if name == "$top" and resource.page is None:
        return errors.unsupported(f"'{name}' is not supported on {resource.path}.")
    return errors.not_emulated(f"{name} on {resource.path}")


def _selected(resource: Resource, text: str) -> tuple[str, ...]:
    names = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name in resource.unemulated:
            raise errors.not_emulated(f"Property '{name}'")
        proper = resource.properties.get(name.lower())
        if proper is None:
            raise errors.no_property(name, resource.type_name)
        names.append(proper)
    return tuple(names)


def _top(resource: Resource, text: str | None) -> int | None:
    if text is None:
        return resource.page
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= resource.largest:
        raise errors.page_size(text, resource.largest)
    return int(text)


def _flag(name: str, text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() not in ("true", "false"):
        raise errors.GraphRefused(400, "BadRequest", f"'{text}' is not a valid value for {name}.")
    return text.lower() == "true"


def _start(token: str | None, filter_text: str) -> int:
    if token is None:
        return 0
    try:
        start, _, digest = base64.urlsafe_b64decode(token).decode().partition(":")
        number = int(start)
    except (binascii.Error, ValueError):
        number, digest = -1, ""
    if number < 0 or digest != _digest(filter_text):
        raise errors.GraphRefused(
            400,
            "Directory_ExpiredPageToken",
            _STALE,
        )
    return number


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
