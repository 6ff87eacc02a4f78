"""What a path means: a row of the table, the objects before it, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from mocktenant.graph import errors
from mocktenant.graph.resources import Resource
from mocktenant.graph.schema import is_type, type_named
from mocktenant.graph.table import BY_PATTERN, Pattern

_KEYED = re.compile(r"(?P<name>[A-Za-z]\w*)\((?P<key>'(?:[^']|'')*'|[A-Za-z]\w*='(?:[^']|'')*')\)")
_CAST = "microsoft.graph."
_NAMESPACE = re.compile(r"microsoft\.graph\.(?:\w+\.)?", re.IGNORECASE)
_ID = "{id}"
_ME = "/me request is only valid with delegated authentication flow."


@dataclass(frozen=True)
class Target:
    """A row, the objects that the path names before it, and the form: list, single or count.

    `parents` are rows with keys. `key` names one object of the row, `cast` keeps those of one type,
    `member` is one property of the object. `suffix` is "$ref" or "$value" where the path ends so.
    """

    row: Resource
    parents: tuple[tuple[Resource, str], ...] = ()
    form: str = "list"
    key: str = ""
    cast: str = ""
    member: str = ""
    suffix: str = ""


def segments(path: str) -> list[str]:
    """The path's parts, with `users('x')` written as `users/x`."""
    parts: list[str] = []
    for segment in path.split("/"):
        keyed = _KEYED.fullmatch(segment)
        if keyed is None:
            parts.append(segment)
        else:
            key = keyed["key"]
            parts += [keyed["name"], key[1:-1].replace("''", "'") if key.startswith("'") else key]
    return parts


def target(parts: list[str], version: str, own: Iterable[Resource] = ()) -> Target:
    """What the parts of a path after the version mean; `own` are rows beside the table's. Raises GraphRefused."""
    if parts[0].lower() == "me":
        raise errors.bad_request(_ME)
    known = {**BY_PATTERN[version], **{row.pattern: row for row in own}}
    near = [one for one in known if one[0] == parts[0].lower()]
    pattern = _longest(near, parts) or ()
    plain = [_NAMESPACE.sub("", part) for part in parts]
    if plain != parts and (action := _longest(known, plain)) and known[action].is_action:
        pattern, parts = action, plain
    beyond = _beyond(near, parts)
    if not pattern:
        raise _unknown(parts[beyond], parts, version)
    row = known[pattern]
    ids = [at for at, part in enumerate(pattern) if part == _ID]
    parents = tuple((known[pattern[:at]], parts[at]) for at in ids)
    try:
        return _rest(Target(row, parents), parts[len(pattern) :], beta=version == "beta")
    except _Stranger as strange:
        at = max(len(parts) - strange.left, beyond)
        raise _unknown(parts[at], parts, version) from None


class _Stranger(Exception):
    """A segment with which the path does not go on; `left` counts it and those after it."""

    def __init__(self, left: int) -> None:
        self.left = left


def _rest(found: Target, rest: list[str], *, beta: bool) -> Target:
    """What comes after the row: a cast, a key, a property, and a word that begins with $."""
    row = found.row
    if rest and rest[-1].lower() in ("$ref", "$value"):
        found, rest = replace(found, suffix=rest[-1].lower()), rest[:-1]
    if rest and row.mixed and rest[0].lower().startswith(_CAST):
        found, rest = replace(found, cast=_cast(rest, found)), rest[1:]
    if row.singleton:
        found = replace(found, form="single")
    elif rest and not row.is_action:
        counts = rest[0].lower() == "$count"
        found, rest = replace(found, form="count" if counts else "single", key=rest[0]), rest[1:]
    if rest and found.form == "single":
        found, rest = replace(found, member=_member(rest, found, beta=beta)), rest[1:]
    if rest or (found.suffix == "$value" and not found.member):
        raise _Stranger(_left(rest, found))
    return found


def _left(rest: list[str], found: Target) -> int:
    return len(rest) + bool(found.suffix)


def _cast(rest: list[str], found: Target) -> str:
    name = rest[0][len(_CAST) :]
    if not is_type(name):
        raise _Stranger(_left(rest, found))
    return name


def _member(rest: list[str], found: Target, *, beta: bool) -> str:
    proper = type_named(found.row.type_name).get(rest[0], beta=beta)
    if proper is None:
        raise _Stranger(_left(rest, found))
    return proper.name


def _longest(known: Iterable[Pattern], parts: list[str]) -> Pattern | None:
    """The longest pattern with which the parts begin; of two of one length the one with fewer ids."""
    first = parts[0].lower()
    fitting = [one for one in known if one[0] == first and len(one) <= len(parts) and _agrees(one, parts)]
    return max(fitting, key=lambda one: (len(one), -one.count(_ID)), default=None)


def _agrees(pattern: Pattern, parts: list[str]) -> bool:
    return all(one in (_ID, part.lower()) for one, part in zip(pattern, parts, strict=False))


def _beyond(known: Iterable[Pattern], parts: list[str]) -> int:
    """Where the first part stands with which no path goes on; the last one's place if all do."""
    for size in range(1, len(parts) + 1):
        if not any(len(one) >= size and _agrees(one, parts[:size]) for one in known):
            return size - 1
    return len(parts) - 1


def _unknown(segment: str, parts: list[str], version: str) -> errors.GraphRefused:
    """Graph's words, and for who reads the headers what comes near."""
    asked = "/".join(parts)
    return errors.no_segment(segment).not_known(f"{version}/{asked}", _hint(asked, version))


def _hint(asked: str, version: str) -> str:
    """The paths that the tenant knows and that are written nearly so, or the other version that has it."""
    own = {row.path.lower(): row.path for row in BY_PATTERN[version].values()}
    near = [own[one] for one in get_close_matches(asked.lower(), own, n=3, cutoff=0.6)]
    for other in BY_PATTERN:
        if other != version and _longest(BY_PATTERN[other], asked.split("/")) is not None:
            near.insert(0, f"the same under {other}")
    return f"known: {', '.join(near)}" if near else "nothing known comes near"
