"""The environment that leads clients to the server which is asked, for programs that did not start it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from mocktenant.tenant import Tenant

ENVIRONMENT = "mocktenant.environment"
"""Key of the WSGI environ under which our own server leaves what gives its variables; others have none."""


def add(routes: Blueprint, _tenant: Tenant) -> None:
    """`/environment`."""

    @routes.get("/environment")
    def environment() -> tuple[Response, int]:
        """The variables that lead clients to this server, by name."""
        variables = request.environ.get(ENVIRONMENT)
        if variables is None:
            return jsonify(error="the tenant is run by a server that is not mocktenant's own"), 404
        return jsonify(variables()), 200
