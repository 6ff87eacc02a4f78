"""Microsoft's clouds: which hosts a tenant's services have, and who signs its tokens.

Hosts: https://learn.microsoft.com/graph/deployments for sign-in and Graph, Microsoft 365's lists of addresses for
Exchange Online, the Management Activity API's reference for its own. That US Government tenants' v1 tokens name the
worldwide issuer is from callers' reports. Unconfirmed: the Exchange host of DoD tenants' admin API, whether a DoD
tenant's Graph takes tokens for GCC High's, and all of the discovery document but its endpoints and issuer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    """One cloud: `login` are the hosts of one sign-in service, its own name first; the others serve one API each."""

    name: str
    login: tuple[str, ...]
    graph: str
    exchange: str
    management: str | None = None
    issuer_v1: str = "https://sts.windows.net"
    issuer_v2: str = "https://login.microsoftonline.com"
    instance: str = "microsoftonline.com"

    @property
    def services(self) -> dict[str, str]:
        """Host -> the service that it serves."""
        found = dict.fromkeys(self.login, "login") | {self.graph: "graph", self.exchange: "exchange"}
        return found | ({self.management: "management"} if self.management else {})


_US = {"issuer_v2": "https://login.microsoftonline.us", "instance": "microsoftonline.us"}

CLOUDS: dict[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "global",
            ("login.microsoftonline.com", "login.windows.net"),
            "graph.microsoft.com",
            "outlook.office365.com",
            "manage.office.com",
        ),
        Cloud(
            "gcch",
            ("login.microsoftonline.us",),
            "graph.microsoft.us",
            "outlook.office365.us",
            "manage.office365.us",
            **_US,
        ),
        Cloud(
            "dod",
            ("login.microsoftonline.us",),
            "dod-graph.microsoft.us",
            "outlook-dod.office365.us",
            "manage.protection.apps.mil",
            **_US,
        ),
        Cloud(
            "china",
            ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
            "microsoftgraph.chinacloudapi.cn",
            "partner.outlook.cn",
            issuer_v1="https://sts.chinacloudapi.cn",
            issuer_v2="https://login.partner.microsoftonline.cn",
            instance="partner.microsoftonline.cn",
        ),
    )
}


class UnknownCloud(ValueError):
    """No cloud of this name; the message lists those there are."""


def cloud_of(name: str) -> Cloud:
    """The cloud of a name. Raises UnknownCloud."""
    if name not in CLOUDS:
        raise UnknownCloud(f"no cloud {name!r}; there are {', '.join(CLOUDS)}")
    return CLOUDS[name]


def is_elsewhere(cloud: Cloud, host: str) -> bool:
    """Whether a host is another cloud's and not also this one's."""
    return host not in cloud.services and any(host in other.services for other in CLOUDS.values())
