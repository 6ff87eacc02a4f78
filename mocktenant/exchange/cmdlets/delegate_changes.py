"""Changes to who may open a mailbox, send as it, or look into a folder of it."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.changes import DONE, question, switches
from mocktenant.exchange.cmdlet import Act, Command, Outcome, Row, found, reads
from mocktenant.exchange.cmdlets import delegates, recipients
from mocktenant.exchange.grants import MAILBOX_OPTIONS, RECIPIENTS
from mocktenant.exchange.mailbox_folders import folder_of
from mocktenant.exchange.parameters import Choice, One, OrNull, Parameter, Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox, identities, mailboxes_asked_for, of_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

_MAILBOX = reads(delegates.ROWS, "Get-MailboxPermission")
_SENDING = reads(delegates.ROWS, "Get-RecipientPermission")
_FOLDER = reads(delegates.ROWS, "Get-MailboxFolderPermission")
_RECIPIENT = reads(recipients.ROWS, "Get-Recipient")

_RIGHTS = Choice(
    "Microsoft.Exchange.Management.RecipientTasks.MailboxRights[]",
    words("ChangeOwner ChangePermission DeleteItem ExternalAccount FullAccess ReadPermission"),
)
_SEND_AS = Choice("Microsoft.Exchange.Management.RecipientAccessRight[]", ("SendAs",))
_FOLDER_RIGHTS = Choice(
    "Microsoft.Exchange.Management.StoreTasks.MailboxFolderAccessRight[]", delegates.FOLDER_RIGHTS
)
_FLAGS = words("CanViewPrivateItems Delegate None")
_ABSENT = (
    'Can\'t remove the access control entry on the object "{box}" for account "{user}" '
    "because the ACE isn't present."
)


def _trustee(tenant: Tenant, who: str) -> str:
    """How the list shows somebody: by primary address. Raises Refusal for somebody unknown."""
    box = find_mailbox(tenant, who)
    if box is not None:
        return str(box["PrimarySmtpAddress"])
    return str(found(tenant, _RECIPIENT, {"Identity": who})[0]["PrimarySmtpAddress"])


def _held(tenant: Tenant, collection: str, box: Object, field: str, who: str) -> Object | None:
    """The entry for somebody, who may be named by any identity, or as the list shows it."""
    names = {who.lower(), *identities(tenant, who)}
    entries = of_mailbox(tenant, collection, box)
    return next((item for item in entries if str(item[field]).lower() in names), None)


def _add_mailbox(tenant: Tenant, given: Read) -> Outcome:
    (box,) = mailboxes_asked_for(tenant, given)
    who = _trustee(tenant, given["User"])
    before = _held(tenant, "mailboxPermissions", box, "User", who)
    rights = list(dict.fromkeys([*(before or {}).get("AccessRights", []), *given["AccessRights"]]))
    entry: Object = {"Mailbox": box["Guid"], "User": who} | (before or {}) | {"AccessRights": rights}
    entry |= {name: given[name] for name in ("Deny", "InheritanceType") if name in given}
    made = tenant.put("mailboxPermissions", entry)
    return Outcome([_MAILBOX.shape(tenant, made)])


def _remove_mailbox(tenant: Tenant, given: Read) -> Outcome:
    (box,) = mailboxes_asked_for(tenant, given)
    held = _held(tenant, "mailboxPermissions", box, "User", given["User"])
    if held is None:
        return Outcome(warnings=[_ABSENT.format(box=box["Name"], user=given["User"])])
    left = [right for right in held.get("AccessRights", ["FullAccess"]) if right not in given["AccessRights"]]
    key = f"{held['Mailbox']}/{held['User']}"
    if left and "FullAccess" not in given["AccessRights"]:
        tenant.patch("mailboxPermissions", key, {"AccessRights": left})
    else:
        tenant.delete("mailboxPermissions", key)
    return DONE


def _add_sending(tenant: Tenant, given: Read) -> Outcome:
    (box,) = mailboxes_asked_for(tenant, given)
    who = _trustee(tenant, given["Trustee"])
    held = _held(tenant, "recipientPermissions", box, "Trustee", who)
    entry = held or {"Mailbox": box["Guid"], "Trustee": who}
    return Outcome([_SENDING.shape(tenant, tenant.put("recipientPermissions", entry))])


def _remove_sending(tenant: Tenant, given: Read) -> Outcome:
    (box,) = mailboxes_asked_for(tenant, given)
    held = _held(tenant, "recipientPermissions", box, "Trustee", given["Trustee"])
    if held is None:
        return Outcome(warnings=[_ABSENT.format(box=box["Name"], user=given["Trustee"])])
    tenant.delete("recipientPermissions", f"{held['Mailbox']}/{held['Trustee']}")
    return DONE


def _folder_entry(tenant: Tenant, given: Read) -> tuple[Object, Object | None]:
    """Where an entry stands or will stand, and the entry if it is there; Default and Anonymous always are."""
    box, folder = folder_of(tenant, given["Identity"])
    names = {given["User"].lower(), *identities(tenant, given["User"])}
    place: Object = {"Mailbox": box["Guid"], "Folder": folder}
    entries = delegates.entries_of_folder(tenant, box, folder)
    return place, next((item for item in entries if str(item["User"]).lower() in names), None)


def _decided(given: Read) -> Object:
    changes: Object = {"AccessRights": given["AccessRights"]}
    flags = given.get("SharingPermissionFlags")
    if "SharingPermissionFlags" in given:
        changes["SharingPermissionFlags"] = None if flags in (None, ["None"]) else ", ".join(flags)
    return changes


def _add_folder(tenant: Tenant, given: Read) -> Outcome:
    place, held = _folder_entry(tenant, given)
    if held is not None:
        raise errors.in_folder_already(given["User"])
    entry = place | {"User": _trustee(tenant, given["User"])} | _decided(given)
    return Outcome([_FOLDER.shape(tenant, tenant.put("mailboxFolderPermissions", entry))])


def _set_folder(tenant: Tenant, given: Read) -> Outcome:
    _place, held = _folder_entry(tenant, given)
    if held is None:
        raise errors.not_in_folder(given["User"])
    tenant.put("mailboxFolderPermissions", held | _decided(given))
    return DONE


def _remove_folder(tenant: Tenant, given: Read) -> Outcome:
    _place, held = _folder_entry(tenant, given)
    if held is None or held["User"] in ("Default", "Anonymous"):
        raise errors.not_in_folder(given["User"])
    tenant.delete("mailboxFolderPermissions", f"{held['Mailbox']}/{held['Folder']}/{held['User']}")
    return DONE


def _command(act: Act, parameters: dict[str, Parameter], what: str = "", *, options: bool = False) -> Command:
    return Command(
        act=act,
        ask=question(what) if what else None,
        parameters={"Identity": Text(), **parameters, **switches("Force")},
        required=("Identity", *(name for name in parameters if name in _NEEDED)),
        grant=MAILBOX_OPTIONS if options else RECIPIENTS,
        unconfirmed="the question; the answer where there is nothing to take away, or the entry is there already",
    )


_NEEDED = frozenset({"AccessRights", "Trustee", "User"})
_FLAGGED = OrNull(Choice("Microsoft.Exchange.Management.StoreTasks.MailboxFolderSharingFlags[]", _FLAGS))
_SHARED: dict[str, Parameter] = {
    "User": Text(),
    "AccessRights": _FOLDER_RIGHTS,
    "SharingPermissionFlags": _FLAGGED,
    "SendNotificationToUser": Switch(),
}
_INHERITED = One(
    "System.DirectoryServices.ActiveDirectorySecurityInheritance",
    words("All Children Descendents None SelfAndChildren"),
)

ROWS: dict[str, Row] = {
    "Add-MailboxFolderPermission": _command(_add_folder, _SHARED, options=True),
    "Add-MailboxPermission": _command(
        _add_mailbox,
        {
            "User": Text(),
            "AccessRights": _RIGHTS,
            "AutoMapping": Switch(),
            "Deny": Switch(),
            "InheritanceType": _INHERITED,
        },
    ),
    "Add-RecipientPermission": _command(
        _add_sending, {"Trustee": Text(), "AccessRights": _SEND_AS}, "Adding a recipient permission to"
    ),
    "Remove-MailboxFolderPermission": _command(
        _remove_folder,
        {"User": Text(), "SendNotificationToUser": Switch()},
        "Removing a mailbox folder permission from",
        options=True,
    ),
    "Remove-MailboxPermission": _command(
        _remove_mailbox,
        {"User": Text(), "AccessRights": _RIGHTS, "Deny": Switch(), "InheritanceType": _INHERITED},
        "Removing a mailbox permission from",
    ),
    "Remove-RecipientPermission": _command(
        _remove_sending, {"Trustee": Text(), "AccessRights": _SEND_AS}, "Removing a recipient permission from"
    ),
    "Set-MailboxFolderPermission": _command(_set_folder, _SHARED, options=True),
}
