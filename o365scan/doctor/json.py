"""A diagnosis as JSON, for programs. Names are as Microsoft wrote them: whoever shows them neutralises them."""

from __future__ import annotations

from typing import Any

from o365scan.api import ServiceError
from o365scan.auth.claims import Claims
from o365scan.doctor.clock import grade
from o365scan.doctor.diagnosis import Diagnosis
from o365scan.doctor.door import Door
from o365scan.doctor.missing import Missing


def of_door(door: Door) -> dict[str, Any]:
    """The keys `signIn` and `clock`: all that is known where nobody was let in."""
    return {
        "signIn": {
            "kind": door.how.kind.value,
            "where": door.how.where,
            "subject": door.subject
            and {
                "issuer": door.subject.issuer,
                "subject": door.subject.subject,
                "audience": door.subject.audience,
                "immutable": door.subject.is_immutable,
                "pullRequest": door.trusts_pull_requests,
            },
            "refused": door.refused and _error(door.refused),
        },
        "clock": None
        if door.ahead is None
        else {"secondsAhead": round(door.ahead), "grade": grade(door.ahead).value},
    }


def of_diagnosis(found: Diagnosis) -> dict[str, Any]:
    """Everything."""
    return {
        "well": found.is_well,
        "tenant": {"id": found.tenant.id, "name": found.tenant.name},
        **of_door(found.door),
        "credentials": [
            {"name": each.name, "ends": each.ends.isoformat(), "days": each.days, "soon": each.soon}
            for each in found.endings
        ],
        "granted": {api: _claims(claims) for api, claims in found.claims.items()},
        "directoryRoles": list(found.directory_roles),
        "noToken": {api: _error(cause) for api, cause in found.refused.items()},
        "missing": [
            {**_missing(each), "azureCli": how and how.azure_cli, "powershell": how and how.powershell}
            for each, how in found.missing
        ],
        "unreadable": [
            {
                "api": each.api,
                "why": each.state.value,
                "datasets": each.datasets,
                "checks": each.checks,
                "said": each.said,
            }
            for each in found.troubles
        ],
        "elsewhere": [{"dataset": dataset, "takes": said} for dataset, said in found.elsewhere],
        "licences": [
            {"name": each.name, "bought": each.bought, "datasets": each.datasets, "checks": each.checks}
            for each in found.licences
        ],
        "audit": found.audit and {"unifiedLog": found.audit.unified_log, "mailboxes": found.audit.mailboxes},
        "dns": {"resolver": found.resolver, "trouble": found.dns and _error(found.dns)},
        "datasets": found.datasets,
        "untried": found.untried,
        "pluginFailures": [
            {"plugin": each.plugin, "stage": each.stage, "message": each.message} for each in found.failures
        ],
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "kind": "directoryRole" if missing.api is None else "appRole",
        "role": missing.role,
        "api": missing.api,
        "instead": missing.instead,
        "datasets": missing.datasets,
        "checks": missing.checks,
    }


def _claims(claims: Claims) -> dict[str, Any]:
    return {"appRoles": sorted(claims.roles), "scopes": sorted(claims.scopes)}


def _error(cause: ServiceError) -> dict[str, Any]:
    return {"message": str(cause), "hint": cause.hint}
