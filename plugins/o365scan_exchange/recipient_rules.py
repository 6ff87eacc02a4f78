"""Mail flow rules that keep mail to a domain out, by what they look at: the envelope, or the header To."""

from __future__ import annotations

import re

from o365scan.api import Record

from .addresses import is_within, normal_domain
from .headers import normal_header

_WORDS = ("RecipientAddressContainsWords", "AnyOfRecipientAddressContainsWords")
_PATTERNS = ("RecipientAddressMatchesPatterns", "AnyOfRecipientAddressMatchesPatterns")
_ENVELOPE = ("RecipientDomainIs", *_WORDS, *_PATTERNS)
_HEADER_WORDS = (
    ("HeaderContainsMessageHeader", "HeaderContainsWords"),
    ("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"),
)
_OUTSIDE = "NotInOrganization"
_ANYBODY = frozenset({".*@", "^.*@", ".+@", "^.+@"})
"""What may stand before the domain in a pattern that every address of the domain meets."""


def closes(rule: Record, domain: str) -> bool:
    """Does the rule keep all mail from outside to the (normalised) domain out, but for its exceptions?"""
    if rule.text("State") != "Enabled" or rule.text("Mode") != "Enforce" or not _keeps_out(rule):
        return False
    asked = [name for name in _ENVELOPE if _asked(rule, name)]
    if not asked or not all(_covers(rule, name, domain) for name in asked):
        return False
    scope = _asked(rule, "FromScope")
    if scope not in ((), (_OUTSIDE,)):
        return False
    return len(rule.texts("Conditions", nullable=True)) == len(asked) + len(scope)


def looks_at_header(rule: Record, domain: str) -> bool:
    """Does the rule keep mail out by a header To that names the domain?"""
    if not _keeps_out(rule):
        return False
    for header, words in _HEADER_WORDS:
        named = {normal_header(name) for name in _asked(rule, header)}
        if "to" in named and any(domain in _plain(word) for word in _asked(rule, words)):
            return True
    return any(domain in word.lower() for word in _asked(rule, "AnyOfToHeader"))


def _keeps_out(rule: Record) -> bool:
    rejects = any(
        _asked(rule, name) for name in ("RejectMessageReasonText", "RejectMessageEnhancedStatusCode")
    )
    return rejects or rule.flag("DeleteMessage") or rule.flag("Quarantine")


def _asked(rule: Record, name: str) -> tuple[str, ...]:
    return rule.texts(name, nullable=True)


def _covers(rule: Record, name: str, domain: str) -> bool:
    asked = _asked(rule, name)
    if name == "RecipientDomainIs":
        return any(is_within(domain, normal_domain(each)) for each in asked)
    if name in _WORDS:
        return any(f"@{domain}".endswith(word) for word in map(_word, asked) if word)
    return any(_is_everybodys(_plain(each), domain) for each in asked)


def _is_everybodys(pattern: str, domain: str) -> bool:
    """Does every address of the domain meet the pattern?"""
    if f"@{domain}".endswith(pattern):
        return bool(pattern)
    return pattern.endswith(domain) and pattern.removesuffix(domain) in _ANYBODY


def _word(text: str) -> str:
    return text.lower().lstrip("*")


def _plain(pattern: str) -> str:
    """A pattern without what escapes and ends it: enough to tell which domain it is about."""
    return re.sub(r"\\(.)", r"\1", pattern).rstrip("$").lower()
