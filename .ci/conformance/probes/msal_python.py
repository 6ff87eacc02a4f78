"""MSAL for Python: secret, and certificate by SHA-1 and by SHA-256."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msal
from reporting import claims, report

GRAPH = ["https://graph.microsoft.com/.default"]
AUTHORITY = f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}"
PEM = Path(os.environ["CONFORMANCE_CERTIFICATE"]).read_text()
CERTIFICATE = PEM[PEM.index("-----BEGIN CERTIFICATE") :]


def answered(credential: Any) -> Any:
    app = msal.ConfidentialClientApplication(
        os.environ["AZURE_CLIENT_ID"], authority=AUTHORITY, client_credential=credential
    )
    return app.acquire_token_for_client(GRAPH)


def wrong() -> dict[str, Any]:
    answer = answered("wrong")
    return {"class": answer["error"], "code": f"AADSTS{answer['error_codes'][0]}"}


report(
    {
        "sign in, secret": lambda: claims(answered(os.environ["AZURE_CLIENT_SECRET"])["access_token"]),
        "sign in, certificate": lambda: claims(
            answered({"private_key": PEM, "thumbprint": os.environ["CONFORMANCE_THUMBPRINT"]})["access_token"]
        ),
        "sign in, certificate by SHA-256": lambda: claims(
            answered({"private_key": PEM, "public_certificate": CERTIFICATE})["access_token"]
        ),
        "wrong secret": wrong,
    }
)
