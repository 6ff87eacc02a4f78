"""Snapshots made by hand: a few records of datasets as small as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from o365scan.api import (
    EXCHANGE,
    GRAPH,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    Gap,
    GapReason,
    GraphList,
    Permission,
    TenantInfo,
)
from o365scan.snapshot import Manifest, Snapshot

TENANT = "11111111-2222-4333-8444-555555555555"
APPS = Dataset(
    name="entra.applications",
    source=GraphList(path="/applications"),
    key="id",
    title="displayName",
    type="#microsoft.graph.application",
    permission=Permission(api=GRAPH, app_roles=("Application.Read.All",)),
    reference="https://example.com/applications",
    secrets=("recovery/code",),
)
MAILBOXES = Dataset(
    name="exchange.mailboxes",
    source=ExchangeCmdlet(cmdlet="Get-Mailbox"),
    key="Guid",
    title="Name",
    type="Mailbox",
    permission=Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",)),
    reference="https://example.com/mailboxes",
)
RULES = Dataset(
    name="exchange.inbox-rules",
    source=FanOut(
        over=MAILBOXES, request=ExchangeCmdlet(cmdlet="Get-InboxRule", parameters={"Mailbox": "{Guid}"})
    ),
    key="RuleId",
    title="Name",
    type="InboxRule",
    permission=MAILBOXES.permission,
    reference="https://example.com/rules",
)
DATASETS = {each.name: each for each in (APPS, MAILBOXES, RULES)}
_MANIFEST = Manifest(
    tenant=TenantInfo(TENANT, "Contoso"),
    collected_at=datetime(2026, 3, 1, 5, 30, tzinfo=UTC),
    version="0.1.0",
)


@dataclass
class State:
    """What a snapshot holds: records by dataset, and those of a fan-out by parent."""

    records: Mapping[Dataset, Iterable[Mapping[str, Any]]] = field(default_factory=dict)
    rules: Mapping[str, Iterable[Mapping[str, Any]]] | None = None
    gaps: Iterable[Gap] = ()
    day: int = 1
    tenant: str = TENANT

    def saved(self, path: Path | None = None) -> Snapshot:
        snapshot = Snapshot.create(path)
        for dataset, records in self.records.items():
            snapshot.add(dataset, records)
        for parent, records in (self.rules or {}).items():
            snapshot.add(RULES, records, parent=parent)
        for gap in self.gaps:
            snapshot.add_gap(gap)
        for dataset in self.records:
            snapshot.finish(dataset)
        if self.rules is not None:
            snapshot.finish(RULES, self.rules)
        taken = _MANIFEST.collected_at.replace(day=self.day)
        snapshot.seal(replace(_MANIFEST, tenant=TenantInfo(self.tenant, "Contoso"), collected_at=taken))
        return snapshot


def gap(dataset: Dataset, parent: str | None = None) -> Gap:
    return Gap(dataset=dataset.name, reason=GapReason.DENIED, detail="403 Forbidden", parent=parent)
