"""Inbox rules: which are the service's own, and what a rule does with mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

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
_VALUES = (
    "From",
    "SentTo",
    *_WORDS,
    "RecipientAddressContainsWords",
    "MessageTypeMatches",
    "FlaggedForAction",
    "FromSubscription",
    "HasClassification",
    "WithImportance",
    "WithSensitivity",
    "WithinSizeRangeMaximum",
    "WithinSizeRangeMinimum",
    "ReceivedAfterDate",
    "ReceivedBeforeDate",
)
_FLAGS = (
    "HasAttachment",
    "MyNameInCcBox",
    "MyNameInToBox",
    "MyNameInToOrCcBox",
    "MyNameNotInToBox",
    "SentOnlyToMe",
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

# Where the filter moves mail. Other languages have other names, so no other name proves anything.
_JUNK_FOLDERS = frozenset(
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


def is_system(rule: Record, among: Collection[Record]) -> bool:
    """Is it one of the service's own rules, by its name *and* by what it does?

    Anyone can give a rule the name, so a rule that does what the service's never does is not one. Reads
    strictly: what would clear the rule must be there. A mailbox has one rule of the junk filter's: raises
    Undecidable where `among`, the mailbox's rules that may be hidden, has another that may be it.
    """
    name = rule.get("Name")
    for pattern, is_harmless in _KINDS:
        if isinstance(name, str) and pattern.fullmatch(name):
            return is_harmless(rule) and (pattern is not _JUNK or _is_the_one(rule, among))
    return False


def without_system_rules(rules: Collection[Record]) -> tuple[Record, ...]:
    """The rules of a mailbox that are not known to be the service's own."""
    return tuple(rule for rule in rules if not _is_known(rule, rules))


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
    """The conditions that say what a rule is for, so far as it has them."""
    return tuple(name for name in (*_VALUES, *_FLAGS) if rule.get(name))


def has_conditions(rule: Record) -> bool:
    """Does the rule pick mail by anything that Exchange shows, as the junk filter's never does?"""
    return any(rule[name] not in (None, "", ()) for name in _VALUES) or any(
        rule.flag(name, nullable=True) for name in _FLAGS
    )


def asks_for_words(rule: Record) -> bool:
    """Does the rule pick mail by words, as the service's own rules never do?"""
    return any(rule.texts(condition, nullable=True) for condition in _WORDS)


def _is_known(rule: Record, among: Collection[Record]) -> bool:
    try:
        return is_system(rule, among)
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
    hides = _folder(rule) in _UNREAD_FOLDERS
    return not (_handed_to(rule) or _deletes(rule) or _files(rule) or hides or has_conditions(rule))


def _folder(rule: Record) -> str:
    """The last part of the folder that mail is moved to, in lower case."""
    return re.split(r"[\\/:]", rule.text("MoveToFolder", nullable=True) or "")[-1].strip().lower()


def _is_the_one(rule: Record, among: Collection[Record]) -> bool:
    """Is this harmless rule the junk filter's, rather than another of that name?

    One that is proven to be somebody's leaves the other, if that moves mail nowhere else than the filter does.
    """
    others = [each for each in among if is_called_junk(each) and each.key != rule.key]
    if any(_may_do_junk_mail(each) for each in others):
        raise Undecidable(f"the mailbox has more than one rule {rule.get('Name')!r}, and the filter has one")
    if others and _folder(rule) not in {"", *_JUNK_FOLDERS}:
        raise Undecidable(
            f"the mailbox has more than one rule {rule.get('Name')!r}, and whether"
            f" {rule.get('MoveToFolder')!r} is its junk folder is not known"
        )
    return True


def _may_do_junk_mail(rule: Record) -> bool:
    try:
        return _does_junk_mail(rule)
    except Undecidable:
        return True


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
