"""What the tenant has bought, as far as the datasets of the chosen checks take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from o365scan.api import Dataset, GraphList
from o365scan.doctor.missing import Readers
from o365scan.doctor.probes import Probe, Rows, State

#: The products that are subscribed to, each with its service plans.
SUBSCRIPTIONS = GraphList(path="/subscribedSkus")

_P2 = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
#: The service plans that bring what a dataset calls by name.
#: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
_PLANS = {
    "Microsoft Entra ID P1": frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", _P2}),
    "Microsoft Entra ID P2": frozenset({_P2}),
    "Microsoft Entra ID Governance": frozenset({"e866a266-3cff-43a3-acca-0c90a7e00c8b"}),
}
_WORKING = ("Enabled", "Warning")  # a subscription that has run out works on for a while


@dataclass(frozen=True)
class Licence:
    """One licence: whether the tenant has it (None: nothing tells), and who takes it."""

    name: str
    bought: bool | None
    datasets: tuple[str, ...]
    checks: tuple[str, ...]


def licences(
    datasets: Iterable[Dataset], probes: Mapping[str, Probe], subscriptions: Rows | None, readers: Readers
) -> tuple[Licence, ...]:
    """By name. What a service said when it was asked goes before what the subscriptions (None: unread) say."""
    groups: dict[str, list[str]] = {}
    for dataset in datasets:
        if dataset.licence:
            groups.setdefault(dataset.licence, []).append(dataset.name)
    return tuple(
        Licence(
            name,
            _is_bought(name, [probes[each] for each in same], subscriptions),
            tuple(same),
            readers.of(same),
        )
        for name, same in sorted(groups.items())
    )


def _is_bought(name: str, probes: list[Probe], subscriptions: Rows | None) -> bool | None:
    if any(each.state is State.NOT_LICENSED for each in probes):
        return False
    if any(
        each.records for each in probes
    ):  # an empty answer is what some services give instead of a refusal
        return True
    plans = [_PLANS.get(each) for each in name.split(" or ")]
    if subscriptions is None or None in plans:
        return None
    held = _held(subscriptions)
    return any(plan & held for plan in plans if plan is not None)


def _held(subscriptions: Iterable[Mapping[str, Any]]) -> set[str]:
    return {
        str(plan.get("servicePlanId", "")).lower()
        for sku in subscriptions
        if sku.get("capabilityStatus") in _WORKING
        for plan in sku.get("servicePlans") or []
    }
