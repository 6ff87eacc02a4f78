"""What the tenant has licences for, as far as it decides which checks can ask for something."""

from __future__ import annotations

from dataclasses import dataclass

from o365scan.api import (
    GRAPH,
    Data,
    Dataset,
    Evidence,
    GraphList,
    Permission,
    Problem,
    Record,
    Severity,
    Undecidable,
    problem,
)

P1_NAME, P2_NAME = "Microsoft Entra ID P1", "Microsoft Entra ID P2"
"""As datasets and findings call them."""

subscribed_skus = Dataset(
    name="entra.subscribed-skus",
    source=GraphList(path="/subscribedSkus"),
    key="id",
    title="skuPartNumber",
    type="subscribedSku",
    permission=Permission(
        api=GRAPH, app_roles=("LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All")
    ),
    reference="https://learn.microsoft.com/graph/api/subscribedsku-list",
)
"""The products that are subscribed to, each with its service plans."""


@dataclass(frozen=True)
class Licence:
    """What can be bought: its name, and the ids of the service plans by which a product brings it."""

    name: str
    plans: frozenset[str]


#: AAD_PREMIUM_P2
_P2 = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
P1 = Licence(P1_NAME, frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", _P2}))
"""AAD_PREMIUM: Conditional Access. Products with P2 bring it as well, and P2 holds all of it."""
P2 = Licence(P2_NAME, frozenset({_P2}))
"""Risk of users and sign-ins."""
PIM = Licence(P2_NAME, frozenset({_P2, "e866a266-3cff-43a3-acca-0c90a7e00c8b"}))
"""Privileged Identity Management: P2, or Entra ID Governance (Entra_Identity_Governance)."""
WORKLOAD = Licence(
    "Microsoft Entra Workload ID Premium",
    frozenset({"84c289f0-efcb-486f-8581-07f44fc9efad", "7dc0e92d-bf15-401d-907e-0884efe7c760"}),
)
"""AAD_WRKLDID_P1 and AAD_WRKLDID_P2: Conditional Access for apps. By Microsoft's list of service plans."""

#: A subscription that has run out works on for a while.
_WORKING = frozenset({"Enabled", "Warning"})
_OVER = frozenset({"Suspended", "Deleted", "LockedOut"})


def includes(sku: Record, licence: Licence) -> bool:
    """Does the product bring the licence, and is it in force? Raises Undecidable for a state that is not known."""
    brings = any(each.text("servicePlanId").lower() in licence.plans for each in sku.objects("servicePlans"))
    state = sku.text("capabilityStatus")
    if brings and state not in _WORKING | _OVER:
        raise Undecidable(f"whether {sku.title} is in force can't be told: its state {state!r} is not known")
    return brings and state in _WORKING


def lacks(data: Data, licence: Licence) -> bool:
    """Is it certain that no product of the tenant brings the licence? Reads the products as an optional dataset."""
    try:
        return not any(includes(sku, licence) for sku in data[subscribed_skus])
    except Undecidable:
        return False


def out_of_reach(licence: Licence, said: str, *evidence: Evidence, at: Record | None = None) -> Problem:
    """What is wrong, and can't be mended with what the tenant has bought: told, and never an alarm."""
    text = f"{said}, which takes {licence.name} to mend."
    return problem(text, *evidence, severity=Severity.INFO, at=at, licence=licence.name)
