"""The alerts that the last scan left open, kept beside the evidence, and which of them today's scan holds.

GitHub closes an alert that the next upload lacks. A scan that could not look must not close anything, so a
verdict that is `open` today repeats the failure that stood there before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from o365scan.api import HEADER, Evidence, Finding, Gap, Problem, Severity, Subject, Verdict

from .evidence_objects import EvidenceError, json_text
from .rollup import Group
from .tally import worst_verdicts

FILE = "alerts.json"
_VERSION = 1


class Pointer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an alert was based on: a JSON Pointer into an object. The value stays in the evidence file."""

    dataset: str
    key: str
    pointer: str


class Alert(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A failure as it was reported last."""

    check: str
    dataset: str
    key: str
    title: str
    message: str
    severity: Severity
    evidence: tuple[Pointer, ...] = ()
    signs: tuple[str, ...] = ()
    """What about it looked like an intruder's."""

    @property
    def subject(self) -> Subject:
        return self.check, self.dataset, self.key

    def finding(self) -> Finding:
        """The failure, as a held one."""
        evidence = tuple(Evidence(item.dataset, item.key, item.pointer, None) for item in self.evidence)
        return Finding(
            check=self.check,
            dataset=self.dataset,
            key=self.key,
            title=self.title,
            verdict=Verdict.FAIL,
            severity=self.severity,
            problems=(Problem(self.message, evidence, self.severity, signs=self.signs or None),),
            held=True,
        )


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last scan's alerts, and the groups (check, dataset) of them that were shown as one."""

    alerts: tuple[Alert, ...] = ()
    rolled_up: tuple[Group, ...] = ()
    version: int = _VERSION


def alert_of(finding: Finding) -> Alert:
    """What is kept of a failure."""
    pointers = dict.fromkeys(
        Pointer(item.dataset, item.key, item.pointer)
        for problem in finding.problems
        for item in problem.evidence
    )
    signs = dict.fromkeys(sign for problem in finding.problems for sign in problem.signs or ())
    return Alert(
        finding.check, finding.dataset, finding.key, finding.title, finding.message, finding.severity,
        tuple(pointers), tuple(signs),
    )  # fmt: skip


def read_state(text: str | None) -> State:
    """The state in a file; an empty one if there is no file.

    Raises EvidenceError if it can't be relied on: taking it for empty would close every held alert.
    """
    if text is None:
        return State()
    try:
        # Not msgspec's own parser: it refuses lone surrogates, which a tenant's names may hold.
        state = msgspec.convert(json.loads(text), State)
    except ValueError as cause:
        raise _damaged(str(cause)) from cause
    if state.version != _VERSION:
        raise EvidenceError(
            f"{FILE} is of version {state.version}, this o365scan writes version {_VERSION}",
            hint="Scan with the o365scan that wrote it, or a newer one.",
        )
    if len({alert.subject for alert in state.alerts}) != len(state.alerts):
        raise _damaged("an alert stands there twice")
    return state


def state_text(alerts: Iterable[Alert], groups: Iterable[Group]) -> str:
    """The state file, ordered by check, dataset and key."""
    once = {alert.subject: alert for alert in alerts}
    state = State(tuple(once[subject] for subject in sorted(once)), tuple(sorted(groups)))
    return json_text(msgspec.to_builtins(state)) + "\n"


@dataclass(frozen=True)
class Holding:
    """Decides which earlier alerts stay open although nothing fails there today."""

    ran: Collection[str]
    verdicts: dict[Subject, Verdict]
    blind: frozenset[str]
    """Checks that could not look: an `open` verdict on a dataset as a whole."""
    incomplete: frozenset[str]
    """Datasets of which something is missing."""

    @classmethod
    def of(cls, ran: Collection[str], findings: Sequence[Finding], gaps: Iterable[Gap]) -> Holding:
        verdicts = {subject: item.verdict for subject, item in worst_verdicts(findings).items()}
        blind = {item.check for item in findings if item.key == HEADER and item.verdict is Verdict.OPEN}
        return cls(ran, verdicts, frozenset(blind), frozenset(gap.dataset for gap in gaps))

    def holds(self, alert: Alert, *, seen: Callable[[str, str], bool]) -> bool:
        """Whether the alert is repeated. `seen` tells whether an object (dataset, key) was read today."""
        if alert.check not in self.ran:
            return True
        verdict = self.verdicts.get(alert.subject)
        if verdict is Verdict.FAIL:
            return False
        # What proved it may stand in what can't be read today.
        if any(
            item.dataset in self.incomplete and not seen(item.dataset, item.key) for item in alert.evidence
        ):
            return True
        if verdict is not None:
            return verdict is Verdict.OPEN
        if alert.check in self.blind:
            return True
        return alert.dataset in self.incomplete and not seen(alert.dataset, alert.key)


def _damaged(why: str) -> EvidenceError:
    return EvidenceError(
        f"{FILE} is damaged: {why}",
        hint="Restore the evidence folder from version control. Without this file, alerts that can't be "
        "checked today would be closed; delete it only to start afresh.",
    )
