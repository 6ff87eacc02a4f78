"""Checks: a decorated function in a file of its own; the module's docstring is its documentation."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import Any

from .datasets import Dataset
from .errors import IncompleteDataset, PluginError, Undecidable
from .records import Evidence, Record

ATTACK_VERSION = "18.1"
"""The MITRE ATT&CK release whose technique ids checks name."""

_ID = re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)+")
_SECTION = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_INJECTED = frozenset({"data", "options", "now", "scanner"})


class Severity(StrEnum):
    """How bad a problem is; ordered, `CRITICAL` highest."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for `INFO` to 4 for `CRITICAL`."""
        return (Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL).index(self)


class Verdict(StrEnum):
    """SARIF's result kinds. `OPEN` is a verdict that could not be reached; its reason says why."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NOT_APPLICABLE = "notApplicable"
    OPEN = "open"


@dataclass(frozen=True, eq=False)
class Acceptance:
    """By which entries of the check's options a problem is accepted, once a person has looked at it.

    `entries` are what to add to the options: texts to a list, or by key to a table of lists. They accept this problem
    of this object and, as far as the options can tell things apart, nothing else. `o365scan adopt` proposes them where
    all that is wrong with an object can be accepted and nothing about it is a sign of an intruder (`Problem.signs`).
    Offer none where a severity was lowered because a thing is switched off.
    """

    entries: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Problem:
    """Something wrong with an object. `severity` None means the check's own; `at` None the judged record."""

    message: str
    evidence: tuple[Evidence, ...] = ()
    severity: Severity | None = None
    at: Record | None = None
    accept: Acceptance | None = None
    signs: tuple[str, ...] | None = None
    """What about it looks like an intruder's, a phrase each ("its name is blank"); empty if the check looked and saw
    nothing. None if the check doesn't say: then high or critical counts as a sign."""
    licence: str | None = None
    """What would have to be bought before anybody could mend it ("Microsoft Entra ID P1"), if the tenant lacks that."""


@dataclass(frozen=True)
class Undecided:
    """A value that can't be resolved, so that the object can't be passed."""

    reason: str
    evidence: tuple[Evidence, ...] = ()
    at: Record | None = None
    gap: str | None = None
    """The incomplete dataset that is to blame, if one is."""

    @classmethod
    def by(cls, cause: Undecidable) -> Undecided:
        """What an exception kept from being decided."""
        return cls(str(cause), gap=cause.dataset if isinstance(cause, IncompleteDataset) else None)


@dataclass(frozen=True)
class NotApplicable:
    """Nothing is there that could be judged: neither well nor wrong. `at` None means the judged record."""

    reason: str
    at: Record | None = None


Judgement = Problem | Undecided | NotApplicable
"""What a check may yield; where all is well it yields nothing."""


def problem(
    message: str,
    *evidence: Evidence,
    severity: Severity | None = None,
    at: Record | None = None,
    accept: Acceptance | None = None,
    signs: Iterable[str] | None = None,
    licence: str | None = None,
) -> Problem:
    """Something is wrong: one sentence that says what, with the properties that prove it.

    `accept` says by which of the check's options an organisation accepts it, `signs` what about it looks like an
    intruder's: () where nothing does, however grave a weakness it is. `licence` is what the tenant would have to buy
    before it could be mended; that is info, and is told apart from what can be mended now.
    """
    told = None if signs is None else tuple(signs)
    return Problem(message, evidence, severity, at, accept, told, licence)


def undecided(reason: str, *evidence: Evidence, at: Record | None = None) -> Undecided:
    """A value can't be resolved; the object becomes `open` unless a problem is proven."""
    return Undecided(reason, evidence, at)


def not_applicable(reason: str, *, at: Record | None = None) -> NotApplicable:
    """There is nothing to judge; the object gets no pass, unless a problem or an undecided value says more."""
    return NotApplicable(reason, at)


def independently(*clauses: Iterable[Judgement]) -> Iterator[Judgement]:
    """Judge clauses that don't need each other: what one of them can't decide never hides another's problem.

    Give generators (they run lazily). A clause that hits a missing field or a gap becomes `Undecided`.
    """
    for clause in clauses:
        try:
            yield from clause
        except Undecidable as cause:
            yield Undecided.by(cause)


@dataclass(frozen=True)
class Documentation:
    """A check's module docstring: a title line, then `##` sections in Markdown."""

    title: str
    markdown: str
    sections: dict[str, str]

    REQUIRED = ("What it looks at", "Why it matters", "Remediation", "Sources")

    @classmethod
    def parse(cls, docstring: str | None) -> Documentation:
        """Read a docstring; raises PluginError if it is absent."""
        text = inspect.cleandoc(docstring or "")
        title, _, body = text.partition("\n")
        if not title:
            raise PluginError("the module has no docstring", hint="A check's docstring is its documentation.")
        parts = _SECTION.split(body)
        sections = {name: content.strip() for name, content in zip(parts[1::2], parts[2::2], strict=True)}
        return cls(title.strip(), text, sections)

    def missing(self) -> tuple[str, ...]:
        """The required sections that are absent or empty."""
        return tuple(name for name in self.REQUIRED if not self.sections.get(name))


@dataclass(frozen=True, eq=False)
class Check:
    """A check as the engine sees it; made by the `check` decorator. Calling it calls the function."""

    id: str
    severity: Severity
    each: Dataset | None
    reads: tuple[Dataset, ...]
    optional: tuple[Dataset, ...]
    options: type[Any] | None
    attack: tuple[str, ...]
    controls: tuple[str, ...]
    function: Callable[..., Iterator[Judgement]]
    parameters: frozenset[str]
    """Which of `data`, `options`, `now` and `scanner` the function takes, beside the record."""

    def __call__(self, *args: Any, **kwargs: Any) -> Iterator[Judgement]:
        return self.function(*args, **kwargs)

    @property
    def area(self) -> str:
        """The first segment of the id: what is read, and left out, together."""
        return self.id.partition(".")[0]

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """All that must be whole for a pass: `each` first, then `reads`."""
        return ((self.each,) if self.each else ()) + self.reads

    @property
    def subject(self) -> Dataset:
        """The dataset whose header stands for the check where no object does."""
        return self.datasets[0]

    @property
    def documentation(self) -> Documentation:
        """The documentation: the docstring of the function's module."""
        return Documentation.parse(inspect.getdoc(inspect.getmodule(self.function)))

    def __repr__(self) -> str:
        return f"<Check {self.id}>"


def check(
    id: str,
    *,
    severity: Severity,
    each: Dataset | None = None,
    reads: Sequence[Dataset] = (),
    optional: Sequence[Dataset] = (),
    options: type[Any] | None = None,
    attack: Sequence[str] = (),
    controls: Sequence[str] = (),
) -> Callable[[Callable[..., Iterator[Judgement]]], Check]:
    """Make a generator function a check.

    `id` states the wanted condition ("entra.admin-has-mfa"). With `each`, the function's first parameter is
    one record of that dataset; `data`, `options`, `now` and `scanner` (the app id that the tenant was read as, None
    if the snapshot doesn't say) are passed to parameters of those names. `reads` and `each` must be whole for a
    pass; `optional` datasets enrich, and make a verdict `open` only where the check needs to look into what is missing.
    `options` is a frozen dataclass with defaults, read from o365scan.toml. `attack` names techniques of
    MITRE ATT&CK (ATTACK_VERSION), `controls` ids such as "CIS-M365-7.0/6.2.2" or "SCuBA/MS.EXO.1.1v2".

    Raises PluginError if the declaration contradicts itself.
    """

    def decorate(function: Callable[..., Iterator[Judgement]]) -> Check:
        _refuse_contradictions(id, function, each, reads, options)
        parameters = list(inspect.signature(function).parameters)
        injected = parameters[1:] if each else parameters
        if unknown := set(injected) - _INJECTED:
            raise PluginError(f"check {id}: no such parameter: {', '.join(sorted(unknown))}")
        return Check(
            id, severity, each, tuple(reads), tuple(optional), options,
            tuple(attack), tuple(controls), function, frozenset(injected),
        )  # fmt: skip

    return decorate


def _refuse_contradictions(
    id: str, function: Callable[..., Any], each: Dataset | None, reads: Sequence[Dataset], options: Any
) -> None:
    if not _ID.fullmatch(id):
        raise PluginError(f"check id {id!r} is not <area>.<wanted-condition>, lower case with hyphens")
    wanted = id.partition(".")[2].replace("-", "_")
    if function.__name__ != wanted:
        raise PluginError(f"check {id}: the function must be called {wanted}, not {function.__name__}")
    if each is None and not reads:
        raise PluginError(f"check {id}: it reads nothing; name a dataset in each= or reads=")
    if options is not None and not is_dataclass(options):
        raise PluginError(f"check {id}: options= must be a frozen dataclass with defaults")


def checks_in(package: str) -> Iterator[Check]:
    """The checks of a package, one a module, in order of name.

    Raises PluginError for a module that defines none or more than one; an import error of a module is the
    plugin's error and goes through.
    """
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
        module = importlib.import_module(f"{package}.{found.name}")
        own = [
            value for value in vars(module).values()
            if isinstance(value, Check) and value.function.__module__ == module.__name__
        ]  # fmt: skip
        if len(own) != 1 or own[0].function.__name__ != found.name:
            raise PluginError(
                f"{module.__name__}: a module of checks defines one check, of the module's name"
            )
        yield own[0]
