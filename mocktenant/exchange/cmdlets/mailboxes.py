"""Mailboxes."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import BY_ADDRESS, FILTERED, Cmdlet, Row, kinds, of_type
from mocktenant.exchange.grants import VIEW_RECIPIENTS
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.words import words

KINDS = (
    "DiscoveryMailbox EquipmentMailbox GroupMailbox LegacyMailbox LinkedMailbox LinkedRoomMailbox "
    "RoomMailbox SchedulingMailbox SharedMailbox TeamMailbox UserMailbox"
)

ROWS: dict[str, Row] = {
    "Get-Mailbox": Cmdlet(
        collection="mailboxes",
        shape=mailbox,
        parameters={**FILTERED, "RecipientTypeDetails": kinds(KINDS)},
        identity=BY_ADDRESS,
        keep=of_type,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(
            words(
                "Anr Archive Async GroupMailbox InactiveMailboxOnly IncludeEmailAddressDisplayNames "
                "IncludeGrantSendOnBehalfToWithDisplayNames IncludeInactiveMailbox MailboxPlan Migration "
                "OrganizationalUnit PublicFolder SoftDeletedMailbox SortBy UserPrincipalName"
            )
        ),
    ),
}
