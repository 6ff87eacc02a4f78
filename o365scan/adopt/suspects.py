"""Whom the signs of an intruder are about: by all that other objects may call them, nothing of theirs is proposed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from o365scan.adopt.signs import problems_with_signs, signs_of
from o365scan.api import HEADER, Dataset, FanOut, Finding, Record
from o365scan.snapshot import Snapshot

_CALLED = frozenset({"displayName", "DisplayName", "Name", "Alias", "appId", "AppId"})
"""Fields of Microsoft's by which one object names another, beside ids and addresses."""
_ID = re.compile(r"[^\s@]+@[^\s@]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MAIL = re.compile(r".*?(?:\[?smtp:)?(?P<address>[^\s@:\[<]+@[^\s@\]>]+)[\]>]?", re.IGNORECASE)
"""An address, as it stands in `smtp:a@b` and `"Name" [SMTP:a@b]` too."""
_DOMAIN = re.compile(r"(?:(?P<who>[^@]+)@|@|\*\.)?(?P<domain>[\w-]+(?:\.[\w-]+)+)")
"""The domain of an address, after @ or *., or by itself."""
_NOBODY = re.compile(r"(?!)")
_SHORTEST = 3
"""Letters and digits of a name that tells objects apart: a rule called "." is named by every sentence."""


@dataclass(frozen=True)
class _Names:
    """The findings with signs, by what names somebody in small letters, and how to say it."""

    by_name: Mapping[str, tuple[str, Finding]]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, by_name: Mapping[str, tuple[str, Finding]]) -> _Names:
        any_of_them = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
        pattern = re.compile(rf"(?<![\w.@-])(?:{any_of_them})(?![\w@-])") if by_name else _NOBODY
        return cls(by_name, pattern)

    def named_in(self, texts: Iterable[str]) -> tuple[str, Finding] | None:
        """The first of them that one of the texts names."""
        for text in texts:
            if found := self.pattern.search(text.casefold()):
                return self.by_name[found.group()]
        return None


@dataclass(frozen=True)
class Suspects:
    """Who is under a sign, and by what it is proven."""

    objects: _Names
    proofs: _Names
    domains: Mapping[str, tuple[str, Finding]]
    """The domains of addresses that prove a sign."""

    def about(self, texts: Sequence[str]) -> str | None:
        """Why what the texts name is under a sign of something else; None if it isn't."""
        if found := self.objects.named_in(texts):
            name, finding = found
            return f"it names {name}, of which {finding.check} says: {'; '.join(signs_of(finding))}"
        if found := self.proofs.named_in(texts) or self._neighbour(texts):
            name, finding = found
            signs = "; ".join(signs_of(finding))
            return f"it has to do with {name}, which stands in what {finding.check} finds: {signs}"
        return None

    def _neighbour(self, texts: Iterable[str]) -> tuple[str, Finding] | None:
        """An address or domain that covers one of the domains, or lies above or below it."""
        tokens = [found for text in texts for word in text.split() if (found := _DOMAIN.fullmatch(word))]
        for token in tokens:
            domain = token["domain"].casefold()
            for proven, whose in self.domains.items():
                same = proven == domain and not token["who"]
                if same or proven.endswith(f".{domain}") or domain.endswith(f".{proven}"):
                    return whose
        return None


def suspects(signed: Collection[Finding], datasets: Mapping[str, Dataset], snapshot: Snapshot) -> Suspects:
    """Who is under a sign: the object, what it belongs to, and each address, of mail or a network, that proves it."""
    objects: dict[str, tuple[str, Finding]] = {}
    proofs: dict[str, tuple[str, Finding]] = {}
    for finding in signed:
        for name, said in _of_object(finding, datasets, snapshot):
            objects.setdefault(name.casefold(), (said, finding))
        for text in _proven(finding):
            proofs.setdefault(text.casefold(), (text, finding))
    domains = {name.rpartition("@")[2]: whose for name, whose in proofs.items() if "@" in name}
    return Suspects(_Names.of(objects), _Names.of(proofs), domains)


def _of_object(
    finding: Finding, datasets: Mapping[str, Dataset], snapshot: Snapshot
) -> Iterator[tuple[str, str]]:
    if finding.key != HEADER:
        for record in _with_parents(finding, datasets, snapshot):
            for name in filter(_tells, _names(record)):
                yield name, record.title if name == record.key and record.title else name


def _proven(finding: Finding) -> Iterator[str]:
    for problem in problems_with_signs(finding):
        for evidence in problem.evidence:
            for text in texts_in(evidence.value):
                if found := _MAIL.fullmatch(text):
                    yield found["address"]
                elif _is_network(text):
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


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a JSON value; of an object those of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
