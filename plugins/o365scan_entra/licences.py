"""What the tenant has licences for, as far as it decides which checks can ask for something."""

from __future__ import annotations

from o365scan.api import GRAPH, Data, Dataset, GraphList, Permission, Record

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

P1 = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d"})
"""The service plan AAD_PREMIUM: Conditional Access."""
P2 = frozenset({"eec0eb4f-6444-4f95-aba0-50c24d67f998"})
"""The service plan AAD_PREMIUM_P2: risk of users and sign-ins."""
WORKLOAD = frozenset({"84c289f0-efcb-486f-8581-07f44fc9efad", "7dc0e92d-bf15-401d-907e-0884efe7c760"})
"""AAD_WRKLDID_P1 and AAD_WRKLDID_P2: Conditional Access for apps. By Microsoft's list of service plans."""

#: A subscription that has run out works on for a while.
_WORKING = frozenset({"Enabled", "Warning"})


def includes(sku: Record, plans: frozenset[str]) -> bool:
    """Does the product bring one of the service plans, and is it in force?"""
    if sku.text("capabilityStatus") not in _WORKING:
        return False
    return any(each.text("servicePlanId").lower() in plans for each in sku.objects("servicePlans"))


def licensed(data: Data, plans: frozenset[str]) -> bool:
    """Is there a licence for one of the service plans?"""
    return any(includes(sku, plans) for sku in data[subscribed_skus])
