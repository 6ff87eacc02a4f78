"""What is read of Identity Protection: whom Microsoft holds for taken over, and what it saw."""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, GraphList, Permission

from .licences import P1_NAME, P2_NAME

_REFERENCE = "https://learn.microsoft.com/graph/api/"

risky_users = Dataset(
    name="entra.risky-users",
    source=GraphList(path="/identityProtection/riskyUsers", page_size=500),
    key="id",
    title="userPrincipalName",
    type="riskyUser",
    permission=Permission(
        api=GRAPH, app_roles=("IdentityRiskyUser.Read.All", "IdentityRiskyUser.ReadWrite.All")
    ),
    reference=_REFERENCE + "riskyuser-list",
    licence=P2_NAME,
    configuration=False,
)
"""Everybody who was ever held at risk; `riskState` says what has become of it. The id is the user's.

Without the licence risk is still detected, and shown in part in the admin centre only: so what could not be read is
unknown, and not empty.
"""

leaked_credentials = Dataset(
    name="entra.leaked-credentials",
    source=GraphList(
        path="/identityProtection/riskDetections",
        filter="riskEventType eq 'leakedCredentials'",
        page_size=500,
    ),
    key="id",
    title="userPrincipalName",
    type="riskDetection",
    permission=Permission(api=GRAPH, app_roles=("IdentityRiskEvent.Read.All",)),
    reference=_REFERENCE + "riskdetection-list",
    licence=P1_NAME,
    configuration=False,
)
"""Passwords that Microsoft found among stolen ones. Microsoft forgets detections after a while.

Either of P1 and P2 is enough: with P1 details of a risk are hidden, and the premium detections' kinds, of which this
is none.

Unconfirmed: that a filter by `riskEventType` is honoured; Microsoft's example filters by the older `riskType`.
"""
