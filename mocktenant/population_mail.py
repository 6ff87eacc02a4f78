"""What people have in Exchange: mailboxes, the rules they made in them, and whether they may use PowerShell.

Who else may use a mailbox, and with which devices, is in `population_access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True)
class _Words:
    """What people of one language call their folders, and the subjects that they sort by."""

    folders: tuple[str, ...]
    subjects: tuple[str, ...]
    categories: tuple[str, ...]
    senders: tuple[str, ...]
    reads: str
    alone: str


_ENGLISH = _Words(
    ("Newsletters", "Travel", "Invoices 2026", "Team", "Build notices", "Customers", "Training"),
    ("newsletter", "weekly report", "build", "itinerary", "minutes", "survey", "release notes"),
    ("Blue category", "Follow up", "Green category", "Project"),
    ("From Fabrikam", "From the board", "From my manager"),
    "Read {}",
    "Only me",
)
_WORDS = {
    "de-DE": _Words(
        ("Newsletter", "Reisen", "Rechnungen 2026", "Team", "Kunden", "Schulungen", "Protokolle"),
        ("Newsletter", "Wochenbericht", "Reiseplan", "Protokoll", "Umfrage", "Einladung"),
        ("Blaue Kategorie", "Nachverfolgen", "Grüne Kategorie", "Projekt"),
        ("Von Fabrikam", "Vom Vorstand", "Von meiner Chefin"),
        "{} gelesen",
        "Nur an mich",
    ),
    "fr-FR": _Words(
        ("Lettres d'information", "Voyages", "Factures 2026", "Équipe", "Clients", "Formations"),
        ("lettre d'information", "rapport hebdomadaire", "itinéraire", "compte rendu", "enquête"),
        ("Catégorie bleue", "À suivre", "Catégorie verte", "Projet"),
        ("De Fabrikam", "De la direction", "De mon responsable"),
        "{} : lu",
        "À moi seul",
    ),
    "sv-SE": _Words(
        ("Nyhetsbrev", "Resor", "Fakturor 2026", "Gruppen", "Kunder", "Utbildning"),
        ("nyhetsbrev", "veckorapport", "resplan", "protokoll", "enkät"),
        ("Blå kategori", "Följ upp", "Grön kategori", "Projekt"),
        ("Från Fabrikam", "Från styrelsen", "Från min chef"),
        "{} läst",
        "Bara till mig",
    ),
    "pl-PL": _Words(
        ("Biuletyny", "Podróże", "Faktury 2026", "Zespół", "Klienci", "Szkolenia"),
        ("biuletyn", "raport tygodniowy", "plan podróży", "protokół", "ankieta"),
        ("Kategoria niebieska", "Do wykonania", "Kategoria zielona", "Projekt"),
        ("Od Fabrikam", "Od zarządu", "Od przełożonego"),
        "{} przeczytane",
        "Tylko do mnie",
    ),
    "ja-JP": _Words(
        ("ニュースレター", "出張", "請求書 2026", "チーム", "お客様", "研修"),
        ("ニュースレター", "週報", "旅程", "議事録", "アンケート"),
        ("青の分類", "フォローアップ", "緑の分類", "プロジェクト"),
        ("Fabrikam から", "取締役会から", "上司から"),
        "{} 既読",
        "自分宛てのみ",
    ),
}
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
    created = stamp(person.created + timedelta(minutes=4))
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
        "Languages": [person.country.language],
        "WhenCreatedUTC": created,
        "WhenChangedUTC": created,
    }


def _rules_of(tenant: Base, person: Person) -> list[Object]:
    source = seeds.Source(tenant.seed, "inbox rules", person.index)
    junk, own, away = (source.random() for _ in range(3))
    found: list[Object] = []
    words = _WORDS.get(person.country.language, _ENGLISH)
    if person.kind in ("member", "shared") and own < _WITH_OWN_RULES:
        found += [_own_rule(source, words) for _ in range(source.randint(1, 3))]
    if junk < _WITH_JUNK_RULE:
        found.append(_junk_rule(person.country.language))
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


def _junk_rule(language: str) -> Object:
    """The junk filter's. Unconfirmed: whether Exchange shows where it moves mail, so it does for some."""
    rule = _system_rule("Junk E-mail Rule")
    if language == ENGLISH:
        return rule
    return rule | {"MoveToFolder": folder_names({"Languages": [language]})["JunkEmail"]}


def _own_rule(source: seeds.Source, words: _Words) -> Object:
    folder, subject, form = source.choice(words.folders), source.choice(words.subjects), source.below(5)
    if form == 0:
        sorts = {"MoveToFolder": folder, "StopProcessingRules": True}
        return {"Name": folder, "SubjectContainsWords": [subject], **sorts}
    if form == 1:
        return {
            "Name": f"{subject}: {folder}",
            "SubjectOrBodyContainsWords": [subject],
            "MoveToFolder": folder,
        }
    if form == 2:
        marks = {"ApplyCategory": [source.choice(words.categories)]}
        return {"Name": source.choice(words.senders), "FromAddressContainsWords": ["fabrikam.com"], **marks}
    if form == 3:
        reads = {"MarkAsRead": True, "Enabled": False}
        return {"Name": words.reads.format(subject), "SubjectContainsWords": [subject], **reads}
    return {"Name": words.alone, "SentOnlyToMe": True, "MarkImportance": "High"}


def stamp(moment: datetime) -> str:
    """Exchange writes seven digits of a second."""
    return f"{moment.isoformat()[:19]}.0000000Z"
