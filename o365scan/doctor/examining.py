"""The examination, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from o365scan.api import (
    DNS,
    EXCHANGE,
    GRAPH,
    Check,
    Dataset,
    DnsLookup,
    PluginFailure,
    Request,
    ServiceError,
)
from o365scan.auth.claims import Claims
from o365scan.auth.directory_roles import names
from o365scan.doctor import audit, expiry, licences, missing
from o365scan.doctor.diagnosis import Diagnosis
from o365scan.doctor.door import Door
from o365scan.doctor.granting import commands
from o365scan.doctor.probes import Probe, Progress, Rows, State, probe
from o365scan.registering.needs import resources_of
from o365scan.registry import plan
from o365scan.scan import identify
from o365scan.transport.service import Service


def examine(
    service: Service,
    door: Door,
    checks: Iterable[Check],
    failures: Iterable[PluginFailure] = (),
    progress: Progress = lambda *_: None,
) -> Diagnosis:
    """What the checks need, tried. Raises SignInFailed or Unreachable if Graph is out of reach after all."""
    chosen = tuple(checks)
    datasets = plan(chosen)
    readers = missing.Readers(chosen)
    tenant = identify(service)
    claims, refused = _tokens(service, datasets)
    probes = _with_dns(datasets, probe(datasets, service, silent=refused, progress=progress))
    app = claims[GRAPH]
    roles = names(app.directory_roles)
    lacking = (
        *missing.app_roles(datasets, claims, readers),
        *(() if app.is_delegated else missing.directory_roles(datasets, roles, probes, readers)),
    )
    resources = resources_of(datasets, service.cloud.name)
    skus, own = _read(service, licences.SUBSCRIPTIONS, expiry.own_application(app.app_id))
    return Diagnosis(
        tenant=tenant,
        cloud=service.cloud,
        door=door,
        claims=claims,
        refused=refused,
        directory_roles=roles,
        endings=expiry.endings(door.how, own, _now(service, door)),
        missing=tuple((each, commands(each, resources, app, service.cloud)) for each in lacking),
        troubles=missing.troubles(datasets, probes, lacking, readers),
        elsewhere=tuple(
            (each.name, each.permission.elsewhere)
            for each in datasets
            if each.permission.elsewhere and not probes[each.name].opened
        ),
        licences=licences.licences(datasets, probes, skus, readers),
        audit=_audit(service, datasets, refused),
        resolver=service.names.whom,
        dns=_dns(datasets, service, tenant.domain),
        datasets=tuple(each.name for each in datasets),
        untried=tuple(name for name, found in probes.items() if found.state is State.UNTRIED),
        failures=tuple(failures),
    )


def _tokens(
    service: Service, datasets: tuple[Dataset, ...]
) -> tuple[dict[str, Claims], dict[str, ServiceError]]:
    """The claims of each API's token, or why there is none."""
    of_apis = {each.api.name: each.api for each in datasets if each.api is not None}
    claims, refused = {GRAPH: service.claims()}, dict[str, ServiceError]()
    for name in sorted({each.service for each in datasets} - {GRAPH, DNS}):
        try:
            claims[name] = (
                service.exchange_claims() if name == EXCHANGE else service.api_claims(of_apis[name])
            )
        except ServiceError as cause:
            refused[name] = cause
    return claims, refused


def _with_dns(datasets: tuple[Dataset, ...], probes: dict[str, Probe]) -> Mapping[str, Probe]:
    """DNS takes no permission: what a resolver answers is seen by asking for one name."""
    return {each.name: probes.get(each.name, Probe(State.READ)) for each in datasets}


def _read(service: Service, *requests: Request) -> list[Rows | None]:
    """What each request gave, None where it could not be read. All are of one service."""
    found: list[Rows | None] = [None] * len(requests)
    try:
        for place, answer in service.answers(requests):
            found[place] = None if isinstance(answer, ServiceError) else answer
    except ServiceError:  # as a whole: who needs it was tried, and told, besides
        return found
    return found


def _audit(
    service: Service, datasets: tuple[Dataset, ...], refused: Mapping[str, ServiceError]
) -> audit.Audit | None:
    if EXCHANGE in refused or all(each.service != EXCHANGE for each in datasets):
        return None
    return audit.audit(*_read(service, audit.AUDIT_LOG, audit.ORGANISATION))


def _dns(datasets: tuple[Dataset, ...], service: Service, domain: str | None) -> ServiceError | None:
    """What keeps the resolver from answering: it is asked where mail of the tenant's first domain arrives."""
    if domain is None or all(each.service != DNS for each in datasets):
        return None
    try:
        service.names.rows(DnsLookup(name=domain, type="MX"))
    except ServiceError as cause:
        return cause
    return None


def _now(service: Service, door: Door) -> datetime:
    """The time by which a credential's end is to be judged: a certificate's own by the sign-in's, listed ones by the
    data's.
    """
    clock = service.clock if door.how.ends is None else service.sign_in_clock
    return clock.first or datetime.now(UTC)
