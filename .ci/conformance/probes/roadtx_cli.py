"""roadtx: the command, at the first version of the token endpoint."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from reporting import claims, report


def split(pem: str) -> tuple[str, str]:
    """The names of two files: the certificate, and its key."""
    start = pem.index("-----BEGIN CERTIFICATE")
    Path("certificate.pem").write_text(pem[start:])
    Path("key.pem").write_text(pem[:start])
    return "certificate.pem", "key.pem"


def asked(*arguments: str) -> dict[str, Any]:
    command = [
        str(Path(sys.executable).with_name("roadtx")), "appauth", "--tokens-stdout", "-r", "msgraph",
        "-c", os.environ["AZURE_CLIENT_ID"], "-t", os.environ["AZURE_TENANT_ID"], *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\{.*\}", done.stdout, re.DOTALL)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return claims(json.loads(found[0])["accessToken"])


certificate, key = split(Path(os.environ["CONFORMANCE_CERTIFICATE"]).read_text())
report(
    {
        "sign in, secret": lambda: asked("-p", os.environ["AZURE_CLIENT_SECRET"]),
        "sign in, certificate": lambda: asked("--cert-pem", certificate, "--key-pem", key),
    }
)
