"""CLI for Microsoft 365: the command. Runs in the conformance run's own Python; the client is Node's."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

from reporting import claims, report, throttled

M365 = f"{os.environ['CONFORMANCE_CLIENT']}/node_modules/.bin/m365"
APP = ("--appId", os.environ["AZURE_CLIENT_ID"], "--tenant", os.environ["AZURE_TENANT_ID"])


class M365Error(Exception):
    """What the command printed when it failed."""


def m365(*arguments: str) -> Any:
    done = subprocess.run(
        [M365, *arguments, "--output", "json"], capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise M365Error(done.stdout + done.stderr)
    return json.loads(done.stdout or "null")


def signed_in(*arguments: str) -> dict[str, Any]:
    m365("logout")
    m365("login", *APP, *arguments)
    return claims(m365("util", "accesstoken", "get", "--resource", "https://graph.microsoft.com"))


def wrong() -> dict[str, Any]:
    try:
        m365("login", *APP, "--authType", "secret", "--secret", "wrong")
    except M365Error as error:
        found = re.search(r"AADSTS\d+", str(error))
        return {"class": type(error).__name__, "code": found[0] if found else str(error)}
    return {"class": None, "code": None}


def organization() -> str:
    return str(m365("entra", "organization", "list")[0]["displayName"])


report(
    {
        "wrong secret": wrong,
        "sign in, certificate": lambda: signed_in(
            "--authType", "certificate", "--certificateFile", os.environ["CONFORMANCE_CERTIFICATE"]
        ),
        "sign in, secret": lambda: signed_in(
            "--authType", "secret", "--secret", os.environ["AZURE_CLIENT_SECRET"]
        ),
        "users, every page": lambda: sorted(user["id"] for user in m365("entra", "user", "list")),
        "waits after a 429": lambda: throttled(organization),
        "tenant of a domain": lambda: m365(
            "tenant", "id", "get", "--domainName", os.environ["MOCKTENANT_DOMAIN"]
        ),
    }
)
