"""The people in a shared channel are of this tenant, or of one that is known.

## What it looks at

Each shared channel that a team here owns, and the tenant that each of its members comes from. A tenant is known if it
is named (option), or if an entry of the cross-tenant access settings is its own and lets its people in by B2B direct
connect: that is an administrator's decision. People of any other tenant are

- **medium** where the settings let them in, which takes a default that is open;
- **low** where the settings keep them out as they are now: they are still members, and are back when that changes.

One finding a channel. Channels that other tenants share with teams here (`incomingChannels`), guests in ordinary
channels, chats and calls with the outside are not judged; the last are ruled by federation settings that Microsoft
Graph does not show (`Get-CsTenantFederationConfiguration`).

## Why it matters

Whoever is in a shared channel reads all that was ever written in it, and its files, as somebody whose account,
second factor and devices another tenant answers for. No guest account shows that they are there.

## Remediation

Ask an owner of the team who these people are.

1. Nobody knows them: in Teams, the channel, *Manage channel*, remove the people or the team
   (`Remove-MgTeamChannelMember`, `Remove-MgTeamChannelSharedWithTeam`). Search the audit log for what they read
   and for who added them.
2. They are partners: add an entry for their tenant under External Identities, Cross-tenant access settings,
   *Organizational settings*, and allow B2B direct connect for those who need it. Or name the tenant below.

Close the default as well: `teams.shared-channels-are-for-chosen-tenants`.

## Options

```toml
[checks."teams.shared-channel-is-for-known-tenants"]
tenants = ["dba97074-d1b2-452c-9271-c59ae4d69672"]
```

`tenants` are ids of tenants whose people may be in shared channels.

## Sources

- <https://learn.microsoft.com/graph/api/channel-list-allmembers>
- <https://learn.microsoft.com/entra/external-id/b2b-direct-connect-overview>
- <https://learn.microsoft.com/microsoftteams/shared-channels>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from o365scan.api import (
    Acceptance,
    Data,
    Judgement,
    OptionsError,
    Record,
    Severity,
    Undecidable,
    Undecided,
    check,
    independently,
    problem,
    undecided,
)
from o365scan_entra.datasets import cross_tenant_access, cross_tenant_partners, organization
from o365scan_teams.datasets import channel_members, shared_channels
from o365scan_teams.direct_connect import INBOUND, Access, access

_SHOWN = 5
"""How many members stand for those of their tenant."""


@dataclass(frozen=True)
class KnownTenants:
    """Tenants whose people may be in shared channels, by their ids."""

    tenants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for id in self.tenants:
            try:
                UUID(id)
            except ValueError:
                raise OptionsError(
                    f"tenants: {id!r} is not a tenant id", hint="Write the id, not a domain."
                ) from None

    def __contains__(self, id: str) -> bool:
        return id in {each.lower() for each in self.tenants}


@check(
    "teams.shared-channel-is-for-known-tenants",
    severity=Severity.MEDIUM,
    each=shared_channels,
    reads=[channel_members, organization, cross_tenant_access, cross_tenant_partners],
    options=KnownTenants,
    attack=["T1199", "T1213.005"],
)
def shared_channel_is_for_known_tenants(
    channel: Record, data: Data, options: KnownTenants
) -> Iterator[Judgement]:
    own = {each.key.lower() for each in data[organization]}
    if not own:
        yield undecided("Which tenant this is was not sent, so nobody can be told from its own people.")
        return
    homes: defaultdict[str, list[Record]] = defaultdict(list)
    for member in data[channel_members].of(channel):
        try:
            homes[member.text("tenantId").lower()].append(member)
        except Undecidable as cause:  # of the others it may still be proven
            yield Undecided.by(cause)
    for tenant, people in sorted(homes.items()):
        if tenant not in own and tenant not in options:
            yield from independently(_judged(tenant, people, data))


def _judged(tenant: str, people: list[Record], data: Data) -> Iterator[Judgement]:
    entry = data.once(_entries).get(tenant)
    decided = access(entry, INBOUND) if entry is not None else None
    if decided in (Access.EVERYBODY, Access.CHOSEN):
        return
    shown = [each.at("tenantId") for each in people[:_SHOWN]]
    if entry is not None and decided is not None:
        shown.append(entry.at(INBOUND))
    if decided is Access.UNKNOWN:
        yield undecided(f"Whether the entry for tenant {tenant} is for Teams can't be told.", *shown)
        return
    kept_out = _is_kept_out(decided, data)
    yield problem(
        f"Tenant {tenant}{_domains(people)} has {_count(people)} in this channel, and nobody chose that tenant."
        + (" The cross-tenant access settings keep them out as they are now." if kept_out else ""),
        *shown,
        severity=Severity.LOW if kept_out else Severity.MEDIUM,
        accept=None if kept_out else Acceptance({"tenants": (tenant,)}),
        signs=(),
    )


def _entries(data: Data) -> dict[str, Record]:
    """The entries for single tenants, by id."""
    return {each.key.lower(): each for each in data[cross_tenant_partners]}


def _is_kept_out(decided: Access | None, data: Data) -> bool:
    """Whether the tenant's own entry, or the default where there is none, lets nobody in."""
    try:
        default = next((access(each, INBOUND) for each in data[cross_tenant_access]), None)
    except Undecidable:  # that they are in the channel is proven all the same: the graver of the two
        default = None
    return (decided or default) is Access.NOBODY


def _count(people: list[Record]) -> str:
    return "one person" if len(people) == 1 else f"{len(people):,} people"


def _domains(people: list[Record]) -> str:
    """What people know the tenant by, where the addresses are there."""
    addresses = (each.get("email") for each in people)
    domains = {each.rpartition("@")[2] for each in addresses if isinstance(each, str) and "@" in each}
    return f" ({', '.join(sorted(domains)[:_SHOWN])})" if domains else ""
