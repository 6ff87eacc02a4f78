"""How many mailboxes a filter of Exchange Online (OPATH) selects: all, a part, or that can't be told.

Which mailboxes there are is not looked at: a filter is judged by its words, for any tenant. So few comparisons are
decided: those that hold for every mailbox, those that hold for a kind of mailbox, and those that single out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase


class Share(Enum):
    """How many of some mailboxes a filter selects."""

    ALL = "all"
    PART = "part"
    NONE = "none"
    UNKNOWN = "unknown"


KINDS = ("UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox")
"""What `RecipientTypeDetails` calls the mailboxes that hold mail; the first are people's."""

_TYPE = "usermailbox"
"""What `RecipientType` calls every mailbox of these kinds."""

# What no mailbox lacks.
_ALWAYS_SET = frozenset(
    {
        "alias", "displayname", "distinguishedname", "emailaddresses", "exchangeguid", "exchangeversion", "guid",
        "id", "identity", "legacyexchangedn", "name", "objectcategory", "objectclass", "primarysmtpaddress",
        "recipienttype", "recipienttypedetails", "userprincipalname", "whencreated", "whencreatedutc",
    }
)  # fmt: skip

# Comparing one of these with a value singles out an object, a group, or those that were marked on purpose.
_SINGLE_OUT = re.compile(
    r"alias|displayname|distinguishedname|emailaddresses|exchangeguid|externaldirectoryobjectid|guid|id|identity"
    r"|legacyexchangedn|name|primarysmtpaddress|samaccountname|userprincipalname|windowsemailaddress"
    r"|memberofgroup|(extension)?customattribute\d+|city|department|office|title"
)
_WORD = re.compile(
    r"\s*(?:(?P<sign>[()!])|(?P<operator>-\w+)|'(?P<single>(?:[^']|'')*)'|\"(?P<double>[^\"]*)\""
    r"|(?P<bare>[\w$.*]+))"
)
_NULL = "$null"


class _Unreadable(Exception):
    """The filter is not of the form that is understood here."""


@dataclass(frozen=True)
class _Word:
    kind: str
    text: str


def share(text: str, kind: str) -> Share:
    """How many of the mailboxes of one kind a filter selects; an empty filter selects all."""
    if not text.strip():
        return Share.ALL
    try:
        words = _words(text)
        reader = _Reader(words, kind)
        found = reader.joined()
    except (_Unreadable, RecursionError):
        return Share.UNKNOWN
    return found if reader.is_done else Share.UNKNOWN


def _words(text: str) -> list[_Word]:
    words, place = [], 0
    text = text.rstrip()
    while place < len(text):
        found = _WORD.match(text, place)
        if found is None or found.lastgroup is None:
            raise _Unreadable
        words.append(_Word(found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return words


class _Reader:
    """Reads a filter from left to right, for one kind of mailbox."""

    def __init__(self, words: list[_Word], kind: str) -> None:
        self._words = words
        self._place = 0
        self._kind = kind

    @property
    def is_done(self) -> bool:
        return self._place == len(self._words)

    def joined(self) -> Share:
        """Parts joined by -and, or by -or. Which of the two goes first is not certain, so both together aren't read."""
        found = self._part()
        joint = ""
        while not self.is_done and self._peek() != ")":
            operator = self._take("operator").text.lower()
            if operator not in _JOINTS or joint not in ("", operator):
                raise _Unreadable
            joint = operator
            found = _JOINTS[operator](found, self._part())
        return found

    def _part(self) -> Share:
        if self._peek() in ("-not", "!"):
            self._place += 1
            return _negated(self._part())
        if self._peek() == "(":
            self._place += 1
            found = self.joined()
            if self._take("sign").text != ")":
                raise _Unreadable
            return found
        name = self._take("bare").text.lower()
        operator = self._take("operator").text.lower()
        return self._compared(name, operator, self._value())

    def _peek(self) -> str:
        return "" if self.is_done else self._words[self._place].text.lower()

    def _take(self, *kinds: str) -> _Word:
        if self.is_done or self._words[self._place].kind not in kinds:
            raise _Unreadable
        self._place += 1
        return self._words[self._place - 1]

    def _value(self) -> str:
        return self._take("single", "double", "bare").text.lower()

    def _compared(self, name: str, operator: str, value: str) -> Share:
        if operator in ("-ne", "-notlike"):
            return _negated(self._compared(name, {"-ne": "-eq", "-notlike": "-like"}[operator], value))
        if operator not in ("-eq", "-like"):
            return Share.UNKNOWN
        if value == _NULL:
            return Share.NONE if name in _ALWAYS_SET else Share.UNKNOWN
        pattern = value if operator == "-like" else ""
        if pattern and not pattern.strip("*"):
            return Share.ALL if name in _ALWAYS_SET else Share.UNKNOWN
        if name in ("recipienttype", "recipienttypedetails"):
            own = _TYPE if name == "recipienttype" else self._kind.lower()
            return Share.ALL if (fnmatchcase(own, pattern) if pattern else own == value) else Share.NONE
        singles_out = operator == "-eq" and value and _SINGLE_OUT.fullmatch(name)
        return Share.PART if singles_out else Share.UNKNOWN


def _negated(found: Share) -> Share:
    """All but a part may be nearly all."""
    return {Share.ALL: Share.NONE, Share.NONE: Share.ALL}.get(found, Share.UNKNOWN)


def _both(left: Share, right: Share) -> Share:
    found = {left, right}
    for decisive in (Share.NONE, Share.PART):
        if decisive in found:
            return decisive
    return Share.UNKNOWN if Share.UNKNOWN in found else Share.ALL


def _either(left: Share, right: Share) -> Share:
    found = {left, right}
    for decisive in (Share.ALL, Share.UNKNOWN, Share.PART):
        if decisive in found:
            return decisive
    return Share.NONE


_JOINTS: dict[str, Callable[[Share, Share], Share]] = {"-and": _both, "-or": _either}
