"""The smallest request for each dataset: what a token promises is tried, since a promise may be without effect.

A role may not have reached a service yet, a role group may have been cut down, a licence may be missing: tokens show
nothing of it. A list is asked for one record, where it takes `$top`, and for its first page, where it does not; a
cmdlet for one object; a fan-out for one parent, the first that was read. What a plugin reads by a function of its own
is not tried, since nothing says how much that is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from multiprocessing.pool import ThreadPool
from typing import Any, Protocol

from o365scan.api import (
    DNS,
    ApiRead,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    GapReason,
    GraphList,
    GraphObject,
    IncompleteDataset,
    Record,
    Request,
    ServiceError,
    Undecidable,
)
from o365scan.fan_out import filled
from o365scan.snapshot import key_of
from o365scan.transport.errors import NotFound

#: Batches under way at once.
CONCURRENCY = 4

#: Told how many of all sources were tried.
Progress = Callable[[int, int], None]

Rows = list[Mapping[str, Any]]


class State(StrEnum):
    """What came of trying to read."""

    READ = "read"
    NOT_FOUND = "notFound"
    """There is no such list or object in this tenant or cloud."""
    DENIED = "denied"
    NOT_LICENSED = "notLicensed"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    UNEXPECTED = "unexpectedAnswer"
    UNTRIED = "untried"


_STATES = {
    GapReason.DENIED: State.DENIED,
    GapReason.NOT_LICENSED: State.NOT_LICENSED,
    GapReason.UNREACHABLE: State.UNREACHABLE,
    GapReason.THROTTLED: State.THROTTLED,
}


@dataclass(frozen=True)
class Probe:
    """What came of one dataset: the answer's records, or what was said instead, or why it was not tried."""

    state: State
    said: str = ""
    hint: str | None = None
    records: tuple[Record, ...] = ()

    @property
    def opened(self) -> bool:
        """Whether the identity may ask."""
        return self.state is State.READ


class Reader(Protocol):
    """What reads first pages in batches: the transport's Service."""

    def batch_size(self, request: Request) -> int:
        """How many requests of this kind go into one batch."""

    def answers(
        self, requests: Sequence[Request], *, pages: int | None = None
    ) -> Iterator[tuple[int, Rows | ServiceError]]:
        """The rows of each request, or the error that ended it, by its place."""


@dataclass(frozen=True)
class _Asked:
    dataset: Dataset
    request: Request
    parent: str


def probe(
    datasets: Iterable[Dataset],
    reader: Reader,
    silent: Collection[str] = (),
    progress: Progress = lambda *_: None,
) -> dict[str, Probe]:
    """What came of each dataset, by name. `datasets` hold all that each of them needs.

    DNS is not among what is tried here, nor are the APIs of `silent`, for which there is no token.
    """
    waiting = [each for each in datasets if each.service != DNS]
    total, found = len(waiting), dict[str, Probe]()
    while waiting:
        asked = []
        for dataset in [each for each in waiting if _over(each) is None or _over(each) in found]:
            request = _why_not(dataset, silent) or _request(dataset, found)
            if isinstance(request, Probe):
                found[dataset.name] = request
            else:
                asked.append(request)
        for each, answer in _answers(asked, reader):
            found[each.dataset.name] = _outcome(each, answer)
        progress(len(found), total)
        waiting = [each for each in waiting if each.name not in found]
    return found


def smallest(request: Request) -> Request:
    """The same request for as little as it can be asked for."""
    if isinstance(request, GraphList) and request.page_size is not None:
        return replace(request, page_size=1)
    if isinstance(request, ExchangeCmdlet) and "ResultSize" in request.parameters:
        return replace(request, parameters={**request.parameters, "ResultSize": 1})
    return request


def _over(dataset: Dataset) -> str | None:
    return dataset.source.over.name if isinstance(dataset.source, FanOut) else None


def _why_not(dataset: Dataset, silent: Collection[str]) -> Probe | None:
    if dataset.service in silent:
        return Probe(State.UNTRIED, f"there is no token for {dataset.service}")
    if isinstance(dataset.request, ApiRead):
        return Probe(State.UNTRIED, "a plugin reads it by a function of its own")
    return None


def _request(dataset: Dataset, found: Mapping[str, Probe]) -> _Asked | Probe:
    source = dataset.source
    if not isinstance(source, FanOut):
        return _Asked(dataset, smallest(source), "")
    over = found[source.over.name]
    if not over.opened:
        return Probe(State.UNTRIED, f"{source.over.name} could not be read")
    for parent in over.records:
        if _fits(source, parent) and (request := _filled(source.request, parent)) is not None:
            return _Asked(dataset, smallest(request), parent.key)
    return Probe(State.UNTRIED, f"none of the first of {source.over.name} to ask for")


def _filled(request: Request, parent: Record) -> Request | None:
    """The request for a parent, None if that lacks what the request names, or has nothing in it."""
    try:
        whole = filled(request, parent)
    except Undecidable:
        return None
    if isinstance(whole, ExchangeCmdlet):
        return None if "" in whole.parameters.values() else whole
    return None if "//" in getattr(whole, "path", "") else whole


def _fits(source: FanOut, parent: Record) -> bool:
    """Whether it is asked for this parent, as far as it alone tells: whom other datasets choose is not known here."""
    if source.where is None or source.reads or source.again:
        return True
    try:
        return source.where(parent, _Nothing())
    except (Exception, SystemExit):  # noqa: BLE001 - `where` is a plugin's code
        return False


class _Nothing:
    """The datasets that were read, where none was."""

    def __getitem__(self, dataset: Dataset) -> Any:
        raise IncompleteDataset(dataset.name, "nothing was read")

    def get(self, dataset: Dataset) -> None:  # noqa: ARG002 - Data
        return None

    def once(self, derive: Callable[[Any], Any]) -> Any:
        return derive(self)


def _answers(asked: list[_Asked], reader: Reader) -> Iterator[tuple[_Asked, Rows | ServiceError]]:
    """The first page of each; what several datasets ask alike is asked once."""
    alike: dict[str, list[_Asked]] = {}
    for each in asked:
        alike.setdefault(f"{each.dataset.service} {each.request!r}", []).append(each)
    names = list(alike)
    pool = ThreadPool(CONCURRENCY)
    try:
        batches = _batches([(name, alike[name][0].request) for name in names], reader)
        for done in pool.imap_unordered(lambda batch: _ask(batch, reader), batches):
            for name, answer in done:
                yield from ((each, answer) for each in alike[name])
    finally:
        pool.terminate()


_Named = tuple[str, Request]


def _batches(requests: list[_Named], reader: Reader) -> list[list[_Named]]:
    """Batches of one service and version each, none larger than it takes."""
    kinds: dict[tuple[object, ...], list[_Named]] = {}
    for named in requests:
        kinds.setdefault(_kind(named[1]), []).append(named)
    found = []
    for same in kinds.values():
        size = reader.batch_size(same[0][1])
        found += [same[start : start + size] for start in range(0, len(same), size)]
    return found


def _kind(request: Request) -> tuple[object, ...]:
    """What must be alike in one batch."""
    if isinstance(request, GraphList | GraphObject):
        return ("graph", request.version)
    return (type(request),)


def _ask(batch: list[_Named], reader: Reader) -> list[tuple[str, Rows | ServiceError]]:
    try:
        answers = list(reader.answers([request for _, request in batch], pages=1))
    except ServiceError as cause:
        return [(name, cause) for name, _ in batch]
    return [(batch[place][0], answer) for place, answer in answers]


def _outcome(asked: _Asked, answer: Rows | ServiceError) -> Probe:
    dataset = asked.dataset
    if not isinstance(answer, ServiceError):
        keyed = ((key_of(row, dataset.key, asked.parent), row) for row in answer)
        records = (Record(dataset, key, row, parent=asked.parent) for key, row in keyed if key is not None)
        return Probe(State.READ, records=tuple(records))
    if isinstance(dataset.source, FanOut):
        if getattr(answer, "code", None) in dataset.source.absent:
            return Probe(State.READ)
        if isinstance(answer, NotFound):  # of this parent; whoever may not ask is denied before that
            return Probe(State.READ)
    if isinstance(answer, NotFound):
        return Probe(State.NOT_FOUND, str(answer))
    state = _STATES.get(getattr(answer, "reason", GapReason.UNEXPECTED), State.UNEXPECTED)
    if state is State.UNEXPECTED and isinstance(dataset.source, FanOut) and dataset.source.reads:
        return Probe(State.UNTRIED, str(answer))  # a scan might not have asked for this parent
    return Probe(state, str(answer), answer.hint)
