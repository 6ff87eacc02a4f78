"""What a scan will ask for: each dataset's requests, as a formula and, where sizes are known, as a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from o365scan.api import (
    ApiList,
    ApiObject,
    ApiRead,
    Dataset,
    DnsLookup,
    ExchangeCmdlet,
    FanOut,
    GraphList,
    GraphObject,
    Record,
    Request,
)
from o365scan.fan_out import parents
from o365scan.snapshot import Snapshot
from o365scan.transport import dns, exchange
from o365scan.transport.service import BATCH_SIZES

GRAPH_PAGE = 100
"""How many objects Microsoft Graph puts on a page of most lists that are not told; some bring all at once."""
SIGN_IN = 4
"""Where to sign in, a token for each of the two services, and the organisation's name; a declared API takes one."""

_NAMES = "1 + the names that it leads to"


class Bound(StrEnum):
    """How a number is meant."""

    ABOUT = "about"
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Count:
    """How many of something."""

    number: int
    bound: Bound

    def __str__(self) -> str:
        return f"{self.bound} {self.number:,}"


@dataclass(frozen=True)
class Expected:
    """The requests for one dataset. `requests` is None where nothing says how many parents there are."""

    dataset: Dataset
    formula: str
    requests: Count | None


class Sizes(Protocol):
    """What is known of a tenant's size."""

    def rows(self, dataset: Dataset) -> Count | None:
        """How many records the dataset will have."""

    def parents(self, dataset: Dataset, source: FanOut) -> Count | None:
        """For how many records a fan-out asks."""


class Unknown:
    """Nothing is known: only what takes one request is a number."""

    def rows(self, dataset: Dataset) -> Count | None:  # noqa: ARG002 - Sizes
        return None

    def parents(self, dataset: Dataset, source: FanOut) -> Count | None:  # noqa: ARG002 - Sizes
        return None


@dataclass(frozen=True)
class ByPeople:
    """As many of all that grows with a tenant as it has users; of configuration, a page.

    A tenant has fewer apps and more mailboxes than users, so this is a guess. How many parents of configuration
    a fan-out finds is not guessed.
    """

    users: int

    def rows(self, dataset: Dataset) -> Count | None:
        return None if dataset.configuration else Count(self.users, Bound.ABOUT)

    def parents(self, dataset: Dataset, source: FanOut) -> Count | None:  # noqa: ARG002 - Sizes
        if source.over.configuration or isinstance(source.over.source, FanOut):
            return None
        return Count(self.users, Bound.ABOUT if source.where is None else Bound.AT_MOST)


@dataclass(frozen=True)
class BySnapshot:
    """As many as an earlier scan found; the parents chosen by each fan-out's own condition."""

    snapshot: Snapshot

    def rows(self, dataset: Dataset) -> Count | None:
        if self.snapshot.gaps_of(dataset):
            return None
        return Count(self.snapshot.count(dataset.name), Bound.ABOUT)

    def parents(self, dataset: Dataset, source: FanOut) -> Count | None:
        if any(self.snapshot.gaps_of(each) for each in dataset.needs):
            return None
        chosen = parents(dataset, source, self.snapshot)
        return Count(sum(isinstance(each, Record) for each in chosen), Bound.ABOUT)


def forecast(datasets: Iterable[Dataset], sizes: Sizes) -> tuple[Expected, ...]:
    """The requests that reading each dataset takes. What goes wrong and is tried again is not counted."""
    return tuple(
        _fan_out(dataset, dataset.source, sizes)
        if isinstance(dataset.source, FanOut)
        else _in_one_go(dataset, dataset.source, sizes)
        for dataset in datasets
    )


def total(expected: Iterable[Expected]) -> Count:
    """All requests to Microsoft together, sign-in included; `AT_LEAST` where some are unknown."""
    rows = tuple(expected)
    tokens = {each.dataset.api for each in rows} - {None}
    return _sum((each.requests for each in rows if not _is_of_dns(each)), SIGN_IN + len(tokens))


def lookups(expected: Iterable[Expected]) -> Count | None:
    """All lookups in DNS together, which are no request to Microsoft; None where there are none."""
    asked = [each.requests for each in expected if _is_of_dns(each)]
    return _sum(asked, 0) if asked else None


def _is_of_dns(expected: Expected) -> bool:
    return isinstance(expected.dataset.request, DnsLookup)


def _sum(counts: Iterable[Count | None], more: int) -> Count:
    known = list(counts)
    number = more + sum(each.number for each in known if each is not None)
    bounds = {Bound.AT_LEAST if each is None else each.bound for each in known}
    if Bound.AT_LEAST in bounds:
        return Count(number, Bound.AT_LEAST if Bound.AT_MOST not in bounds else Bound.ABOUT)
    return Count(number, Bound.AT_MOST if Bound.AT_MOST in bounds else Bound.ABOUT)


def _in_one_go(dataset: Dataset, request: Request, sizes: Sizes) -> Expected:
    if isinstance(request, GraphObject | ApiObject):
        return Expected(dataset, "1", Count(1, Bound.ABOUT))
    if isinstance(request, ApiList | ApiRead):
        return Expected(dataset, f"1{_more(request)}", Count(1, Bound.AT_LEAST))
    if isinstance(request, DnsLookup):
        return Expected(dataset, _NAMES if request.then else "1", Count(1, _bound(request, Bound.ABOUT)))
    page = _page(request)
    rows = sizes.rows(dataset)
    formula = f"1{_more(request)}"
    if rows is None:
        return Expected(dataset, formula, Count(1, Bound.AT_LEAST))
    return Expected(dataset, formula, Count(max(1, _ceil(rows.number, page)), rows.bound))


def _fan_out(dataset: Dataset, source: FanOut, sizes: Sizes) -> Expected:
    chosen = "all" if source.where is None else "chosen"
    if isinstance(source.request, DnsLookup):
        return _names(dataset, source, source.request, sizes, chosen)
    size = BATCH_SIZES[type(source.request)]
    formula = f"{chosen} of {source.over.name}{f' / {size}' if size > 1 else ''}{_more(source.request)}"
    asked = sizes.parents(dataset, source)
    return Expected(dataset, formula, asked and Count(_ceil(asked.number, size), asked.bound))


def _names(dataset: Dataset, source: FanOut, request: DnsLookup, sizes: Sizes, chosen: str) -> Expected:
    formula = f"{chosen} of {source.over.name}" + (f", {_NAMES} each" if request.then else "")
    asked = sizes.parents(dataset, source)
    number = asked and Count(_ceil(asked.number, dns.BATCH_SIZE), _bound(request, asked.bound))
    return Expected(dataset, formula, number)


def _bound(request: DnsLookup, otherwise: Bound) -> Bound:
    """What a name leads to is known only when it was asked for."""
    return Bound.AT_LEAST if request.then else otherwise


def _more(request: Request) -> str:
    """What else one request may take, in words."""
    if isinstance(request, ApiList):
        return " + further pages"  # as many to a page as the API likes
    if isinstance(request, ApiRead):
        return " + what the plugin asks for besides"
    if isinstance(request, GraphList | ExchangeCmdlet):
        return f" + further pages of {_page(request):,}"
    return ""


def _page(request: GraphList | ExchangeCmdlet) -> int:
    if isinstance(request, ExchangeCmdlet):
        return exchange.PAGE_SIZE
    return request.page_size or GRAPH_PAGE


def _ceil(number: int, size: int) -> int:
    return -(-number // size)
