"""What makes an account one for everyday work: mail, files, chat and office programs, by its licences."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Record

MAILBOX = "a mailbox"
#: By the names of service plans, which Microsoft keeps (its list "Product names and service plan identifiers").
_MAIL = (
    "EXCHANGE_S_STANDARD",
    "EXCHANGE_S_ENTERPRISE",
    "EXCHANGE_S_DESKLESS",
    "EXCHANGE_S_ESSENTIALS",
    "EXCHANGE_L_STANDARD",
    "EXCHANGE_B_STANDARD",
)
_WORK = {
    "SHAREPOINTSTANDARD": "SharePoint and OneDrive",
    "SHAREPOINTENTERPRISE": "SharePoint and OneDrive",
    "SHAREPOINTDESKLESS": "SharePoint and OneDrive",
    "ONEDRIVE": "OneDrive",
    "TEAMS": "Teams",
    "OFFICESUBSCRIPTION": "the Office programs",
    "O365_SB": "the Office programs",
}


def everyday_work(user: Record, skus: dict[str, Record]) -> Iterator[str]:
    """What the licences of the account give it for everyday work.

    `skus` are the products of the tenant by their lower-case id. Of a product that is not among them nothing is said;
    `unknown_licences` names it.
    """
    for licence in user.objects("assignedLicenses"):
        sku = skus.get(licence.text("skuId").lower())
        disabled = frozenset(each.lower() for each in licence.texts("disabledPlans"))
        for plan in sku.objects("servicePlans") if sku is not None else ():
            what = _told(plan.text("servicePlanName"))
            if what and plan.text("servicePlanId").lower() not in disabled:
                yield what


def unknown_licences(user: Record, skus: dict[str, Record]) -> list[str]:
    """The products that the account has a licence for, and that are not among the tenant's."""
    held = (each.text("skuId").lower() for each in user.objects("assignedLicenses"))
    return [each for each in held if each not in skus]


def _told(plan: str) -> str | None:
    if plan.startswith(_MAIL):
        return MAILBOX
    return next((what for start, what in _WORK.items() if plan.startswith(start)), None)
