"""Folders of a mailbox as an identity names them: `user:\\Calendar`. The mock tenant's mailboxes speak English."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.folders import TOP, folder_id
from mocktenant.exchange.inbox_rules import rules_of_mailbox
from mocktenant.exchange.recipients import find_mailbox, of_mailbox
from mocktenant.folder_names import folder_names
from mocktenant.tenant import Tenant

ROOT = ""
"""The root's path; it is shown as Top of Information Store."""


def folder_of(tenant: Tenant, identity: str) -> tuple[Object, str]:
    """The mailbox and the folder's path, spelt properly; it may be given by its FolderId. Raises Refusal."""
    name, _, path = identity.partition(":")
    box = find_mailbox(tenant, name)
    if box is None:
        raise errors.not_found(name)
    by_id = {folder_id(box, folder or TOP): folder for folder in folders_of(tenant, box)}
    if path in by_id:
        return box, by_id[path]
    wanted = path.replace("/", "\\").strip("\\")
    known = {folder.lower(): folder for folder in folders_of(tenant, box)}
    if wanted.lower() not in known:
        raise errors.not_found(identity)
    return box, known[wanted.lower()]


def folders_of(tenant: Tenant, box: Object) -> set[str]:
    """The paths of a mailbox's folders: the standard ones, those of its rules, those that are shared."""
    shared = of_mailbox(tenant, "mailboxFolderPermissions", box)
    moved = {str(rule["MoveToFolder"]) for rule in rules_of_mailbox(tenant, box) if rule.get("MoveToFolder")}
    return {ROOT, *folder_names(box).values(), *moved, *(str(item["Folder"]) for item in shared)}
