"""The process that judges for strangers: what it says is what this process would have said, and it leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Server
from o365scan.api import Check, Report, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.config import Limits, options_of
from o365scan.containment.judging import Containment
from o365scan.network import Network
from o365scan.registry import Registry, load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service
from tests.core.shelf import Shelf
from tests.core.strange import filled, install
from tests.core.test_containment import saved

__all__ = ["saved"]  # the fixture

SAMPLE = Path(__file__).parents[1] / "sample_plugin"
ODD = """
import dataclasses, enum

class Colour(enum.Enum):
    RED = "red"

@dataclasses.dataclass(frozen=True)
class Options:
    names: frozenset[str] = frozenset({"a"})
    colour: Colour = Colour.RED
    table: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

@check("strange.thing-is-odd", severity=Severity.LOW, each=things, options=Options)
def thing_is_odd(thing, data, options, now, scanner):
    for each in data[things]:
        yield problem("about \\ud800 " + each.key, each.at("Odd"), severity=Severity.HIGH, at=each, signs=["a", "b"])
    yield problem("it", licence="P1", accept=Acceptance({"names": ["x"], "table": {"y": ["z"]}}), signs=())
    yield undecided(f"{options} {now} {scanner}", thing.at("Odd"))
    yield not_applicable("no")
    if thing.key == "2":
        data[None]

@check("strange.things-are-many", severity=Severity.MEDIUM, reads=[things])
def things_are_many(data):
    yield problem(f"{len(list(data[things]))} things")
    raise SystemExit("here")
"""


@pytest.fixture
def odd(shelf: Shelf, tmp_path: Path) -> Snapshot:
    """Things with odd values, and a plugin with a check that says everything that can be said of them."""
    install(shelf, "pass", ODD)
    values = [{"a/b~": [1.5, float("inf"), 2**80, None, True]}, "\ud800\u202e", []]
    return filled(Snapshot.create(), values)


def apart(
    snapshot: Snapshot, checks: Iterable[Check], registry: Registry, options: Mapping[str, Any] | None = None
) -> Report:
    """The report with strangers' checks judged in a process of their own."""
    with Containment(registry, Limits()) as judging:
        return judge(snapshot, checks, registry, options or {}, judging)


def test_what_it_says_is_what_this_process_would_have_said(odd: Snapshot) -> None:
    registry = load()
    checks = registry.select(["strange.*"])
    assert len(checks) == 4
    options = {"strange.thing-is-odd": None}
    contained = apart(odd, checks, registry, options)
    here = judge(odd, checks, registry, options)
    assert [repr(each) for each in contained.findings] == [repr(each) for each in here.findings]
    assert {each.verdict for each in here.findings} == {Verdict.PASS, Verdict.FAIL}
    assert contained.failures == here.failures
    assert [each.stage for each in here.failures] == ["check", "check"]


def test_options_reach_it_as_they_are(odd: Snapshot) -> None:
    registry = load()
    checks = registry.select(["strange.thing-is-odd"])
    options = options_of(
        checks, {"checks": {"strange.thing-is-odd": {"names": ["n"], "table": {"t": ["1", "2"]}}}}
    )
    contained = apart(odd, checks, registry, options)
    here = judge(odd, checks, registry, options)
    assert [repr(each) for each in contained.findings] == [repr(each) for each in here.findings]
    assert "names=frozenset({'n'}), colour=<Colour.RED: 'red'>, table={'t': ('1', '2')}" in str(here.findings)


def test_the_sample_plugin_is_judged_alike(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, baseline: Server
) -> None:
    monkeypatch.syspath_prepend(str(SAMPLE))
    shelf.add("o365scan-sample", "from o365scan_sample import *")
    registry = load()
    checks = registry.select(["people.*"])
    network = Network(baseline.environment())
    snapshot = Snapshot.create()
    take(Service(tokens_of(SignIn(), network), GLOBAL, network), plan(checks), registry, snapshot)
    contained, here = apart(snapshot, checks, registry), judge(snapshot, checks, registry, {})
    assert contained.findings == here.findings
    assert len(here.findings) > 10
    assert contained.failures == here.failures == ()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_snapshot_in_memory_is_a_private_file_meanwhile(shelf: Shelf, temporary: Path) -> None:
    looks = f"""
        from pathlib import Path
        (found,) = Path({str(temporary)!r}).rglob("snapshot")
        yield problem(oct(found.stat().st_mode & 0o777) + oct(found.parent.stat().st_mode & 0o777))
        os._exit(0)
    """
    install(shelf, looks)
    registry = load()
    report = apart(filled(Snapshot.create()), registry.select(["strange.thing-is-fine"]), registry)
    assert [each.problems[0].message for each in report.findings if each.key == "2"] == ["0o6000o700"]
    assert list(temporary.iterdir()) == []


def started(shelf: Shelf, saved: Path, body: str) -> tuple[subprocess.Popen[str], int]:
    """The program, while a check of a stranger's runs `body` in a process of that number."""
    pid = saved.parent / "pid"
    install(shelf, f"print(os.getpid(), file=open({str(pid)!r} + '_', 'w'), flush=True)\n"
                   f"os.rename({str(pid)!r} + '_', {str(pid)!r})\n{body}")  # fmt: skip
    program = subprocess.Popen(
        [sys.executable, "-m", "o365scan", "scan", "--snapshot", saved, "--check", "strange.*", "--json", "-"],
        env={**os.environ, "PYTHONPATH": str(shelf.folder)},
        cwd=saved.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    wait_for(pid.exists)
    return program, int(pid.read_text())


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return (
        Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
    )  # whoever adopted it has not yet looked


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_a_scan_quietly_and_all_that_it_started(
    shelf: Shelf, saved: Path, temporary: Path, number: signal.Signals
) -> None:
    program, worker = started(shelf, saved, "while True: pass")
    program.send_signal(number)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 130
    assert (out, err.strip()) == ("", "Interrupted: no output is left half-written.")
    assert is_gone(worker)
    assert list(temporary.iterdir()) == []


def test_a_scan_that_is_killed_leaves_no_process(shelf: Shelf, saved: Path) -> None:
    program, worker = started(shelf, saved, "while True: pass")
    program.kill()
    program.communicate(timeout=60)
    wait_for(lambda: is_gone(worker))


@pytest.mark.parametrize("then", ["", "os._exit(1)"])
def test_what_a_check_starts_ends_with_it(shelf: Shelf, saved: Path, then: str) -> None:
    pid = saved.parent / "child"
    child = f"import subprocess; open({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '1000']).pid))\n{then}"
    program, worker = started(shelf, saved, child)
    program.communicate(timeout=60)
    wait_for(lambda: is_gone(int(pid.read_text())) and is_gone(worker))
