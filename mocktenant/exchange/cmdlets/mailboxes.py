"""Mailboxes."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import BY_ADDRESS, FILTERED, Cmdlet, Row, kinds, of_type
from mocktenant.exchange.grants import VIEW_RECIPIENTS
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.objects import completed
from mocktenant.exchange.parameters import Read, Switch, Text
from mocktenant.exchange.recipients import asked_for, is_deleted
from mocktenant.tenant import Tenant
from mocktenant.words import words

KINDS = (
    "DiscoveryMailbox EquipmentMailbox GroupMailbox LegacyMailbox LinkedMailbox LinkedRoomMailbox "
    "RoomMailbox SchedulingMailbox SharedMailbox TeamMailbox UserMailbox"
)


def _mailboxes(tenant: Tenant, given: Read) -> list[Object]:
    """The mailboxes that are in use, unless others are asked for.

    An inactive mailbox is one that a hold keeps, a soft-deleted one waits for its end; only the switches show them.
    """
    box = asked_for(tenant, given) or asked_for(tenant, given, "UserPrincipalName")
    held = tenant.objects("mailboxes") if box is None else [box]
    return [item for item in held if _shown(item, given) and _has_plan(item, given)]


def _shown(item: Object, given: Read) -> bool:
    deleted = is_deleted(item)
    inactive = bool(item.get("IsInactiveMailbox"))
    if given.get("SoftDeletedMailbox"):
        return deleted
    if given.get("InactiveMailboxOnly"):
        return inactive
    if given.get("Archive") and item.get("ArchiveStatus", "None") == "None":
        return False
    return not deleted and (not inactive or bool(given.get("IncludeInactiveMailbox")))


def _has_plan(item: Object, given: Read) -> bool:
    plan, begins = given.get("MailboxPlan"), str(given.get("Anr", "")).lower()
    names = (
        str(item.get(name, "")).lower() for name in ("Name", "DisplayName", "Alias", "PrimarySmtpAddress")
    )
    planned = plan is None or str(item.get("MailboxPlan", "ExchangeOnlineEnterprise")).lower() == plan.lower()
    return planned and any(name.startswith(begins) for name in names)


def _mailbox_plan(tenant: Tenant, given: Object) -> Object:
    """A row of Get-MailboxPlan: a mailbox that nobody has, and every mailbox of its kind begins as."""
    lead = {"IsDefault": False, "IsDefaultForPreviousVersion": False, "MailboxPlanRelease": "AllReleases"}
    lead |= {"IsPilotMailboxPlan": False, "MailboxPlanIndex": "0"}
    box = mailbox(tenant, {"PrimarySmtpAddress": f"{given['Name']}@{tenant.domain}"} | given)
    return completed(
        lead | box | {"RecipientType": "UserMailbox", "RecipientTypeDetails": "MailboxPlan"}, given
    )


ROWS: dict[str, Row] = {
    "Get-Mailbox": Cmdlet(
        collection="mailboxes",
        shape=mailbox,
        parameters={
            **FILTERED,
            "Anr": Text(),
            "Archive": Switch(),
            "InactiveMailboxOnly": Switch(),
            "IncludeInactiveMailbox": Switch(),
            "MailboxPlan": Text(),
            "RecipientTypeDetails": kinds(KINDS),
            "SoftDeletedMailbox": Switch(),
            "UserPrincipalName": Text(),
        },
        identity=BY_ADDRESS,
        source=_mailboxes,
        keep=of_type,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "Async GroupMailbox IncludeEmailAddressDisplayNames "
                "IncludeGrantSendOnBehalfToWithDisplayNames Migration OrganizationalUnit PublicFolder SortBy"
            )
        ),
        unconfirmed="properties after the first thirty, and their order",
    ),
    "Get-MailboxPlan": Cmdlet(
        collection="mailboxPlans",
        shape=_mailbox_plan,
        parameters=FILTERED,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(words("AllMailboxPlanReleases IgnoreDefaultScope SortBy")),
        unconfirmed="properties after the first thirty, and their order",
    ),
}
