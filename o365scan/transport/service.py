"""The tenant's services as one thing that sources are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365scan.api import ExchangeCmdlet, GraphList, Source
from o365scan.auth.tokens import AppTokens, Claims
from o365scan.cloud import Cloud
from o365scan.network import Network
from o365scan.transport import exchange, graph
from o365scan.transport.http import FIRST_WAIT, Channel


class Service:
    """Graph and Exchange Online of one tenant, signed in as one app."""

    def __init__(
        self, tokens: AppTokens, cloud: Cloud, network: Network, *, first_wait: float = FIRST_WAIT
    ) -> None:
        self.tokens = tokens
        self.cloud = cloud
        self.clock = network.clock
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

    def pages(self, source: Source) -> Iterator[list[Mapping[str, Any]]]:
        """The pages of a source. Raises ServiceError."""
        match source:
            case GraphList():
                return graph.read_list(self._graph, source)
            case ExchangeCmdlet():
                return exchange.run(self._exchange, self.claims().tenant_id, source)
