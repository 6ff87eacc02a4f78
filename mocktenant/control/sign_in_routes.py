"""Who may sign in: apps, forged and revoked tokens, and GitHub's job."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, jsonify

from mocktenant.apps import App
from mocktenant.control.bodies import BodyInvalid, an_object, json_body
from mocktenant.github.issuer import Job
from mocktenant.login.errors import CODES
from mocktenant.login.forge import KINDS, UnknownForgery
from mocktenant.matching import demand_fields
from mocktenant.naming import UnknownObject
from mocktenant.permissions import UnknownDirectoryRole
from mocktenant.tenant import Tenant


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/aadsts`, `/apps`, `/tokens`, `/tokens/revoked` and `/github`."""
    for invalid in (UnknownDirectoryRole, UnknownForgery):
        routes.register_error_handler(invalid, _refused)

    @routes.get("/aadsts")
    def numbers() -> Response:
        """The errors of sign-in by number: {"aadsts": number} in a fault makes one; some are unconfirmed."""
        return jsonify({str(number): asdict(code) for number, code in CODES.items()})

    _apps(routes, tenant)
    _tokens(routes, tenant)
    _github(routes, tenant)


def _refused(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400


def _apps(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/apps")
    def apps() -> Response:
        """The apps that may sign in, with their secrets."""
        return jsonify(value=[_shown(app) for app in tuple(tenant.apps.values())])

    @routes.post("/apps")
    def add_app() -> tuple[Response, int]:
        """Registers an app ({"name", "roles", "directory_roles"}) or lets one of the directory in ({"adopt"})."""
        given = an_object(json_body())
        if "adopt" in given:
            return jsonify(_shown(tenant.adopt_app(_text(given, "adopt")))), 200
        roles, directory_roles = _texts(given, "roles"), _texts(given, "directory_roles")
        app = tenant.register_app(_text(given, "name"), roles=roles, directory_roles=directory_roles)
        return jsonify(_shown(app)), 201


def _shown(app: App) -> dict[str, Any]:
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "object_id": app.object_id,
        "display_name": app.display_name,
        "roles": sorted(app.app_roles),
        "directory_roles": sorted(app.directory_roles),
    }


def _tokens(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/tokens")
    def kinds() -> Response:
        """The kinds of tokens that can be forged."""
        return jsonify(kinds=list(KINDS))

    @routes.post("/tokens")
    def forge() -> tuple[Response, int]:
        """A token with something wrong: {"kind", "service": "graph", "claims": {}}."""
        given = an_object(json_body())
        claims = an_object(given.get("claims", {}))
        if {"kind", "service", "self"} & claims.keys():
            raise BodyInvalid("kind, service and self are no claims")
        kind, service = (
            _text({"kind": "valid", "service": "graph"} | given, name) for name in ("kind", "service")
        )
        return jsonify(token=tenant.forge(kind, service=service, **claims)), 201

    @routes.post("/tokens/revoked")
    def revoke() -> tuple[str, int]:
        """Ends the tokens of an app: {"client_id"}, the scanner's if {}."""
        given = an_object(json_body())
        client_id = _text({"client_id": tenant.client_id} | given, "client_id").lower()
        if client_id not in tenant.apps:
            raise UnknownObject(f"no app {client_id!r} may sign in")
        tenant.revoke_tokens(client_id)
        return "", 204


def _github(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/github")
    def github() -> Response:
        """The job that runs, its subject, its token, the variables that lead to another, and the alerts."""
        found = tenant.github
        return jsonify(
            job=asdict(found.job),
            subject=found.job.subject,
            token=found.job_token,
            environment=found.environment(),
            alerts=[asdict(each) for each in found.code_scanning.alerts.values()],
        )

    @routes.put("/github")
    def set_job() -> Response:
        """Another job: the fields that differ ({"environment": "m365-readonly"})."""
        given = demand_fields(Job, json_body())
        if not isinstance(given.get("environment"), str | None):
            raise BodyInvalid("environment must be text or null")
        tenant.github.job = replace(tenant.github.job, **given)
        return github()


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise BodyInvalid(f"{name} must be text")
    return value


def _texts(given: dict[str, Any], name: str) -> list[str]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BodyInvalid(f"{name} must be a list of texts")
    return value
