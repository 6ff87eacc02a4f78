"""$search of the directory: `"displayName:x"`, joined by AND and OR.

Names and descriptions are found by the beginnings of their words, whatever their order; other texts by
their own beginning. Which properties the service searches is not known for all: any text may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.schema import Property, type_named

if TYPE_CHECKING:
    from mocktenant.collection import Object

Predicate = Callable[["Object"], bool]

_TOKEN = re.compile(
    r'\s*(?:"(?P<clause>(?:[^"\\]|\\.)*)"|(?P<word>AND|OR)(?=[\s"(])|(?P<sign>[()]))', re.IGNORECASE
)
_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
_IN_WORDS = frozenset({"displayName", "description"})


@lru_cache(maxsize=128)
def compiled(type_name: str, text: str, *, beta: bool) -> Predicate:
    """Reads a search. Raises GraphRefused for what is misspelt or unknown."""
    reader = _Reader(_tokens(text), text, type_name, beta)
    test = reader.either()
    if reader.tokens:
        raise reader.wrong()
    return test


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    rest = text.rstrip()
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise errors.bad_request(
                f"Syntax error: character '{rest[at]}' is not valid at position {at} in '{text}'."
            )
        kind = str(token.lastgroup)
        found.append((kind, token[kind]))
        at = token.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], text: str, type_name: str, beta: bool) -> None:
        self.tokens = tokens
        self.text = text
        self.type_name = type_name
        self.beta = beta

    def wrong(self) -> errors.GraphRefused:
        return errors.bad_request(f"Syntax error in $search '{self.text}'.")

    def take_if(self, word: str) -> bool:
        fits = bool(self.tokens) and self.tokens[0][0] != "clause" and self.tokens[0][1].upper() == word
        if fits:
            self.tokens = self.tokens[1:]
        return fits

    def either(self) -> Predicate:
        tests = [self.both()]
        while self.take_if("OR"):
            tests.append(self.both())
        return lambda item: any(test(item) for test in tests)

    def both(self) -> Predicate:
        tests = [self.one()]
        while self.take_if("AND"):
            tests.append(self.one())
        return lambda item: all(test(item) for test in tests)

    def one(self) -> Predicate:
        if self.take_if("("):
            inner = self.either()
            if not self.take_if(")"):
                raise self.wrong()
            return inner
        if not self.tokens or self.tokens[0][0] != "clause":
            raise self.wrong()
        (_, clause), *self.tokens = self.tokens
        return self.clause(re.sub(r"\\(.)", r"\1", clause))

    def clause(self, clause: str) -> Predicate:
        name, colon, wanted = clause.partition(":")
        if not colon or not wanted.strip():
            raise self.wrong()
        found = type_named(self.type_name).get(name.strip(), beta=self.beta)
        if found is None:
            raise errors.no_property(name, self.type_name)
        return _finding(found, wanted.strip())


def _finding(one: Property, wanted: str) -> Predicate:
    test = _by_words(wanted) if one.name in _IN_WORDS else _by_beginning(wanted)

    def found(item: Object) -> bool:
        value = item.get(one.name)
        return any(test(str(each)) for each in (value if one.many else [value]) or () if each is not None)

    return found


def _by_beginning(wanted: str) -> Callable[[str], bool]:
    return lambda text: text.casefold().startswith(wanted.casefold())


def _by_words(wanted: str) -> Callable[[str], bool]:
    """Every word of what is wanted begins some word of the text."""
    parts = _words(wanted)
    return lambda text: all(any(word.startswith(part) for word in _words(text)) for part in parts)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
