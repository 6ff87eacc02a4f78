"""Whom the signs of an intruder are about: by all that other objects may call them, nothing of theirs is proposed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from o365scan.adopt.signs import problems_with_signs
from o365scan.api import HEADER, Dataset, FanOut, Finding, Record
from o365scan.snapshot import Snapshot

_CALLED = frozenset({"displayName", "DisplayName", "Name", "Alias", "appId", "AppId"})
"""Fields of Microsoft's by which one object names another, beside ids and addresses."""
_ID = re.compile(r"[^\s@]+@[^\s@]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NOBODY = re.compile(r"(?!)")
_SHORTEST = 3
"""Letters and digits of a name that tells objects apart: a rule called "." is named by every sentence."""


@dataclass(frozen=True)
class Suspects:
    """The findings with signs, by what may name their objects, in small letters."""

    by_name: Mapping[str, Finding]
    pattern: re.Pattern[str]

    def named_in(self, texts: Iterable[str]) -> tuple[str, Finding] | None:
        """The first of them that one of the texts names."""
        for text in texts:
            if found := self.pattern.search(text.casefold()):
                return found.group(), self.by_name[found.group()]
        return None


def suspects(signed: Collection[Finding], datasets: Mapping[str, Dataset], snapshot: Snapshot) -> Suspects:
    """Who is under a sign: the object, what it belongs to, and each address, of mail or a network, that proves it."""
    by_name: dict[str, Finding] = {}
    for finding in signed:
        for name in (*_of_object(finding, datasets, snapshot), *_proven(finding)):
            by_name.setdefault(name.casefold(), finding)
    if not by_name:
        return Suspects({}, _NOBODY)
    any_of_them = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
    return Suspects(by_name, re.compile(rf"(?<![\w.@-])(?:{any_of_them})(?![\w@-])"))


def _of_object(finding: Finding, datasets: Mapping[str, Dataset], snapshot: Snapshot) -> Iterator[str]:
    if finding.key != HEADER:
        for record in _with_parents(finding, datasets, snapshot):
            yield from filter(_tells, _names(record))


def _proven(finding: Finding) -> Iterator[str]:
    for problem in problems_with_signs(finding):
        for evidence in problem.evidence:
            for text in _texts(evidence.value):
                if ("@" in text and _ID.fullmatch(text)) or _is_network(text):
                    yield text


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


def _tells(name: str) -> bool:
    return sum(map(str.isalnum, name)) >= _SHORTEST


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
