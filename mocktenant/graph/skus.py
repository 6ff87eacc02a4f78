"""The subscriptions that go with a tenant's licences."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.tenant import Tenant

_E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
_P2 = "84a661c4-e949-4bd2-a560-ed7766fcaf2b"
_EXCHANGE_PLAN = ("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE")
_P1_PLAN = ("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM")
_P2_PLAN = ("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2")


def subscribed_skus(tenant: Tenant, _parent: str = "") -> list[Object]:
    """Those of the state, then Microsoft 365 E3 (with Entra ID P1 or without) and Entra ID P2 as licensed."""
    users = tenant.objects("users")
    held = sum(_E3 in [each["skuId"] for each in user.get("assignedLicenses", [])] for user in users)
    plans = [_EXCHANGE_PLAN, *([_P1_PLAN] if tenant.licensed("P1") else [])]
    made = [_sku(tenant, _E3, "SPE_E3", plans, held)]
    if tenant.licensed("P2"):
        made.append(_sku(tenant, _P2, "AAD_PREMIUM_P2", [_P1_PLAN, _P2_PLAN], 25))
    stored = tenant.objects("subscribedSkus")
    known = {each["skuId"] for each in stored}
    return [*stored, *(each for each in made if each["skuId"] not in known)]


def _sku(tenant: Tenant, sku: str, part: str, plans: list[tuple[str, str]], consumed: int) -> Object:
    return {
        "id": f"{tenant.tenant_id}_{sku}",
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
                "servicePlanId": plan,
                "servicePlanName": name,
            }
            for plan, name in plans
        ],
        "skuId": sku,
        "skuPartNumber": part,
        "subscriptionIds": [],
    }
