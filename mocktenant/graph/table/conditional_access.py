"""Conditional Access: policies, named locations, authentication contexts."""

from __future__ import annotations

from functools import partial

from mocktenant.graph.resources import PAGED, Resource, Write
from mocktenant.graph.sources import Stored
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import POLICIES, WRITE_ACCESS
from mocktenant.graph.table.kinds import P1_LIST, policy
from mocktenant.graph.writes import policies
from mocktenant.graph.writes.stored import removes

_READ_ONLY = frozenset({"id", "createdDateTime", "modifiedDateTime", "templateId"})
_listed = partial(policy, largest=999, options=PAGED, licence=P1_LIST, read=POLICIES)

ROWS: tuple[Resource, ...] = (
    _listed(
        "identity/conditionalAccess/policies",
        "conditionalAccessPolicy",
        Stored("conditionalAccessPolicies"),
        writes={
            "POST": Write(
                WRITE_ACCESS,
                policies.create_policy,
                takes="conditionalAccessPolicy",
                activity=activities.POLICY_ADDED,
                needed=("displayName", "state", "conditions"),
                read_only=_READ_ONLY,
            ),
            "PATCH": Write(
                WRITE_ACCESS,
                policies.update_policy,
                takes="conditionalAccessPolicy",
                activity=activities.POLICY_UPDATED,
                read_only=_READ_ONLY,
            ),
            "DELETE": Write(
                WRITE_ACCESS, removes("conditionalAccessPolicies"), activity=activities.POLICY_DELETED
            ),
        },
    ),
    _listed(
        "policies/conditionalAccessPolicies", "conditionalAccessPolicy", Stored("conditionalAccessPolicies")
    ),
    _listed(
        "identity/conditionalAccess/namedLocations",
        "namedLocation",
        Stored("namedLocations"),
        mixed=True,
        unconfirmed="an empty list without P1",
        writes={
            "POST": Write(
                WRITE_ACCESS,
                policies.create_location,
                takes="namedLocation",
                needed=("displayName",),
                read_only=_READ_ONLY,
            ),
            "PATCH": Write(
                WRITE_ACCESS, policies.update_location, takes="namedLocation", read_only=_READ_ONLY
            ),
            "DELETE": Write(WRITE_ACCESS, removes("namedLocations")),
        },
    ),
    _listed(
        "identity/conditionalAccess/authenticationContextClassReferences",
        "authenticationContextClassReference",
        Stored("authenticationContexts"),
        unconfirmed="an empty list without P1",
    ),
)
