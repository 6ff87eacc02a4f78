"""The documented Exchange Online Admin API, v2.0: six endpoints, each with the cmdlets that it takes.

It takes the body that InvokeCommand takes, for apps that hold its own permission; `Parameters` may be left out. A
request has to say where its mailbox is. While in preview, answers have all properties of the cmdlet. Unconfirmed:
the bodies of refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mocktenant.exchange import errors

APP_ROLE = "Exchange.ManageAsAppV2"


@dataclass(frozen=True)
class Endpoint:
    """The cmdlets that an endpoint takes, each with the parameters that may be passed; None for all of them."""

    cmdlets: Mapping[str, frozenset[str] | None]


ENDPOINTS: Mapping[str, Endpoint] = {
    "AcceptedDomain": Endpoint({"Get-AcceptedDomain": None}),
    "DistributionGroupMember": Endpoint({"Get-DistributionGroupMember": None}),
    "DynamicDistributionGroupMember": Endpoint({"Get-DynamicDistributionGroupMember": None}),
    "Mailbox": Endpoint(
        {
            "Get-Mailbox": frozenset({"identity", "resultsize"}),
            "Set-Mailbox": frozenset({"identity", "grantsendonbehalfto"}),
        }
    ),
    "MailboxFolderPermission": Endpoint(
        {
            "Add-MailboxFolderPermission": None,
            "Get-MailboxFolderPermission": None,
            "Remove-MailboxFolderPermission": None,
            "Set-MailboxFolderPermission": None,
        }
    ),
    "OrganizationConfig": Endpoint({"Get-OrganizationConfig": frozenset()}),
}

_BY_LOWER = {name.lower(): endpoint for name, endpoint in ENDPOINTS.items()}


def command(endpoint: str, anchor: str | None, body: Any) -> tuple[str, dict[str, Any]]:
    """Cmdlet and parameters of a request. Raises Refusal."""
    held = _BY_LOWER.get(endpoint.lower())
    if held is None:
        raise errors.no_segment(endpoint)
    if not anchor:
        raise errors.invalid("The X-AnchorMailbox header is required.")
    given = body.get("CmdletInput") if isinstance(body, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("CmdletName"), str):
        raise errors.invalid("Invalid Operation")
    name, parameters = given["CmdletName"], given.get("Parameters", {})
    taken = {known.lower(): names for known, names in held.cmdlets.items()}
    if name.lower() not in taken or not isinstance(parameters, dict):
        raise errors.invalid(f"The cmdlet {name} is not supported by the endpoint {endpoint}.")
    allowed = taken[name.lower()]
    for parameter in parameters if allowed is not None else ():
        if parameter.lower() not in {*(allowed or ()), "confirm"}:
            raise errors.unknown_parameter(parameter)
    return name, parameters
