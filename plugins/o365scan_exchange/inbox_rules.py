"""Inbox rules: which are the service's own, and what a rule does with mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from o365scan.api import Record, Undecidable

LEADING = ("ForwardTo", "ForwardAsAttachmentTo", "RedirectTo")
"""Actions that hand mail to somebody else."""

DELETING = ("DeleteMessage", "SoftDeleteMessage")
"""Actions that take mail away."""

_WORDS = (
    "SubjectContainsWords",
    "SubjectOrBodyContainsWords",
    "BodyContainsWords",
    "FromAddressContainsWords",
    "HeaderContainsWords",
)
_CALENDAR = frozenset({"Calendaring", "CalendaringResponse"})
_IN_DIRECTORY = re.compile(r"\[EX:[^\]]*\]\s*$", re.IGNORECASE)

# Where nobody looks for mail. In English alone: elsewhere the folder's name tells nothing.
_UNREAD_FOLDERS = frozenset(
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


def is_system(rule: Record) -> bool:
    """Is it one of the service's own rules, by its name *and* by what it does?

    Anyone can give a rule the name, so a rule that does what the service's never does is not one. Reads
    strictly: what would clear the rule must be there.
    """
    name = rule.get("Name")
    for pattern, is_harmless in _KINDS:
        if isinstance(name, str) and pattern.fullmatch(name):
            return is_harmless(rule)
    return False


def without_system_rules(rules: Iterable[Record]) -> tuple[Record, ...]:
    """The rules that are not known to be the service's own."""
    return tuple(rule for rule in rules if not _is_known(rule))


def bears_system_name(rule: Record) -> bool:
    """Is it called like one of the service's own rules?"""
    name = rule.get("Name")
    return isinstance(name, str) and any(pattern.fullmatch(name) for pattern, _ in _KINDS)


def is_called_junk(rule: Record) -> bool:
    """Is it called like the rule of the junk mail filter?"""
    name = rule.get("Name")
    return isinstance(name, str) and _JUNK.fullmatch(name) is not None


def actions(rule: Record) -> tuple[str, ...]:
    """The actions that lead mail away, delete it or move it, so far as they can be read."""
    return tuple(name for name in (*LEADING, *DELETING, "MoveToFolder") if rule.get(name))


def recipients(rule: Record, action: str) -> tuple[str, ...]:
    """To whom an action hands mail, as Exchange shows them; none where that can't be read."""
    try:
        return rule.texts(action, nullable=True)
    except Undecidable:
        return ()


def conditions(rule: Record) -> tuple[str, ...]:
    """The conditions that say most about what a rule is for, so far as it has them."""
    return tuple(name for name in ("From", "SentTo", "HasAttachment", *_WORDS) if rule.get(name))


def asks_for_words(rule: Record) -> bool:
    """Does the rule pick mail by words, as the service's own rules never do?"""
    return any(rule.texts(condition, nullable=True) for condition in _WORDS)


def _is_known(rule: Record) -> bool:
    try:
        return is_system(rule)
    except Undecidable:
        return False


def _handed_to(rule: Record) -> tuple[str, ...]:
    return tuple(text for action in LEADING for text in rule.texts(action, nullable=True))


def _deletes(rule: Record) -> bool:
    return any(rule.flag(action, nullable=True) for action in DELETING)


def _files(rule: Record) -> bool:
    return bool(rule.text("CopyToFolder", nullable=True) or rule.flag("MarkAsRead", nullable=True))


def _does_junk_mail(rule: Record) -> bool:
    """The filter's rule moves mail to the junk folder, by marks and lists of senders."""
    folder = rule.text("MoveToFolder", nullable=True) or ""
    hides = re.split(r"[\\/:]", folder)[-1].strip().lower() in _UNREAD_FOLDERS
    return not (_handed_to(rule) or _deletes(rule) or _files(rule) or hides or asks_for_words(rule))


def _does_replies(rule: Record) -> bool:
    """An automatic reply leaves the mail where it is."""
    moves = bool(rule.text("MoveToFolder", nullable=True))
    return not (_handed_to(rule) or _deletes(rule) or _files(rule) or moves)


def _does_delegation(rule: Record) -> bool:
    """A delegate gets meeting messages, in place of the owner if so set.

    Which messages, Exchange's own shell may not be able to express.
    """
    if rule.text("MoveToFolder", nullable=True) or _files(rule) or asks_for_words(rule):
        return False
    if not (_handed_to(rule) or _deletes(rule)):
        return True
    meetings = rule.text("MessageTypeMatches", nullable=True) in _CALENDAR
    unexpressed = rule.flag("SupportedByTask", nullable=True) is False
    return (meetings or unexpressed) and all(map(_IN_DIRECTORY.search, _handed_to(rule)))


_JUNK = re.compile(r"Junk E-mail Rule", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], Callable[[Record], bool]], ...] = (
    (_JUNK, _does_junk_mail),
    (re.compile(r"Microsoft\.Exchange\.OOF\.[\w.]+", re.IGNORECASE), _does_replies),
    (re.compile(r"Delegate Rule -?\d+", re.IGNORECASE), _does_delegation),
)
