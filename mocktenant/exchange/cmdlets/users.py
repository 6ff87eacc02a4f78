"""Accounts, as Exchange sees them."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import BY_NAME, FILTERED, Cmdlet, Row, kinds, of_type
from mocktenant.exchange.grants import VIEW_RECIPIENTS
from mocktenant.exchange.users import exchange_users, user
from mocktenant.words import words

ROWS: dict[str, Row] = {
    "Get-User": Cmdlet(
        collection="users",
        shape=user,
        parameters={
            **FILTERED,
            "RecipientTypeDetails": kinds(
                "DisabledUser EquipmentMailbox GuestMailUser LinkedUser MailUser RoomMailbox SharedMailbox User "
                "UserMailbox"
            ),
        },
        identity=(
            *BY_NAME,
            "DisplayName",
            "ExternalDirectoryObjectId",
            "UserPrincipalName",
            "WindowsEmailAddress",
        ),
        source=exchange_users,
        keep=of_type,
        grant=VIEW_RECIPIENTS,
        unemulated=frozenset(words("Anr Arbitration AuditLog IsVIP OrganizationalUnit PublicFolder SortBy")),
        unconfirmed="properties after the first forty, and their order; who may run it",
    ),
}
