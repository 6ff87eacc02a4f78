"""The SDK's models as a judge of answers: what they read and write back must be what was sent.

An unknown property, a value of the wrong type, a member that an enumeration does not have, or a type name that
there is not, all show as a difference.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

from kiota_serialization_json.json_parse_node import JsonParseNode
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

_MOST = 25
"""Objects of each type in a list that are looked at."""

_READ_ONLY = frozenset({"managedDevice"})
"""Types of whose properties the models write few back: the service alone sets them."""

_DURATION = re.compile(r"P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_PYTHONS = re.compile(r"(?:\d+ days?, )?\d+:\d\d:\d\d")
"""A duration as it is sent, and as the models write it."""

_LISTS_OF_FLAGS = frozenset({"allowedCombinations"})
"""Properties that the models can't read: several members of an enumeration in one text, and a list of these."""


class _Writer(JsonSerializationWriter):
    """Writes what the models read of several members in one text as such a text: their own writer drops it."""

    def write_enum_value(self, key: Any, value: Any) -> None:
        if isinstance(value, list) and key is not None:
            self.writer[key] = ",".join(each.value for each in value)
        else:
            super().write_enum_value(key, value)

    def _create_new_writer(self) -> _Writer:
        return _Writer()


def differences(package: str, type_name: str, items: list[Any]) -> list[str]:
    """What of the objects does not survive, by JSON path, each once."""
    model = _model(package, type_name)
    found: dict[str, None] = {}
    for item in _sample(items):
        unknown: list[str] = []
        node = JsonParseNode(item)
        node.on_after_assign_field_values = lambda parsed, seen=unknown: seen.extend(_unknown(parsed))
        read = node.get_object_value(model)
        writer = _Writer()
        read.serialize(writer)
        written = json.loads(writer.get_serialized_content())
        found |= dict.fromkeys(f"{name}: no such property" for name in unknown)
        if type_name not in _READ_ONLY:
            found |= dict.fromkeys(_compared("", _tidy(item), _tidy(written)))
    return list(found)


def _sample(items: list[Any]) -> Iterator[Any]:
    seen: Counter[str] = Counter()
    for item in items:
        kind = item.get("@odata.type", "")
        seen[kind] += 1
        if seen[kind] <= _MOST:
            yield item


def _model(package: str, type_name: str) -> Any:
    *spaces, name = type_name.split(".")
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    module = ".".join(
        [f"{package}.generated.models", *(re.sub(r"(?=[A-Z])", "_", each).lower() for each in spaces), snake]
    )
    return getattr(import_module(module), name[0].upper() + name[1:])


def _unknown(parsed: Any) -> list[str]:
    extra = getattr(parsed, "additional_data", None) or {}
    return [
        f"{type(parsed).__name__}.{name}"
        for name in extra
        if not name.startswith("@") and "@odata." not in name
    ]


def _tidy(value: Any) -> Any:
    """Without what is null or empty, which the models don't keep, and without annotations."""
    if isinstance(value, dict):
        told = {name: _tidy(each) for name, each in value.items() if _is_judged(name)}
        return {name: each for name, each in told.items() if each not in (None, [], {}, "")}
    return [_tidy(each) for each in value] if isinstance(value, list) else value


def _is_judged(name: str) -> bool:
    return name == "@odata.type" or ("@" not in name and name not in _LISTS_OF_FLAGS)


def _compared(where: str, sent: Any, kept: Any) -> list[str]:
    """What was sent and not kept; that models add the names of their types is no fault."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        return [line for name in sent for line in _compared(f"{where}/{name}", sent[name], kept.get(name))]
    if isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        return [line for one, other in zip(sent, kept, strict=True) for line in _compared(where, one, other)]
    return [] if _same(sent, kept) else [f"{where}: sent {sent!r}, kept {kept!r}"]


def _same(sent: Any, kept: Any) -> bool:
    if sent == kept:
        return True
    if isinstance(sent, str) and isinstance(kept, str):
        return _alike(sent, kept) or (_moment(sent) is not None and _moment(sent) == _moment(kept))
    return False


def _alike(sent: str, kept: str) -> bool:
    """Members of enumerations in another case, times of day without their fraction, durations in Python's words."""
    if sent.casefold() == kept.casefold() or sent.removesuffix(".0000000") == kept:
        return True
    return bool(_DURATION.fullmatch(sent)) and bool(_PYTHONS.fullmatch(kept))


def _moment(text: str) -> datetime | None:
    """A time, whose seventh digit the models lose."""
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
