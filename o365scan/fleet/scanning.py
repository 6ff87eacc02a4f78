"""Scans one tenant, wherever that is: a process of its own, with credentials, snapshot, evidence and log of its own.

What stands at its place afterwards: `o365scan.sarif`, `report.json` and the like, `tenant.o365scan` (the snapshot),
`evidence/`, `scan.log`; last `outcome.json`, which says that all of it is there.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from o365scan import __version__
from o365scan.api import Change, O365ScanError, Severity, Verdict, visible
from o365scan.files import private_folder
from o365scan.fleet.places import Place, folder_of, place_of
from o365scan.fleet.task import Outcome, State, Task, document_of

#: Ends when the pipe does that is its standard input: with whoever started it.
_PROGRAM = ("-m", "o365scan.cli.leashed")
SNAPSHOT, EVIDENCE, LOG, OUTCOME, CONFIG = (
    "tenant.o365scan",
    "evidence",
    "scan.log",
    "outcome.json",
    "o365scan.toml",
)
_SCANNED = (0, 1, 3)
_INTERRUPTED = 130
_GRACE = 10.0

_running: set[subprocess.Popen[bytes]] = set()
_running_lock = threading.Lock()
_stopped = threading.Event()


def file_of(report: str) -> str:
    """The name of a report's file."""
    return "o365scan.sarif" if report == "sarif" else f"report.{report}"


def scan_tenant(task: Task) -> Outcome:
    """Scan a tenant and publish what came of it. Whatever goes wrong is told in the outcome, and harms no other."""
    begun = time.monotonic()
    try:
        return _scanned(task, begun)
    except O365ScanError as cause:
        why = f"{cause} {cause.hint}" if cause.hint else str(cause)
    except OSError as cause:
        why = f"it could not be scanned here: {cause}"
    return _here(Outcome(tenant=task.tenant, state=State.NOT_SCANNED, why=visible(why, 1000)), begun)


def _here(outcome: Outcome, begun: float) -> Outcome:
    """By whom, and how long it took."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    return replace(outcome, worker=worker, seconds=round(time.monotonic() - begun, 1))


def begin() -> None:
    """Let scans begin again after `stop_all`."""
    _stopped.clear()


def stop_all() -> None:
    """End the scans of this process, as Ctrl-C would; none begins any more."""
    with _running_lock:
        _stopped.set()
        for process in _running:
            process.terminate()


def _scanned(task: Task, begun: float) -> Outcome:
    if task.version != __version__:
        raise O365ScanError(
            f"o365scan {__version__} is installed here, and {task.version} sent the task",
            hint="Install the same version on all machines.",
        )
    place = place_of(task.place, task.tenant)
    with place.kept_apart(), tempfile.TemporaryDirectory(prefix="o365scan-") as folder:
        work = Path(folder)
        results = work / "results"
        private_folder(results)
        code = _run(task, work, results, place)
        outcome = _here(_outcome(task, results, code), begun)
        _publish(task, place, results, outcome)
    return outcome


def _run(task: Task, work: Path, results: Path, place: Place) -> int:
    """Run the scan in the folder of its results, on top of the evidence that the last one left; its exit code."""
    config = Path(task.config_file or work / CONFIG)
    if task.config_file is None:
        config.write_text(task.config, "utf-8")
    place.fetch(EVIDENCE, results / EVIDENCE)
    previous = work / "previous.o365scan"
    compared = task.since_last and place.fetch(SNAPSHOT, previous)
    arguments = [
        "scan", "--config", str(config), "--tenant", task.tenant,
        "--evidence", str(results / EVIDENCE), "--save-snapshot", str(results / SNAPSHOT),
        *(part for report in task.reports for part in (f"--{report}", str(results / file_of(report)))),
        *(("--baseline", str(previous)) if compared else ()),
        *(part for each in _fail_on(task, compared=compared) for part in ("--fail-on", each)),
        *(("--allow-incomplete",) if task.allow_incomplete else ()),
    ]  # fmt: skip
    code = _ended(arguments, results / LOG, alone=task.alone)
    there = f"{task.place}/{folder_of(task.tenant)}"
    _rename(results / LOG, {previous: f"{there}/{SNAPSHOT}", results: there, work / CONFIG: CONFIG})
    return code


def _rename(log: Path, names: Mapping[Path, str]) -> None:
    """Call files by where they are kept: where they were meanwhile nobody finds them."""
    said = log.read_bytes()
    for path, name in names.items():
        said = said.replace(os.fsencode(path), name.encode())
    log.write_bytes(said)


def _fail_on(task: Task, *, compared: bool) -> list[str]:
    """To the first scan, and where the last one's snapshot is lost, all is new."""
    return [each if compared else each.removeprefix("new:") for each in task.fail_on]


def _ended(arguments: list[str], log: Path, *, alone: bool) -> int:
    """Run it where this process stands: what its environment names by a relative path is meant from there."""
    with log.open("wb") as said:
        with _running_lock:
            if _stopped.is_set():
                return _INTERRUPTED
            process = subprocess.Popen(  # noqa: S603 - our own program, and no shell
                [sys.executable, "-P", *_PROGRAM, *arguments],
                stdin=subprocess.PIPE, stdout=said, stderr=said, env=_environment(alone=alone),
            )  # fmt: skip
            _running.add(process)
        try:
            return process.wait()
        finally:
            _end(process)


def _environment(*, alone: bool) -> dict[str, str]:
    """This process's, but for the tenant: of several, those that name none would all be that one."""
    others = {name: value for name, value in os.environ.items() if alone or name != "AZURE_TENANT_ID"}
    return {**others, "PYTHONIOENCODING": "utf-8:backslashreplace", "CI": "true"}  # a log is no terminal


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let go of a scan: one that still runs (its waiting was interrupted) is ended."""
    with _running_lock:
        _running.discard(process)
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _outcome(task: Task, results: Path, code: int) -> Outcome:
    if code not in _SCANNED:
        why = _last_word(results / LOG) or _how(code)
        return Outcome(tenant=task.tenant, state=State.NOT_SCANNED, exit_code=code, why=why, place=task.place)
    report = json.loads((results / file_of("json")).read_text("utf-8"))
    failed = [each for each in report["findings"] if each["verdict"] == Verdict.FAIL and not each["accepted"]]
    new = sum(each["change"] == Change.NEW for each in failed)
    return Outcome(
        tenant=task.tenant,
        state=State.SCANNED,
        exit_code=code,
        tenant_id=report["tenant"]["id"],
        collected_at=report["collectedAt"],
        failed=dict(Counter(Severity(each["severity"]) for each in failed)),
        verdicts=dict(Counter(Verdict(each["verdict"]) for each in report["findings"])),
        gaps=len(report["gaps"]),
        new=new if report["baseline"] else None,
        place=task.place,
    )


def _last_word(log: Path) -> str | None:
    """What the scan said went wrong, with what to do; the program writes both as its last lines."""
    lines = log.read_text("utf-8", "backslashreplace").splitlines()
    at = max((n for n, line in enumerate(lines) if line.startswith(("o365scan: ", "Error: "))), default=None)
    return None if at is None else visible(" ".join(line.strip() for line in lines[at : at + 2]), 1000)


def _how(code: int) -> str:
    if code == _INTERRUPTED:
        return "the scan was interrupted"
    return f"the scan was ended by signal {-code}" if code < 0 else f"the scan ended with exit code {code}"


def _publish(task: Task, place: Place, results: Path, outcome: Outcome) -> None:
    """The evidence before what points into it, and the word that all is there last.

    A report that a scan could not write is none: the last scan's would be taken for it.
    """
    evidence = results / EVIDENCE
    if outcome.state is State.SCANNED:
        place.publish(evidence, EVIDENCE)
        for name in map(file_of, task.reports):
            if not (results / name).exists():
                place.discard(name)
    for file in sorted(results.iterdir()):
        if file != evidence:
            place.publish(file, file.name)
    (results / OUTCOME).write_text(json.dumps(document_of(outcome), indent=2) + "\n", "utf-8")
    place.publish(results / OUTCOME, OUTCOME)
