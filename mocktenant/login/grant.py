"""The client credentials grant: who asks, with what secret or certificate, for which API.

The order in which Microsoft looks at the faults of a request that has several is unconfirmed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from mocktenant.apps import App
from mocktenant.login import assertions
from mocktenant.login.errors import SignInRefused
from mocktenant.login.resources import service_of
from mocktenant.login.tokens import issue
from mocktenant.tenant import Tenant

SHARED = ("common", "organizations", "consumers")
"""Tenant segments that name no tenant; the refusal on `organizations` is unconfirmed."""

_DEFAULT = "/.default"


@dataclass(frozen=True)
class Granted:
    """A token and the resource it is for, as the caller spelt it."""

    token: str
    resource: str
    app: App


def grant(
    tenant: Tenant,
    segment: str,
    form: Mapping[str, str],
    authorization: str | None,
    authority: str,
    *,
    v2: bool,
) -> Granted:
    """Answers one token request; `authority` is the Host that was asked. Raises SignInRefused."""
    if segment.lower() not in SHARED and not tenant.is_me(segment):
        raise SignInRefused(90002, segment)
    kind = _required(form, "grant_type")
    if kind != "client_credentials":
        raise SignInRefused(70003, kind)
    if segment.lower() in SHARED:
        raise SignInRefused(9001023)
    client_id, secret = _credentials(form, authorization)
    app = _app(tenant, client_id)
    resource = _scope(form) if v2 else _required(form, "resource")
    certified = not secret and bool(form.get("client_assertion"))
    if certified:
        assertions.verify(tenant, app, form, authority)
    else:
        _authenticate(app, secret)
    service = service_of(resource)
    if service is None:
        raise SignInRefused(500011, resource, tenant.domain)
    return Granted(issue(tenant, app, resource, service, certified=certified), resource, app)


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise SignInRefused(900144, name)
    return value


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    """Client id and secret, from HTTP Basic or the form."""
    kind, _, encoded = (authorization or "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise SignInRefused(900144, "client_id") from None
        return unquote_plus(name), unquote_plus(secret)
    return _required(form, "client_id"), form.get("client_secret", "")


def _app(tenant: Tenant, client_id: str) -> App:
    app = tenant.apps.get(client_id.lower())
    if app is None:
        raise SignInRefused(700016, client_id, tenant.domain)
    if not app.enabled:
        raise SignInRefused(7000112, app.client_id, app.display_name)
    return app


def _scope(form: Mapping[str, str]) -> str:
    """The resource of a v2 request: one scope, `<resource>/.default`; bare `.default` is Graph's."""
    scope = _required(form, "scope")
    names = scope.split()
    if len(names) != 1:
        raise SignInRefused(70011, scope)
    if names[0] == ".default":
        return "https://graph.microsoft.com"
    if not names[0].endswith(_DEFAULT):
        raise SignInRefused(1002012 if "/" in names[0] else 70011, scope)
    return names[0].removesuffix(_DEFAULT)


def _authenticate(app: App, secret: str) -> None:
    if not secret:
        raise SignInRefused(7000218)
    if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
        raise SignInRefused(7000215, app.client_id)
    if app.secret_expired:
        raise SignInRefused(7000222, app.client_id)
