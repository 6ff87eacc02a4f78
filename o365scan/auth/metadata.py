"""The HTTP session for the services on the machine itself that give a managed identity's tokens.

They are asked directly, past any proxy, as Azure's own SDKs do: what such a service answers is a token, and the
address is this machine's own. https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
"""

from __future__ import annotations

from typing import Any

import requests
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from o365scan.auth.errors import NOT_AZURE, SignInFailed
from o365scan.network import Network, Unreachable

_TRIES = 4
#: Seconds to connect, and to wait for the next byte: the service is near, or not there at all.
_TIMEOUT = (2.0, 15.0)


class Session(requests.Session):
    """A session for some origins and no others, without proxies and redirects. `first_wait` is in seconds.

    MSAL's for Service Fabric is derived from it: it takes over what is set here, and no method.
    """

    def __init__(self, origins: frozenset[str], network: Network, first_wait: float) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = 0
        self.verify = network.ca_file or True
        self._origins = origins
        self._first_wait = first_wait

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """One request, tried again in passing trouble. Raises SignInFailed or Unreachable."""
        origin = "/".join(str(url).split("/")[:3])
        if origin not in self._origins:
            raise SignInFailed(f"{origin} is not where this machine's managed identity is", code=None)
        again = Retrying(
            retry=retry_if_result(_is_passing),
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(multiplier=self._first_wait, max=20),
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )
        options = kwargs | {"timeout": _TIMEOUT, "allow_redirects": False}
        try:
            answer: requests.Response = again(super().request, method, url, *args, **options)
        except requests.TooManyRedirects:
            raise Unreachable(f"{origin} answered with a redirect, not followed") from None
        except requests.RequestException as cause:
            raise Unreachable(
                f"there is no managed identity here: {origin} does not answer", hint=NOT_AZURE
            ) from cause
        if _is_passing(answer):
            raise Unreachable(f"{origin} answered {answer.status_code}", hint="Try again later.")
        return answer


def _is_passing(answer: requests.Response) -> bool:
    return answer.status_code in (410, 429) or answer.status_code >= 500
