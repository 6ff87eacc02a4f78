"""What of somebody's own environment would lead a client past the tenant."""

from __future__ import annotations

from collections.abc import Mapping

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
"""In either case: many clients prefer the lower one to HTTPS_PROXY."""

_AUTHORITIES = frozenset({"ssl_cert_dir"})
"""Beside SSL_CERT_FILE it would bring the machine's own authorities back."""

_CREDENTIALS = "azure_"
"""Sign-in of azure-identity and the Azure CLI: certificate, user, other cloud."""


def misleading(environment: Mapping[str, str]) -> list[str]:
    """The names of the variables that must go, sorted."""
    return sorted(name for name in environment if _misleads(name.lower()))


def _misleads(name: str) -> bool:
    return name in _PROXIES or name in _AUTHORITIES or name.startswith(_CREDENTIALS)


def inside(own: Mapping[str, str], tenant: Mapping[str, str]) -> dict[str, str]:
    """One's own environment, led to the tenant."""
    gone = misleading(own)
    return {name: value for name, value in own.items() if name not in gone} | dict(tenant)
