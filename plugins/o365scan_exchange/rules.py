"""Transport rules: when one acts, on which mail, and how far its conditions can be forged."""

from __future__ import annotations

import re

from o365scan.api import Evidence, Record, Undecidable

from .evidence import shown
from .headers import normal_header
from .networks import Network, networks

# The word as a whole: "dmarc=p" would be met by "dmarc=permerror" too.
_AUTHENTICATED = re.compile(r"dmarc=(?:pass|bestguesspass)|compauth=pass", re.IGNORECASE)

_HEADER_CONDITIONS = (
    ("HeaderContainsMessageHeader", "HeaderContainsWords"),
    ("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"),
)
# Conditions by patterns, or by words of an address.
_PATTERN_CONDITIONS = (
    "SubjectMatchesPatterns",
    "SubjectOrBodyMatchesPatterns",
    "FromAddressContainsWords",
    "FromAddressMatchesPatterns",
    "RecipientAddressContainsWords",
    "RecipientAddressMatchesPatterns",
)
# A pattern that any text meets, and what stands in every address.
_ANYTHING = re.compile(r"\^?(?:(?:\.|\\[SswW])[*+]?)?@?(?:(?:\.|\\[SswW])[*+]?)?\$?")
_DIRECTIONS = frozenset({"FromScopePredicate", "SentToScopePredicate"})
_SENDER_CONDITIONS = ("SenderDomainIs", "From", "FromAddressContainsWords", "FromAddressMatchesPatterns")
# Bounces and warnings are told by whom they are from, and reports by whom they are for.
_WORD_CONDITIONS = (
    "From",
    "SenderDomainIs",
    "SentTo",
    "RecipientAddressContainsWords",
    "RecipientAddressMatchesPatterns",
    "SubjectContainsWords",
    "SubjectMatchesPatterns",
    "SubjectOrBodyContainsWords",
    "SubjectOrBodyMatchesPatterns",
    "FromAddressContainsWords",
    "FromAddressMatchesPatterns",
)

# What an intruder's victims would be warned by, asked about, or paid with. Whole words, or the start of one.
_TELLING = re.compile(
    r"\b(?:phish|hack|spam|scam|fraud|suspicious|malware|virus|alert|securit|compromis|breach|password|verif"
    r"|sign-?in|log-?in|log-?on|help ?desk|postmaster|mailer-daemon|undeliver|delivery status|abuse"
    r"|invoice|payment|payroll|remittance|(?:mfa|2fa|wire|transfers?|iban|swift|ach|w-2|bank(?:s|ing)?)\b)",
    re.IGNORECASE,
)


def values(rule: Record, condition: str) -> tuple[str, ...]:
    """What a condition asks for. One that can't be read binds nothing: it never makes a rule look safer."""
    try:
        return rule.texts(condition, nullable=True)
    except Undecidable:
        return ()


def applies_to_all(rule: Record) -> bool:
    """Is it known that the rule has no condition, so that it acts on all mail but for its exceptions?"""
    return "Conditions" in rule and not rule.get("Conditions")


def takes_a_direction(rule: Record) -> bool:
    """Is all that binds the rule whether mail comes from, or goes to, inside or outside?

    Beside that, conditions that any mail meets: as many as the rule has others, since each property is one.
    """
    found = values(rule, "Conditions")
    others = [name for name in found if name.rpartition(".")[2] not in _DIRECTIONS]
    met = [name for name in _PATTERN_CONDITIONS if any(map(_ANYTHING.fullmatch, values(rule, name)))]
    return bool(found) and len(others) <= len(met)


def scope(rule: Record) -> str:
    """Which mail the rule acts on, for people."""
    if not applies_to_all(rule):
        return "mail that meets its conditions"
    return "all mail but for its exceptions" if rule.get("Exceptions") else "all mail"


def sender_ranges(rule: Record) -> tuple[Network, ...]:
    """The addresses that the rule is bound to; the address is that of the last hop before the service."""
    try:
        return networks(values(rule, "SenderIpRanges"))
    except Undecidable:
        return ()


def names_senders(rule: Record) -> bool:
    """Is the rule bound to senders by what they write of themselves?"""
    return any(values(rule, name) for name in _SENDER_CONDITIONS)


def stays_inside(rule: Record) -> bool:
    """Does the rule act only on mail from inside?"""
    return values(rule, "FromScope") == ("InOrganization",)


def asks_for_authentication(rule: Record) -> bool:
    """Does the rule act only on mail whose sender the service has authenticated?

    The words of a header condition are alternatives, so each of them must say so.
    """
    for header, words in _HEADER_CONDITIONS:
        if [normal_header(name) for name in values(rule, header)] == ["authentication-results"]:
            wanted = values(rule, words)
            if wanted and all(_AUTHENTICATED.fullmatch(word.strip()) for word in wanted):
                return True
    return False


def is_telling(text: str) -> bool:
    """Is it about security, money, or mail that failed?"""
    return _TELLING.search(text) is not None


def telling_words(rule: Record) -> tuple[Evidence, ...]:
    """The conditions that pick mail about security or money, or bounces and abuse reports."""
    return tuple(
        rule.at(name) for name in _WORD_CONDITIONS if any(is_telling(word) for word in values(rule, name))
    )


def conditions(rule: Record) -> tuple[Evidence, ...]:
    """The types of the conditions and of the exceptions, as evidence."""
    return shown(rule, "Conditions", *(["Exceptions"] if rule.get("Exceptions") else []))
