"""Who the app is and how it proves it: from options, else from the environment variables of the Azure SDKs.

A credential named by an option beats the environment; of the environment's, a secret beats a certificate, as
in the Azure SDKs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from o365scan.auth import certificate, client_secret
from o365scan.auth.errors import CredentialsMissing
from o365scan.auth.tokens import AppTokens
from o365scan.auth.wire import FIRST_WAIT
from o365scan.cloud import Cloud
from o365scan.network import Network

_SECRET, _CERTIFICATE = "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"


def from_environment(
    cloud: Cloud,
    network: Network,
    *,
    tenant: str | None = None,
    client_id: str | None = None,
    secret_file: Path | None = None,
    certificate_file: Path | None = None,
    first_wait: float = FIRST_WAIT,
) -> AppTokens:
    """The app that options and environment name. Raises CredentialsMissing, or CredentialUnusable.

    `first_wait` is the first step in seconds of the back-off from a sign-in service in trouble.
    """
    environment = network.environment
    tenant = tenant or environment.get("AZURE_TENANT_ID")
    client_id = client_id or environment.get("AZURE_CLIENT_ID")
    credential = _credential(environment, secret_file, certificate_file)
    _refuse_absent({"AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client_id, _SECRET: credential})
    return AppTokens(
        login=cloud.login,
        tenant=str(tenant),
        client_id=str(client_id),
        credential=credential or "",
        network=network,
        first_wait=first_wait,
    )


def _credential(
    environment: Mapping[str, str], secret_file: Path | None, certificate_file: Path | None
) -> str | dict[str, Any] | None:
    if secret_file is not None:
        return client_secret.read(secret_file)
    if certificate_file is None and environment.get(_SECRET):
        return environment[_SECRET]
    path = certificate_file or environment.get(_CERTIFICATE)
    if not path:
        return None
    return certificate.read(
        Path(path),
        password=environment.get("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        thumbprint=environment.get("AZURE_CLIENT_CERTIFICATE_THUMBPRINT"),
    )


def _refuse_absent(needed: Mapping[str, object]) -> None:
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise CredentialsMissing(
            f"no credentials: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            hint="Set them (a certificate goes into AZURE_CLIENT_CERTIFICATE_PATH), or try the mock tenant:"
            " o365scan scan --mock baseline",
        )
