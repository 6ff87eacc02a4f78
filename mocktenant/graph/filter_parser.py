"""Reads a $filter by recursive descent: each clause becomes a function over an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mocktenant.graph import errors
from mocktenant.graph.lexer import Word, words
from mocktenant.graph.schema import is_kind_of, is_type, type_named, type_of
from mocktenant.graph.terms import OPERATORS, Getter, Predicate, Scope, Term, compared, literal, of_property

_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_ADVANCED_FUNCTIONS = frozenset({"endswith", "contains"})
_CONSTANTS: dict[str, tuple[Any, str]] = {
    "true": (True, "Boolean"),
    "false": (False, "Boolean"),
    "null": (None, "Null"),
}
_DEEPEST = 40
"""How deep brackets and `not` may nest: Graph has a limit too, of unconfirmed size."""


@dataclass
class _Place:
    """Where a path has come to: the value so far and its type's name, "" where there is no further to go."""

    get: Getter
    type_name: str
    kind: str
    many: bool = False


@dataclass
class Parser:
    text: str
    type_name: str
    beta: bool
    at: int = 0
    depth: int = 0
    advanced: bool = False
    properties: set[str] = field(default_factory=set)
    relations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    variables: dict[str, _Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = words(self.text)

    # Words.

    @property
    def next(self) -> Word:
        return self.words[self.at]

    def take(self) -> Word:
        word = self.next
        self.at += word.kind != "end"
        return word

    def take_if(self, *keywords: str) -> bool:
        if self.next.says(*keywords):
            self.at += 1
            return True
        return False

    def demand(self, sign: str) -> None:
        if not self.take_if(sign):
            raise self.wrong()

    def wrong(self) -> errors.GraphRefused:
        return errors.bad_request(
            f"Invalid filter clause: Syntax error at position {self.next.at} in '{self.text}'."
        )

    # Conditions.

    def whole(self) -> Predicate:
        test = self.either()
        if self.next.kind != "end":
            raise self.wrong()
        return test

    def either(self) -> Predicate:
        tests = [self.both()]
        while self.take_if("or"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda scope: any(test(scope) for test in tests)

    def both(self) -> Predicate:
        tests = [self.one()]
        while self.take_if("and"):
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda scope: all(test(scope) for test in tests)

    def one(self) -> Predicate:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise errors.bad_request("The node count limit of the filter has been exceeded.")
        try:
            return self.single()
        finally:
            self.depth -= 1

    def single(self) -> Predicate:
        if self.take_if("not"):
            self.advanced = True
            inner = self.one()
            return lambda scope: not inner(scope)
        if self.take_if("("):
            inner = self.either()
            self.demand(")")
            return inner
        return self.comparison()

    def comparison(self) -> Predicate:
        left = self.operand()
        if not isinstance(left, Term):
            return left
        if not self.next.says(*OPERATORS):
            if left.kind != "Boolean" or left.many or left.literal:
                raise self.wrong()
            return lambda scope: left.get(scope) is True
        verb = self.take().text.lower()
        self.advanced |= verb == "ne"
        return self.among(left) if verb == "in" else compared(left, verb, self.value())

    def among(self, left: Term) -> Predicate:
        self.demand("(")
        tests = [compared(left, "eq", self.value())]
        while self.take_if(","):
            tests.append(compared(left, "eq", self.value()))
        self.demand(")")
        return lambda scope: any(test(scope) for test in tests)

    # Values.

    def operand(self) -> Term | Predicate:
        """A value, or a condition where a function or a lambda stands."""
        word = self.next
        if word.kind != "name" or word.text.lower() in _CONSTANTS:
            return self.constant()
        self.take()
        if self.next.says("("):
            return self.function(word)
        return self.path(word)

    def value(self) -> Term:
        found = self.operand()
        if not isinstance(found, Term):
            raise self.wrong()
        return found

    def constant(self) -> Term:
        word = self.next
        if word.kind in ("sign", "end"):
            raise self.wrong()
        self.take()
        if word.kind == "name":
            return literal(*_CONSTANTS[word.text.lower()])
        if word.kind == "text":
            return literal(word.text[1:-1].replace("''", "'"), "String")
        if word.kind == "enum":
            return literal(word.text.partition("'")[2][:-1], "Enum")
        if word.kind == "number":
            return literal(float(word.text.rstrip("lLmMdDfF")), "Int64")
        return literal(word.text, "Guid" if word.kind == "guid" else "DateTimeOffset")

    def function(self, word: Word) -> Predicate:
        if word.text.lower() == "isof":
            return self.is_of()
        test = _FUNCTIONS.get(word.text.lower())
        if test is None:
            raise errors.not_emulated(f"The function {word.text} in $filter")
        self.advanced |= word.text.lower() in _ADVANCED_FUNCTIONS
        self.demand("(")
        left = self.value()
        self.demand(",")
        right = self.value()
        self.demand(")")
        for term in (left, right):
            if term.many or term.kind not in ("String", "Enum"):
                raise errors.bad_request(
                    f"No function signature for the function with name '{word.text}' matches the "
                    f"specified arguments. The function takes Edm.String, not {term.edm}."
                )
        return lambda scope: test(left.get(scope) or "", right.get(scope) or "")

    def is_of(self) -> Predicate:
        """isof('microsoft.graph.user') of the object itself."""
        self.demand("(")
        said = self.take()
        self.demand(")")
        wanted = said.text.strip("'").removeprefix("#").removeprefix("microsoft.graph.")
        if said.kind not in ("text", "name") or not is_type(wanted):
            raise errors.bad_request(f"The type {said.text} is not defined in the model.")
        declared = self.type_name
        return lambda scope: is_kind_of(type_of(scope["$it"], declared), wanted)

    # Paths.

    def path(self, word: Word) -> Term | Predicate:
        place = self.start(word)
        while self.take_if("/"):
            step = self.next
            if step.kind != "name":
                raise self.wrong()
            self.take()
            name = step.text.lower()
            if name in ("any", "all") and self.next.says("("):
                return self.each(place, name == "any")
            if name == "$count":
                return self.counted(place)
            place = self.step(place, step.text)
        if place.type_name and not place.many:
            return Term(place.get, place.kind)  # a whole object compares to null only
        return of_property(place.get, place.kind, many=place.many)

    def start(self, word: Word) -> _Place:
        if word.text in self.variables:
            return self.variables[word.text]
        if word.text.lower() in self.relations:
            return self.relation(*self.relations[word.text.lower()])
        root = _Place(lambda scope: scope["$it"], self.type_name, self.type_name)
        if not word.text.lower().startswith("microsoft.graph."):
            self.properties.add(self.proper(self.type_name, word.text))
        return self.step(root, word.text)

    def relation(self, name: str, kind: str) -> _Place:
        """A relationship: it can be counted, or asked for some that fit."""
        self.advanced = True
        return _Place(lambda scope: scope["$related"](name), kind, kind, many=True)

    def proper(self, type_name: str, name: str) -> str:
        found = type_named(type_name).get(name, beta=self.beta)
        if found is None:
            raise errors.no_property(name, type_name)
        return found.name

    def step(self, place: _Place, name: str) -> _Place:
        if name.lower().startswith("microsoft.graph."):
            return self.cast(place, name)
        if not place.type_name or place.many:
            raise self.wrong()
        found = type_named(place.type_name).get(name, beta=self.beta)
        if found is None:
            raise errors.no_property(name, place.type_name)
        get, key = place.get, found.name
        further = found.kind if is_type(found.kind) else ""
        return _Place(lambda scope: _of(get(scope), key), further, found.kind, found.many)

    def cast(self, place: _Place, name: str) -> _Place:
        wanted = name[len("microsoft.graph.") :]
        if not is_type(wanted) or not place.type_name:
            raise errors.bad_request(f"The type '{name}' is not defined in the model.")
        get, declared = place.get, place.type_name

        def only(scope: Scope) -> Any:
            value = get(scope)
            fits = isinstance(value, dict) and is_kind_of(type_of(value, declared), wanted)
            return value if fits else None

        return _Place(only, wanted, wanted)

    def each(self, place: _Place, some: bool) -> Predicate:
        if not place.many:
            raise self.wrong()
        self.demand("(")
        get = place.get
        if some and self.take_if(")"):
            return lambda scope: bool(get(scope))
        name = self.take().text if self.next.kind == "name" else ""
        self.demand(":")
        outer = self.variables
        self.variables = outer | {name: _Place(lambda scope: scope[name], place.type_name, place.kind)}
        test = self.either()
        self.variables = outer
        self.demand(")")
        quantifier = any if some else all
        return lambda scope: quantifier(test({**scope, name: one}) for one in get(scope) or ())

    def counted(self, place: _Place) -> Term:
        if not place.many:
            raise self.wrong()
        self.advanced = True
        get = place.get
        return Term(lambda scope: len(get(scope) or ()), "Int64")


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
