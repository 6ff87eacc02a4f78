"""What people have in Exchange: mailboxes, the rules they made in them, and whether they may use PowerShell."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.folder_names import ENGLISH, folder_names
from mocktenant.population import Person, people_of

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_KINDS = {
    "member": "UserMailbox",
    "shared": "SharedMailbox",
    "room": "RoomMailbox",
    "equipment": "EquipmentMailbox",
}
_FOLDERS = ("Newsletters", "Travel", "Invoices 2026", "Team", "Build notices", "Customers", "Training")
_SUBJECTS = ("newsletter", "weekly report", "build", "itinerary", "minutes", "survey", "release notes")
_CATEGORIES = ("Blue category", "Follow up", "Green category", "Project")
_SYSTEM_OOF = (
    "Microsoft.Exchange.OOF.InternalSenders.Global",
    "Microsoft.Exchange.OOF.KnownExternalSenders.Global",
    "Microsoft.Exchange.OOF.AllExternalSenders.Global",
)
_WITH_JUNK_RULE = 0.9
_WITH_OWN_RULES = 1 / 3
_WITH_OOF = 1 / 8


def mailboxes(tenant: Base) -> list[Object]:
    """A mailbox for everyone but guests."""
    return [_mailbox(tenant, person) for person in people_of(tenant) if person.kind != "guest"]


def exchange_users(tenant: Base) -> list[Object]:
    """Exchange PowerShell is turned off for everybody; the administrators' is decided in the fixtures."""
    return [
        {"ExternalDirectoryObjectId": person.id, "EXOModuleEnabled": False} for person in people_of(tenant)
    ]


def inbox_rules(tenant: Base) -> list[Object]:
    """The harmless rules of a normal working day: the service's own, and those that people make."""
    return [
        rule for person in people_of(tenant) if person.kind != "guest" for rule in _rules_of(tenant, person)
    ]


def _mailbox(tenant: Base, person: Person) -> Object:
    created = _stamp(person.created + timedelta(minutes=4))
    return {
        "Guid": person.mailbox_guid,
        "Name": person.alias,
        "Alias": person.alias,
        "DisplayName": person.name,
        "PrimarySmtpAddress": person.mail,
        "UserPrincipalName": person.mail,
        "EmailAddresses": [f"SMTP:{person.mail}", f"smtp:{person.alias}@{tenant.domain}"],
        "ExternalDirectoryObjectId": person.id,
        "RecipientTypeDetails": _KINDS[person.kind],
        "AccountDisabled": person.kind != "member" or not person.enabled,
        "Languages": [person.language],
        "WhenCreatedUTC": created,
        "WhenChangedUTC": created,
    }


def _rules_of(tenant: Base, person: Person) -> list[Object]:
    source = seeds.rng(tenant.seed, "inbox rules", person.index)
    junk, own, away = (source.random() for _ in range(3))
    found: list[Object] = []
    if person.kind in ("member", "shared") and own < _WITH_OWN_RULES:
        found += [_own_rule(source) for _ in range(source.randint(1, 3))]
    if junk < _WITH_JUNK_RULE:
        found.append(_junk_rule(person))
    if person.kind == "member" and away < _WITH_OOF:
        found += [_system_rule(name) for name in _SYSTEM_OOF]
    head = ({"Guid": seeds.guid(source), "Mailbox": person.mailbox_guid} for _ in found)
    return [
        {**first, "Priority": place, **rule}
        for place, (first, rule) in enumerate(zip(head, found, strict=True), 1)
    ]


def _system_rule(name: str) -> Object:
    """A rule of the service: what it does can't be expressed by the cmdlet, and a plain list leaves it out."""
    return {"Name": name, "Hidden": True, "SupportedByTask": False}


def _junk_rule(person: Person) -> Object:
    """The junk filter's. Unconfirmed: whether Exchange shows where it moves mail, so it does for some."""
    rule = _system_rule("Junk E-mail Rule")
    if person.language == ENGLISH:
        return rule
    return rule | {"MoveToFolder": folder_names({"Languages": [person.language]})["JunkEmail"]}


def _own_rule(source: Random) -> Object:
    folder, subject = source.choice(_FOLDERS), source.choice(_SUBJECTS)
    forms: tuple[Object, ...] = (
        {
            "Name": folder,
            "SubjectContainsWords": [subject],
            "MoveToFolder": folder,
            "StopProcessingRules": True,
        },
        {"Name": f"{subject} to {folder}", "SubjectOrBodyContainsWords": [subject], "MoveToFolder": folder},
        {
            "Name": f"From {source.choice(('Fabrikam', 'the board', 'my manager'))}",
            "FromAddressContainsWords": ["fabrikam.com"],
            "ApplyCategory": [source.choice(_CATEGORIES)],
        },
        {"Name": f"Read {subject}", "SubjectContainsWords": [subject], "MarkAsRead": True, "Enabled": False},
        {"Name": "Only me", "SentOnlyToMe": True, "MarkImportance": "High"},
    )
    return dict(source.choice(forms))


def _stamp(moment: datetime) -> str:
    """Exchange writes seven digits of a second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
