"""The APIs that tokens are issued for."""

from __future__ import annotations

from mocktenant.clouds import Cloud

AUDIENCES: dict[str, tuple[str, ...]] = {
    "graph": ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"),
    "exchange": (
        "https://outlook.office365.com",
        "https://outlook.office.com",
        "00000002-0000-0ff1-ce00-000000000000",
    ),
    "management": ("https://manage.office.com", "c5393580-f805-4401-95e8-94b7a6ef2fc2"),
    "azure": (
        "https://management.azure.com",
        "https://management.core.windows.net",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    ),
}
"""Service -> the identifier URIs and the app id under which its tokens are asked for, in the worldwide cloud."""


def audiences(cloud: Cloud, service: str) -> tuple[str, ...]:
    """The names of a service in a cloud: its own host's, and its app id; none if the cloud has no such service.

    That the worldwide cloud's names open nothing elsewhere is documented for Graph.
    """
    if cloud.name == "global":
        return AUDIENCES[service]
    hosts = [host for host, served in cloud.services.items() if served == service]
    return (*(f"https://{host}" for host in hosts), AUDIENCES[service][-1]) if hosts else ()


def service_of(resource: str, cloud: Cloud) -> str | None:
    """The service of a cloud that an identifier URI or app id names, or None. A trailing slash means nothing."""
    plain = resource.rstrip("/").lower()
    return next((service for service in AUDIENCES if plain in audiences(cloud, service)), None)
