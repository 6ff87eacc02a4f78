"""O365 (python-o365) with an app's own permissions."""

from __future__ import annotations

import os
from typing import Any

from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend
from reporting import report, throttled
from requests import HTTPError


def account(secret: str = os.environ["AZURE_CLIENT_SECRET"]) -> Any:
    made = Account(
        (os.environ["AZURE_CLIENT_ID"], secret),
        auth_flow_type="credentials",
        tenant_id=os.environ["AZURE_TENANT_ID"],
        token_backend=MemoryTokenBackend(),
        protocol=MSGraphProtocol(),
    )
    return made if made.authenticate() else None


def users() -> list[str]:
    directory = account().directory()
    return sorted(user.object_id for user in directory.get_users(limit=None))


def organization() -> str:
    answer = account().connection.get("https://graph.microsoft.com/v1.0/organization")
    return str(answer.json()["value"][0]["displayName"])


def missing() -> dict[str, Any]:
    try:
        got = account().directory().get_user("00000000-0000-0000-0000-000000000001")
    except HTTPError as error:
        return {"class": type(error).__name__, "code": error.response.json()["error"]["code"]}
    return {"class": None, "code": repr(got)}


report(
    {
        "users, every page": users,
        "waits after a 429": lambda: throttled(organization),
        "missing object": missing,
    }
)
