"""The page that says what is emulated is what the tables say, and says what the scanner declares."""

from __future__ import annotations

import pytest

from mocktenant.coverage import PAGE, page
from mocktenant.exchange.invoke import needs
from mocktenant.graph.paths import segments, target
from o365scan.api import NO_PERMISSION, Dataset, DnsLookup, ExchangeCmdlet, FanOut
from o365scan.registry import load

DATASETS = sorted(load().datasets.values(), key=lambda each: each.name)


def test_it_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m mocktenant.coverage"


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda each: each.name)
def test_a_dataset_declares_what_the_tenant_demands(dataset: Dataset) -> None:
    """Each app role and each directory role that a dataset names opens it, and the least comes first on both sides."""
    source = dataset.source.request if isinstance(dataset.source, FanOut) else dataset.source
    declared = dataset.permission
    if isinstance(source, DnsLookup):
        assert declared == NO_PERMISSION
        return
    if isinstance(source, ExchangeCmdlet):
        app_roles, directory_roles = needs(source.cmdlet)
        assert set(declared.app_roles) <= set(app_roles)
        ways = {frozenset(each.split(" + ")) for each in directory_roles}
        assert {frozenset(each.split(" + ")) for each in declared.directory_roles} <= ways
        return
    row = target(segments(source.path.strip("/")), source.version).row
    condition = getattr(source, "filter", None) or ""
    scoped = [roles for scope, roles in row.scoped.items() if f"scopeType eq '{scope}'" in condition]
    demanded = scoped[0] if scoped else row.read
    selected = getattr(source, "select", ())
    besides = [guard.read[0] for name, guard in row.guarded.items() if name in selected]
    ways = [{*each.split(" + "), *besides} for each in demanded]
    assert all(set(each.split(" + ")) in ways for each in declared.app_roles)
    assert set(declared.app_roles[0].split(" + ")) == ways[0]
