"""The commands that grant what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from o365scan.auth.claims import Claims
from o365scan.auth.directory_roles import TEMPLATE_IDS
from o365scan.cloud import Cloud
from o365scan.doctor.missing import Missing
from o365scan.registering import azure_cli, powershell
from o365scan.registering.clouds import AZURE_CLI
from o365scan.registering.needs import Grants, Unquotable

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Commands:
    """One grant, by either tool; the Azure CLI does not reach Graph in every cloud."""

    azure_cli: str | None
    powershell: str


def commands(missing: Missing, resources: Mapping[str, str], claims: Claims, cloud: Cloud) -> Commands | None:
    """How to grant it; None for a role whose name or id is not fit for a command.

    `resources` leads from an API to its service principal; `claims` are those of the app that is to be granted it.
    """
    principal = claims.principal_id or ""
    if not _GUID.fullmatch(principal):
        return None
    try:
        if missing.api is None:
            return _of_directory_role(missing.role, principal, cloud)
        resource = resources[missing.api]
        Grants({missing.api: (missing.role,)}, (), {missing.api: resource}).checked()
    except (KeyError, Unquotable):
        return None
    return Commands(
        azure_cli.app_role(resource, missing.role, principal=principal, cloud=cloud)
        if cloud.name in AZURE_CLI
        else None,
        powershell.app_role(resource, missing.role, principal=principal),
    )


def _of_directory_role(role: str, principal: str, cloud: Cloud) -> Commands | None:
    if role not in TEMPLATE_IDS:
        return None
    return Commands(
        azure_cli.directory_role(role, principal=principal, cloud=cloud) if cloud.name in AZURE_CLI else None,
        powershell.directory_role(role, principal=principal),
    )
