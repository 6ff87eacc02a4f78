"""A stand-in for the Azure CLI: the commands that the scripts use, as the requests to Graph that the CLI makes of them.

Run as a program, with an administrator's token in MOCK_TOKEN. `make conformance` runs the same script with the Azure
CLI itself.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import jmespath

GRAPH = "https://graph.microsoft.com"


class Refused(Exception):
    """What Graph said."""


def graph(method: str, path: str, body: object = None) -> Any:
    url = path if path.startswith("https://") else f"{GRAPH}/v1.0{path}"
    if not url.startswith(f"{GRAPH}/"):
        raise Refused(f"no token for {url}")
    headers = {"Authorization": f"Bearer {os.environ['MOCK_TOKEN']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
            return json.loads(answer.read() or "null")
    except HTTPError as cause:
        raise Refused(cause.read().decode()) from cause


def found(collection: str, condition: str) -> list[Any]:
    listed: list[Any] = graph("GET", f"/{collection}?$filter={quote(condition)}")["value"]
    return listed


def application(options: dict[str, str]) -> str:
    (one,) = found("applications", f"appId eq '{options['id']}'")
    return f"/applications/{one['id']}"


def create_app(options: dict[str, str]) -> Any:
    body = {"displayName": options["display-name"], "signInAudience": options["sign-in-audience"]}
    return graph("POST", "/applications", body)


def update_app(options: dict[str, str]) -> Any:
    accesses = json.loads(options["required-resource-accesses"])
    return graph("PATCH", application(options), {"requiredResourceAccess": accesses})


def show_principal(options: dict[str, str]) -> Any:
    (one,) = found("servicePrincipals", f"servicePrincipalNames/any(c:c eq '{options['id']}')")
    return graph("GET", f"/servicePrincipals/{one['id']}")


def reset_credential(options: dict[str, str]) -> Any:
    text = Path(options["cert"].removeprefix("@")).read_text()
    key = "".join(line for line in text.splitlines() if not line.startswith("-"))
    path = application(options)
    kept = graph("GET", path)["keyCredentials"] if "append" in options else []
    made = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}
    base64.b64decode(key, validate=True)
    return graph("PATCH", path, {"keyCredentials": [*kept, made]})


def rest(options: dict[str, str]) -> Any:
    body = json.loads(options["body"]) if "body" in options else None
    return graph(options["method"], options["url"], body)


COMMANDS = {
    "account show": lambda _: {"tenantId": os.environ["AZURE_TENANT_ID"]},
    "ad app list": lambda options: found("applications", options["filter"]),
    "ad app create": create_app,
    "ad app update": update_app,
    "ad app credential reset": reset_credential,
    "ad app federated-credential list": lambda options: graph(
        "GET", application(options) + "/federatedIdentityCredentials"
    )["value"],
    "ad app federated-credential create": lambda options: graph(
        "POST", application(options) + "/federatedIdentityCredentials", json.loads(options["parameters"])
    ),
    "ad sp list": lambda options: found("servicePrincipals", options["filter"]),
    "ad sp create": lambda options: graph("POST", "/servicePrincipals", {"appId": options["id"]}),
    "ad sp show": show_principal,
    "rest": rest,
}


def parsed(arguments: list[str]) -> tuple[str, dict[str, str]]:
    """The command, and its options; one without a value is a flag."""
    first = next((at for at, each in enumerate(arguments) if each.startswith("--")), len(arguments))
    options: dict[str, str] = {}
    rest = arguments[first:]
    while rest:
        name = rest.pop(0).removeprefix("--")
        options[name] = rest.pop(0) if rest and not rest[0].startswith("--") else ""
    return " ".join(arguments[:first]), options


def tsv(value: Any) -> str:
    """Rows of a list are lines, and fields of a row are parted by tabs; nothing is no line."""
    if value is None:
        return ""
    rows = value if isinstance(value, list) else [value]
    return "".join("\t".join(map(str, row if isinstance(row, list) else [row])) + "\n" for row in rows)


def main() -> int:
    command, options = parsed(sys.argv[1:])
    try:
        answer = COMMANDS[command](options)
    except Refused as cause:
        sys.stderr.write(f"ERROR: {cause}\n")
        return 1
    if "query" in options:
        answer = jmespath.search(options["query"], answer)
    whole = "" if answer is None else json.dumps(answer) + "\n"
    sys.stdout.write({"none": "", "tsv": tsv(answer)}.get(options.get("output", "json"), whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
