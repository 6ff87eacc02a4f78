"""Defender's view: alerts, incidents, scores, hunting."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import errors, lookups
from mocktenant.graph.resources import PAGED, Resource, Write
from mocktenant.graph.sources import Stored
from mocktenant.graph.table.kinds import action, paged
from mocktenant.graph.writes.stored import changes

_seen = partial(
    paged,
    denial=errors.roles_missing,
    skips=True,
    options=PAGED,
    granted=False,
    too_large=errors.top_exceeded,
)
_SCORES = ("SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All")
_ALERTS = ("SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All")
_INCIDENTS = ("SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All")
_SENSORS = ("SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All")
_HEALTH = ("SecurityIdentitiesHealth.Read.All", "SecurityIdentitiesHealth.ReadWrite.All")

ROWS: tuple[Resource, ...] = (
    _seen("security/secureScores", "secureScore", Stored("secureScores"), read=_SCORES),
    _seen(
        "security/secureScoreControlProfiles",
        "secureScoreControlProfile",
        Stored("secureScoreControlProfiles"),
        read=_SCORES,
    ),
    _seen(
        "security/alerts_v2",
        "security.alert",
        Stored("securityAlerts"),
        read=_ALERTS,
        writes={"PATCH": Write(_ALERTS[1:], changes("securityAlerts", status=200), takes="security.alert")},
    ),
    _seen(
        "security/incidents",
        "security.incident",
        Stored("securityIncidents"),
        page=50,
        largest=50,
        read=_INCIDENTS,
        writes={
            "PATCH": Write(
                _INCIDENTS[1:], changes("securityIncidents", status=200), takes="security.incident"
            )
        },
    ),
    _seen("security/identities/sensors", "security.sensor", Stored("sensors"), read=_SENSORS),
    _seen("security/identities/healthIssues", "security.healthIssue", Stored("healthIssues"), read=_HEALTH),
    action(
        "security/runHuntingQuery",
        Write(
            ("ThreatHunting.Read.All",),
            lookups.hunted,
            takes="",
            parameters={"query": "String", "timespan": "String"},
            needed=("query",),
            unconfirmed="every query finds nothing: the query language is not emulated",
        ),
        denial=errors.roles_missing,
    ),
)
