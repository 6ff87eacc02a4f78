"""The folders of a mailbox, as inbox rules name them: by name or by path, in the mailbox's language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from o365scan.api import Record, Undecidable

JUNK = "JunkEmail"
"""What Exchange calls the junk folder's type, in every language."""

# Where nobody looks for mail. In English alone: elsewhere the folder's name tells nothing.
_UNREAD = frozenset(
    {
        "archive",
        "calendar",
        "conversation history",
        "deleted items",
        "drafts",
        "notes",
        "outbox",
        "rss feeds",
        "rss subscriptions",
        "sent items",
        "sync issues",
    }
)

# The junk folder's usual names. Of any other, the mailbox itself is asked.
_JUNK_NAMES = frozenset(
    {
        "junk",
        "junk email",
        "junk e-mail",
        "junk-e-mail",
        "courrier indésirable",
        "correo no deseado",
        "lixo eletrônico",
        "ongewenste e-mail",
        "posta indesiderata",
    }
)
# Folders that nobody opens to read mail, in the languages of most mailboxes. Names come from what Outlook shows and
# are unconfirmed but for English. In another language a rule to such a folder isn't told from one to any folder.
_FORGOTTEN = frozenset(
    {
        *(
            "rss feeds",
            "rss subscriptions",
            "rss-feeds",
            "flux rss",
            "fuentes rss",
            "feed rss",
            "rss-abonnements",
        ),
        *("rss-kanaler", "rss-syötteet", "kanały rss", "rss フィード"),
        *(
            "conversation history",
            "verlauf der unterhaltung",
            "aufgezeichnete unterhaltungen",
            "konversationshistorik",
        ),
        *("historique des conversations", "historial de conversaciones", "cronologia conversazioni"),
        *("histórico de conversa", "histórico de conversação", "gespreksgeschiedenis", "samtalehistorik"),
        *("samtalelogg", "keskusteluhistoria", "historia konwersacji", "会話履歴"),
        *(
            "sync issues",
            "synchronisierungsprobleme",
            "problèmes de synchronisation",
            "problemas de sincronización",
        ),
        *("problemi di sincronizzazione", "problemas de sincronização", "synchronisatieproblemen"),
        *(
            "synkroniseringsfel",
            "synkroniseringsproblemer",
            "synkronointiongelmat",
            "problemy z synchronizacją",
        ),
        *(
            "notes",
            "notizen",
            "notas",
            "note",
            "notities",
            "anteckningar",
            "noter",
            "notater",
            "notatki",
            "メモ",
        ),
        *(
            "calendar",
            "kalender",
            "calendrier",
            "calendario",
            "calendário",
            "agenda",
            "kalenteri",
            "kalendarz",
            "予定表",
        ),
        *("outbox", "postausgang", "boîte d'envoi", "bandeja de salida", "posta in uscita", "caixa de saída"),
        *("postvak uit", "utkorgen", "udbakke", "utboks", "lähtevät", "skrzynka nadawcza", "送信トレイ"),
    }
)

# Folders where mail is out of sight, and where people put what they don't want, too.
_SET_ASIDE = frozenset(
    {
        *(
            "deleted items",
            "gelöschte elemente",
            "éléments supprimés",
            "elementos eliminados",
            "posta eliminata",
        ),
        *(
            "itens excluídos",
            "itens eliminados",
            "verwijderde items",
            "borttaget",
            "slettet post",
            "slettede elementer",
        ),
        *("poistetut", "elementy usunięte", "削除済みアイテム"),
        *(
            "archive",
            "archiv",
            "archivo",
            "archivio",
            "arquivo morto",
            "arquivo",
            "archief",
            "arkiv",
            "arkisto",
        ),
        *(
            "archiwum",
            "アーカイブ",
            "skräppost",
            "uønsket mail",
            "søppelpost",
            "roskaposti",
            "wiadomości-śmieci",
            "迷惑メール",
        ),
    }
)
_ROOT = "top of information store"
_OF_MAILBOX = re.compile(r"[^\\/:]*:(?=[\\/])")


def is_unread(path: str) -> bool:
    """Is it a folder that nobody looks into for mail?"""
    return _last(path) in _UNREAD


def is_forgotten(path: str) -> bool:
    """Is it called like a folder that nobody opens to read mail, in any of many languages, or within one?

    A folder within another of the owner's that is called so, such as Clients/Notes, is the owner's too.
    """
    return _top(path) in _FORGOTTEN


def is_set_aside(path: str) -> bool:
    """Is it called like a folder for what is deleted, junk or archived, in any of many languages?"""
    return _last(path) in _SET_ASIDE | _JUNK_NAMES


def is_called_junk_folder(path: str) -> bool:
    """Is it a plain name, and one of the junk folder's? In a path, the name may be another folder's."""
    return _normal(path) in _JUNK_NAMES


def is_junk_folder(path: str, folders: Collection[Record]) -> bool:
    """Is it the junk folder among a mailbox's `folders`? Raises Undecidable if none of them is."""
    junk = [folder for folder in folders if folder.text("FolderType") == JUNK]
    if not junk:
        raise Undecidable("the mailbox lists no junk folder")
    return any(_parts(path) == _parts(folder.text("FolderPath")) for folder in junk)


def _last(path: str) -> str:
    return re.split(r"[\\/:]", _normal(path))[-1].strip()


def _top(path: str) -> str:
    """The first folder of a path below the root. The root itself may be named, as in `alice:\\Top of ...\\Notes`."""
    parts = [part.strip() for part in re.split(r"[\\/:]", _OF_MAILBOX.sub("", _normal(path), count=1))]
    named = [part for part in parts if part and part != _ROOT]
    return named[0] if named else ""


def _parts(path: str) -> tuple[str, ...]:
    below_root = _OF_MAILBOX.sub("", _normal(path), count=1)
    return tuple(part.strip() for part in re.split(r"[\\/]", below_root) if part.strip())


def _normal(path: str) -> str:
    return unicodedata.normalize("NFC", path).strip().lower()
