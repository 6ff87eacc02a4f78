"""sarif-om's objects as JSON, streamed with one result per line.

sarif-om's companion jschema-to-python is not used: it takes minutes and gigabytes where this takes seconds,
and it drops every value that equals the class's default, so that an explicit `level: warning` becomes
whatever level the rule has (SARIF 2.1.0 §3.27.10).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TextIO

import attr
import sarif_om as om

_ALWAYS = frozenset(
    {("Result", "kind"), ("Result", "level"), ("Notification", "level"), ("ReportingConfiguration", "level")}
)
"""Written though they equal the default: absence means something else, or is misread."""

_RENAMED = {("Suppression", "state"): "status"}
"""sarif-om 1.0.4 follows a draft: the final schema refuses `state`."""

#: Attribute, name in JSON, and the default value that goes without saying (_NONE if none does).
_Plan = tuple[tuple[str, str, Any], ...]
_NONE = object()


def write_log(log: om.SarifLog, stream: TextIO) -> None:
    """Write a log whose runs' `results` may be any iterables, consumed as they are written.

    Raises TypeError for a value that is neither JSON nor an object of sarif-om: nothing is turned into text
    behind the author's back.
    """
    stream.write(f'{{"$schema": {_json(log.schema_uri)}, "version": {_json(log.version)}, "runs": [')
    for number, run in enumerate(log.runs):
        stream.write(",\n" if number else "\n")
        _write_run(run, stream)
    stream.write("\n]}\n")


def plain(value: Any) -> Any:
    """The JSON value of an object of sarif-om, or of anything made of such. Raises TypeError."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {_name(name): plain(item) for name, item in value.items()}
    return dict(_members(value))


def _write_run(run: om.Run, stream: TextIO) -> None:
    results: Iterable[om.Result] = run.results
    members = {name: plain(value) for name, value in _stated(run) if name != "results"}
    stream.write("{\n")
    for name, value in members.items():
        stream.write(f"{_json(name)}: {_json(value)},\n")
    stream.write('"results": [')
    for number, result in enumerate(results):
        stream.write(",\n" if number else "\n")
        stream.write(_json(plain(result)))
    stream.write("\n]}")


def _members(thing: Any) -> Iterator[tuple[str, Any]]:
    for name, value in _stated(thing):
        yield name, plain(value)


def _stated(thing: Any) -> Iterator[tuple[str, Any]]:
    kind: Any = type(thing)  # mypy does not take a class for hashable
    for attribute, name, default in _plan(kind):
        value = getattr(thing, attribute)
        if value is not None and (default is _NONE or value != default):
            yield name, value


@cache
def _plan(kind: Any) -> _Plan:
    if kind.__module__.partition(".")[0] != om.__name__:
        raise TypeError(f"{kind.__module__}.{kind.__name__} has no place in a SARIF log")
    return tuple(_step(kind.__name__, field) for field in attr.fields(kind))


def _step(kind: str, field: Any) -> tuple[str, str, Any]:
    name = _RENAMED.get((kind, field.name), field.metadata["schema_property_name"])
    return field.name, name, _NONE if (kind, field.name) in _ALWAYS else _default(field)


def _default(field: Any) -> Any:
    if field.default is attr.NOTHING:
        return _NONE
    return field.default.factory() if isinstance(field.default, attr.Factory) else field.default  # type: ignore[arg-type]


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a property's name is {name!r}, not a text")
    return name


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False)
