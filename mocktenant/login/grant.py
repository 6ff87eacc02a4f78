"""The client credentials grant: who asks, with what secret or assertion, for which API.

The order in which Microsoft looks at the faults of a request that has several is unconfirmed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus
from uuid import UUID

from mocktenant import hosts
from mocktenant.apps import App
from mocktenant.clouds import is_elsewhere
from mocktenant.login import assertions, federation, people, standing
from mocktenant.login.errors import SignInRefused
from mocktenant.login.resources import service_of
from mocktenant.login.tokens import issue, lifetime
from mocktenant.tenant import Tenant

SHARED = ("common", "organizations", "consumers")
"""Tenant segments that name no tenant."""

_DEFAULT = "/.default"
_DNS_NAME = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


@dataclass(frozen=True)
class TokenRequest:
    """One request to a token endpoint; `authority` is the Host that was asked."""

    segment: str
    form: Mapping[str, str]
    authorization: str | None
    authority: str
    v2: bool


@dataclass(frozen=True)
class Granted:
    """A token, how long it lives, and the resource it is for, as the caller spelt it."""

    token: str
    resource: str
    app: App
    expires_in: int


def grant(tenant: Tenant, asked: TokenRequest) -> Granted:
    """Answers one token request. Raises SignInRefused."""
    segment, form = asked.segment.lower(), asked.form
    demand_known(tenant, segment, asked.authority)
    kind = _required(form, "grant_type")
    _demand_named(segment, kind)
    if kind in people.GRANTS:
        raise people.refusal(tenant, kind, form)
    if kind != "client_credentials":
        raise SignInRefused(70003, kind)
    client_id, secret = _credentials(form, asked.authorization)
    app = _app(tenant, client_id)
    resource = _resource(tenant, form, v2=asked.v2)
    certified = _authenticated(tenant, app, secret, asked)
    evaluated = _evaluated(form)
    service = service_of(resource, tenant.cloud)
    if service is None or standing.lacks(tenant, service):
        raise SignInRefused(500011, resource, tenant.domain)
    token = issue(tenant, app, resource, service, certified=certified, evaluated=evaluated)
    return Granted(token, resource, app, lifetime(service, evaluated=evaluated))


def demand_known(tenant: Tenant, segment: str, authority: str, *, error: str | None = None) -> None:
    """Lets in the names of this tenant and those that name none; `authority` is the Host that was asked.

    Another cloud's sign-in does not know the tenant. Raises SignInRefused.
    """
    elsewhere = is_elsewhere(tenant.cloud, hosts.name_of(authority))
    if segment.lower() in SHARED or (tenant.is_me(segment) and not elsewhere):
        return
    if not _is_guid(segment) and not _DNS_NAME.fullmatch(segment):
        raise SignInRefused(900023, segment)
    raise SignInRefused(90002, segment, error=error)


def _demand_named(segment: str, kind: str) -> None:
    """Apps, and passwords, need a tenant that is named, at least as one of an organisation."""
    if kind in ("client_credentials", "password") and segment in ("common", "consumers"):
        raise SignInRefused(9001023)
    if kind == "client_credentials" and segment in SHARED:
        raise SignInRefused(50059)  # unconfirmed


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
    if _is_guid(client_id) and not UUID(client_id).int:
        raise SignInRefused(700038, client_id)
    app = tenant.apps.get(client_id.lower())
    if app is None or standing.is_deleted(tenant, app):
        raise SignInRefused(700016, client_id, tenant.domain)
    if not standing.may_sign_in(tenant, app):
        raise SignInRefused(7000112, app.client_id, app.display_name)
    return app


def _resource(tenant: Tenant, form: Mapping[str, str], *, v2: bool) -> str:
    if not v2:
        return _required(form, "resource")
    if form.get("resource"):
        raise SignInRefused(901002)
    return _scope(tenant, form)


def _scope(tenant: Tenant, form: Mapping[str, str]) -> str:
    """The resource of a v2 request: one scope, `<resource>/.default`; bare `.default` is Graph's."""
    scope = _required(form, "scope")
    names = scope.split()
    if len({name.rpartition("/")[0] for name in names if "/" in name}) > 1:
        raise SignInRefused(700022)
    if len(names) != 1:
        raise SignInRefused(70011, scope)
    if names[0] == ".default":
        return f"https://{tenant.cloud.graph}"
    if not names[0].endswith(_DEFAULT):
        raise SignInRefused(1002012 if "/" in names[0] else 70011, scope)
    return names[0].removesuffix(_DEFAULT)


def _authenticated(tenant: Tenant, app: App, secret: str, asked: TokenRequest) -> bool:
    """Whether an assertion proved who asks; False for a secret. Raises SignInRefused for neither."""
    if secret:
        _demand_secret(tenant, app, secret)
        return False
    token = asked.form.get("client_assertion", "")
    if not token:
        raise SignInRefused(7000218)
    if asked.form.get("client_assertion_type") != assertions.TYPE:
        raise SignInRefused(900144, "client_assertion_type")  # for a wrong type unconfirmed
    header = assertions.header_of(token)
    if federation.is_foreign(token):
        federation.verify(tenant, app, token, header)
    else:
        assertions.verify(tenant, app, token, header, asked.authority)
    return True


def _demand_secret(tenant: Tenant, app: App, secret: str) -> None:
    for text, over in standing.secrets(tenant, app):
        if hmac.compare_digest(secret.encode(), text.encode()):
            if over:
                raise SignInRefused(7000222, app.client_id)
            return
    raise SignInRefused(7000215, app.client_id)


def _evaluated(form: Mapping[str, str]) -> bool:
    """Whether the client says that it can be told of a revocation (cp1 among its capabilities)."""
    if not form.get("claims"):
        return False
    try:
        said = json.loads(form["claims"])["access_token"]["xms_cc"]["values"]
        return "cp1" in [value.lower() for value in said]
    except (LookupError, TypeError, AttributeError):
        return False  # another claim is asked for
    except ValueError:
        raise SignInRefused(90100, "claims") from None


def _is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
