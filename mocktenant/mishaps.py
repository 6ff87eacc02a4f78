"""Between the wire and a service: planned faults, slow answers and limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mocktenant.faults import Hit
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.matching import Asked
from mocktenant.refusals import Answer, answer, planned
from mocktenant.tenant import Tenant
from mocktenant.throttle import Verdict

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CUT = "mocktenant.cut"
"""Key of the environ under which a server finds after how many bytes of body to hang up."""

RESET = "mocktenant.reset"
"""Key of the environ that is True where the server breaks the connection instead of answering."""


def answered(
    tenant: Tenant,
    service: str,
    asked: Asked,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    respond: WSGIApplication,
) -> Iterable[bytes]:
    """The service's answer, or what comes instead of it."""
    hit = tenant.faults.take(asked, tenant.timer.monotonic())
    if hit is not None:
        return _hit(tenant, service, asked, hit, environ, start_response, respond)
    return _limited(tenant, service, asked, environ, start_response, respond)


def _hit(
    tenant: Tenant,
    service: str,
    asked: Asked,
    hit: Hit,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    respond: WSGIApplication,
) -> Iterable[bytes]:
    fault = hit.fault
    tenant.timer.sleep(fault.delay)
    environ[NOTES]["early"] = bool(hit.early)
    if fault.cut is not None:
        environ[CUT] = fault.cut
    if fault.reset is not None:
        environ[RESET] = True
    if fault.reset == "before":
        # Only for servers that know nothing of RESET; nothing was done.
        nothing = _sent(start_response, ("503 Service Unavailable", [("Content-Length", "0")], b""))
        environ[NOTES]["status"] = 0
        return nothing
    if fault.status is not None or fault.aadsts is not None:
        return _sent(start_response, planned(hit, service, asked, tenant))
    return _limited(tenant, service, asked, environ, start_response, respond)


def _limited(
    tenant: Tenant,
    service: str,
    asked: Asked,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    respond: WSGIApplication,
) -> Iterable[bytes]:
    with _admitted(tenant, service, asked, environ) as verdict:
        if not asked.batched:
            tenant.timer.sleep(tenant.latencies.drawn(asked))
        if verdict.limit:
            environ[NOTES]["limit"] = verdict.limit
            refused = answer(429, service, asked, tenant, wait=verdict.wait, headers=verdict.headers)
            return _sent(start_response, refused)
        return respond(environ, _adding(start_response, verdict.headers))


@contextmanager
def _admitted(tenant: Tenant, service: str, asked: Asked, environ: WSGIEnvironment) -> Iterator[Verdict]:
    """Limits are an app's: a request without a token that opens the service is not counted."""
    throttle = tenant.throttle
    if throttle is None or service not in ("exchange", "graph"):
        yield Verdict()
        return
    try:
        client_id = verify(tenant, environ.get("HTTP_AUTHORIZATION"), service)["appid"]
    except TokenRefused:
        yield Verdict()
        return
    with throttle.admitted(tenant, service, asked, str(client_id)) as verdict:
        yield verdict


def _adding(start_response: StartResponse, more: dict[str, str]) -> StartResponse:
    def start(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        return start_response(status, [*headers, *more.items()], exc_info)

    return start if more else start_response


def _sent(start_response: StartResponse, what: Answer) -> Iterable[bytes]:
    status, headers, body = what
    start_response(status, headers)
    return [body]
