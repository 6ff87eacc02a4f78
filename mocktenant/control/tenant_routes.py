"""The tenant as a whole: its story, its clock, back to the beginning, saved and restored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from mocktenant.control.bodies import BodyInvalid, an_object, json_body
from mocktenant.naming import UnknownObject
from mocktenant.population import stamp
from mocktenant.tenant import Tenant
from mocktenant_fixtures import Scenario
from mocktenant_fixtures import scenario as story


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/health`, `/scenario`, `/reset`, `/snapshot` and `/clock`."""

    @routes.get("/health")
    def health() -> Response:
        """Says that it is there, and which tenant it is."""
        return jsonify(status="ok", tenant_id=tenant.tenant_id, scenario=tenant.scenario.name)

    @routes.post("/reset")
    def reset() -> Response:
        """Back to the beginning: state, clock, faults, journal, licences, grants."""
        tenant.reset()
        return jsonify(status="reset")

    @routes.get("/snapshot")
    def save() -> Response:
        """The tenant as it is now, with its apps' secrets, to be put back later."""
        return jsonify(tenant.save())

    @routes.put("/snapshot")
    def restore() -> Response:
        """Makes the tenant what a snapshot says; faults and journal stay."""
        tenant.restore(an_object(json_body()))
        return jsonify(status="restored")

    _scenario(routes, tenant)
    _clock(routes, tenant)


def _scenario(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/scenario")
    def scenario() -> Response:
        """The story it began with and those that happened since, each with the findings that it must cause."""
        happened = [_told(story(name)) for name in tenant.happened]
        return jsonify(**_told(tenant.scenario), seed=tenant.seed, size=tenant.size, happened=happened)

    @routes.post("/scenario")
    def happen() -> tuple[Response, int]:
        """Lets a story happen in the tenant as it is now: {"name"}."""
        name = an_object(json_body()).get("name")
        if not isinstance(name, str):
            raise BodyInvalid('name the scenario: {"name": "oauth-spam-campaign"}')
        try:
            tenant.apply(name)
        except UnknownObject as gone:
            return jsonify(error=f"{name} needs what the tenant no longer has: {gone}"), 409
        return jsonify(_told(story(name))), 201


def _told(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "story": scenario.story,
        "sources": list(scenario.sources),
        "expected": list(scenario.expected),
    }


def _clock(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/clock")
    def clock() -> Response:
        """The tenant's "now"; sign-in goes by the wall clock."""
        return jsonify(now=stamp(tenant.clock))

    @routes.put("/clock")
    def set_clock() -> Response:
        """Sets the clock: {"now": "2026-09-01T06:00:00Z"}, or moves it: {"seconds": 86400}."""
        tenant.clock = _moment(tenant.clock, an_object(json_body()))
        return jsonify(now=stamp(tenant.clock))


def _moment(now: datetime, given: dict[str, Any]) -> datetime:
    said = given.get("now"), given.get("seconds")
    try:
        match said:
            case (str(text), None):
                moment = datetime.fromisoformat(text)
            case (None, int(seconds)) if not isinstance(seconds, bool):
                moment = now + timedelta(seconds=seconds)
            case _:
                raise BodyInvalid('say {"now": a moment} or {"seconds": a whole number}')
    except (ValueError, OverflowError) as cause:
        raise BodyInvalid(f"no moment: {cause}") from None
    if moment.tzinfo is None:
        raise BodyInvalid(f"{given['now']} has no time zone: end it with Z")
    return moment
