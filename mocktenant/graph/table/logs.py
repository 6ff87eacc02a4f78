"""Logs and risk: sign-ins, directory audits, users and apps at risk, the audit log's queries."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import audit_queries, errors
from mocktenant.graph.resources import BETA, PAGED, V1, Resource, Write
from mocktenant.graph.sources import Stored, audits, interactive_sign_ins, is_interactive, newest, nothing
from mocktenant.graph.table.app_roles import AUDIT, DIRECTORY
from mocktenant.graph.table.kinds import P1_REPORT, P1_RISK, P2_RISK, action, paged
from mocktenant.graph.writes import risk

_log = partial(
    paged,
    page=1000,
    largest=1000,
    too_large=errors.plain_page_size,
    denial=errors.permission_missing,
    read=AUDIT,
)
_risk = partial(
    paged,
    page=20,
    largest=500,
    too_large=errors.plain_page_size,
    skips=True,
    denial=errors.forbidden_scopes,
    licence=P2_RISK,
    unconfirmed="the page of 20",
)
_WRITE_RISK = ("IdentityRiskyUser.ReadWrite.All",)
_QUERIES = ("AuditLogsQuery.Read.All",)
_BY_SERVICE = tuple(
    f"AuditLogsQuery-{service}.Read.All"
    for service in ("Entra", "CRM", "Endpoint", "Exchange", "OneDrive", "SharePoint")
)
_ASK = (*_BY_SERVICE, *_QUERIES)


def _verdict(name: str, verdict: dict[str, str]) -> Resource:
    return action(
        f"identityProtection/riskyUsers/{name}",
        Write(
            _WRITE_RISK, risk.says(verdict), takes="", parameters={"userIds": "[String]"}, needed=("userIds",)
        ),
        denial=errors.forbidden_scopes,
        licence=P2_RISK,
    )


ROWS: tuple[Resource, ...] = (
    _log(
        "auditLogs/signIns",
        "signIn",
        interactive_sign_ins,
        versions=V1,
        licence=P1_REPORT,
    ),
    _log(
        "auditLogs/signIns",
        "signIn",
        newest("signIns"),
        versions=BETA,
        licence=P1_REPORT,
        unasked={"signInEventTypes": is_interactive},
    ),
    _log("auditLogs/directoryAudits", "directoryAudit", audits, read=(*AUDIT, *DIRECTORY[:1])),
    _risk(
        "identityProtection/riskyUsers",
        "riskyUser",
        Stored("riskyUsers"),
        read=("IdentityRiskyUser.Read.All", *_WRITE_RISK),
    ),
    _risk(
        "identityProtection/riskyUsers/{id}/history",
        "riskyUserHistoryItem",
        nothing,
        read=("IdentityRiskyUser.Read.All", *_WRITE_RISK),
    ),
    _verdict("confirmCompromised", risk.COMPROMISED),
    _verdict("dismiss", risk.DISMISSED),
    _risk(
        "identityProtection/riskDetections",
        "riskDetection",
        Stored("riskDetections"),
        read=("IdentityRiskEvent.Read.All",),
        licence=P1_RISK,
    ),
    _risk(
        "identityProtection/riskyServicePrincipals",
        "riskyServicePrincipal",
        Stored("riskyServicePrincipals"),
        read=("IdentityRiskyServicePrincipal.Read.All", "IdentityRiskyServicePrincipal.ReadWrite.All"),
        licence=None,
        unconfirmed="the licence (Workload Identities Premium) is not asked for",
    ),
    _risk(
        "identityProtection/servicePrincipalRiskDetections",
        "servicePrincipalRiskDetection",
        nothing,
        read=("IdentityRiskyServicePrincipal.Read.All", "IdentityRiskyServicePrincipal.ReadWrite.All"),
        licence=None,
        unconfirmed="the licence (Workload Identities Premium) is not asked for",
    ),
    paged(
        "security/auditLog/queries",
        "security.auditLogQuery",
        Stored("auditLogQueries"),
        denial=errors.roles_missing,
        read=_ASK,
        granted=False,
        polled=audit_queries.polled,
        writes={
            "POST": Write(
                _ASK,
                audit_queries.ask,
                takes="security.auditLogQuery",
                read_only=frozenset({"id", "status"}),
                also=frozenset({"serviceFilter"}),
                unconfirmed="that v1.0 takes it: one tenant was seen to answer 404 there",
            )
        },
    ),
    paged(
        "security/auditLog/queries/{id}/records",
        "security.auditLogRecord",
        audit_queries.records,
        largest=999,
        options=PAGED,
        denial=errors.roles_missing,
        read=_ASK,
        granted=False,
    ),
)
