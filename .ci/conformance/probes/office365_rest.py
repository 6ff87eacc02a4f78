"""Office365-REST-Python-Client against Graph."""

from __future__ import annotations

import os
from typing import Any

from office365.graph_client import GraphClient
from office365.runtime.client_request_exception import ClientRequestException
from reporting import report, throttled


def client(secret: str = os.environ["AZURE_CLIENT_SECRET"]) -> GraphClient:
    return GraphClient(tenant=os.environ["AZURE_TENANT_ID"]).with_client_secret(
        os.environ["AZURE_CLIENT_ID"], secret
    )


def users() -> list[str]:
    return sorted(user.id for user in client().users.get_all().execute_query())


def organization() -> str:
    # This client repeats by a clock of its own, whatever Retry-After says.
    found = client().organization.get().execute_query_retry(max_retry=3, timeout_secs=1, jitter=False)
    return str(found[0].properties["displayName"])


def missing() -> dict[str, Any]:
    try:
        got = client().users["00000000-0000-0000-0000-000000000001"].get().execute_query()
    except ClientRequestException as error:
        return {"class": type(error).__name__, "code": error.code}
    return {"class": None, "code": repr(got)}


report(
    {
        "users, every page": users,
        "waits after a 429": lambda: throttled(organization),
        "missing object": missing,
    }
)
