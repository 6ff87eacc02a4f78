"""What was asked of the tenant: by whom, under which role, and what that took."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from mocktenant.tenant import Tenant


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/requests`, `/lookups`, `/unknown` and `/permissions`."""

    @routes.get("/requests")
    def requests() -> Response:
        """The journal: every request to a Microsoft endpoint, oldest first."""
        return jsonify(value=[entry.as_json() for entry in tenant.journal])

    @routes.delete("/requests")
    def forget() -> tuple[str, int]:
        """Empties the journal, and leaves all else as it is."""
        tenant.journal.clear()
        return "", 204

    @routes.get("/lookups")
    def lookups() -> Response:
        """What DNS was asked, oldest first: name, type, protocol, and how it was answered."""
        return jsonify(value=[lookup.as_json() for lookup in tenant.lookups])

    @routes.delete("/lookups")
    def forget_lookups() -> tuple[str, int]:
        """Empties the list of lookups."""
        tenant.lookups.clear()
        return "", 204

    @routes.get("/unknown")
    def unknown() -> Response:
        """What was asked for and is not emulated: hosts, paths, cmdlets."""
        return jsonify(value=[entry.as_json() for entry in tenant.journal.unknown()])

    @routes.get("/permissions")
    def permissions() -> Response:
        """For each client: the least roles for all that it asked, and those it holds without need."""
        return jsonify(value=tenant.permissions())
