"""What crosses between the scan and the process that judges for it: a line of JSON each way, never an object.

A message is a list, `[kind, content]`. ASCII, since names hold lone surrogates; Python's own JSON, since it writes
every number and text that a snapshot can hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from o365scan.api import Dataset, Judgement, NotApplicable, PluginError, Problem, Record, Undecided

#: Bytes of the longest message.
LONGEST = 16 * 2**20
_JUDGEMENTS: dict[str, type[Judgement]] = {
    "problem": Problem,
    "undecided": Undecided,
    "not-applicable": NotApplicable,
}
_KINDS = {kind: name for name, kind in _JUDGEMENTS.items()}


class Malformed(Exception):
    """What arrived is no message."""


def encoded_command(command: Any) -> bytes:
    """What a process is asked to do; None lets it end."""
    return json.dumps(command).encode("ascii") + b"\n"


def encoded(kind: str, content: Any) -> bytes:
    """A message."""
    return json.dumps([kind, content]).encode("ascii") + b"\n"


def decoded(line: bytes) -> tuple[str, Any]:
    """A message's kind and content. Raises Malformed."""
    try:
        kind, content = json.loads(line)
    except (ValueError, TypeError, RecursionError) as cause:
        raise Malformed(str(cause)) from cause
    if not isinstance(kind, str):
        raise Malformed("a message names its kind")
    return kind, content


def judgement_message(judgement: Judgement) -> bytes:
    """A judgement as a message. Raises PluginError if it holds what is no data."""
    try:
        message = encoded(_KINDS[type(judgement)], msgspec.to_builtins(judgement, enc_hook=_plain))
    except (TypeError, ValueError, RecursionError, KeyError) as cause:
        raise PluginError(f"a judgement can't be handed over: {cause}") from cause
    if len(message) > LONGEST:
        raise PluginError(f"a judgement is longer than {LONGEST} bytes")
    return message


def judgement_of(kind: str, content: Any, record: Callable[[Mapping[str, Any]], Record]) -> Judgement | None:
    """The judgement of such a message, None if its kind is another's. Raises Malformed.

    `record` finds what a judgement is about by dataset, key and parent, and raises ValueError if it can't.
    """
    if (expected := _JUDGEMENTS.get(kind)) is None:
        return None

    def found(wanted: type, value: Any) -> Any:
        if wanted is Record and isinstance(value, dict):
            return record(value)
        raise ValueError(f"{wanted.__name__} can't be handed over")

    try:
        judgement: Judgement = msgspec.convert(content, expected, dec_hook=found)
    except (msgspec.ValidationError, ValueError, RecursionError) as cause:
        raise Malformed(str(cause)) from cause
    return judgement


def finder(
    datasets: tuple[Dataset, ...], lookup: Callable[[Dataset, str, str], Record | None]
) -> Callable[[Mapping[str, Any]], Record]:
    """Finds a record among the datasets that a check reads."""
    known = {dataset.name: dataset for dataset in datasets}

    def found(place: Mapping[str, Any]) -> Record:
        dataset, key, parent = place.get("dataset"), place.get("key"), place.get("parent")
        if dataset not in known or not isinstance(key, str) or not isinstance(parent, str):
            raise ValueError("a judgement is about nothing that the check reads")
        record = lookup(known[dataset], key, parent)
        if record is None:
            raise ValueError(f"a judgement is about an object that {dataset} lacks")
        return record

    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {"dataset": value.dataset.name, "key": value.key, "parent": value.parent}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} is no data")
