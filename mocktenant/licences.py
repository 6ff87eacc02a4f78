"""What the tenant has bought: presets by name, and the products with the plans that matter here.

Ids and names of products and plans are those of Microsoft's list "Product names and service plan identifiers".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A service plan: a part of a product. `needs` is the licence of Entra ID that it is, "" for others."""

    id: str
    name: str
    needs: str = ""


@dataclass(frozen=True)
class Product:
    """What is sold as one."""

    sku: str
    part: str
    plans: tuple[Plan, ...]


EXCHANGE_1 = Plan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD")
EXCHANGE_2 = Plan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE")
TEAMS = Plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")
SHAREPOINT_1 = Plan("c7699d2e-19aa-44de-8edf-1736da088ca1", "SHAREPOINTSTANDARD")
P1 = Plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", needs="P1")
P2 = Plan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2", needs="P2")

EXCHANGE_ONLINE = Product("4b9405b0-7788-4568-add1-99614e613b69", "EXCHANGESTANDARD", (EXCHANGE_1,))
BUSINESS_BASIC = Product(
    "3b555118-da6a-4418-894f-7df1e2096870", "O365_BUSINESS_ESSENTIALS", (EXCHANGE_1, TEAMS, SHAREPOINT_1)
)
E3 = Product("05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_E3", (EXCHANGE_2, P1))
E5 = Product("06ebc4ee-1bb5-47dd-8120-11324bc54e06", "SPE_E5", (EXCHANGE_2, P1, P2))
ENTRA_P1 = Product("078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "AAD_PREMIUM", (P1,))
ENTRA_P2 = Product("84a661c4-e949-4bd2-a560-ed7766fcaf2b", "AAD_PREMIUM_P2", (P1, P2))


class UnknownLicence(ValueError):
    """No preset has this name; the message names those that there are."""


@dataclass(frozen=True)
class Preset:
    """A tenant's licences: of Entra ID, and the product that its people have."""

    name: str
    entra: frozenset[str]
    of_people: Product


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("free", frozenset(), EXCHANGE_ONLINE),
        Preset("basic", frozenset(), BUSINESS_BASIC),
        Preset("P1", frozenset({"P1"}), E3),
        Preset("P2", frozenset({"P1", "P2"}), E3),
        Preset("E3", frozenset({"P1"}), E3),
        Preset("E5", frozenset({"P1", "P2"}), E5),
    )
}
"""Name -> licences. free has Exchange Online alone, basic Microsoft 365 Business Basic; P1 and E3 are one and the same,
Microsoft 365 E3, by what it has of Entra ID and by what it is sold as; P2 is E3 with Entra ID P2 beside it."""

USUAL = "P2"
"""What a tenant has whose scenario says nothing of it."""


def preset(name: str) -> Preset:
    """A preset by its name, in any case. Raises UnknownLicence."""
    for one in PRESETS.values():
        if one.name.lower() == name.lower():
            return one
    raise UnknownLicence(f"no licence preset named {name!r}: there are {', '.join(PRESETS)}")
