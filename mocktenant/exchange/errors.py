"""Exchange's refusals, in the shapes seen on the wire."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

_ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_INVOCATION = "Microsoft.Exchange.AdminApi.CommandInvocation"
_DIRECT = "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException"
_NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"

_UNREADABLE = bytes(4096)


@dataclass(frozen=True)
class Refusal(Exception):
    """A status with a body: JSON, or raw bytes where the service sends no JSON."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def unauthorized(reason: str, *, claims: str | None = None) -> Refusal:
    """401 with an empty body: no token, another API's token, or no app role at all.

    `claims` are those that a new token must have, for a token that was revoked.
    """
    error = "invalid_token" if claims is None else "insufficient_claims"
    challenge = f'Bearer realm="", error="{error}", error_description="{reason}"'
    if claims is not None:
        challenge += f', claims="{base64.b64encode(claims.encode()).decode()}"'
    return Refusal(401, headers={"WWW-Authenticate": challenge})


def forbidden() -> Refusal:
    """403 for a cmdlet outside the caller's roles, or one that does not exist: the two look the same.

    The body is NUL bytes that claim to be gzip; three authors met it independently.
    """
    return Refusal(403, _UNREADABLE, {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream"})


def not_allowed(cmdlet: str) -> Refusal:
    """401 of the entity sets: the caller's roles have no such cmdlet."""
    text = f"User is not allowed to call {cmdlet}"
    error = {"code": "Unauthorized", "message": text, "innererror": {"message": text, "type": _ODATA}}
    return Refusal(
        401, json.dumps({"error": error}).encode(), {"Content-Type": "application/json; charset=utf-8"}
    )


def no_segment(name: str) -> Refusal:
    """400: a path that means nothing."""
    return invalid(f"Resource not found for the segment '{name}'.")


def wrong_permission() -> Refusal:
    """403 with an empty body: only the permission of the documented v2.0 API was granted."""
    return Refusal(403)


def invalid(message: str) -> Refusal:
    """400 without further word on the cause."""
    return _json(400, "BadRequest", message)


def unconvertible(parameter: str, value: object, wanted: str) -> Refusal:
    """400: a value that the parameter's type does not have."""
    text = (
        f"Cannot process argument transformation on parameter '{parameter}'. "
        f'Cannot convert value "{value}" to type "{wanted}".'
    )
    return _json(
        400,
        "BadRequest",
        "Invalid Operation",
        cause=(text, f"{_INVOCATION}.ParameterTransformationException"),
    )


def unknown_parameter(parameter: str) -> Refusal:
    """400: the cmdlet takes no such parameter."""
    kind = f"{_INVOCATION}.AmbiguousParameterSetException"
    text = (
        "Parameter set cannot be resolved using the specified named parameters. "
        f"Invalid cmdlet parameters specified. {parameter}"
    )
    detail = {"code": "Client", "target": "", "message": f"|{kind}|{text}"}
    return _json(400, "BadRequest", "Invalid Operation", details=[detail], cause=(text, kind))


def not_emulated(cmdlet: str, parameter: str) -> Refusal:
    """400 of our own: the real cmdlet takes the parameter, this tenant does not act on it."""
    text = f"{cmdlet} -{parameter} is not emulated by the mock tenant."
    return _json(400, "BadRequest", text, cause=(text, "MockTenant.NotEmulated"))


def invalid_page() -> Refusal:
    """400: a nextLink that is stale, or was not asked for exactly as the first page was."""
    text = "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
    return _json(400, "BadRequest", "Invalid Operation", cause=(text, "System.Exception"))


def not_found(identity: str) -> Refusal:
    """404: no object of that identity. The useful words are in `details`, not in the cause."""
    text = (
        f"Ex6F9304|{_NOT_FOUND}|The operation couldn't be performed because object '{identity}' "
        "couldn't be found on 'DB9PR01A09DC001.EURPR01A009.PROD.OUTLOOK.COM'."
    )
    return _not_found(text)


def no_mailbox() -> Refusal:
    """404: the account exists or not, a mailbox it has not; the text names nobody."""
    return _not_found(f"Ex41BAF5|{_NOT_FOUND}|The specified mailbox doesn't exist.")


def not_in_folder(user: str) -> Refusal:
    """404: the folder has no entry for that user. Unconfirmed: status and text."""
    kind = "Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException"
    return _not_found(f"Ex7A4F5C|{kind}|There is no existing permission entry found for user: {user}.")


def in_folder_already(user: str) -> Refusal:
    """400: the folder has an entry for that user. Unconfirmed: status and text."""
    kind = "Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException"
    return _refused(f"Ex8F2B1D|{kind}|An existing permission entry was found for user: {user}.")


def exists(name: str) -> Refusal:
    """400: an object of that name is there already. Unconfirmed: status and text."""
    kind = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
    return _refused(f"Ex6E0A3B|{kind}|The name '{name}' is already being used. Please try another name.")


def _refused(text: str) -> Refusal:
    detail = {"code": "Context", "target": "", "message": text}
    cause = (f"Exception of type '{_DIRECT}' was thrown.", _DIRECT)
    return _json(400, "BadRequest", "Error executing cmdlet", details=[detail], cause=cause)


def _not_found(text: str) -> Refusal:
    detail = {"code": "Context", "target": "", "message": text}
    cause = (f"Exception of type '{_DIRECT}' was thrown.", _DIRECT)
    return _json(404, "NotFound", "Error executing cmdlet", details=[detail], cause=cause)


def _json(
    status: int,
    code: str,
    message: str,
    *,
    details: list[dict[str, str]] | None = None,
    cause: tuple[str, str] | None = None,
) -> Refusal:
    inner: dict[str, Any] = {"message": message, "type": _ODATA, "stacktrace": ""}
    if cause is not None:
        inner["internalexception"] = {"message": cause[0], "type": cause[1], "stacktrace": ""}
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    error |= {
        "innererror": inner,
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
    }
    return Refusal(
        status, json.dumps({"error": error}).encode(), {"Content-Type": "application/json; charset=utf-8"}
    )
