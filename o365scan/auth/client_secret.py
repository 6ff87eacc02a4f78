"""Client secrets: from the environment, a file or standard input, never from an argument."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from o365scan.api import O365ScanError
from o365scan.auth.tokens import AppTokens
from o365scan.cloud import Cloud
from o365scan.network import Network


class CredentialsMissing(O365ScanError):
    """Tenant, client or secret were not given."""


def from_environment(
    cloud: Cloud,
    network: Network,
    *,
    tenant: str | None = None,
    client_id: str | None = None,
    secret_file: Path | None = None,
) -> AppTokens:
    """The app named by AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or by the arguments.

    `secret_file` is read instead of the variable; "-" is standard input. Raises CredentialsMissing.
    """
    environment = network.environment
    tenant = tenant or environment.get("AZURE_TENANT_ID")
    client_id = client_id or environment.get("AZURE_CLIENT_ID")
    secret = _read(secret_file) if secret_file else environment.get("AZURE_CLIENT_SECRET")
    _refuse_absent({"AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client_id, "AZURE_CLIENT_SECRET": secret})
    return AppTokens(
        login=cloud.login,
        tenant=str(tenant),
        client_id=str(client_id),
        credential=str(secret),
        network=network,
    )


def _refuse_absent(needed: Mapping[str, str | None]) -> None:
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise CredentialsMissing(
            f"no credentials: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            hint="Set them, or try the mock tenant: o365scan scan --mock baseline",
        )


def _read(path: Path) -> str:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise CredentialsMissing(f"can't read the client secret from {path}") from cause
    return text.strip()
