"""The default folders of a mailbox, by their type and in a few languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocktenant.collection import Object

ENGLISH = "en-US"

CLASSES = {
    "Inbox": "IPF.Note",
    "Drafts": "IPF.Note",
    "SentItems": "IPF.Note",
    "DeletedItems": "IPF.Note",
    "JunkEmail": "IPF.Note",
    "Outbox": "IPF.Note",
    "Archive": "IPF.Note",
    "Calendar": "IPF.Appointment",
    "Contacts": "IPF.Contact",
    "ConversationHistory": "IPF.Note",
    "Journal": "IPF.Journal",
    "Notes": "IPF.StickyNote",
    "RssSubscription": "IPF.Note.OutlookHomepage",
    "Tasks": "IPF.Task",
}
"""Folder type -> class of what the folder holds."""

_NAMES: dict[str, tuple[str, ...]] = {
    ENGLISH: (
        *("Inbox", "Drafts", "Sent Items", "Deleted Items", "Junk Email", "Outbox", "Archive", "Calendar"),
        *("Contacts", "Conversation History", "Journal", "Notes", "RSS Feeds", "Tasks"),
    ),
    "de-DE": (
        *("Posteingang", "Entwürfe", "Gesendete Elemente", "Gelöschte Elemente", "Junk-E-Mail"),
        *("Postausgang", "Archiv", "Kalender", "Kontakte", "Verlauf der Unterhaltung", "Journal", "Notizen"),
        *("RSS-Feeds", "Aufgaben"),
    ),
    "fr-FR": (
        *("Boîte de réception", "Brouillons", "Éléments envoyés", "Éléments supprimés"),
        *("Courrier indésirable", "Boîte d'envoi", "Archive", "Calendrier", "Contacts"),
        *("Historique des conversations", "Journal", "Notes", "Flux RSS", "Tâches"),
    ),
    "sv-SE": (
        *("Inkorgen", "Utkast", "Skickat", "Borttaget", "Skräppost", "Utkorgen", "Arkiv", "Kalender"),
        *("Kontakter", "Konversationshistorik", "Journal", "Anteckningar", "RSS-feeds", "Uppgifter"),
    ),
    "pl-PL": (
        *("Skrzynka odbiorcza", "Wersje robocze", "Elementy wysłane", "Elementy usunięte"),
        *("Wiadomości-śmieci", "Skrzynka nadawcza", "Archiwum", "Kalendarz", "Kontakty"),
        *("Historia konwersacji", "Dziennik", "Notatki", "Kanały RSS", "Zadania"),
    ),
    "ja-JP": (
        *(
            "受信トレイ",
            "下書き",
            "送信済みアイテム",
            "削除済みアイテム",
            "迷惑メール",
            "送信トレイ",
            "アーカイブ",
        ),
        *("予定表", "連絡先", "会話履歴", "履歴", "メモ", "RSS フィード", "タスク"),
    ),
}
"""Unconfirmed, but for the junk folder's and the inbox's. In any other language they are called as in English."""


def folder_names(mailbox: Object) -> dict[str, str]:
    """Folder type -> name in the mailbox's language."""
    language = next(iter(mailbox.get("Languages") or ()), ENGLISH)
    return dict(zip(CLASSES, _NAMES.get(language, _NAMES[ENGLISH]), strict=True))
