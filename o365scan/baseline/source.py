"""Where a baseline comes from: a snapshot is judged as today's is, a report is read by the reporter that wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from o365scan.admission import OWN
from o365scan.api import Baseline, BaselineError, Check, O365ScanError, PluginError, Reporter
from o365scan.registry import Registry
from o365scan.running import Judging
from o365scan.scan import judge
from o365scan.snapshot import MANIFEST, Snapshot
from o365scan.watchdog import bounded, described, staying

SNAPSHOT = "snapshot"
_SQLITE = b"SQLite format 3\x00"
#: Seconds that a stranger's reporter may take to read a report.
_SECONDS = 300.0
_HINT = "Name a snapshot (file or exported folder), or a SARIF log of o365scan's."


def baseline_of(
    path: Path, checks: Iterable[Check], registry: Registry, options: Mapping[str, Any], judging: Judging
) -> Baseline:
    """The earlier scan at `path`. A snapshot is judged by these checks with these options.

    Raises SnapshotError, or BaselineError for what is no snapshot and no report that can be compared with.
    """
    if path.is_dir() and not (path / MANIFEST).is_file():
        raise BaselineError(f"{path} is a folder, and no exported snapshot", hint=_HINT)
    if path.is_dir() or _begins(path) == _SQLITE:
        return _judged(Snapshot.open(path), checks, registry, options, judging)
    text = _text(path)
    own = {name for each in registry.plugins if each.distribution == OWN for name in each.reporters}
    for reporter in registry.reporters.values():
        found = _read(reporter, text, path, own=reporter.name in own)
        if found is not None:
            return found
    raise BaselineError(f"{path} is neither a snapshot nor a report to compare with", hint=_HINT)


def _judged(
    snapshot: Snapshot,
    checks: Iterable[Check],
    registry: Registry,
    options: Mapping[str, Any],
    judging: Judging,
) -> Baseline:
    report = judge(snapshot, checks, registry, options, judging)
    snapshot.close()
    return Baseline(
        source=SNAPSHOT,
        tenant_id=report.tenant.id,
        collected_at=report.collected_at,
        version=report.version,
        checks=frozenset(check.id for check in report.checks),
        findings=report.findings,
        digests={each.subject: each.digest for each in report.findings},
    )


def _read(reporter: Reporter, text: str, path: Path, *, own: bool) -> Baseline | None:
    if reporter.read is None:
        return None
    try:
        with nullcontext() if own else _limited(reporter):
            return reporter.read(text)
    except BaselineError as cause:
        raise BaselineError(f"{path}: {cause}", hint=cause.hint or _HINT) from cause
    except (O365ScanError, KeyboardInterrupt) as cause:
        if not isinstance(cause, PluginError):  # a KeyboardInterrupt that nobody pressed Ctrl-C for
            raise
        raise BaselineError(f"{path}: the reporter {reporter.name} failed to read it: {cause}") from cause
    except BaseException as cause:
        said = f"{path}: the reporter {reporter.name} failed to read it: {described(cause)}"
        raise BaselineError(said, hint=_HINT) from cause


@contextmanager
def _limited(reporter: Reporter) -> Iterator[None]:
    with bounded(_SECONDS, reporter.name, "to read a report"), staying():
        yield


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(len(_SQLITE))
    except OSError as cause:
        raise BaselineError(f"can't read {path}: {cause.strerror}", hint=_HINT) from cause


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as cause:
        raise BaselineError(f"can't read {path}: {cause.strerror}", hint=_HINT) from cause
    except UnicodeDecodeError as cause:
        raise BaselineError(f"{path} is no text: {cause.reason}", hint=_HINT) from cause
