"""Other HTTPS APIs of Microsoft's that a plugin's datasets are read from: which, and what is asked of them.

A plugin declares an API by the hook `o365scan_apis`; the requests below name it. The core signs in, sends, waits out
throttling, follows the pages and tells what could not be read; a plugin sees answers only, never a token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from .errors import PluginError, ServiceError

TENANT = "{@tenant}"
"""Stands in a path or query for the id of the tenant that is read. No field of a record can be called so."""

MICROSOFT_HOSTS = (
    ".microsoft.com",
    ".office.com",
    ".office365.com",
    "api.loganalytics.azure.com",
    "api.loganalytics.io",
    "api.powerbi.com",
    "management.azure.com",
    "management.core.windows.net",
    "service.powerapps.com",
)
"""Where an API may live, and what its token may be for: these hosts, and any below those that begin with a dot.

Below each such name Microsoft alone has hosts. Others are listed one by one, since customers name hosts of their own
beside them (a virtual machine below `azure.com`, a storage account below `windows.net`).
"""

CLOUD_HOSTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gcch": (".office365.us", ".microsoft.us", "management.usgovcloudapi.net", "api.loganalytics.us"),
        "dod": (
            ".office365.us",
            ".microsoft.us",
            "manage.protection.apps.mil",
            "management.usgovcloudapi.net",
            "api.loganalytics.us",
        ),
        "china": ("management.chinacloudapi.cn",),
    }
)
"""The same for the other clouds, by their names: where an API may live for a tenant of that cloud (`Api.in_clouds`)."""

CORE_HOSTS = (
    "graph.microsoft.com",
    "login.microsoft.com",
    "outlook.office.com",
    "outlook.office365.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "login.microsoftonline.us",
    "outlook.office365.us",
    "outlook-dod.office365.us",
    "microsoftgraph.chinacloudapi.cn",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
    "partner.outlook.cn",
)
"""What the core itself reads and signs in at (and all below): no API may claim it; GraphList and ExchangeCmdlet do."""

CORE_NAMES = ("Microsoft Graph", "Office 365 Exchange Online", "DNS")
"""The names of what the core reads itself."""

_ORIGIN = re.compile(r"https://((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+)")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NO_QUERY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Api:
    """Another HTTPS API of Microsoft's.

    `name` is Microsoft's own, as `Permission.api` of its datasets names it ("Office 365 Management APIs"); `origin` is
    scheme and host ("https://manage.office.com"); `audience` is what its token is asked for, where that is another:
    Microsoft's own spelling, a slash at its end included. `in_clouds` gives the origin in other clouds than the
    worldwide one ({"gcch": "https://manage.office365.us"}), for which the token is then asked; in a cloud that it does
    not name, nothing is read from the API. Raises PluginError for a host that is not Microsoft's (MICROSOFT_HOSTS,
    CLOUD_HOSTS) or is the core's own (CORE_HOSTS), for a cloud that there is not, and for a name of the core's.
    """

    name: str
    origin: str
    audience: str | None = None
    in_clouds: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name in CORE_NAMES:
            raise PluginError(f"an API can't be called {self.name!r}: that is the core's own, or none")
        _demand_microsofts(self.name, "origin", self.origin)
        if self.audience is not None:
            _demand_microsofts(self.name, "audience", self.audience.removesuffix("/"))
        for cloud, origin in self.in_clouds.items():
            if cloud not in CLOUD_HOSTS:
                raise PluginError(f"{self.name}: no cloud {cloud!r}; there are {', '.join(CLOUD_HOSTS)}")
            _demand_microsofts(self.name, f"origin in {cloud}", origin, CLOUD_HOSTS[cloud])

    @property
    def host(self) -> str:
        """The host of its origin."""
        return self.origin.removeprefix("https://")

    @property
    def resource(self) -> str:
        """What its token is asked for."""
        return self.audience or self.origin

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"


def _demand_microsofts(name: str, what: str, text: str, hosts: Iterable[str] = MICROSOFT_HOSTS) -> None:
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise PluginError(
            f"{name}: the {what} {text!r} is not https:// and a host, without port, path or wildcard"
        )
    host = found[1]
    if any(host == own or host.endswith(f".{own}") for own in CORE_HOSTS):
        raise PluginError(
            f"{name}: the {what} {host} is the core's own: use GraphList, GraphObject or ExchangeCmdlet"
        )
    if not any(host == known or (known[0] == "." and host.endswith(known)) for known in hosts):
        raise PluginError(
            f"{name}: the {what} {host} is not among the hosts of Microsoft's that a plugin may read"
        )


@dataclass(frozen=True, kw_only=True)
class _Get:
    """What every request to an API has. Raises PluginError for a path that does not begin at the origin."""

    api: Api
    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or "?" in self.path or "#" in self.path:
            raise PluginError(
                f"{self.path!r} is no path of {self.api.origin}: it begins with /, the query is apart"
            )

    def __str__(self) -> str:
        return f"GET {self.api.origin}{self.path}"


@dataclass(frozen=True, kw_only=True)
class ApiList(_Get):
    """A list of an API, read to its last page.

    `path` and the values of `query` may hold `{@tenant}` and, in a fan-out, `{Field}`. `items` is the field that holds
    the list, None where the answer itself is the list. The address of the next page is in the field `next_link` of
    the answer, or in the header `next_header` where one is named. An answer that leads on by any other field or header
    of the usual names is an error, so that a first page never passes for the whole.
    """

    items: str | None = "value"
    next_link: str = "@odata.nextLink"
    next_header: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.next_header is not None and not _HEADER.fullmatch(self.next_header):
            raise PluginError(f"{self.next_header!r} is no name of a header")


@dataclass(frozen=True, kw_only=True)
class ApiObject(_Get):
    """One object of an API: a dataset of one record."""


@dataclass(frozen=True)
class ApiAnswer:
    """An answer of an API that is a success: `headers` in any case, the `body` decoded from its compression."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ServiceError if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as cause:
            raise ServiceError("the answer is no JSON") from cause


class ApiSession(Protocol):
    """What a `read` function asks by: bound to one origin, one token, and the path that its request declares.

    It sends GET only and follows no redirect. Whatever it raises is the dataset's gap, even if the function goes on
    as though nothing had been.
    """

    @property
    def tenant(self) -> str:
        """The id of the tenant that is read."""

    def get(
        self, url: str, query: Mapping[str, str] = _NO_QUERY, *, absent: Collection[str] = ()
    ) -> ApiAnswer | None:
        """The answer to a path, or to an absolute link that the API gave; throttling and passing trouble waited out.

        None where the API answers with an error whose code is in `absent`: what was asked for is not there. Raises
        ServiceError for any other error, for another host, and for a path that is not the request's own or below it.
        """


@dataclass(frozen=True, kw_only=True)
class ApiRead(_Get):
    """What an API answers in a shape of its own, read by a function of the plugin's.

    `read(session, path, query)` gives the records; path and query come with their places filled. It may ask for
    `path` and all below it. Each record is an object as JSON has it.
    """

    read: Callable[[ApiSession, str, Mapping[str, str]], Iterable[Mapping[str, Any]]]

    def __str__(self) -> str:
        return f"GET {self.api.origin}{self.path} and below"


ApiRequest = ApiList | ApiObject | ApiRead
"""What is asked of an API that a plugin declares."""
