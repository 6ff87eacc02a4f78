"""Inbox rules in Graph's form: the same state as Exchange's, without the hidden ones.

The state holds a rule as Exchange's cmdlets show it; here it is read and written as Graph does. What Graph
has no word for is not sent (and a rule that has nothing else looks empty, as on the service).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocktenant.graph.relations import those_of

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.tenant import Tenant

FOLDERS = {
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "deleteditems": "Deleted Items",
    "archive": "Archive",
    "junkemail": "Junk Email",
    "outbox": "Outbox",
    "conversationhistory": "Conversation History",
}
"""Well-known name -> display name."""

_NAMES = ("Guid", "Name", "Alias", "PrimarySmtpAddress", "UserPrincipalName", "ExternalDirectoryObjectId")
_ADDRESS = re.compile(r"\[?(?:SMTP|EX):(?P<address>[^\]\s]+)\]?", re.IGNORECASE)

_LISTS = {
    "bodyContains": "BodyContainsWords",
    "bodyOrSubjectContains": "SubjectOrBodyContainsWords",
    "headerContains": "HeaderContainsWords",
    "recipientContains": "RecipientAddressContainsWords",
    "senderContains": "FromAddressContainsWords",
    "subjectContains": "SubjectContainsWords",
}
_PEOPLE = {"fromAddresses": "From", "sentToAddresses": "SentTo"}
_FLAGS = {
    "hasAttachments": "HasAttachment",
    "notSentToMe": "MyNameNotInToBox",
    "sentCcMe": "MyNameInCcBox",
    "sentOnlyToMe": "SentOnlyToMe",
    "sentToMe": "MyNameInToBox",
    "sentToOrCcMe": "MyNameInToOrCcBox",
}
_WORDS = {
    "importance": "WithImportance",
    "sensitivity": "WithSensitivity",
    "messageActionFlag": "FlaggedForAction",
}
_ACTION_FLAGS = {
    "delete": "DeleteMessage",
    "markAsRead": "MarkAsRead",
    "permanentDelete": "SoftDeleteMessage",
    "stopProcessingRules": "StopProcessingRules",
}
_ACTION_PEOPLE = {
    "forwardAsAttachmentTo": "ForwardAsAttachmentTo",
    "forwardTo": "ForwardTo",
    "redirectTo": "RedirectTo",
}
_ACTION_FOLDERS = {"copyToFolder": "CopyToFolder", "moveToFolder": "MoveToFolder"}
_SIZES = {"minimumSize": "WithinSizeRangeMinimum", "maximumSize": "WithinSizeRangeMaximum"}
_KIND = {
    "isAutomaticForward": "AutomaticForward",
    "isAutomaticReply": "AutomaticReply",
    "isEncrypted": "Encrypted",
}


def mailbox_of(tenant: Tenant, user: str) -> Object | None:
    """A user's mailbox."""
    return next(iter(those_of(tenant, "mailboxes", "ExternalDirectoryObjectId", user)), None)


def rules_of(tenant: Tenant, user: str) -> list[Object]:
    """The rules of a user's inbox that Graph lists, in Graph's form and in their order."""
    box = mailbox_of(tenant, user)
    shown = [rule for rule in rules_held(tenant, box) if not rule.get("Hidden")] if box else []
    return [read(str(box["Guid"]), rule) for rule in sorted(shown, key=_priority) if box]


def stored(tenant: Tenant, user: str, rule_id: str) -> Object | None:
    """The rule of the state that Graph calls by an id."""
    box = mailbox_of(tenant, user)
    held = rules_held(tenant, box) if box else []
    return next((rule for rule in held if rule_id_of(rule) == rule_id), None)


def rule_id_of(rule: Object) -> str:
    """Graph's id of a rule: short, in base 64."""
    digest = hashlib.blake2b(str(rule["Guid"]).encode(), digest_size=4).digest()
    return base64.b64encode(b"\x01\x00\x00\x00" + digest).decode()


def folders_of(tenant: Tenant, user: str) -> list[Object]:
    """The folders of a mailbox: those that all have, and those that its rules speak of."""
    box = mailbox_of(tenant, user)
    if box is None:
        return []
    spoken = [rule.get(name) for rule in rules_held(tenant, box) for name in _ACTION_FOLDERS.values()]
    names = dict.fromkeys((*FOLDERS.values(), *(str(name) for name in spoken if name)))
    return [_folder(box["Guid"], name) for name in names]


def read(box: str, rule: Object) -> Object:
    """A rule in Graph's form."""
    supported = bool(rule.get("SupportedByTask", True))
    return {
        "id": rule_id_of(rule),
        "displayName": rule.get("Name", ""),
        "sequence": int(rule.get("Priority", 1)),
        "isEnabled": bool(rule.get("Enabled", True)),
        "hasError": bool(rule.get("InError", False)),
        "isReadOnly": not supported,
        "conditions": _predicates(rule, "") if supported else None,
        "actions": _actions(box, rule) if supported else None,
        "exceptions": _predicates(rule, "ExceptIf") if supported else None,
    }


def written(tenant: Tenant, user: str, given: Mapping[str, Any]) -> Object:
    """What a body in Graph's form says, in the state's words; parts that it has replace those wholly."""
    new: Object = {}
    for name, proper in (("displayName", "Name"), ("isEnabled", "Enabled"), ("sequence", "Priority")):
        if given.get(name) is not None:
            new[proper] = given[name]
    for name, mark in (("conditions", ""), ("exceptions", "ExceptIf")):
        if name in given:
            new |= _unpredicated(given[name] or {}, mark)
    if "actions" in given:
        new |= _unacted(
            given["actions"] or {}, {one["id"]: one["displayName"] for one in folders_of(tenant, user)}
        )
    return new


def rules_held(tenant: Tenant, box: Object) -> list[Object]:
    """The rules of a mailbox as the state holds them, hidden ones too."""
    held = tenant.collection("inboxRules")
    names = {str(box[name]).lower() for name in _NAMES if box.get(name)}
    names |= {str(each).partition(":")[2].lower() for each in box.get("EmailAddresses", [])}
    return [rule for name in sorted(names) for rule in held.where("Mailbox", name) if not rule.get("Sweep")]


def _priority(rule: Object) -> int:
    return int(rule.get("Priority", 1))


def _predicates(rule: Object, mark: str) -> Object | None:
    found: Object = {}
    for name, proper in _LISTS.items():
        found[name] = rule.get(f"{mark}{proper}") or None
    for name, proper in _PEOPLE.items():
        found[name] = [_person(one) for one in rule.get(f"{mark}{proper}") or []] or None
    for name, proper in (_FLAGS | _WORDS).items():
        found[name] = _spoken(rule.get(f"{mark}{proper}"))
    for name, kind in _KIND.items():
        found[name] = rule.get(f"{mark}MessageTypeMatches") == kind or None
    sizes = {name: rule[f"{mark}{proper}"] for name, proper in _SIZES.items() if rule.get(f"{mark}{proper}")}
    found["withinSizeRange"] = sizes or None
    said = {name: value for name, value in found.items() if value is not None}
    return said or None


def _actions(box: str, rule: Object) -> Object | None:
    found: Object = {name: rule.get(proper) or None for name, proper in _ACTION_FLAGS.items()}
    for name, proper in _ACTION_PEOPLE.items():
        found[name] = [_person(one) for one in rule.get(proper) or []] or None
    for name, proper in _ACTION_FOLDERS.items():
        found[name] = folder_id(box, str(rule[proper])) if rule.get(proper) else None
    found["assignCategories"] = rule.get("ApplyCategory") or None
    found["markImportance"] = _spoken(rule.get("MarkImportance"))
    said = {name: value for name, value in found.items() if value is not None}
    return said or None


def _unpredicated(given: Mapping[str, Any], mark: str) -> Object:
    new: Object = {f"{mark}{proper}": given.get(name) for name, proper in _LISTS.items()}
    new |= {
        f"{mark}{proper}": [_said(one) for one in given.get(name) or []] for name, proper in _PEOPLE.items()
    }
    new |= {f"{mark}{proper}": bool(given.get(name)) for name, proper in _FLAGS.items()}
    new |= {f"{mark}{proper}": _capital(given.get(name)) for name, proper in _WORDS.items()}
    new[f"{mark}MessageTypeMatches"] = next((kind for name, kind in _KIND.items() if given.get(name)), None)
    sizes = given.get("withinSizeRange") or {}
    return new | {f"{mark}{proper}": sizes.get(name) for name, proper in _SIZES.items()}


def _unacted(given: Mapping[str, Any], folders: Mapping[str, str]) -> Object:
    new: Object = {proper: bool(given.get(name)) for name, proper in _ACTION_FLAGS.items()}
    for name, proper in _ACTION_PEOPLE.items():
        new[proper] = [_said(one) for one in given.get(name) or []] or None
    for name, proper in _ACTION_FOLDERS.items():
        asked = given.get(name)
        new[proper] = None if asked is None else folders.get(asked, FOLDERS.get(asked.lower(), asked))
    return new | {
        "ApplyCategory": given.get("assignCategories"),
        "MarkImportance": _capital(given.get("markImportance")),
    }


def _person(text: Any) -> Object:
    """A recipient from Exchange's text: `"Name" [SMTP:address]`, or an address alone."""
    found = _ADDRESS.search(str(text))
    address = found["address"] if found else str(text).strip('" ')
    name = str(text)[: found.start()].strip(' "') if found else ""
    return {"emailAddress": {"name": name or address, "address": address}}


def _said(person: Any) -> str:
    mail = person.get("emailAddress") or {}
    return f'"{mail.get("name") or mail.get("address")}" [SMTP:{mail.get("address")}]'


def _spoken(value: Any) -> Any:
    """Exchange's words begin with a capital, Graph's do not; false is unset."""
    return (value[:1].lower() + value[1:] if isinstance(value, str) else value) or None


def _capital(value: Any) -> Any:
    return value[:1].upper() + value[1:] if isinstance(value, str) else value


def folder_id(box: str, name: str) -> str:
    """The id of a folder, in the form of Outlook's."""
    digest = hashlib.blake2b(f"{box}/{name}".encode(), digest_size=36).digest()
    return f"AAMk{base64.urlsafe_b64encode(digest).decode()}"


def _folder(box: str, name: str) -> Object:
    return {
        "id": folder_id(box, name),
        "childFolderCount": 0,
        "displayName": name,
        "isHidden": False,
        "parentFolderId": folder_id(box, "Top of Information Store"),
        "totalItemCount": 0,
        "unreadItemCount": 0,
    }
