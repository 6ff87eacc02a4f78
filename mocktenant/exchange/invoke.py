"""Runs a cmdlet: from the envelope to a page of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlets import CMDLETS, Cmdlet, matches, rows
from mocktenant.exchange.paging import Asked, link_token
from mocktenant.exchange.parameters import Read, read
from mocktenant.exchange.wire import row as written
from mocktenant.permissions import exchange_roles
from mocktenant.tenant import Tenant

_DEFAULT_SIZE = 1000
_TRUNCATED = (
    "By default, only the first 1000 items are returned. "
    "Use the ResultSize parameter to specify the number of items returned."
)


@dataclass(frozen=True)
class Page:
    """Rows as written, the token of the next page or None, and warnings."""

    rows: list[Object]
    next_token: str | None
    warnings: list[str]


def envelope(body: Any) -> tuple[str, dict[str, Any]]:
    """Cmdlet name and parameters of a request body. Raises Refusal."""
    command = body.get("CmdletInput") if isinstance(body, dict) else None
    if not isinstance(command, dict) or not isinstance(command.get("CmdletName"), str):
        raise errors.invalid("Invalid Operation")
    parameters = command.get("Parameters")
    if not isinstance(parameters, dict):  # null and absent are refused too
        raise errors.invalid("Invalid Operation")
    return command["CmdletName"], parameters


def available(roles: Iterable[str]) -> list[str]:
    """The cmdlets that directory roles hold, sorted."""
    held = set(roles)
    return sorted(name for name in CMDLETS if exchange_roles(name, held))


def run(tenant: Tenant, roles: set[str], name: str, parameters: dict[str, Any], asked: Asked) -> Page:
    """Runs a cmdlet for a caller who holds directory roles. Raises Refusal."""
    proper = next((known for known in available(roles) if known.lower() == name.lower()), None)
    if proper is None:
        raise errors.forbidden()
    cmdlet = CMDLETS[proper]
    given = read(proper, cmdlet.parameters, cmdlet.unemulated, parameters)
    found = _found(tenant, cmdlet, given)
    size = given.get("ResultSize", _DEFAULT_SIZE)
    warnings = [_TRUNCATED] if len(found) > _DEFAULT_SIZE and "ResultSize" not in given else []
    return _page(tenant, cmdlet, found[:size], asked, warnings)


def _found(tenant: Tenant, cmdlet: Cmdlet, given: Read) -> list[Object]:
    everything = rows(tenant, cmdlet, given)
    identity = given.get(cmdlet.key) if cmdlet.key else None
    if identity is None:
        return everything
    found = [row for row in everything if matches(cmdlet, row, identity)]
    if not found:  # by a property that the service derives, then
        shaped = (cmdlet.shape(tenant, row) for row in everything)
        found = [row for row in shaped if matches(cmdlet, row, identity)]
    if not found:
        raise errors.not_found(identity)
    return found


def _page(tenant: Tenant, cmdlet: Cmdlet, found: list[Object], asked: Asked, warnings: list[str]) -> Page:
    end = asked.start + asked.size
    more = end < len(found)
    return Page(
        rows=[written(cmdlet.shape(tenant, row)) for row in found[asked.start : end]],
        next_token=link_token(asked, end) if more else None,
        warnings=warnings,
    )
