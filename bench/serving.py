"""Requests a second over TLS on one kept-alive connection, the server in a process of its own."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from timing import rate, timed

_ACCOUNTS = 500
_MOST = 400
GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"


def main() -> None:
    """Prints the figures."""
    program = str(Path(sys.executable).with_name("mocktenant"))
    serve = [program, "serve", "--json", "--size", str(_ACCOUNTS)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            _measure(json.loads(server.stdout.readline()))
        finally:
            server.terminate()


def _measure(facts: dict[str, Any]) -> None:
    line = connected(int(facts["proxy_url"].rpartition(":")[2]), facts["ca_file"])
    graph, exchange = (token_of(line, facts, resource) for resource in (GRAPH, EXCHANGE))
    users, token = "/v1.0/users?$top=100", partial(token_of, line, facts, GRAPH)
    items = [{"id": str(number), "method": "GET", "url": f"/users?$top=5&n={number}"} for number in range(20)]
    command = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": 100}}}
    invoke = f"/adminapi/beta/{facts['tenant_id']}/InvokeCommand"
    for name, act in (
        ("a token", token),
        ("a page of 100 users", partial(asked, line, "GET", users, graph)),
        (
            "a $batch of 20 lists of 5 users",
            partial(asked, line, "POST", "/v1.0/$batch", graph, {"requests": items}),
        ),
        ("Get-Mailbox, 100 rows", partial(asked, line, "POST", invoke, exchange, command)),
    ):
        print(rate(name, timed(act, _MOST)))
    line.close()


def connected(port: int, ca_file: str) -> http.client.HTTPSConnection:
    """A connection that is kept alive."""
    tls = ssl.create_default_context(cafile=ca_file)
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=tls)


def token_of(line: http.client.HTTPSConnection, facts: Mapping[str, Any], resource: str) -> str:
    """A token for an API."""
    form = (
        f"grant_type=client_credentials&client_id={facts['client_id']}&scope={resource}/.default"
        f"&client_secret={facts['client_secret'].replace('~', '%7E')}"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", f"/{facts['tenant_id']}/oauth2/v2.0/token", form, headers)
    return str(json.loads(_body(line))["access_token"])


def asked(
    line: http.client.HTTPSConnection, method: str, path: str, token: str, body: object = None
) -> bytes:
    """The body of an answer, which must be a good one."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request(method, path, None if body is None else json.dumps(body), headers)
    return _body(line)


def _body(line: http.client.HTTPSConnection) -> bytes:
    answer = line.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"status {answer.status}: {body[:300]!r}")
    return body


if __name__ == "__main__":
    main()
