"""Apps send people, and the codes that stand for them, to places that are the app's.

## What it looks at

The redirect URIs of each app that people can sign in to, as its service principal shows them (`replyUrls`):
vendors' and the organisation's own. Microsoft's are left out. The worst of an app's counts:

| where it leads | severity |
|---|---|
| a tunnel (ngrok, trycloudflare, dev tunnels and the like) | high |
| a service that shows what it is sent (webhook.site, request bins) | high |
| a plain IP address that isn't the person's own computer | high |
| any host below a domain (`https://*.contoso.com`) | medium |
| `http`, to a host that isn't the person's own computer | medium |
| an unusual port of the person's own computer, if another tenant's unverified publisher wants it | medium |
| any of these, of a disabled app | low |

`http://localhost` is how programs on a computer are called back, whatever the port, and so are schemes of their own
(`msal…://auth`): neither is a finding on an app of the organisation's, nor of a verified publisher. Of an unverified
one the port is told, since intruders' tools have asked for consent in this way (`http://localhost:7823/access/`).

What it can't see: whether a host still belongs to whom it did (a deleted `azurewebsites.net` site can be claimed by
anybody). Unconfirmed: that a service principal lists what the registration has for programs and single-page apps
too.

## Why it matters

Whatever is sent to a redirect URI signs in as the person. If that is a tunnel or an IP address, nobody can say whose
computer it was, and a tunnel's name that was given back can be had by the next. Phishing kits for consent are run
behind such names; in an app of the organisation's own they are left from a developer's afternoon.

## Remediation

1. An app of the organisation's: in the Microsoft Entra admin centre go to App registrations, the app,
   Authentication, and remove the URI; or `Update-MgApplication -ApplicationId <id> -Web @{ RedirectUris = @(...) }`
   with those that stay. If nobody added it, take the owners of the app and whoever administers apps for compromised.
2. A vendor's: the URI can't be changed here. Look who consented (`entra.consent-of-a-user-is-expected`), and disable
   the app if nobody can explain it: `Update-MgServicePrincipal -ServicePrincipalId <id> -AccountEnabled:$false`.
3. Search the audit log for *Update application* with `RedirectUris` or `ReplyUrls` among what was changed.

## Options

```toml
[checks."entra.redirect-uri-is-safe"]
hosts = ["contoso.devtunnels.ms", "192.0.2.10"]
```

`hosts` are host names or addresses of version 4 that are known, whole.

## Sources

- <https://learn.microsoft.com/entra/identity-platform/reply-url>
- <https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration>
- <https://datatracker.ietf.org/doc/html/rfc8252#section-7.3>
- <https://github.com/huntresslabs/rogueapps>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, OptionsError, Record, Severity, check, problem
from o365scan_entra.app_evidence import shown
from o365scan_entra.datasets import applications, service_principals
from o365scan_entra.publishers import Owner, is_verified, owner
from o365scan_entra.redirect_uris import Flaw, Target, flawed, host_of

_SEVERITY = {
    Flaw.TUNNEL: Severity.HIGH,
    Flaw.CATCHER: Severity.HIGH,
    Flaw.ADDRESS: Severity.HIGH,
    Flaw.WILDCARD: Severity.MEDIUM,
    Flaw.UNENCRYPTED: Severity.MEDIUM,
    Flaw.LOOPBACK_PORT: Severity.MEDIUM,
}
_SIGNS = frozenset({Flaw.TUNNEL, Flaw.CATCHER, Flaw.ADDRESS, Flaw.LOOPBACK_PORT})
_SHOWN = 5


@dataclass(frozen=True)
class KnownHosts:
    """Hosts to which apps may send people whatever they look like."""

    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for host in self.hosts:
            if not host or "*" in host or host_of(f"https://{host}/") != host.lower():
                raise OptionsError(f"hosts: {host!r} is no host", hint='Write "contoso.devtunnels.ms".')

    def knows(self, uri: str) -> bool:
        """Is the host of the address one of them?"""
        return host_of(uri) in {each.lower() for each in self.hosts}


@check(
    "entra.redirect-uri-is-safe",
    severity=Severity.HIGH,
    each=service_principals,
    reads=[applications],
    options=KnownHosts,
    attack=["T1528", "T1550.001"],
)
def redirect_uri_is_safe(principal: Record, data: Data, options: KnownHosts) -> Iterator[Judgement]:
    found = [flawed(each) for each in principal.texts("replyUrls") if not options.knows(each)]
    targets = [each for each in found if each is not None]
    if not targets:
        return
    whose = owner(principal, principal.text("appId") in data.once(_registered))
    if whose is Owner.MICROSOFT:
        return
    if whose is not Owner.ELSEWHERE or is_verified(principal):
        targets = [each for each in targets if each.flaw is not Flaw.LOOPBACK_PORT]
    if targets:
        yield _told(principal, whose, targets)


def _told(principal: Record, whose: Owner, targets: list[Target]) -> Judgement:
    order = list(Flaw)
    worst = min((each.flaw for each in targets), key=order.index)
    places = ", ".join(f"{each.uri} ({each.flaw.value})" for each in targets[:_SHOWN])
    more = f", and {len(targets) - _SHOWN} more" if len(targets) > _SHOWN else ""
    off = principal.flag("accountEnabled", nullable=True) is False
    return problem(
        f"People who sign in to this app, which is {whose}, are sent on to {places}{more}."
        f"{' It is disabled here.' if off else ''}",
        principal.at("replyUrls"),
        *shown(principal, "appId", "appOwnerOrganizationId", "verifiedPublisher", "accountEnabled"),
        severity=Severity.LOW if off else _SEVERITY[worst],
        accept=_acceptance(targets) if not off else None,
        signs=tuple(dict.fromkeys(each.flaw.value for each in targets if each.flaw in _SIGNS)),
    )


def _acceptance(targets: list[Target]) -> Acceptance | None:
    """The hosts; none where they stand for any host, or for everybody's own computer."""
    if any(each.flaw in (Flaw.WILDCARD, Flaw.LOOPBACK_PORT) for each in targets):
        return None
    hosts = tuple(dict.fromkeys(host_of(each.uri) for each in targets))
    return None if any(":" in each for each in hosts) else Acceptance({"hosts": hosts})


def _registered(data: Data) -> frozenset[str]:
    return frozenset(each.text("appId") for each in data[applications])
