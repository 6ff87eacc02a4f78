"""The pipeline: sign in, collect, judge. What it does is one screen; each step lives in its module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from o365scan import __version__
from o365scan.accepted import Acceptances
from o365scan.admission import OWN
from o365scan.api import (
    DNS,
    AcceptedRisk,
    Check,
    Dataset,
    GraphList,
    LeftOut,
    Report,
    ServiceError,
    TenantInfo,
)
from o365scan.auth.errors import SignInFailed
from o365scan.collect import Progress, collect
from o365scan.evaluate import evaluate
from o365scan.network import Unreachable
from o365scan.registry import Registry, plan
from o365scan.running import Judging, in_process
from o365scan.snapshot import Manifest, Snapshot
from o365scan.transport.service import Service

_ORGANIZATION = GraphList(path="/organization", select=("id", "displayName", "verifiedDomains"))


def take(
    service: Service,
    datasets: Iterable[Dataset],
    registry: Registry,
    snapshot: Snapshot,
    progress: Progress = lambda *_: None,
) -> None:
    """Read a tenant into a snapshot. Raises SignInFailed or Unreachable if not even sign-in worked."""
    tenant = identify(service)
    collect(datasets, service, snapshot, progress, _granted(service, registry))
    snapshot.seal(
        Manifest(
            tenant=tenant,
            collected_at=(service.clock.first or datetime.now(UTC)).replace(microsecond=0),
            version=__version__,
            plugins={plugin.name: f"{plugin.distribution} {plugin.version}" for plugin in registry.plugins},
            scanner=service.claims().app_id,
        )
    )


def _granted(service: Service, registry: Registry) -> Callable[[Dataset], bool]:
    """Whether a dataset may be asked for: a stranger's where the app was granted what its plugin declares.

    Microsoft's tokens can't be narrowed to what one plugin declares, so with less it is not asked for at all, though
    what was granted for others might open it.
    """
    strangers = {
        name for plugin in registry.plugins if plugin.distribution != OWN for name in plugin.datasets
    }

    def granted(dataset: Dataset) -> bool:
        need = dataset.permission
        if dataset.name not in strangers or dataset.service == DNS:
            return True
        if not (need.app_roles or need.elsewhere):
            return False  # it says of none what it takes
        try:
            claims = service.claims_for(dataset)
        except ServiceError:
            return True  # reading it tells what is wrong
        return claims.is_delegated or need.is_granted_by(claims.roles)

    return granted


def identify(service: Service) -> TenantInfo:
    """Whose tenant this is: its id from the token; name and first domain if the organization may be read."""
    tenant_id = service.claims().tenant_id
    try:
        rows = [row for page in service.pages(_ORGANIZATION) for row in page]
    except (SignInFailed, Unreachable):
        raise
    except ServiceError:  # only its name is lost; whoever needs the dataset reports the gap
        return TenantInfo(tenant_id)
    return TenantInfo(tenant_id, _name(rows), _initial_domain(rows))


def judge(
    snapshot: Snapshot,
    checks: Iterable[Check],
    registry: Registry,
    options: Mapping[str, Any],
    judging: Judging = in_process,
    *,
    risks: Iterable[AcceptedRisk] = (),
    left_out: Iterable[LeftOut] = (),
) -> Report:
    """Judge a snapshot; the same snapshot, checks and options give the same report, wherever `judging` runs them.

    `risks` are what is accepted of the tenant, `left_out` the checks that the configuration leaves out.
    """
    judged = tuple(checks)
    evaluation = evaluate(snapshot, judged, options, judging)
    datasets = plan(judged)
    manifest = snapshot.manifest
    accepting = Acceptances(tuple(risks), manifest.collected_at)
    report = Report(
        version=__version__,
        tenant=manifest.tenant,
        collected_at=manifest.collected_at,
        checks=judged,
        findings=tuple(map(accepting.on, evaluation.findings)),
        datasets={dataset.name: dataset for dataset in datasets},
        gaps=tuple(gap for dataset in datasets for gap in snapshot.gaps_of(dataset)),
        plugins=tuple(registry.plugins),
        failures=(*registry.failures, *evaluation.failures),
        known=tuple(registry.checks.values()),
        notices=(*registry.notices, *evaluation.notices),
        left_out=tuple(left_out),
    )
    return replace(report, acceptances=accepting.uses(report))


def _name(rows: list[Mapping[str, Any]]) -> str | None:
    name = rows[0].get("displayName") if rows else None
    return name if isinstance(name, str) else None


def _initial_domain(rows: list[Mapping[str, Any]]) -> str | None:
    domains = rows[0].get("verifiedDomains") if rows else None
    for domain in domains if isinstance(domains, list) else []:
        if isinstance(domain, dict) and domain.get("isInitial") and isinstance(domain.get("name"), str):
            return str(domain["name"])
    return None
