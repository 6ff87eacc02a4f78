"""The HTTP client of sign-in: what MSAL is given, and what asks another issuer for its token."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from o365scan.auth.errors import SignInFailed
from o365scan.network import TIMEOUT, Network, Unreachable

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

#: Tries for a sign-in service in passing trouble, and for one that does not answer at all.
TRIES, CONNECTION_TRIES = 5, 3
#: Seconds: the longest wait that is worth it (an app that asks too often is told 60).
LONGEST_WAIT = 120.0

#: The number of a refusal, in its text.
AADSTS = re.compile(r"AADSTS(\d+)")


class _Passing(Exception):
    """An answer worth another try; `error` is raised when the tries are used up."""

    def __init__(self, error: Unreachable, *, tries: int, wait: float | None = None) -> None:
        self.error, self.tries, self.wait = error, tries, wait


class Wire:
    """Our session, no redirects, typed errors, and no other host than `origin` and its `aliases`.

    Passing trouble is waited out here, where MSAL does not see it: it would keep an answer that says
    "later" and repeat it from memory, long after the service is well again.
    """

    def __init__(
        self, origin: str, network: Network, first_wait: float, *, aliases: tuple[str, ...] = ()
    ) -> None:
        self._origin = origin
        self._known = tuple(f"{each}/" for each in (origin, *aliases))
        self._network = network
        self._first_wait = first_wait
        self._session: requests.Session | None = None
        self.last_code: str | None = None

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        return self._object(self.send("GET", url, **kwargs))

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        return self._object(self.send("POST", url, **kwargs))

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def send(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """Any answer that is no passing trouble and no redirect. Raises SignInFailed or Unreachable."""
        from tenacity import Retrying, retry_if_exception_type

        if not url.startswith(self._known):
            raise SignInFailed(f"the sign-in service pointed to another host: {url}", code=None)
        if self._session is None:
            self._session = self._network.session(url)
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing), stop=_tries_used_up, wait=self._wait, reraise=True
        )
        try:
            return retrying(self._try, self._session, method, url, **kwargs)
        except _Passing as last:
            raise last.error from last.__cause__

    def _try(self, session: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        import requests

        try:
            answer = session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **kwargs)
        except requests.exceptions.SSLError as cause:
            raise unreachable(self._origin, cause) from cause
        except requests.RequestException as cause:
            raise _Passing(unreachable(self._origin, cause), tries=CONNECTION_TRIES) from cause
        self._network.sign_in_clock.heard(answer.headers.get("Date"))
        found = AADSTS.search(answer.text) if answer.status_code >= 400 else None
        self.last_code = found[1] if found else None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise self._passing(answer)
        if 300 <= answer.status_code < 400:
            raise Unreachable(f"{self._origin} answered {answer.status_code}", hint="Try again later.")
        return answer

    def _object(self, answer: requests.Response) -> requests.Response:
        """The answer, if it is a JSON object as Microsoft's all are. Raises Unreachable."""
        if not _is_object(answer):
            hint = "Is there a proxy or captive portal in between?"
            raise Unreachable(f"{self._origin} gave an answer that is not Microsoft's", hint=hint)
        return answer

    def _passing(self, answer: requests.Response) -> _Passing:
        """Worth another try, unless the service asks for more patience than a scan has."""
        said = answer.headers.get("Retry-After", "")
        wait = float(said) if said.isdecimal() else None
        if wait is not None and wait > LONGEST_WAIT:
            hint = "Scan at a quieter time."
            raise Unreachable(f"{self._origin} asked to wait {wait:.0f} s ({answer.status_code})", hint=hint)
        error = Unreachable(f"{self._origin} answered {answer.status_code}", hint="Try again later.")
        return _Passing(error, tries=TRIES, wait=wait)

    def _wait(self, state: RetryCallState) -> float:
        cause = state.outcome.exception() if state.outcome else None
        if isinstance(cause, _Passing) and cause.wait is not None:
            return cause.wait
        from tenacity import wait_exponential, wait_random

        backoff = wait_exponential(multiplier=self._first_wait, max=30) + wait_random(0, self._first_wait)
        return backoff(state)


def _tries_used_up(state: RetryCallState) -> bool:
    cause = state.outcome.exception() if state.outcome else None
    return isinstance(cause, _Passing) and state.attempt_number >= cause.tries


def _is_object(answer: requests.Response) -> bool:
    try:
        return isinstance(json.loads(answer.content), dict)
    except (ValueError, RecursionError):
        return False


def unreachable(origin: str, cause: Exception) -> Unreachable:
    """The typed error for a request that got no answer; `cause` is the requests exception."""
    import requests

    if isinstance(cause, requests.exceptions.SSLError):
        hint = "Its certificate is not trusted: name the right CA bundle in REQUESTS_CA_BUNDLE."
        return Unreachable(f"no trusted TLS connection to {origin}", hint=hint)
    if isinstance(cause, requests.exceptions.ProxyError):
        return Unreachable(f"the proxy does not lead to {origin}", hint="Check HTTPS_PROXY and NO_PROXY.")
    if isinstance(cause, requests.exceptions.Timeout):
        return Unreachable(f"{origin} did not answer in time", hint="Try again later.")
    return Unreachable(f"{origin} could not be reached", hint="Check the network, DNS and HTTPS_PROXY.")
