"""Inbox rules: which are the service's own, and what a rule does with mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

from o365scan.api import OptionsError, Record, Undecidable

from .mail_folders import is_called_junk_folder, is_junk_folder, is_unread

LEADING = ("ForwardTo", "ForwardAsAttachmentTo", "RedirectTo")
"""Actions that hand mail to somebody else."""

DELETING = ("DeleteMessage", "SoftDeleteMessage")
"""Actions that take mail away."""

WORDS = (
    "SubjectContainsWords",
    "SubjectOrBodyContainsWords",
    "BodyContainsWords",
    "FromAddressContainsWords",
    "HeaderContainsWords",
)
"""Conditions by words."""

VALUES = (
    "From",
    "SentTo",
    *WORDS,
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
"""Conditions that have a value."""

FLAGS = (
    "HasAttachment",
    "MyNameInCcBox",
    "MyNameInToBox",
    "MyNameInToOrCcBox",
    "MyNameNotInToBox",
    "SentOnlyToMe",
)
"""Conditions that are true or false."""

_CALENDAR = frozenset({"Calendaring", "CalendaringResponse"})
_IDENTITY = re.compile(r"[^\\]+\\-?\d+")
_IN_DIRECTORY = re.compile(r"\[EX:[^\]]*\]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class MailboxRules:
    """The rules of one mailbox that may be hidden, told from the service's own.

    By name *and* by what they do: anyone can give a rule the name, so a rule that does what the service's never
    does is not one. `junk_folders` gives the mailbox's junk folder; it is asked only where a rule's own words
    don't tell.
    """

    rules: Collection[Record]
    junk_folders: Callable[[], Collection[Record]]

    def not_system(self) -> tuple[Record, ...]:
        """Those that are not known to be the service's own."""
        return tuple(rule for rule in self.rules if not self._is_known(rule))

    def is_system(self, rule: Record) -> bool:
        """Is it one of the service's own rules? Reads strictly: what would clear the rule must be there.

        A mailbox has one rule of the junk filter's: raises Undecidable where another may be it.
        """
        if is_called_junk(rule):
            return self._does_junk_mail(rule) and self._is_the_one(rule)
        return any(_is_called(rule, pattern) and is_harmless(rule) for pattern, is_harmless in _KINDS)

    def _is_known(self, rule: Record) -> bool:
        try:
            return self.is_system(rule)
        except Undecidable:
            return False

    def _does_junk_mail(self, rule: Record) -> bool:
        """The filter's rule moves mail to the junk folder, by marks and lists of senders."""
        return not _any_of(
            lambda: _does_more_than_junk_mail(rule), lambda: not self._moves_to_junk_folder(rule)
        )

    def _moves_to_junk_folder(self, rule: Record) -> bool:
        folder = _folder(rule)
        return not folder or is_called_junk_folder(folder) or is_junk_folder(folder, self.junk_folders())

    def _is_the_one(self, rule: Record) -> bool:
        """Is this harmless rule the junk filter's, rather than another of that name?"""
        others = (each for each in self.rules if is_called_junk(each) and each.key != rule.key)
        if any(self._may_do_junk_mail(each) for each in others):
            raise Undecidable(
                f"the mailbox has more than one rule {rule.get('Name')!r}, and the filter has one"
            )
        return True

    def _may_do_junk_mail(self, rule: Record) -> bool:
        try:
            return self._does_junk_mail(rule)
        except Undecidable:
            return True


def refuse_other_than_rules(identities: Iterable[str]) -> None:
    """Raises OptionsError for a text that is not the Identity of an inbox rule."""
    for text in identities:
        if not _IDENTITY.fullmatch(text):
            raise OptionsError(
                f"rules: {text!r} is not the Identity of an inbox rule",
                hint="Write it whole, as the finding shows it: the mailbox, a backslash, the number.",
            )


def needs_junk_folder(rule: Record) -> bool:
    """Can only the name of the mailbox's junk folder tell whether the rule is the junk filter's?"""
    folder = rule.get("MoveToFolder")
    if not is_called_junk(rule) or not isinstance(folder, str) or not folder or is_called_junk_folder(folder):
        return False
    try:
        return not _does_more_than_junk_mail(rule)
    except Undecidable:
        return True


def bears_system_name(rule: Record) -> bool:
    """Is it called like one of the service's own rules?"""
    return is_called_junk(rule) or any(_is_called(rule, pattern) for pattern, _ in _KINDS)


def is_called_junk(rule: Record) -> bool:
    """Is it called like the rule of the junk mail filter?"""
    return _is_called(rule, _JUNK)


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
    return tuple(name for name in (*VALUES, *FLAGS) if rule.get(name))


def has_conditions(rule: Record) -> bool:
    """Does the rule pick mail by anything that Exchange shows, as the junk filter's never does?"""
    return _any_of(
        *(partial(_asks_for, rule, name) for name in VALUES),
        *(partial(rule.flag, name, nullable=True) for name in FLAGS),
    )


def asks_for_words(rule: Record) -> bool:
    """Does the rule pick mail by words, as the service's own rules never do?"""
    return _any_of(*(partial(rule.texts, condition, nullable=True) for condition in WORDS))


def _is_called(rule: Record, pattern: re.Pattern[str]) -> bool:
    name = rule.get("Name")
    return isinstance(name, str) and pattern.fullmatch(name) is not None


def _any_of(*clauses: Callable[[], object]) -> bool:
    """Does one of them hold? Raises Undecidable where none is known to, and one can't be told."""
    unknown: Undecidable | None = None
    for clause in clauses:
        try:
            if clause():
                return True
        except Undecidable as cause:
            unknown = unknown or cause
    if unknown is not None:
        raise unknown
    return False


def _asks_for(rule: Record, condition: str) -> bool:
    return rule[condition] not in (None, "", ())


def handed_to(rule: Record) -> tuple[str, ...]:
    """All to whom the rule hands mail, as Exchange shows them."""
    return tuple(text for action in LEADING for text in rule.texts(action, nullable=True))


def _leads_away(rule: Record) -> bool:
    return _any_of(*(partial(rule.texts, action, nullable=True) for action in LEADING))


def _deletes(rule: Record) -> bool:
    return _any_of(*(partial(rule.flag, action, nullable=True) for action in DELETING))


def _files(rule: Record) -> bool:
    return _any_of(
        partial(rule.text, "CopyToFolder", nullable=True), partial(rule.flag, "MarkAsRead", nullable=True)
    )


def _folder(rule: Record) -> str:
    return rule.text("MoveToFolder", nullable=True) or ""


def _does_more_than_junk_mail(rule: Record) -> bool:
    """Does it what the filter's rule never does, wherever it moves mail?"""
    return _any_of(
        lambda: _leads_away(rule),
        lambda: _deletes(rule),
        lambda: _files(rule),
        lambda: is_unread(_folder(rule)),
        lambda: has_conditions(rule),
    )


def _does_replies(rule: Record) -> bool:
    """An automatic reply leaves the mail where it is."""
    return not _any_of(
        lambda: _leads_away(rule), lambda: _deletes(rule), lambda: _files(rule), lambda: _folder(rule)
    )


def _does_delegation(rule: Record) -> bool:
    """A delegate gets meeting messages, in place of the owner if so set.

    Which messages, Exchange's own shell may not be able to express.
    """
    if _any_of(lambda: _folder(rule), lambda: _files(rule), lambda: asks_for_words(rule)):
        return False
    if not _any_of(lambda: _leads_away(rule), lambda: _deletes(rule)):
        return True
    meetings = rule.text("MessageTypeMatches", nullable=True) in _CALENDAR
    unexpressed = rule.flag("SupportedByTask", nullable=True) is False
    return (meetings or unexpressed) and all(map(_IN_DIRECTORY.search, handed_to(rule)))


_JUNK = re.compile(r"Junk E-mail Rule", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], Callable[[Record], bool]], ...] = (
    (re.compile(r"Microsoft\.Exchange\.OOF\.[\w.]+", re.IGNORECASE), _does_replies),
    (re.compile(r"Delegate Rule -?\d+", re.IGNORECASE), _does_delegation),
)
