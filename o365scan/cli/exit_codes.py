"""What the exit code says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from o365scan.api import O365ScanError, Report, ServiceError
from o365scan.cli.fail_on import FailOn, counted, uncertain
from o365scan.reports.required import required
from o365scan.reports.tally import undecided, unread


class ExitCode(IntEnum):
    """1 beats 3: a scan that found something and could not see everything exits with 1."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    NOT_SCANNED = 4
    INTERRUPTED = 130


def code_of(cause: O365ScanError) -> ExitCode:
    """Sign-in or network failed and nothing was scanned; everything else is usage or configuration."""
    return ExitCode.NOT_SCANNED if isinstance(cause, ServiceError) else ExitCode.USAGE


def code_of_report(report: Report, *, fail_on: Sequence[FailOn], allow_incomplete: bool) -> ExitCode:
    """FINDINGS at or above any `fail_on`, else INCOMPLETE if something was not seen or a plugin broke.

    So it is if what is new was asked about, and can't be told of a failure that would count.

    What somebody answers for (`Finding.accepted`) is no such finding. What the checks only enrich their findings with
    may be missing, unless a verdict is open for it. What takes a licence that the tenant has not bought is no fault of
    the scan, and may be missing too: the report says so.
    """
    if counted(report, fail_on):
        return ExitCode.FINDINGS
    incomplete = undecided(report) or _is_blind(report) or report.failures or uncertain(report, fail_on)
    if incomplete and not allow_incomplete:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE


def _is_blind(report: Report) -> bool:
    """Is anything missing that a check requires?"""
    gaps = {gap.dataset for gap in unread(report)}
    return not gaps.isdisjoint(required(report))
