"""msgraph-sdk and msgraph-beta-sdk: the same client for the two versions of Graph."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from importlib import import_module
from pathlib import Path
from typing import Any

from azure.identity import EnvironmentCredential
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from models import differences
from msgraph_core import PageIterator
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from reporting import report

PACKAGE = sys.argv[1]
VERSION = "beta" if PACKAGE.endswith("beta") else "v1.0"
ODATA_ERROR = import_module(f"{PACKAGE}.generated.models.o_data_errors.o_data_error").ODataError
USERS = import_module(f"{PACKAGE}.generated.users.users_request_builder").UsersRequestBuilder
NOBODY = str(uuid.UUID(int=1))


def client() -> Any:
    return import_module(PACKAGE).GraphServiceClient(EnvironmentCredential())


async def users() -> list[str]:
    graph, found = client(), []
    first = await graph.users.get()
    iterator = PageIterator(first, graph.request_adapter)
    await iterator.iterate(lambda user: found.append(user.id) is None)
    return sorted(found)


async def throttled() -> dict[str, Any]:
    began = time.monotonic()
    organizations = await client().organization.get()
    return {"got": organizations.value[0].display_name, "waited": time.monotonic() - began >= 1}


async def missing() -> dict[str, Any]:
    try:
        got = await client().users.by_user_id(NOBODY).get()
    except ODATA_ERROR as error:
        return {"class": type(error).__name__, "code": error.error.code}
    return {"class": None, "code": repr(got)}


async def batch() -> dict[str, Any]:
    graph = client()
    names = {"organization": graph.organization, "nobody": graph.users.by_user_id(NOBODY)}
    content = BatchRequestContent()
    for name, builder in names.items():
        content.add_request(name, BatchRequestItem(builder.to_get_request_information(), id=name))
    answer = await BatchRequestBuilder(graph.request_adapter).post(content)
    return {name: answer.get_response_by_id(name).status for name in names}


async def models() -> dict[str, Any]:
    graph = client()
    judged = {}
    for one in json.loads(Path(os.environ["CONFORMANCE_PATHS"]).read_text())[VERSION]:
        asked = RequestInformation(Method.GET)
        asked.url = f"https://graph.microsoft.com/{VERSION}/{one['path']}"
        body = json.loads(
            await graph.request_adapter.send_primitive_async(asked, "bytes", {"XXX": ODATA_ERROR})
        )
        items = [body] if one["single"] else body["value"]
        judged[one["path"]] = {"filled": bool(items), "wrong": differences(PACKAGE, one["type_name"], items)}
    return judged


report(
    {
        "users, every page": users,
        "waits after a 429": throttled,
        "missing object": missing,
        "$batch": batch,
        f"models of {VERSION}": models,
    }
)
