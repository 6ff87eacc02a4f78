"""Runs a cmdlet: from the envelope to a page of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import audit_trail, errors
from mocktenant.exchange.cmdlet import Cmdlet, Command, Row, found
from mocktenant.exchange.cmdlets import BY_LOWER, CMDLETS
from mocktenant.exchange.grants import Caller
from mocktenant.exchange.paging import Asked, link_token
from mocktenant.exchange.parameters import Read, read
from mocktenant.exchange.wire import row as written
from mocktenant.permissions import EXCHANGE_APP_ROLE, LEAST_FIRST
from mocktenant.recorded.exchange import Cmdlets
from mocktenant.tenant import Tenant

_TRUNCATED = (
    "By default, only the first 1000 items are returned. "
    "Use the ResultSize parameter to specify the number of items returned."
)


@dataclass(frozen=True)
class Page:
    """Rows as written, the token of the next page or None, warnings, and the question if there is one."""

    rows: list[Object]
    next_token: str | None = None
    warnings: list[str] = field(default_factory=list)
    question: str | None = None


def envelope(body: Any) -> tuple[str, dict[str, Any]]:
    """Cmdlet name and parameters of a request body. Raises Refusal."""
    command = body.get("CmdletInput") if isinstance(body, dict) else None
    if not isinstance(command, dict) or not isinstance(command.get("CmdletName"), str):
        raise errors.invalid("Invalid Operation")
    parameters = command.get("Parameters")
    if not isinstance(parameters, dict):  # null and absent are refused too
        raise errors.invalid("Invalid Operation")
    return command["CmdletName"], parameters


def available(caller: Caller) -> list[str]:
    """The cmdlets that a caller may run, sorted."""
    return sorted(name for name, row in CMDLETS.items() if caller.means(row.grant))


def means(caller: Caller, name: str) -> list[str]:
    """What lets a caller run a cmdlet; nothing if it may not, or there is no such cmdlet."""
    proper = BY_LOWER.get(name.lower())
    return caller.means(CMDLETS[proper].grant) if proper else []


def needs(name: str) -> tuple[tuple[str, ...], ...]:
    """What it takes to run a cmdlet: a role of each list, each with the least privileged first."""
    proper = BY_LOWER.get(name.lower())
    if proper is None:
        return ((EXCHANGE_APP_ROLE,),)
    grant = CMDLETS[proper].grant
    alone = sorted(grant.directory, key=LEAST_FIRST.index)
    together = [" + ".join(sorted(grant.together))] if grant.together else []
    return (EXCHANGE_APP_ROLE,), (*together, *alone)


def run(tenant: Tenant, caller: Caller, name: str, parameters: dict[str, Any], asked: Asked) -> Page:
    """Runs a cmdlet for a caller. Raises Refusal."""
    if tenant.base.cmdlets is not None:
        return _recorded(tenant.base.cmdlets, name, parameters, asked)
    if not means(caller, name):
        raise errors.forbidden()
    proper = BY_LOWER[name.lower()]
    row = CMDLETS[proper]
    given = _read(proper, row, parameters)
    if isinstance(row, Command):
        page = _done(tenant, row, given, parameters)
        if page.question is None:
            audit_trail.leave(tenant, caller, proper, parameters)
        return page
    rows = found(tenant, row, given)
    size = given.get("ResultSize", row.default_size)
    cut = row.default_size is not None and len(rows) > row.default_size and "ResultSize" not in given
    warnings = [*([_TRUNCATED] if cut else []), *row.warn(tenant, given, rows)]
    return _page(tenant, row, rows[:size], asked, warnings)


def _recorded(cmdlets: Cmdlets, name: str, parameters: dict[str, Any], asked: Asked) -> Page:
    """What a scan was answered, if it asked for that: whatever else there is was not recorded."""
    rows = cmdlets.rows(name, parameters)
    if rows is None:
        raise errors.forbidden()
    end = asked.start + asked.size
    token = link_token(asked, end) if end < len(rows) else None
    return Page([written(row) for row in rows[asked.start : end]], token)


def _read(name: str, row: Row, parameters: dict[str, Any]) -> Read:
    given = read(name, row.parameters, row.unemulated, parameters)
    if any(given.get(needed) in (None, "") for needed in row.required):
        raise errors.invalid("Invalid Operation")
    return given


def _done(tenant: Tenant, command: Command, given: Read, parameters: dict[str, Any]) -> Page:
    """What became of a change, or the question that has to be answered first."""
    question = command.ask(tenant, given) if command.ask else None
    if question is not None and not _told(parameters):
        return Page([], question=question)
    outcome = command.act(tenant, given)
    return Page([written(row) for row in outcome.rows], warnings=list(outcome.warnings))


def _told(parameters: dict[str, Any]) -> bool:
    """Whether the caller wants no question: `Confirm` false, or `Force`."""
    lower = {name.lower(): value for name, value in parameters.items()}
    return str(lower.get("confirm")).lower() == "false" or str(lower.get("force")).lower() == "true"


def _page(tenant: Tenant, cmdlet: Cmdlet, rows: list[Object], asked: Asked, warnings: list[str]) -> Page:
    end = len(rows) if cmdlet.whole else asked.start + asked.size
    more = end < len(rows)
    return Page(
        rows=[written(cmdlet.shape(tenant, row)) for row in rows[asked.start : end]],
        next_token=link_token(asked, end) if more else None,
        warnings=warnings,
    )
