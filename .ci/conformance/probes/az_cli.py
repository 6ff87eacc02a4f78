"""Azure CLI: the command, in an app's name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from reporting import claims, report

AZ = Path(sys.executable).with_name("az")
APP = ("login", "--service-principal", "--allow-no-subscriptions", "--tenant", os.environ["AZURE_TENANT_ID"],
       "--username", os.environ["AZURE_CLIENT_ID"])  # fmt: skip


class AzError(Exception):
    """What the command printed when it failed."""


def az(*arguments: str) -> Any:
    done = subprocess.run(
        [AZ, *arguments, "--output", "json"], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise AzError(done.stdout + done.stderr)
    return json.loads(done.stdout or "null")


def signed_in(*arguments: str) -> dict[str, Any]:
    az("account", "clear")
    az(*APP, *arguments)
    return claims(az("account", "get-access-token", "--resource-type", "ms-graph")["accessToken"])


def wrong() -> dict[str, Any]:
    try:
        got = az(*APP, "--password", "wrong")
    except AzError as error:
        found = re.search(r"AADSTS\d+", str(error))
        return {"class": type(error).__name__, "code": found[0] if found else str(error)}
    return {"class": None, "code": repr(got)}


def registered() -> list[str]:
    """Runs the script twice; the app roles that the app holds then."""
    path = os.pathsep.join((str(AZ.parent), os.environ["PATH"]))
    for _ in range(2):
        done = subprocess.run(
            ["bash", os.environ["CONFORMANCE_REGISTRATION"]],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        if done.returncode:
            raise AzError(done.stdout + done.stderr)
    printed = dict(line.split("=", 1) for line in done.stdout.splitlines())
    principal = az("ad", "sp", "show", "--id", printed["AZURE_CLIENT_ID"])["id"]
    url = f"https://graph.microsoft.com/v1.0/servicePrincipals/{principal}/appRoleAssignments"
    return sorted(each["appRoleId"] for each in az("rest", "--method", "GET", "--url", url)["value"])


report(
    {
        "wrong secret": wrong,
        "sign in, certificate": lambda: signed_in("--certificate", os.environ["CONFORMANCE_CERTIFICATE"]),
        "sign in, secret": lambda: signed_in("--password", os.environ["AZURE_CLIENT_SECRET"]),
        "users, every page": lambda: sorted(user["id"] for user in az("ad", "user", "list")),
        "account without subscription": lambda: az("account", "show")["tenantId"],
        "registers the app as setup prints it": registered,
    }
)
