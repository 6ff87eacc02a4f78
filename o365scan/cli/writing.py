"""Reports that `scan` was asked for, written one after the other, whoever's reporter it is."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from o365scan.admission import OWN
from o365scan.api import (
    NothingToReport,
    PluginError,
    PluginFailure,
    PluginNotice,
    Report,
    Reporter,
)
from o365scan.cli.common import plugins
from o365scan.files import OutputError, atomic_text
from o365scan.printed import hushed
from o365scan.watchdog import Overdue, bounded, described, staying

if TYPE_CHECKING:
    from o365scan.config import Limits


def written(
    reporter: Reporter, report: Report, path: Path, choices: Mapping[str, str], limits: Limits
) -> Report:
    """Write one report; returns it with what went wrong. Where it could not be written, no older one is left."""
    printed: list[PluginNotice] = []
    why = None
    try:
        with (
            output(path) as stream,
            _contained(
                reporter, path, limits, lambda said: printed.append(PluginNotice(reporter.name, said))
            ),
        ):
            reporter.write(report, stream, choices)
    except (OutputError, OSError, KeyboardInterrupt):
        raise  # the place failed, or the user ended it, not the reporter
    except (NothingToReport, PluginError, Overdue) as cause:
        why = str(cause)
    except BaseException as cause:  # noqa: BLE001 - a reporter is a plugin's code
        why = described(cause)
    report = replace(report, notices=(*report.notices, *printed))
    if why is None:
        return report
    if path.is_file():
        path.unlink()
    failure = PluginFailure(reporter.name, "report", f"{path} was not written: {why}")
    return replace(report, failures=(*report.failures, failure))


@contextmanager
def _contained(reporter: Reporter, path: Path, limits: Limits, told: Callable[[str], None]) -> Iterator[None]:
    """For a stranger's reporter: as long as a check may take, and what it prints is told, not shown.

    What is asked for on standard output can't be told from what is printed there.
    """
    if any(reporter.name in each.reporters for each in plugins().plugins if each.distribution == OWN):
        yield
        return
    try:
        with (
            bounded(limits.seconds, reporter.name, "to write"),
            nullcontext() if str(path) == "-" else hushed(told),
            staying(),
        ):
            yield
    except OSError as cause:
        if cause.filename is None and cause.errno is not None:  # of the stream that it writes to
            raise
        raise PluginError(described(cause)) from cause


def output(path: Path) -> AbstractContextManager[TextIO]:
    """A file that appears whole or not at all, or standard output."""
    return _stdout() if str(path) == "-" else atomic_text(path)


@contextmanager
def _stdout() -> Iterator[TextIO]:
    """Standard output as a stream of its own, which a reporter may close; as it is where it is no file."""
    sys.stdout.flush()
    try:
        copy = os.dup(sys.stdout.fileno())
    except io.UnsupportedOperation:
        yield sys.stdout
        return
    with os.fdopen(copy, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors) as stream:
        yield stream
