"""The tenant's services as one thing that sources are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o365scan.api import DnsLookup, ExchangeCmdlet, GraphList, GraphObject, Request, ServiceError
from o365scan.auth.tokens import AppTokens, Claims
from o365scan.cloud import Cloud
from o365scan.network import Network
from o365scan.transport import dns, exchange, graph
from o365scan.transport.http import FIRST_WAIT, Channel
from o365scan.transport.pages import Page, Rows

_BATCH_SIZES: dict[type[Request], int] = {ExchangeCmdlet: exchange.BATCH_SIZE, DnsLookup: dns.BATCH_SIZE}
"""By kind of request; those to Graph have Graph's."""


class Service:
    """Graph and Exchange Online of one tenant, signed in as one app, and DNS, which needs no sign-in."""

    def __init__(
        self, tokens: AppTokens, cloud: Cloud, network: Network, *, first_wait: float = FIRST_WAIT
    ) -> None:
        self.tokens = tokens
        self.cloud = cloud
        self.clock = network.clock
        self.names = dns.Lookups(network)
        self._graph = Channel(cloud.graph, tokens, network, first_wait=first_wait)
        self._exchange = Channel(
            cloud.exchange, tokens, network, transient=exchange.is_passing, first_wait=first_wait
        )

    def claims(self) -> Claims:
        """What Graph's token says of the app. Signs in; raises SignInFailed or Unreachable."""
        return Claims.of(self.tokens.token(self.cloud.graph))

    def exchange_claims(self) -> Claims:
        """What Exchange Online's token says of the app. Raises SignInFailed or Unreachable."""
        return Claims.of(self.tokens.token(self.cloud.exchange))

    def pages(self, request: Request) -> Iterator[Page]:
        """The pages of a request. Raises ServiceError."""
        if isinstance(request, ExchangeCmdlet):
            return exchange.run(self._exchange, self.claims().tenant_id, request)
        if isinstance(request, DnsLookup):
            return iter([self.names.rows(request)])
        return graph.read(self._graph, request)

    def batch_size(self, request: Request) -> int:
        """How many requests of this kind go into one batch."""
        return _BATCH_SIZES.get(type(request), graph.BATCH_SIZE)

    def answers(self, requests: Sequence[Request]) -> Iterator[tuple[int, Rows | ServiceError]]:
        """All rows of each request of one batch, or the error that ended it, by its place.

        The requests are of one kind, service and version, at most `batch_size`. Raises ServiceError if the batch
        as a whole fails.
        """
        if cmdlets := [each for each in requests if isinstance(each, ExchangeCmdlet)]:
            return exchange.run_many(self._exchange, self.claims().tenant_id, cmdlets)
        if lookups := [each for each in requests if isinstance(each, DnsLookup)]:
            return self.names.answers(lookups)
        return graph.read_many(
            self._graph, [each for each in requests if isinstance(each, GraphList | GraphObject)]
        )
