"""Who issues tokens that an app may take for a credential: the services that run people's code."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

_HOSTS = frozenset(
    {
        "accounts.google.com",
        "api.bitbucket.org",
        "app.terraform.io",
        "gitlab.com",
        "login.microsoftonline.com",
        "oidc.circleci.com",
        "sts.windows.net",
        "token.actions.githubusercontent.com",
        "vstoken.dev.azure.com",
    }
)
_DOMAINS = (
    ".oic.prod-aks.azure.com",  # clusters of Azure Kubernetes Service
    ".visualstudio.com",  # organisations of Azure DevOps
)


def is_known_issuer(issuer: str, accepted: Iterable[str]) -> bool:
    """Is it a service that many organisations run their code on, or one that was accepted?

    Which code, the credential's subject says: known is the service, not who uses it.
    """
    if issuer.rstrip("/") in {each.rstrip("/") for each in accepted}:
        return True
    parts = urlsplit(issuer)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and (host in _HOSTS or host.endswith(_DOMAINS))
