"""By what `scan` judges a tenant, and the earlier scan that it is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from o365scan.api import AcceptedRisk, Baseline, Check, LeftOut, Report
from o365scan.registry import Registry
from o365scan.running import Judging
from o365scan.snapshot import Snapshot

if TYPE_CHECKING:
    from o365scan.config import Limits


@dataclass(frozen=True)
class Judges:
    """The checks, their options and limits. Each snapshot is judged in processes of its own.

    `risks` are accepted of the tenant today, `left_out` the checks that don't run, `secrets` the variables that no
    check gets.
    """

    registry: Registry
    checks: tuple[Check, ...]
    options: Mapping[str, Any]
    limits: Limits
    risks: tuple[AcceptedRisk, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    secrets: Collection[str] = ()
    quiet: bool = False
    """No progress on the terminal."""

    def baseline(self, previous: Path | None) -> Baseline | None:
        """What to compare with, if anything. Raises SnapshotError, BaselineError."""
        if previous is None:
            return None
        from o365scan.baseline import baseline_of

        with self._contained() as judging:
            return baseline_of(previous, self.checks, self.registry, self.options, judging)

    def report(self, snapshot: Snapshot, baseline: Baseline | None) -> Report:
        """What is said of a snapshot. Raises BaselineError, before anything is written, for one of another tenant."""
        from o365scan.scan import judge

        with self._contained() as judging:
            report = judge(
                snapshot,
                self.checks,
                self.registry,
                self.options,
                judging,
                risks=self.risks,
                left_out=self.left_out,
            )
        if baseline is not None:
            from o365scan.baseline import refuse_another_tenant

            refuse_another_tenant(report, baseline)
        return report

    @contextmanager
    def _contained(self) -> Iterator[Judging]:
        from o365scan.cli.progress import counting
        from o365scan.containment.judging import Containment

        with (
            Containment(self.registry, self.limits, self.secrets) as judging,
            counting(judging, len(self.checks), quiet=self.quiet) as counted,
        ):
            yield counted


def beside(report: Report, baseline: Baseline | None, snapshot: Snapshot) -> Report:
    """The report compared with its baseline, if there is one."""
    if baseline is None:
        return report
    from o365scan.baseline import compared

    return compared(report, baseline, snapshot)
