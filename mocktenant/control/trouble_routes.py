"""What goes wrong beside planned faults: slow answers, limits, and the clock that they go by."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from mocktenant.control.bodies import BodyInvalid, an_object, json_body
from mocktenant.latency import Latency
from mocktenant.matching import FaultInvalid, demand_fields
from mocktenant.presets import PRESETS
from mocktenant.tenant import Tenant
from mocktenant.throttle import Limits, Throttle


def add(routes: Blueprint, tenant: Tenant) -> None:
    """`/presets`, `/latencies`, `/throttle` and `/timer`."""
    for invalid in (BodyInvalid, FaultInvalid):
        routes.register_error_handler(invalid, _refused)

    @routes.get("/presets")
    def presets() -> Response:
        """The faults that are known by name: {"preset": name} plans one."""
        return jsonify(PRESETS)

    _latencies(routes, tenant)
    _throttle(routes, tenant)
    _timer(routes, tenant)


def _refused(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400


def _latencies(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/latencies")
    def latencies() -> Response:
        """The latencies set, the first that matches counts."""
        return jsonify(value=[latency.as_json() for latency in tenant.latencies])

    @routes.post("/latencies")
    def set_latency() -> tuple[Response, int]:
        """Sets a latency: what to match, and how long it takes."""
        latency = Latency.from_json(json_body())
        tenant.latencies.add(latency)
        return jsonify(latency.as_json()), 201

    @routes.delete("/latencies")
    def clear_latencies() -> tuple[str, int]:
        """Drops all latencies."""
        tenant.latencies.clear()
        return "", 204


def _throttle(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/throttle")
    def throttle() -> Response:
        """The limits that are kept, null if none are."""
        return jsonify(limits=None if tenant.throttle is None else asdict(tenant.throttle.limits))

    @routes.put("/throttle")
    def set_throttle() -> Response:
        """Keeps limits: {"limits": {}} are the documented ones, with some changed or null for none."""
        wanted = an_object(json_body()).get("limits", {})
        tenant.throttle = None if wanted is None else Throttle(Limits(**_counts(wanted)))
        return throttle()


def _counts(given: Any) -> dict[str, int]:
    """Numbers that are no less than nought. Raises FaultInvalid."""
    found = demand_fields(Limits, given)
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise FaultInvalid(f"{name}: must be a number from 0")
    return found


def _timer(routes: Blueprint, tenant: Tenant) -> None:
    timer = tenant.timer

    @routes.get("/timer")
    def read_timer() -> Response:
        """The clock of tokens, limits and delays, in seconds since 1970, and whether it stands still."""
        return jsonify(now=timer.now(), stopped=timer.stopped)

    @routes.put("/timer")
    def set_timer() -> Response:
        """Stops it ({"stopped": true}), lets it run as the machine's, moves it on ({"advance": seconds})."""
        given = an_object(json_body())
        stopped, seconds = given.get("stopped"), given.get("advance", 0)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
            raise BodyInvalid("advance must be seconds, from 0")
        if not isinstance(stopped, bool | None):
            raise BodyInvalid("stopped must be true or false")
        if stopped:
            timer.stop()
        elif stopped is False:
            timer.reset()
        timer.advance(seconds)
        return read_timer()
