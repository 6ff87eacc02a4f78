"""An account and its mailbox are one person's: what is changed of one shows in the other.

Microsoft copies between the directory and Exchange within minutes; here it is there at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.exchange.objects import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

_PRIMARY = "SMTP:"


def show_in_exchange(tenant: Tenant, user_id: str, changes: Mapping[str, Any]) -> None:
    """What was changed of an account, in its mailbox if it has one."""
    shown: Object = {}
    if "accountEnabled" in changes:
        shown["AccountDisabled"] = not changes["accountEnabled"]
    for name, exchanges in (("displayName", "DisplayName"), ("userPrincipalName", "UserPrincipalName")):
        if name in changes:
            shown[exchanges] = changes[name]
    _show(tenant, user_id, shown)


def delete_mailbox(tenant: Tenant, user_id: str) -> None:
    """The mailbox of a deleted account waits for its end, or for the account to come back."""
    _show(tenant, user_id, {"IsSoftDeletedByRemove": True, "WhenSoftDeleted": stamp(tenant.clock)})


def restore_mailbox(tenant: Tenant, user_id: str) -> None:
    """The account came back, and its mailbox with it."""
    _show(tenant, user_id, {"IsSoftDeletedByRemove": False, "WhenSoftDeleted": None})


def _show(tenant: Tenant, user_id: str, shown: Object) -> None:
    for box in tenant.objects("mailboxes") if shown else ():
        if box.get("ExternalDirectoryObjectId") == user_id:
            tenant.patch("mailboxes", box["Guid"], shown)


def show_in_directory(tenant: Tenant, mailbox: Object, changed: Iterable[str]) -> None:
    """What was changed of a mailbox, by the names of its properties, in its account if it has one."""
    user_id, names = str(mailbox.get("ExternalDirectoryObjectId", "")), set(changed)
    shown: Object = {}
    if "AccountDisabled" in names:
        shown["accountEnabled"] = not mailbox["AccountDisabled"]
    if "DisplayName" in names:
        shown["displayName"] = mailbox["DisplayName"]
    if "EmailAddresses" in names:
        shown |= {"mail": mailbox["PrimarySmtpAddress"], "proxyAddresses": list(mailbox["EmailAddresses"])}
    if shown and user_id in tenant.collection("users"):
        tenant.patch("users", user_id, shown)


def addressed(addresses: Iterable[str]) -> Object:
    """Addresses as a mailbox keeps them, each with its kind, the primary one named apart.

    Unconfirmed: that without a primary one the first becomes it.
    """
    kept = [item if ":" in item else f"smtp:{item}" for item in addresses]
    if kept and not any(item.startswith(_PRIMARY) for item in kept):
        kept[0] = _PRIMARY + kept[0].partition(":")[2]
    primary = next((item.removeprefix(_PRIMARY) for item in kept if item.startswith(_PRIMARY)), None)
    return {"EmailAddresses": kept} | ({} if primary is None else {"PrimarySmtpAddress": primary})
