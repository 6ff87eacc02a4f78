"""The tenant's services as one thing that sources are read from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from o365scan.api import (
    EXCHANGE,
    Api,
    ApiList,
    ApiObject,
    ApiRead,
    ApiRequest,
    Dataset,
    DnsLookup,
    ExchangeCmdlet,
    GraphList,
    GraphObject,
    Request,
    ServiceError,
)
from o365scan.auth.claims import Claims
from o365scan.auth.source import TokenSource
from o365scan.cloud import Cloud
from o365scan.network import Network
from o365scan.sign_in import CloudName
from o365scan.transport import apis, dns, exchange, graph
from o365scan.transport.errors import NotInCloud
from o365scan.transport.http import FIRST_WAIT, Channel
from o365scan.transport.pages import Page, Rows, one_by_one

Answers = Iterator[tuple[int, Rows | ServiceError]]

BATCH_SIZES: dict[type[Request], int] = {
    GraphList: graph.BATCH_SIZE,
    GraphObject: graph.BATCH_SIZE,
    ExchangeCmdlet: exchange.BATCH_SIZE,
    DnsLookup: dns.BATCH_SIZE,
    ApiList: apis.BATCH_SIZE,
    ApiObject: apis.BATCH_SIZE,
    ApiRead: apis.BATCH_SIZE,
}
"""How many requests go into one batch, by their kind."""


@dataclass(frozen=True)
class _Reader:
    """How requests of one kind are read: one to its last page, or a batch of them."""

    pages: Callable[[Any], Iterator[Page]]
    answers: Callable[[Sequence[Any], int | None], Answers]


class Service:
    """Graph, Exchange Online and declared APIs of one tenant, signed in as one app, and DNS, which needs no sign-in."""

    def __init__(
        self, tokens: TokenSource, cloud: Cloud, network: Network, *, first_wait: float = FIRST_WAIT
    ) -> None:
        self.tokens = tokens
        self.cloud = cloud
        self.clock = network.clock
        self.traffic = network.traffic
        self.sign_in_clock = network.sign_in_clock
        self.names = dns.Lookups(network)
        self._network = network
        self._first_wait = first_wait
        self._channels: dict[Api, Channel] = {}
        self._lock = threading.Lock()
        of_graph, of_apis = self._of_graph(), self._of_apis()
        self._readers: dict[type[Request], _Reader] = {
            GraphList: of_graph,
            GraphObject: of_graph,
            ExchangeCmdlet: self._of_exchange(),
            DnsLookup: self._of_names(),
            ApiList: of_apis,
            ApiObject: of_apis,
            ApiRead: of_apis,
        }

    def claims(self) -> Claims:
        """What Graph's token says of the app. Signs in; raises SignInFailed or Unreachable."""
        return Claims.of(self.tokens.token(self.cloud.graph))

    def exchange_claims(self) -> Claims:
        """What Exchange Online's token says of the app. Raises SignInFailed or Unreachable."""
        return Claims.of(self.tokens.token(self.cloud.exchange))

    def api_claims(self, api: Api) -> Claims:
        """What a declared API's token says of the app. Raises SignInFailed, Unreachable or NotInCloud."""
        return Claims.of(self.tokens.token(self._home(api)[1]))

    def claims_for(self, dataset: Dataset) -> Claims:
        """What the token says that a dataset is read with. Raises SignInFailed or Unreachable."""
        if dataset.api is not None:
            return self.api_claims(dataset.api)
        return self.exchange_claims() if dataset.service == EXCHANGE else self.claims()

    def pages(self, request: Request) -> Iterator[Page]:
        """The pages of a request. Raises ServiceError."""
        return self._readers[type(request)].pages(request)

    def batch_size(self, request: Request) -> int:
        """How many requests of this kind go into one batch."""
        return BATCH_SIZES[type(request)]

    def answers(self, requests: Sequence[Request], *, pages: int | None = None) -> Answers:
        """All rows of each request of one batch, or the error that ended it, by its place.

        `pages` is how many pages of each are enough; what DNS says has no pages. The requests are of one kind,
        service and version, at most `batch_size`. Raises ServiceError if the batch as a whole fails.
        """
        return self._readers[type(requests[0])].answers(requests, pages)

    def _of_graph(self) -> _Reader:
        channel = Channel(self.cloud.graph, self.tokens, self._network, first_wait=self._first_wait)
        return _Reader(
            lambda request: graph.read(channel, request),
            lambda requests, pages: graph.read_many(channel, requests, pages),
        )

    def _of_exchange(self) -> _Reader:
        channel = Channel(
            self.cloud.exchange,
            self.tokens,
            self._network,
            transient=exchange.is_passing,
            first_wait=self._first_wait,
        )
        return _Reader(
            lambda request: exchange.run(channel, self.claims().tenant_id, request),
            lambda requests, pages: exchange.run_many(channel, self.claims().tenant_id, requests, pages),
        )

    def _of_names(self) -> _Reader:
        return _Reader(
            lambda request: iter([self.names.rows(request)]),
            lambda requests, _: self.names.answers(requests),
        )

    def _of_apis(self) -> _Reader:
        def pages(request: ApiRequest) -> Iterator[Page]:
            return apis.read(self._channel(request.api), self.claims().tenant_id, request)

        def answers(requests: Sequence[ApiRequest], most: int | None) -> Answers:
            return one_by_one(
                lambda request: [row for page in islice(pages(request), most) for row in page], requests
            )

        return _Reader(pages, answers)

    def _channel(self, api: Api) -> Channel:
        """One for each API, so that its limit of requests at once holds for all datasets together."""
        origin, audience = self._home(api)
        with self._lock:
            if api not in self._channels:
                self._channels[api] = Channel(
                    origin, self.tokens, self._network, audience=audience, first_wait=self._first_wait
                )
            return self._channels[api]

    def _home(self, api: Api) -> tuple[str, str]:
        """Where an API lives in this cloud, and what its token is asked for. Raises NotInCloud."""
        if self.cloud.name is CloudName.GLOBAL:
            return api.origin, api.resource
        origin = api.in_clouds.get(self.cloud.name)
        if origin is None:
            raise NotInCloud(
                f"{api.name}: the plugin does not say where it is in the cloud {self.cloud.name}",
                hint="Its author can: Api(in_clouds={...}).",
            )
        return origin, origin
