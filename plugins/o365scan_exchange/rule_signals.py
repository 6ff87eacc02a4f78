"""What in an inbox rule speaks for an intruder: signals, and how grave they are together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from o365scan.api import Data, Evidence, Record, Severity, Undecidable, Undecided

from .addresses import Address
from .evidence import shown
from .inbox_rules import DELETING, FLAGS, LEADING, VALUES, WORDS, handed_to
from .mail_folders import is_forgotten, is_set_aside
from .recipients import destination
from .rules import is_telling
from .strangers import Led, is_one_of, led_by_rules, look_alike

_WORDED = (*WORDS, "From", "RecipientAddressContainsWords")
_LADDER = (Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_SMALL = 16 * 1024
_DATES = ("ReceivedAfterDate", "ReceivedBeforeDate")
_NUMBER = re.compile(r"[\d,.]+(?= bytes\))|^\d+$")

# What rules.is_telling knows in English alone.
_TELLING_ELSEWHERE = re.compile(
    r"docusign|sharepoint|rechnung|zahlung|überweisung|passwort|kennwort|betrug|facture|paiement|virement|mot de passe"
    r"|quarantin|accountprotection|microsoftonline|azure-noreply"  # who warns of sign-ins, new methods, held mail
    r"|fraude|factura|pago|contraseña|fattura|pagamento|bonifico|fatura|senha|betaling|wachtwoord|lösenord|hasło|faktur",
    re.IGNORECASE,
)


# A word that stands between brackets, stars or the like, or before a colon.
_MARK_OF_SPAM = re.compile(
    r"[^\w\s]+\s*(?:(?:possible|probable|suspected|bulk)\W*)?(?:spam|junk)\W*|(?:spam|junk)[^\w\s]*:",
    re.IGNORECASE,
)
_OWNERS = ("MyNameInToBox", "MyNameInToOrCcBox", "SentOnlyToMe")
"""What mail to the owner meets: next to all that comes into a mailbox."""


@dataclass(frozen=True)
class Signal:
    """One thing that speaks for an intruder. `alone` is how grave it is by itself; None: it only adds to others."""

    said: str
    alone: Severity | None
    evidence: tuple[Evidence, ...]
    strange: tuple[Address, ...] = ()
    """Addresses outside that it hands mail to: by itself what many people do on purpose."""


@dataclass(frozen=True)
class Signals:
    """All of a rule's signals, and what kept others from being told."""

    found: tuple[Signal, ...]
    unknown: tuple[Undecided, ...]

    @property
    def severity(self) -> Severity | None:
        """The gravest signal's, a step higher with any other, two with three others; None if nothing stands alone."""
        alone = [signal.alone.rank for signal in self.found if signal.alone is not None]
        if not alone:
            return None
        others = len(self.found) - 1
        return _LADDER[min(max(alone) + (others >= 1) + (others >= 3), Severity.CRITICAL.rank)]

    @property
    def strange(self) -> tuple[Address, ...]:
        """All addresses outside that it hands mail to."""
        return tuple(to for signal in self.found for to in signal.strange)

    @property
    def said(self) -> str:
        """The signals in words."""
        return "; ".join(signal.said for signal in self.found)


def signals(
    rule: Record, data: Data, accepted: Collection[str], now: datetime, *, system: bool = False
) -> Signals:
    """The signals of a rule; `accepted` are recipients that somebody answers for.

    A rule that looks like one of the service's own (`system`) may still hand mail to somebody outside.
    """
    found: list[Signal] = []
    unknown: list[Undecided] = []
    hiding = (
        _deletes(rule, now),
        _buries(rule, now),
        _reads(rule),
        _asks_for_telling_words(rule, data, accepted),
        _name(rule),
    )
    for clause in (_outside(rule, data, accepted, unknown), *(() if system else hiding)):
        try:
            found.extend(clause)
        except Undecidable as cause:
            unknown.append(Undecided.by(cause))
    return Signals(tuple(found), tuple(unknown))


def _outside(
    rule: Record, data: Data, accepted: Collection[str], unknown: list[Undecided]
) -> Iterator[Signal]:
    led: dict[Address, str] = {}
    actions: list[str] = []
    for action in LEADING:
        for text in rule.texts(action, nullable=True):
            found = destination(text, data)
            strange = [(to, via) for to, via in found.outside if not is_one_of(to, accepted)]
            led |= {to: f"{_DONE[action]} {to}" + (f" (through {via})" if via else "") for to, via in strange}
            actions += [action] if strange else []
            unknown += [
                Undecided(f"Whom {action} hands mail to is unknown: {what}.", (rule.at(action),))
                for what in found.unknown
            ]
    if led:
        said = f"it {' and '.join(led.values())}, outside the organisation"
        yield Signal(said, Severity.HIGH, tuple(map(rule.at, dict.fromkeys(actions))), tuple(led))
        yield from standing_out(led, data, data.once(led_by_rules))


_DONE = {
    "ForwardTo": "forwards mail to",
    "ForwardAsAttachmentTo": "forwards mail as an attachment to",
    "RedirectTo": "redirects mail to",
}


def standing_out(addresses: Iterable[Address], data: Data, led: Led) -> Iterator[Signal]:
    """What else addresses outside say: they imitate an own domain, or several mailboxes lead mail there."""
    alike = {to.domain: own for to in addresses if (own := look_alike(to, data)) is not None}
    if alike:
        said = " and ".join(f"{domain} looks like {own}" for domain, own in alike.items())
        yield Signal(said, None, ())
    most = max(len(led.get(str(to).lower(), ())) for to in addresses)
    if most > 1:
        yield Signal(f"{most} mailboxes lead mail there", None, ())


def _deletes(rule: Record, now: datetime) -> Iterator[Signal]:
    done = [action for action in DELETING if rule.flag(action, nullable=True)]
    if done:
        everything = picks_all(rule, now)
        said = "it deletes all mail" if everything else "it deletes mail"
        yield Signal(said, Severity.HIGH if everything else None, shown(rule, *done))


def _buries(rule: Record, now: datetime) -> Iterator[Signal]:
    folder = rule.text("MoveToFolder", nullable=True) or ""
    forgotten = is_forgotten(folder)
    if forgotten or is_set_aside(folder):
        everything = picks_all(rule, now)
        alone = Severity.HIGH if everything else Severity.MEDIUM if forgotten else None
        where = f"{folder}, where nobody looks for it" if forgotten else folder
        yield Signal(
            f"it moves {'all ' if everything else ''}mail to {where}", alone, (rule.at("MoveToFolder"),)
        )


def _reads(rule: Record) -> Iterator[Signal]:
    if rule.flag("MarkAsRead", nullable=True) and _hides(rule):
        yield Signal("it marks it as read", None, (rule.at("MarkAsRead"),))


def _asks_for_telling_words(rule: Record, data: Data, accepted: Collection[str]) -> Iterator[Signal]:
    telling = [
        name for name in _WORDED if any(map(is_about_money_or_security, rule.texts(name, nullable=True)))
    ]
    if not telling:
        return
    quiet = bool(rule.flag("MarkAsRead", nullable=True) and rule.text("MoveToFolder", nullable=True))
    if quiet or _hides(rule) or _leads(rule, data, accepted):
        yield Signal("it picks mail about security or money", Severity.MEDIUM, tuple(map(rule.at, telling)))


def is_about_money_or_security(word: str) -> bool:
    """Is it about security, money, or mail that failed, in several languages?

    What a filter writes into the subject of spam, such as `[SPAM]`, isn't: people sort by that.
    """
    if _MARK_OF_SPAM.fullmatch(word.strip()):
        return False
    return is_telling(word) or _TELLING_ELSEWHERE.search(word) is not None


def _hides(rule: Record) -> bool:
    folder = rule.text("MoveToFolder", nullable=True) or ""
    if is_forgotten(folder) or is_set_aside(folder):
        return True
    return any(rule.flag(action, nullable=True) for action in DELETING)


def _leads(rule: Record, data: Data, accepted: Collection[str]) -> bool:
    found = (destination(text, data) for text in handed_to(rule))
    return any(not is_one_of(address, accepted) for each in found for address, _ in each.outside)


def _name(rule: Record) -> Iterator[Signal]:
    name = rule.text("Name", nullable=True) or ""
    if says_nothing(name):
        what = f"its name is {name!r}" if name.strip() else "its name is blank"
        yield Signal(what, Severity.MEDIUM, (rule.at("Name"),))


def says_nothing(name: str) -> bool:
    """Is a name blank, nothing but punctuation, or one sign again and again?"""
    signs = {sign for sign in name if not _is_blank(sign)}
    return all(map(_is_punctuation, signs)) or (len(signs) == 1 and name.isascii())


def _is_blank(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "ZC"


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "P" or (sign.isascii() and not sign.isalnum())


def picks_all(rule: Record, now: datetime) -> bool:
    """Does the rule take all mail, since it has no condition, or none that next to any mail doesn't meet?"""
    if rule.flag("SupportedByTask") is False:  # it may have conditions that Exchange's own shell can't show
        return False
    if any(rule.flag(name, nullable=True) for name in FLAGS if name not in _OWNERS):
        return False
    return all(_any_meets(rule, name, now) for name in VALUES if rule[name] not in (None, "", ()))


def _any_meets(rule: Record, condition: str, now: datetime) -> bool:
    """A condition by a word that stands in every message, a size that every message has, or a day in the past."""
    if condition in WORDS or condition == "RecipientAddressContainsWords":
        return any(len(word.strip()) <= 1 for word in rule.texts(condition))
    if condition == "WithinSizeRangeMinimum":
        size = _NUMBER.search(str(rule[condition]))
        return size is not None and int(re.sub(r"\D", "", size.group())) < _SMALL
    if condition in _DATES:
        day = _time(rule, condition)
        return day <= now if condition == "ReceivedAfterDate" else day > now
    return False


def _time(rule: Record, field: str) -> datetime:
    """Raises Undecidable for a text that is no time."""
    text = rule.text(field)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Undecidable(f"{field} of the rule {rule.title!r} is no time: {text!r}") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
