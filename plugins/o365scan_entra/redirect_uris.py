"""Where an app has codes and tokens sent to, and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

_TUNNELS = (
    # Each hands out a host name to anybody, for a machine that nobody can name afterwards.
    "bore.pub", "devtunnels.ms", "localhost.run", "localtonet.com", "loca.lt", "localtunnel.me", "lhr.life",
    "lhr.rocks", "ngrok.app", "ngrok.dev", "ngrok.io", "ngrok-free.app", "ngrok-free.dev", "pagekite.me", "pinggy.io",
    "pinggy.link", "playit.gg", "serveo.net", "telebit.io", "trycloudflare.com", "tunnelmole.net", "zrok.io",
)  # fmt: skip

_CATCHERS = (
    # Each shows or keeps whatever is sent to it, for whoever made the address.
    "beeceptor.com", "burpcollaborator.net", "hookbin.com", "interact.sh", "mockbin.org", "oast.fun", "oast.live",
    "oast.me", "oast.online", "oast.pro", "oast.site", "oastify.com", "pipedream.net", "requestbin.com",
    "requestbin.net", "requestcatcher.com", "webhook.site",
)  # fmt: skip

_USUAL_PORTS = frozenset({None, 80, 443})


class Flaw(Enum):
    """What is wrong with an address; the first is the worst."""

    TUNNEL = "a tunnel, which leads to anybody's computer"
    CATCHER = "a service that shows what it is sent to whoever asks"
    ADDRESS = "a plain IP address, which no certificate and no name vouch for"
    WILDCARD = "any host below a domain"
    UNENCRYPTED = "a host without encryption"
    LOOPBACK_PORT = "a port of the person's own computer"


@dataclass(frozen=True)
class Target:
    """An address with its flaw."""

    uri: str
    flaw: Flaw


def host_of(uri: str) -> str:
    """The host name in an address, "" where there is none."""
    parts = _split(uri)
    return (parts.hostname or "").rstrip(".") if parts is not None else ""


def flawed(uri: str) -> Target | None:
    """The address with the worst that is wrong with it; None if nothing is.

    Only web addresses are judged: an app on a computer or phone is called back by a scheme of its own.
    """
    parts = _split(uri)
    if parts is None or parts.scheme not in ("http", "https"):
        return None
    flaw = _flaw(parts, host_of(uri))
    return Target(uri, flaw) if flaw is not None else None


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri.strip())
        parts.port  # noqa: B018 - it is parsed when it is asked for
    except ValueError:
        return None
    return parts


def _flaw(parts: SplitResult, host: str) -> Flaw | None:
    if _is_below(host, _TUNNELS):
        return Flaw.TUNNEL
    if _is_below(host, _CATCHERS):
        return Flaw.CATCHER
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return None if parts.port in _USUAL_PORTS else Flaw.LOOPBACK_PORT
    if address is not None or host.isdecimal():  # browsers take a single number for an address too
        return Flaw.ADDRESS
    if "*" in host:
        return Flaw.WILDCARD
    return Flaw.UNENCRYPTED if parts.scheme == "http" else None


def _is_below(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == each or host.endswith(f".{each}") for each in domains)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
