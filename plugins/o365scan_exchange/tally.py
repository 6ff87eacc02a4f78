"""What some have and most don't: named one by one if they are few, else counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from o365scan.api import (
    Acceptance,
    Evidence,
    Judgement,
    Record,
    Severity,
    Undecidable,
    Undecided,
    problem,
)

_MOST_NAMED = 25
_EVIDENCE = 5


@dataclass
class Tally:
    """Objects that have something which should be off, the first of them, and how many don't have it."""

    having: int = 0
    without: int = 0
    first: list[tuple[Record, Evidence]] = field(default_factory=list)
    unknown: dict[str, Undecided] = field(default_factory=dict)
    """By their text: one missing field is said once, not for every object."""

    def count(self, record: Record, proof: Evidence | None) -> None:
        """One more; `proof` that it has it, None if it hasn't."""
        if proof is None:
            self.without += 1
            return
        self.having += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append((record, proof))

    def doubt(self, cause: Undecidable) -> None:
        """One more, of which it can't be told."""
        self.unknown[str(cause)] = Undecided.by(cause)

    @property
    def is_usual(self) -> bool:
        """Is it the tenant's way to have it, rather than an exception?"""
        return self.having > _MOST_NAMED or self.having >= self.without

    @property
    def total(self) -> int:
        """All of which it can be told."""
        return self.having + self.without

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """A few of those that have it."""
        return tuple(proof for _, proof in self.first[:_EVIDENCE])

    def judged(
        self,
        of_many: str,
        of_one: str,
        severity: Severity | None = None,
        accept: Callable[[Record], Acceptance | None] = lambda _: None,
    ) -> Iterator[Judgement]:
        """One problem for all if it is usual, else one at each; and what can't be told.

        `accept` says by which options one of them is accepted.
        """
        if self.having and self.is_usual:
            yield problem(of_many, *self.evidence, severity=severity)
        elif self.having:
            for record, proof in self.first:
                yield problem(
                    f"{record.title} {of_one}", proof, severity=severity, at=record, accept=accept(record)
                )
        yield from self.unknown.values()
