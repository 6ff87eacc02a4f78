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
_OF_MAILBOX = re.compile(r"[^\\/:]*:(?=[\\/])")


def is_unread(path: str) -> bool:
    """Is it a folder that nobody looks into for mail?"""
    return re.split(r"[\\/:]", _normal(path))[-1].strip() in _UNREAD


def is_called_junk_folder(path: str) -> bool:
    """Is it a plain name, and one of the junk folder's? In a path, the name may be another folder's."""
    return _normal(path) in _JUNK_NAMES


def is_junk_folder(path: str, folders: Collection[Record]) -> bool:
    """Is it the junk folder among a mailbox's `folders`? Raises Undecidable if none of them is."""
    junk = [folder for folder in folders if folder.text("FolderType") == JUNK]
    if not junk:
        raise Undecidable("the mailbox lists no junk folder")
    return any(_parts(path) == _parts(folder.text("FolderPath")) for folder in junk)


def _parts(path: str) -> tuple[str, ...]:
    below_root = _OF_MAILBOX.sub("", _normal(path), count=1)
    return tuple(part.strip() for part in re.split(r"[\\/]", below_root) if part.strip())


def _normal(path: str) -> str:
    return unicodedata.normalize("NFC", path).strip().lower()
