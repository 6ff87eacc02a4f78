"""Requests to one host with one API's token."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from o365scan.api import ServiceError
from o365scan.auth.source import TokenSource
from o365scan.auth.wire import unreachable
from o365scan.network import TIMEOUT, Network
from o365scan.transport.errors import AccessDenied, ServiceDown, Throttled, UnexpectedAnswer

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

#: Requests under way at once to one host: Exchange Online caps a tenant at a number it does not publish,
#: Outlook serves four of a batch at a time.
CONCURRENCY = 4
#: Tries for an answer that may come right, and for a host that does not answer at all.
TRIES, CONNECTION_TRIES = 6, 3
#: Seconds: the longest wait that is worth it, and the first step of the back-off without Retry-After.
LONGEST_WAIT, FIRST_WAIT = 120.0, 0.5

_RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """A response: status, headers (any case) and the body, decoded if its encoding was true."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def said(answer: Answer) -> tuple[str, str]:
    """Code and message of an error answer in one of Microsoft's envelopes; empty where it has none."""
    body = answer.json()
    body = body if isinstance(body, dict) else {}
    error = body.get("error")
    if isinstance(error, dict):
        return str(error.get("code", "")), str(error.get("message", ""))
    return "", str(body.get("Message", body.get("message", "")))


class _Transient(Exception):
    """An answer worth another try; `error` is raised when the tries are used up."""

    def __init__(self, error: ServiceError, *, tries: int, wait: float | None = None) -> None:
        self.error, self.tries, self.wait = error, tries, wait


class Channel:
    """Sends requests to one origin with the token issued for it, and to no other, whatever a nextLink says.

    `audience` is what the token is asked for, where it is not the origin. `transient` tells, for an answer of an API
    that hides passing trouble in other statuses, whether it is worth another try.
    """

    def __init__(
        self,
        origin: str,
        tokens: TokenSource,
        network: Network,
        *,
        audience: str | None = None,
        transient: Callable[[Answer], bool] = lambda _: False,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.origin = origin
        self._audience = audience or origin
        self._tokens = tokens
        self._network = network
        self._transient = transient
        self._first_wait = first_wait
        self._local = threading.local()
        self._places = threading.BoundedSemaphore(CONCURRENCY)

    def send(
        self, method: str, url: str, *, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, tried again while that may help; `url` is absolute or a path of the origin.

        `body` is JSON, or a function that makes it of the token.

        Returns any answer that is no passing trouble (4xx included). Raises Unreachable, Throttled,
        ServiceDown, SignInFailed, AccessDenied (401 with a fresh token) or UnexpectedAnswer (a redirect,
        another host).
        """
        from tenacity import Retrying, retry_if_exception_type

        target = self.own(url)
        retrying = Retrying(
            retry=retry_if_exception_type(_Transient),
            stop=_tries_used_up,
            wait=self._wait,
            before_sleep=self._note_wait,
            reraise=True,
        )
        try:
            return retrying(self._try, method, target, body, dict(headers or {}))
        except _Transient as last:
            raise last.error from last.__cause__

    def wait(self, seconds: float, attempt: int) -> None:
        """Wait as the service said, or longer from attempt to attempt where it said nothing."""
        wait = seconds or self._first_wait * 2**attempt
        self._network.traffic.waits(self.origin, wait, asked=bool(seconds))
        time.sleep(wait)

    def own(self, url: str) -> str:
        """A path of the origin, or a link to it, as an absolute URL. Raises UnexpectedAnswer for another host."""
        if url.startswith("/"):
            return self.origin + url
        try:
            there, here = urlsplit(url), urlsplit(self.origin)
        except ValueError as cause:
            raise UnexpectedAnswer(f"{self.origin} sent a link that is no URL") from cause
        if (there.scheme, there.netloc.lower()) != (here.scheme, here.netloc.lower()):
            raise UnexpectedAnswer(f"{self.origin} pointed to another host: {there.scheme}://{there.netloc}")
        return url

    def _try(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        token = self._tokens.token(self._audience)
        answer = self._exchange(method, url, body, headers, token)
        if answer.status == 401:
            token = self._tokens.renewed(self._audience, token, _claims_challenge(answer))
            answer = self._exchange(method, url, body, headers, token)
            if answer.status == 401:
                code, message = said(answer)
                text = f"{self.origin} refused the token (401) {code} {message}".strip()
                raise AccessDenied(text, code=code or None, hint="Run: o365scan doctor")
        self._refuse_trouble(answer)
        return answer

    def _refuse_trouble(self, answer: Answer) -> None:
        if 300 <= answer.status < 400:
            raise UnexpectedAnswer(f"{self.origin} answered with a redirect ({answer.status}), not followed")
        if answer.status == 429:
            error: ServiceError = Throttled(f"{self.origin} kept throttling", hint="Scan at a quieter time.")
        elif answer.status in _RETRIED or self._transient(answer):
            error = ServiceDown(f"{self.origin} answered {answer.status}", hint="Try again later.")
        else:
            return
        wait = _retry_after(answer)
        if wait is not None and wait > LONGEST_WAIT:
            raise Throttled(f"{self.origin} asked to wait {wait:.0f} s", hint="Scan at a quieter time.")
        raise _Transient(error, tries=TRIES, wait=wait)

    def _exchange(self, method: str, url: str, body: Any, headers: dict[str, str], token: str) -> Answer:
        import requests
        import urllib3

        try:
            with self._places:
                self._network.traffic.sent()
                response = self._session().request(
                    method, url, json=body(token) if callable(body) else body,
                    headers={**headers, "Accept-Encoding": "gzip"}, auth=_bearer(token),
                    timeout=TIMEOUT, stream=True, allow_redirects=False,
                )  # fmt: skip
                with response:
                    self._network.clock.heard(response.headers.get("Date"))
                    return _read(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as cause:
            if isinstance(cause, requests.exceptions.SSLError):
                raise unreachable(self.origin, cause) from cause
            raise _Transient(unreachable(self.origin, cause), tries=CONNECTION_TRIES) from cause

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = self._network.session(self.origin)
        session: requests.Session = self._local.session
        return session

    def _wait(self, state: RetryCallState) -> float:
        cause = state.outcome.exception() if state.outcome else None
        if isinstance(cause, _Transient) and cause.wait is not None:
            return cause.wait
        from tenacity import wait_exponential, wait_random

        return (wait_exponential(multiplier=self._first_wait, max=30) + wait_random(0, self._first_wait))(
            state
        )

    def _note_wait(self, state: RetryCallState) -> None:
        cause = state.outcome.exception() if state.outcome else None
        asked = isinstance(cause, _Transient) and (
            cause.wait is not None or isinstance(cause.error, Throttled)
        )
        if state.next_action is not None:
            self._network.traffic.waits(self.origin, state.next_action.sleep, asked=asked)


def _tries_used_up(state: RetryCallState) -> bool:
    cause = state.outcome.exception() if state.outcome else None
    return isinstance(cause, _Transient) and state.attempt_number >= cause.tries


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    # An auth object, since requests lets ~/.netrc replace a header.
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _read(response: requests.Response) -> Answer:
    """The raw body first: Exchange's 403 is NUL bytes that claim gzip; decoding would hide the status."""
    raw = response.raw.read(decode_content=False)
    body = raw
    if response.headers.get("Content-Encoding", "").lower() == "gzip":
        try:
            body = gzip.decompress(raw)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            body = raw
    return Answer(response.status_code, response.headers, body)


def _retry_after(answer: Answer) -> float | None:
    """Seconds; Microsoft sends whole seconds, and leaves the header out at times."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None


def _claims_challenge(answer: Answer) -> str | None:
    """The claims that continuous access evaluation asks for, decoded for MSAL."""
    import base64
    import re

    found = re.search(r'claims="([A-Za-z0-9+/_=-]+)"', answer.headers.get("WWW-Authenticate", ""))
    if not found:
        return None
    text = found[1].replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except ValueError:  # a challenge that can't be read is none: the token is renewed without it
        return None
