"""The subscriptions that go with a tenant's licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.licences import ENTRA_P1, ENTRA_P2, Product

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

_BESIDE = 25
"""So many have a licence of Entra ID that is not part of another product."""


def subscribed_skus(tenant: Tenant, _parent: str = "") -> list[Object]:
    """Those of the state, then what the preset gives people, and Entra ID's licences that are no part of it.

    A plan of Entra ID that `Tenant.licences` lacks is left out.
    """
    product = tenant.base.licence.of_people
    users = tenant.objects("users")
    held = sum(product.sku in [each["skuId"] for each in user.get("assignedLicenses", [])] for user in users)
    made = [_sku(tenant, product, held)]
    included = {plan.needs for plan in product.plans}
    beside = ENTRA_P2 if tenant.licensed("P2") else ENTRA_P1
    if tenant.licensed(beside.plans[-1].needs) and beside.plans[-1].needs not in included:
        made.append(_sku(tenant, beside, _BESIDE))
    stored = tenant.objects("subscribedSkus")
    known = {each["skuId"] for each in stored}
    return [*stored, *(each for each in made if each["skuId"] not in known)]


def license_details(tenant: Tenant, user: str) -> list[Object]:
    """The subscriptions that a user has a part of."""
    held = tenant.collection("users").get(user, {}).get("assignedLicenses", [])
    known = {each["skuId"]: each for each in subscribed_skus(tenant)}
    return [
        {
            "id": each["skuId"],
            "servicePlans": known[each["skuId"]]["servicePlans"],
            "skuId": each["skuId"],
            "skuPartNumber": known[each["skuId"]]["skuPartNumber"],
        }
        for each in held
        if each["skuId"] in known
    ]


def _sku(tenant: Tenant, product: Product, consumed: int) -> Object:
    return {
        "id": f"{tenant.tenant_id}_{product.sku}",
        "accountId": tenant.tenant_id,
        "accountName": tenant.domain.partition(".")[0],
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": consumed,
        "prepaidUnits": {"enabled": consumed + 10, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [
            {
                "appliesTo": "User",
                "provisioningStatus": "Success",
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
            }
            for plan in product.plans
            if not plan.needs or tenant.licensed(plan.needs)
        ],
        "skuId": product.sku,
        "skuPartNumber": product.part,
        "subscriptionIds": [],
    }
