"""Which host serves what.

A Microsoft host serves its own service only. The loopback names serve every service, told apart by
path, for clients that take base URLs instead of a proxy.
"""

from __future__ import annotations

import re

from mocktenant.clouds import CLOUDS
from mocktenant.presets import PREFIX_HOST

SERVICES: dict[str, str] = {
    **{host: service for cloud in CLOUDS.values() for host, service in cloud.services.items()},
    PREFIX_HOST: "exchange",
    "api.github.com": "github_api",
    "pipelines.actions.githubusercontent.com": "github",
    "token.actions.githubusercontent.com": "github",
    "management.azure.com": "azure",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
DNS_NAMES = (*SERVICES, "localhost")
"""Every name a certificate is needed for; 127.0.0.1 is an address, not a name."""

_BY_FIRST_SEGMENT = {
    "_mock": "control",
    "v1.0": "graph",
    "beta": "graph",
    "adminapi": "exchange",
    "api": "management",
    "subscriptions": "azure",
    "metadata": "identity",
    "msi": "identity",
    "repos": "github_api",
}


def name_of(authority: str) -> str:
    """The host of a Host header or CONNECT target, lower case, without its port."""
    return authority.rpartition(":")[0].lower() if ":" in authority else authority.lower()


def is_emulated(authority: str, own_port: int) -> bool:
    """Whether a CONNECT target is ours: a Microsoft host at 443, or this very server."""
    host, _, port = authority.rpartition(":")
    if host.lower() in SERVICES:
        return port == "443"
    return host.lower() in LOOPBACK and port in ("443", str(own_port))


def service_for(authority: str, path: str) -> str | None:
    """The name of a service, control among them, or None for a host that is not emulated.

    The control plane answers to loopback names only, so that no web page can reach it through a name
    that it made resolve to 127.0.0.1.
    """
    host = name_of(authority)
    if host in SERVICES:
        return SERVICES[host]
    if host not in LOOPBACK:
        return None
    first = path.lstrip("/").partition("/")[0].lower()
    return _BY_FIRST_SEGMENT.get(first, "login")


def origin(authority: str, service: str) -> str:
    """Where links of an answer must lead, so that proxied and direct clients both stay inside."""
    host = name_of(authority)
    if host in LOOPBACK:
        return f"https://{authority.lower()}"
    if service == "login" and host in CLOUDS["global"].login:
        return "https://login.microsoftonline.com"
    return f"https://{host}"


def spelt(service: str, path: str) -> str:
    """The path as its routes spell it: Exchange's clients write /adminapi and /AdminApi alike."""
    return (
        re.sub("^/adminapi(?=/)", "/adminapi", path, flags=re.IGNORECASE) if service == "exchange" else path
    )
