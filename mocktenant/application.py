"""The tenant as one WSGI application: who is asked, what is planned to go wrong, what was asked.

Each service is a Flask application of its own, so a Microsoft host can't answer for another.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from mocktenant import hosts
from mocktenant.azure.identity import blueprint as identity
from mocktenant.azure.routes import blueprint as azure
from mocktenant.clouds import is_elsewhere
from mocktenant.control.routes import blueprint as control
from mocktenant.exchange.recipients import identities
from mocktenant.exchange.routes import blueprint as exchange
from mocktenant.github.api_routes import blueprint as github_api
from mocktenant.github.routes import blueprint as github
from mocktenant.graph.routes import blueprint as graph
from mocktenant.inner import APPLICATION, BATCHED
from mocktenant.journal import NOTES, Entry
from mocktenant.login.routes import blueprint as login
from mocktenant.management.routes import blueprint as management
from mocktenant.matching import Asked
from mocktenant.mishaps import answered
from mocktenant.tenant import Tenant

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_BLUEPRINTS = {
    "azure": azure,
    "control": control,
    "exchange": exchange,
    "github": github,
    "github_api": github_api,
    "graph": graph,
    "identity": identity,
    "login": login,
    "management": management,
}


class Application:
    """A WSGI application. Only our own server can cut an answer off or break the connection; others send it whole."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.services = _Services(tenant)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[APPLICATION] = self
        environ["PATH_INFO"] = path = _normal(environ.get("PATH_INFO", "/"))
        authority = environ.get("HTTP_HOST", "")
        service = hosts.service_for(authority, path)
        if service is None:
            self.note_stranger(environ["REQUEST_METHOD"], authority, path, environ.get("QUERY_STRING", ""))
            return _plain(start_response, "404 Not Found", f"{authority} is not emulated here")
        if service == "control":
            return self.services[service](environ, start_response)
        if environ.get("wsgi.url_scheme") != "https" and service != "identity":
            return _plain(start_response, "403 Forbidden", f"{authority}{path} is served over TLS only")
        environ["PATH_INFO"] = hosts.spelt(service, path)
        if service != "login" and is_elsewhere(self.tenant.cloud, hosts.name_of(authority)):
            environ["HTTP_AUTHORIZATION"] = "Bearer of.another.cloud"  # whose keys this one does not know
        return self._emulated(service, environ, start_response)

    def note_stranger(self, method: str, authority: str, path: str = "", query: str = "") -> None:
        """Notes a request to a host that is not emulated."""
        host = hosts.name_of(authority)
        self.tenant.journal.add(
            Entry(
                method=method,
                host=host,
                path=path,
                query=query,
                cmdlet=None,
                status=403 if method == "CONNECT" else 404,
                client_id=None,
                permission=None,
                unknown=f"host {host}",
            )
        )

    def _now(self, service: str) -> datetime:
        """What a service's answers are dated with: sign-in goes by the wall clock, data by its own."""
        if service in ("github", "github_api", "identity", "login"):
            return datetime.fromtimestamp(self.tenant.timer.now(), UTC)
        return self.tenant.clock

    def _emulated(
        self, service: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answers for a Microsoft host, with whatever is planned to go wrong, and notes it."""
        host, method, path = (
            hosts.name_of(environ["HTTP_HOST"]),
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
        )
        notes: dict[str, Any] = environ.setdefault(NOTES, {})
        notes["cmdlet"], notes["mailbox"] = _command(environ) if service == "exchange" else (None, None)
        notes["status"] = 0

        def noting(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            notes["status"] = int(status[:3])
            dated = format_datetime(self._now(service), usegmt=True)
            return start_response(status, [*headers, ("Date", dated)], exc_info)

        asked = Asked(
            host=host,
            method=method,
            path=path,
            query=environ.get("QUERY_STRING", ""),
            cmdlet=notes["cmdlet"],
            named=notes["mailbox"],
            mailbox=self._mailbox(notes["mailbox"]),
            batched=BATCHED in environ,
        )
        answer = answered(self.tenant, service, asked, environ, noting, self.services[service])
        self.tenant.journal.add(
            Entry(
                method=method,
                host=host,
                path=path,
                query=environ.get("QUERY_STRING", ""),
                cmdlet=notes["cmdlet"],
                status=notes["status"],
                client_id=notes.get("client_id"),
                permission=notes.get("permission"),
                mailbox=notes["mailbox"],
                batched=BATCHED in environ,
                early=notes.get("early", False),
                limit=notes.get("limit"),
                needs=tuple(notes.get("needs", ())),
                unknown=notes.get("unknown"),
            )
        )
        return answer

    def _mailbox(self, named: str | None) -> frozenset[str]:
        """Everything by which the mailbox of a command may be called, if any fault or latency asks for it."""
        tenant = self.tenant
        if named is None or not (tenant.faults.about_mailboxes() or tenant.latencies.about_mailboxes()):
            return frozenset()
        return frozenset(identities(tenant, named))


class _Services(dict[str, Flask]):
    """The applications by service, each made when it is first asked: most tests ask for one or two."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self._tenant = tenant
        self._lock = threading.Lock()

    def __missing__(self, name: str) -> Flask:
        with self._lock:
            if name not in self:
                self[name] = _flask(name, self._tenant)
            return self[name]


def _flask(name: str, tenant: Tenant) -> Flask:
    app = Flask(f"mocktenant.{name}", static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider, which is in use
    app.register_blueprint(_BLUEPRINTS[name](tenant))
    app.before_request(_note_unknown)
    return app


def _note_unknown() -> None:
    """Marks a request that no route of the service is for."""
    if request.routing_exception is not None:
        request.environ.setdefault(NOTES, {})["unknown"] = f"{request.method} {request.path}"


def _normal(path: str) -> str:
    """`//` and a trailing `/` mean nothing to Microsoft; some of its own clients send them."""
    return re.sub("/{2,}", "/", path).rstrip("/") or "/"


def _command(environ: WSGIEnvironment) -> tuple[str | None, str | None]:
    """The cmdlet that a request asks for and the mailbox it is about, whatever else is wrong with it.

    The body stays readable.
    """
    if not environ["PATH_INFO"].lower().endswith("/invokecommand"):
        return None, None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        command = json.loads(body)["CmdletInput"]
        name, parameters = command["CmdletName"], command.get("Parameters")
    except (ValueError, LookupError, TypeError, AttributeError):
        return None, None
    if not isinstance(name, str):
        return None, None
    given = parameters if isinstance(parameters, dict) else {}
    about = given.get("Mailbox") or given.get("Identity")
    return name, about if isinstance(about, str) else None


def _plain(start_response: StartResponse, status: str, text: str) -> Iterable[bytes]:
    body = f"mocktenant: {text}\n".encode()
    start_response(
        status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    )
    return [body]
