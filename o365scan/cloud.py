"""Where a Microsoft cloud lives: its sign-in, Graph and Exchange Online hosts, and what its tokens are asked for.

https://learn.microsoft.com/graph/deployments (sign-in and Graph);
https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges and its pages of the other clouds
(Exchange Online); https://learn.microsoft.com/graph/api/resources/federatedidentitycredential (audiences).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from o365scan.sign_in import CloudName


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Origins (scheme and host, no trailing slash) of one national cloud.

    A token is asked for `<origin>/.default`. `login_aliases` are further hosts of the same sign-in service, which its
    discovery document may name.
    """

    name: CloudName
    login: str
    graph: str
    exchange: str
    federated_audience: str
    """What the token of another issuer must be made out to."""
    login_aliases: tuple[str, ...] = ()


GLOBAL = Cloud(
    name=CloudName.GLOBAL,
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    exchange="https://outlook.office365.com",
    federated_audience="api://AzureADTokenExchange",
)
_GCCH = Cloud(
    name=CloudName.GCCH,
    login="https://login.microsoftonline.us",
    graph="https://graph.microsoft.us",
    exchange="https://outlook.office365.us",
    federated_audience="api://AzureADTokenExchangeUSGov",
)
_DOD = Cloud(
    name=CloudName.DOD,
    login="https://login.microsoftonline.us",
    graph="https://dod-graph.microsoft.us",
    # Unconfirmed: Microsoft lists webmail.apps.mil beside it, and Connect-ExchangeOnline goes there.
    exchange="https://outlook-dod.office365.us",
    federated_audience="api://AzureADTokenExchangeUSGov",
)
_CHINA = Cloud(
    name=CloudName.CHINA,
    login="https://login.chinacloudapi.cn",
    graph="https://microsoftgraph.chinacloudapi.cn",
    exchange="https://partner.outlook.cn",
    federated_audience="api://AzureADTokenExchangeChina",
    # Unconfirmed: whether its discovery document names this newer host; both are one service to MSAL.
    login_aliases=("https://login.partner.microsoftonline.cn",),
)

#: Every cloud by its name: "global", "gcch", "dod", "china".
CLOUDS: Mapping[str, Cloud] = MappingProxyType({cloud.name: cloud for cloud in (GLOBAL, _GCCH, _DOD, _CHINA)})
