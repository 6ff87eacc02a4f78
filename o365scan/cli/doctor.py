"""o365scan doctor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from o365scan.api import DNS, EXCHANGE, GRAPH, Dataset, DnsLookup, ServiceError, visible
from o365scan.cli.common import choose_checks, choose_tenant, console, plugins, service_of
from o365scan.cli.config_option import choose_config_of_plugins
from o365scan.cli.exit_codes import ExitCode
from o365scan.registry import plan

if TYPE_CHECKING:
    from o365scan.auth.claims import Claims
    from o365scan.auth.source import How
    from o365scan.transport.service import Service


@click.command(short_help="Sign in, and say what is missing.")
@choose_config_of_plugins
@choose_tenant
@choose_checks
def command(patterns: tuple[str, ...], **tenant: Any) -> ExitCode:
    """Sign in, show what the app was granted and whom DNS is asked of, and say what the checks need besides.

    \b
    Exit codes: 0 nothing is missing, 3 something is,
    4 sign-in or network failed.

    \b
    Examples:
      o365scan doctor
      o365scan doctor --mock baseline
    """
    from rich.text import Text

    from o365scan.auth.directory_roles import names
    from o365scan.auth.errors import SignInFailed
    from o365scan.scan import identify
    from o365scan.transport.errors import NotInCloud

    registry = plugins()
    datasets = plan(registry.select(patterns))
    out = console()
    with service_of(**tenant) as service:
        # Before it may be refused: the subject tells why.
        out.print(Text("\n".join(_of_sign_in(service.tokens.how))))
        info = identify(service)
        granted = {GRAPH: service.claims()}
        others = {EXCHANGE: service.exchange_claims}
        others |= {
            api.name: partial(service.api_claims, api) for api in {each.api for each in datasets} if api
        }
        for name, claims_of in sorted(others.items()):
            try:
                granted[name] = claims_of()
            except (SignInFailed, NotInCloud) as cause:
                out.print(Text(f"no token for {visible(name)}: {visible(str(cause))}", style="magenta"))
        untold = list(_of_dns(datasets, service, info.domain))
        whom = service.names.whom
    label = visible(info.name) if info.name else "name not readable (Organization.Read.All opens it)"
    roles = names(granted[GRAPH].directory_roles)
    apis = (f"{visible(api)}: {_granted(claims)}" for api, claims in granted.items())
    directory = f"Directory roles: {', '.join(roles) or 'none'}"
    for line in (
        f"Tenant  {info.id}  {label}",
        *_of_bearer(granted[GRAPH]),
        *apis,
        directory,
        f"{DNS}: {whom}",
        "",
    ):
        out.print(Text(line))
    missing = list(_missing(datasets, granted, roles))
    for line in (*missing, *untold):
        out.print(Text(line, style="magenta"))
    for failure in registry.failures:
        out.print(Text(f"plugin {visible(failure.plugin)}: {visible(failure.message)}", style="red"))
    if not missing and not untold and not registry.failures:
        out.print(Text(f"All that {len(datasets)} datasets need is granted.", style="green"))
        return ExitCode.DONE
    if missing:
        out.print(
            Text("After a grant it takes minutes, at times hours, until new tokens carry it.", style="dim")
        )
    return ExitCode.INCOMPLETE


def _of_dns(datasets: tuple[Dataset, ...], service: Service, domain: str | None) -> Iterator[str]:
    """What keeps the resolver from answering: it is asked where mail of the tenant's first domain arrives."""
    if domain is None or not any(dataset.permission.api == DNS for dataset in datasets):
        return
    try:
        service.names.rows(DnsLookup(name=domain, type="MX"))
    except ServiceError as cause:
        yield f"missing  {DNS}: {visible(str(cause))}. {cause.hint or ''}"


def _of_sign_in(how: How) -> Iterator[str]:
    """By what, and for GitHub's job the subject that the app's federated credential must name."""
    from o365scan.auth.discovery import github_subject

    yield f"Sign-in {visible(str(how))}"
    if subject := github_subject(how):
        kind = (
            "immutable"
            if subject.is_immutable
            else "by name: whoever gets the repository's name next has it too"
        )
        yield f"Subject {visible(subject.subject)} ({kind})"
        yield f"        of {visible(subject.issuer)} for {visible(subject.audience)}"


def _of_bearer(claims: Claims) -> Iterator[str]:
    """As whom."""
    yield f"App     {claims.app_id}  {visible(claims.app_name or '')}"
    if claims.is_delegated:
        yield (
            f"Person  {visible(claims.user or 'not named')}: a scope opens only what the person's own roles allow too"
        )


def _granted(claims: Claims) -> str:
    if claims.is_delegated:
        return f"scopes of a person's sign-in: {visible(', '.join(sorted(claims.scopes)), 4000)}"
    return ", ".join(sorted(claims.roles)) or "no app role granted"


def _missing(
    datasets: tuple[Dataset, ...], granted: Mapping[str, Claims], roles: tuple[str, ...]
) -> Iterator[str]:
    for dataset in datasets:
        need = dataset.permission
        if need.elsewhere:
            yield f"unknown  {dataset.name}: it takes {need.elsewhere}, which no token shows"
        if not need.app_roles:
            continue
        claims = granted.get(need.api)
        if claims is None:
            yield f"unknown  {dataset.name}: what {need.api} grants can't be told from here"
        elif claims.is_delegated:
            yield f"unknown  {dataset.name}: what a person may read is told by no token"
            continue  # the person's own roles may open it without any of those that an app needs
        elif not need.is_granted_by(claims.roles):
            yield f"missing  {dataset.name}: the app role {' or '.join(need.app_roles)} of {need.api}"
        if not need.is_opened_by(roles):
            yield f"missing  {dataset.name}: the directory role {' or '.join(need.directory_roles)}"
