"""Objects of the state: read, put, changed, taken away; and collections of one's own."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from mocktenant.control import state
from mocktenant.control.bodies import json_body
from mocktenant.tenant import Tenant


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/state`, and `/collections` that a test declares."""
    _objects(routes, tenant)
    _declarations(routes, tenant)


def _objects(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/state")
    def collections() -> Response:
        """Every collection: its key, and how many objects it holds."""
        return jsonify(state.collections(tenant))

    @routes.get("/state/<collection>")
    def listed(collection: str) -> Response:
        """The objects of a collection."""
        return jsonify(value=tenant.objects(collection))

    @routes.get("/state/<collection>/<path:key>")
    def one(collection: str, key: str) -> Response:
        """An object by its key or its name."""
        return jsonify(tenant.get(collection, key))

    @routes.put("/state/<collection>")
    def put_new(collection: str) -> Response:
        """Adds an object, or replaces the one with its key; without a key it is given one."""
        return jsonify(state.put(tenant, collection, None, json_body()))

    @routes.put("/state/<collection>/<path:key>")
    def put(collection: str, key: str) -> Response:
        """Adds or replaces the object of a key."""
        return jsonify(state.put(tenant, collection, key, json_body()))

    @routes.patch("/state/<collection>/<path:key>")
    def patch(collection: str, key: str) -> Response:
        """Changes the properties that the body names."""
        return jsonify(state.patch(tenant, collection, key, json_body()))

    @routes.delete("/state/<collection>/<path:key>")
    def delete(collection: str, key: str) -> tuple[str, int]:
        """Takes an object away."""
        tenant.delete(collection, key)
        return "", 204


def _declarations(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/collections")
    def declared() -> Response:
        """The collections that were declared."""
        return jsonify(value=list(tenant.declared.values()))

    @routes.put("/collections/<name>")
    def declare(name: str) -> Response:
        """Declares a collection: {"key", "path" below Graph's version, "app_roles" that read it, "of"}."""
        given = json_body() if request.content_length else {}
        return jsonify(state.declare(tenant, name, given))
