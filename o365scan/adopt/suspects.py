"""Whom the signs of intrusion are about: by all that other objects may call them, nothing of theirs is proposed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from o365scan.api import HEADER, Dataset, FanOut, Finding, Record
from o365scan.snapshot import Snapshot

_CALLED = frozenset({"displayName", "DisplayName", "Name", "Alias", "appId", "AppId"})
"""Fields of Microsoft's by which one object names another, beside ids and addresses."""
_ID = re.compile(r"[^\s@]+@[^\s@]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NOBODY = re.compile(r"(?!)")


def suspects(
    severe: Collection[Finding], datasets: Mapping[str, Dataset], snapshot: Snapshot
) -> re.Pattern[str]:
    """What finds in a text a name of any object with a severe finding, or of what it belongs to.

    So does an address, of mail or of a network, that proves what is severe.
    """
    names = {
        name.casefold()
        for finding in severe
        if finding.key != HEADER
        for record in _with_parents(finding, datasets, snapshot)
        for name in _names(record)
    } | {
        text.casefold()
        for finding in severe
        for problem in finding.problems
        for evidence in problem.evidence
        for text in _texts(evidence.value)
        if ("@" in text and _ID.fullmatch(text)) or _is_network(text)
    }
    if not names:
        return _NOBODY
    any_of_them = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<![\w.@-])(?:{any_of_them})(?![\w@-])")


def _with_parents(finding: Finding, datasets: Mapping[str, Dataset], snapshot: Snapshot) -> Iterator[Record]:
    """The object, and what it is of: a rule's mailbox, an answer's user."""
    dataset = datasets[finding.dataset]
    record = snapshot.record(dataset, finding.key)
    while record is not None:
        yield record
        source = record.dataset.source
        record = snapshot.record(source.over, record.parent) if isinstance(source, FanOut) else None


def _names(record: Record) -> Iterator[str]:
    if record.dataset.key:  # else it is no name of its own
        yield record.key
    if record.title:
        yield record.title
    for field, value in record.plain().items():
        if isinstance(value, str) and value and (field in _CALLED or _ID.fullmatch(value)):
            yield value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
