"""TOML's plain tables as dataclasses: strict, and what is wrong is named by file, line and key."""

from __future__ import annotations

import dataclasses
import functools
import re
import types
from collections.abc import Iterator, Mapping
from enum import EnumType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from o365scan.api import OptionsError

from .lines import Path
from .source import Source, nearest

T = TypeVar("T")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|(\[\.\.\.\])")
_SAID = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+)`")
_ENUM = re.compile(r"Invalid enum value '(.*)'", re.DOTALL)
_NO_TEXT = re.compile(r"Expected `str` matching regex .*|Expected `str` of length .*", re.DOTALL)
_SECRET = re.compile(r"secret|passw|passphrase|passwd|private_?key|token|assertion|credential", re.IGNORECASE)


def typed(table: Any, kind: type[T], source: Source, at: Path = ()) -> T:
    """A table as a dataclass. `at` is where it stands in the file.

    Raises OptionsError for a key that the dataclass doesn't have, and for a value that is not of its type.
    """
    for path, known in _strange(table, kind, at):
        raise _refused(path, known, source)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as cause:
        raise _located(str(cause), table, kind, source, at) from cause
    except OptionsError as cause:  # of the dataclass itself, which names its field first
        field = str(cause).partition(":")[0]
        path = (*at, field) if isinstance(table, dict) and field in table else at
        said = str(cause).removeprefix(f"{field}:").lstrip() if path != at else str(cause)
        raise source.refusal(path, said, hint=cause.hint) from cause


def _refused(path: Path, known: tuple[str, ...], source: Source) -> OptionsError:
    """A secret is never shown, and is told apart from a slip of the pen."""
    name = str(path[-1])
    instead = [each for each in known if each in (f"{name}_file", f"{name}_env")]
    slip = not instead and nearest(name, known, cutoff=0.85) is not None
    if slip or not _SECRET.search(name):
        return source.unknown(path, known)
    hint = "Put it into a file or an environment variable that only the scan can read"
    return source.refusal(
        path,
        "a secret has no place in this file",
        hint=f"{hint}, and name that: {' or '.join(instead)}." if instead else f"{hint}.",
    )


def _strange(value: Any, kind: Any, at: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Keys that mean nothing, with those that would. A value of another type is msgspec's to refuse."""
    for one in _kinds(kind):
        if dataclasses.is_dataclass(one) and isinstance(value, dict):
            known = tuple(field.name for field in dataclasses.fields(one))
            yield from (((*at, name), known) for name in value if name not in known)
            yield from _below({name: value[name] for name in value if name in known}, one, at)
        elif get_args(one) and isinstance(value, dict):
            yield from _below(value, one, at)
        elif get_args(one) and isinstance(value, list):
            yield from _below(dict(enumerate(value)), one, at)


def _below(values: Mapping[Any, Any], kind: Any, at: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for part, value in values.items():
        yield from _strange(value, _inner(kind, part), (*at, part))


def _located(said: str, value: Any, kind: Any, source: Source, at: Path) -> OptionsError:
    """msgspec's error by file, line and key."""
    found = _SAID.fullmatch(said)
    what, steps = (found["what"], found["path"] or "") if found else (said, "")
    inside: Path = ()
    for name, place, unnamed in _STEP.findall(steps):
        if unnamed:  # of a mapping msgspec does not name the key
            within = _at(value, inside)
            return _of_mapping(within, _inner(_kind_at(kind, inside), ""), source, (*at, *inside))
        inside = (*inside, name or int(place))
    path = (*at, *inside)
    if missing := _MISSING.fullmatch(what):
        return source.refusal(path, f"lacks {missing[1]}")
    if _ENUM.fullmatch(what):
        return _no_such_value(str(_at(value, inside)), _values(_kind_at(kind, inside)), path, source)
    if _NO_TEXT.fullmatch(what):
        blank = not str(_at(value, inside)).strip()
        said = "must not be empty" if blank else "has characters that it may not have, or too many"
        return source.refusal(path, said)
    return source.refusal(
        path, what.replace(" | null", "").replace("`object`", "a table").replace("`array`", "a list")
    )


def _of_mapping(values: Mapping[str, Any], kind: Any, source: Source, at: Path) -> OptionsError:
    for key, value in values.items():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as cause:
            return _located(str(cause), value, kind, source, (*at, key))
    raise AssertionError(f"nothing is wrong at {at}")


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _kind_at(kind: Any, path: Path) -> Any:
    for part in path:
        kind = _inner(kind, part)
    return kind


def _inner(kind: Any, part: str | int) -> Any:
    """The type of a part of a dataclass, list or mapping."""
    for each in _kinds(kind):
        if dataclasses.is_dataclass(each):
            known: Any = each
            return _types_of(known)[str(part)]
        if arguments := get_args(each):
            return arguments[0 if isinstance(part, int) else -1]
    raise AssertionError(f"{kind} has no part {part}")


@functools.cache
def _types_of(kind: Any) -> dict[str, Any]:
    """Worked out once: a file may have hundreds of entries of one type."""
    return get_type_hints(kind, include_extras=True)


def _kinds(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _no_such_value(value: str, values: list[str], path: Path, source: Source) -> OptionsError:
    """Only what comes near is told: the value may be a secret that slipped."""
    near = nearest(value.casefold(), values)
    meant = f". Did you mean {near}?" if near else ""
    return source.refusal(path, f"no such value{meant}", hint=f"Known: {', '.join(values)}.")


def _values(kind: Any) -> list[str]:
    enums: list[Any] = [one for one in _kinds(kind) if isinstance(one, EnumType)]
    return [str(each.value) for one in enums for each in one]
