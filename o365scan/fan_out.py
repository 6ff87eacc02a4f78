"""A fan-out: one request for every record of another dataset, in batches; each parent whole, or a gap."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import Any, Protocol
from urllib.parse import quote

from o365scan.apart import Apart, Raised
from o365scan.api import (
    ApiList,
    ApiObject,
    ApiRead,
    Data,
    Dataset,
    DnsLookup,
    ExchangeCmdlet,
    FanOut,
    Gap,
    GapReason,
    GraphList,
    IncompleteDataset,
    MissingField,
    Record,
    Request,
    ServiceError,
    Undecidable,
)
from o365scan.snapshot import Snapshot
from o365scan.views import DeclaredData
from o365scan.watchdog import Overdue, described

#: Batches under way at once.
CONCURRENCY = 4
_FIELD = re.compile(r"\{(\w+|@parent)\}")

#: Told how many outcomes will come, where that is known before the last.
Expected = Callable[[int], None]

Rows = list[Mapping[str, Any]]
Outcome = tuple[str, Rows | ServiceError]
Where = Callable[[Record, Data], bool]


class BatchReader(Protocol):
    """What reads batches: the transport's Service."""

    def batch_size(self, request: Request) -> int:
        """How many requests of this kind go into one batch."""

    def answers(self, requests: list[Request]) -> Iterator[tuple[int, Rows | ServiceError]]:
        """All rows of each request, or the error that ended it, by its place."""


class Refused(Exception):
    """The first batch was refused whole, for want of a permission: so would all others be."""

    def __init__(self, cause: ServiceError, asked: int, parents: int) -> None:
        super().__init__(str(cause))
        self.cause, self.asked, self.parents = cause, asked, parents


def outcomes(
    dataset: Dataset,
    source: FanOut,
    reader: BatchReader,
    snapshot: Snapshot,
    expected: Expected = lambda _: None,
) -> Iterator[Outcome]:
    """What came of each chosen parent, by its key: its rows, or the error. Raises Refused.

    Where parents are chosen again by what was read, whoever asks must have kept an outcome before the next.
    """
    if not source.again:
        yield from _of_chosen(parents(dataset, source, snapshot), source, reader, expected)
        return
    known: set[str] = set()
    while chosen := [each for each in parents(dataset, source, snapshot) if _key_of(each) not in known]:
        known.update(map(_key_of, chosen))
        yield from _of_chosen(chosen, source, reader)


def _key_of(chosen: Record | Outcome) -> str:
    return chosen.key if isinstance(chosen, Record) else chosen[0]


def _of_chosen(
    chosen: Iterable[Record | Outcome],
    source: FanOut,
    reader: BatchReader,
    expected: Expected = lambda _: None,
) -> Iterator[Outcome]:
    work: list[tuple[str, Request]] = []
    unasked = 0
    for parent in chosen:
        if isinstance(parent, Record):
            try:
                work.append((parent.key, filled(source.request, parent)))
            except Undecidable as cause:
                unasked += 1
                yield parent.key, _not_asked(cause)
        else:
            unasked += 1
            yield parent
    expected(unasked + len(work))
    size = reader.batch_size(source.request)
    batches = [work[start : start + size] for start in range(0, len(work), size)]
    if not batches:
        return
    first = _ask(batches[0], reader)
    refused = [each for _, each in first if isinstance(each, ServiceError) and _is_denied(each)]
    if len(refused) == len(first) and len(batches) > 1:
        raise Refused(refused[0], len(first), len(work))
    yield from first
    pool = ThreadPool(CONCURRENCY)
    try:
        for answered in pool.imap_unordered(lambda batch: _ask(batch, reader), batches[1:]):
            yield from answered
    finally:
        pool.terminate()


def parents(dataset: Dataset, source: FanOut, snapshot: Snapshot) -> Iterator[Record | Outcome]:
    """The parents to ask for; one that can't be chosen or left out is an error of its own.

    Raises ServiceError if choosing takes too long.
    """
    if source.where is None:
        yield from snapshot.records(source.over)
        return
    growing = (dataset,) if source.again else ()
    data = DeclaredData(snapshot, dataset.name, (source.over, *source.reads), growing=growing)
    where = partial(_choice, where=source.where, data=data)
    apart: Apart[Record | Outcome | None] = Apart()
    try:
        for choice in apart.items(lambda: map(where, snapshot.records(source.over))):
            if choice is not None:
                yield choice
    except Raised as cause:  # `where` itself is contained: this is ours
        raise cause.what from None
    except Overdue as cause:
        raise ServiceError(f"not wholly asked for: `where` was stopped: {cause}") from cause


def _choice(parent: Record, where: Where, data: Data) -> Record | Outcome | None:
    """The parent if it is to be asked for, None if not, or why that can't be told."""
    try:
        return parent if where(parent, data) else None
    except Undecidable as cause:
        return parent.key, _not_asked(cause)
    except BaseException as cause:  # noqa: BLE001 - `where` is a plugin's code, and in a thread of its own
        return parent.key, ServiceError(f"not asked for: `where` raised {described(cause)}")


def _ask(batch: list[tuple[str, Request]], reader: BatchReader) -> list[Outcome]:
    try:
        answered = [
            (batch[place][0], rows) for place, rows in reader.answers([request for _, request in batch])
        ]
    except ServiceError as cause:
        return [(key, cause) for key, _ in batch]
    return answered


def _is_denied(error: ServiceError) -> bool:
    return getattr(error, "reason", None) is GapReason.DENIED


def _not_asked(cause: Undecidable) -> ServiceError:
    if isinstance(cause, IncompleteDataset):  # whose own gap says why
        return ServiceError(f"not asked for, since {cause.dataset} is incomplete")
    return ServiceError(f"not asked for: {cause}", hint=cause.hint)


def filled(request: Request, parent: Record) -> Request:
    """The request with the parent's fields in the places of their names.

    Raises Undecidable if the parent lacks a field: no request is better than one for somebody else.
    """

    def value_of(found: re.Match[str]) -> str:
        return _value(parent, found[1])

    if isinstance(request, ExchangeCmdlet):
        parameters = {
            name: _FIELD.sub(value_of, value) if isinstance(value, str) else value
            for name, value in request.parameters.items()
        }
        return replace(request, parameters=parameters)
    if isinstance(request, DnsLookup):
        return replace(request, name=_FIELD.sub(value_of, request.name))
    path = _FIELD.sub(lambda found: quote(value_of(found), safe=""), request.path)
    if isinstance(request, ApiList | ApiObject | ApiRead):
        query = {name: _FIELD.sub(value_of, value) for name, value in request.query.items()}
        return replace(request, path=path, query=query)
    if isinstance(request, GraphList) and request.filter:
        wanted = _FIELD.sub(lambda found: value_of(found).replace("'", "''"), request.filter)
        return replace(request, path=path, filter=wanted)
    return replace(request, path=path)


def _value(parent: Record, name: str) -> str:
    """What stands in a placeholder: a field of the parent, or whose it is. Raises Undecidable."""
    if name != "@parent":
        return parent.text(name)
    if not parent.parent:
        raise MissingField(parent.dataset.name, parent.key, name)
    return parent.parent


def collapsed(gaps: list[Gap], parents: int) -> list[Gap]:
    """The gaps of parents, or one of the whole where every record that could be a parent failed alike."""
    reasons = {gap.reason for gap in gaps}
    if parents and len(gaps) == parents and len(reasons) == 1 and gaps[0].parent is not None:
        first = gaps[0]
        detail = f"all {parents} requests failed, the first with: {first.detail}"
        return [replace(first, parent=None, detail=detail)]
    return gaps
