"""On a cluster: real Dask programs, of which one is killed; and the leash on which every scan of a fleet is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from o365scan import __version__
from o365scan.fleet.executors import Patience, dask
from o365scan.fleet.run import outcomes
from o365scan.fleet.task import State, Task
from tests.conftest import Run
from tests.fleet.cluster import cluster, kill_one_at_work, tenants

pytest.importorskip("distributed")


@pytest.mark.long
@pytest.mark.usefixtures("unmeasured")
def test_a_killed_workers_tenants_are_scanned_elsewhere(tmp_path: Path) -> None:
    with tenants(4, tmp_path) as config, cluster(tmp_path) as nodes:
        told = tmp_path / "told.json"
        program = [sys.executable, "-m", "o365scan", "fleet", "--config", str(config), "-o", str(tmp_path / "results"),
                   "--dask", nodes.address, "--json", str(told)]  # fmt: skip
        with (tmp_path / "log").open("wb") as log:
            fleet = subprocess.Popen(program, stdout=log, stderr=log)
        killed, had = kill_one_at_work(nodes)
        assert fleet.wait() == 0
    done = json.loads(told.read_text("utf-8"))["tenants"]
    assert [each["state"] for each in done] == ["scanned"] * 4
    assert [bool(each["failed"]) for each in done] == [True, False, False, False]
    by = [int(each["worker"].rpartition(":")[2]) for each in done]
    assert had
    assert by.count(nodes.workers[1].pid) >= len(had)
    assert set(by) <= {killed, nodes.workers[1].pid}


@pytest.fixture
def scheduler() -> Iterator[str]:
    """The address of a scheduler that has no worker."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started.scheduler_address


def test_without_workers(scheduler: str, tmp_path: Path) -> None:
    """Nobody waits for ever, or without a word; who is interrupted doesn't wait for tasks that nobody does."""
    task = Task(tenant="contoso", config="", place=str(tmp_path), version=__version__)
    said: list[str] = []
    with dask(scheduler, said.append, patience=Patience(to_look=0.01, to_speak=0, to_wait=0.05)) as executor:
        (lost,) = outcomes([task], executor)
    assert (lost.state, "it has no worker left" in str(lost.why)) == (State.LOST, True)
    assert f"waiting for a worker, with o365scan {__version__}: dask worker {scheduler}" in said[0]
    assert "no more is waited for" in said[1]
    with pytest.raises(KeyboardInterrupt):
        _interrupted(scheduler)


def _interrupted(scheduler: str) -> None:
    with dask(scheduler, print) as executor:
        executor.submit(print)
        raise KeyboardInterrupt


def test_an_address_that_is_none(o365scan: Run, tmp_path: Path) -> None:
    (tmp_path / "o365scan.toml").write_text('[[tenants]]\nname = "contoso"\n')
    done = o365scan("fleet", "-o", "results", "--dask", "nonsense://x")
    assert (done.returncode, "no Dask scheduler answers" in done.stderr) == (2, True)


def test_a_scan_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    """Whenever that is: here before the command line is loaded."""
    program = [
        sys.executable,
        "-m",
        "o365scan.cli.leashed",
        "scan",
        "--mock",
        "baseline",
        "--mock-size",
        "2000",
    ]
    with (tmp_path / "log").open("wb") as log:
        scan = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=tmp_path)
    assert scan.stdin is not None
    scan.stdin.close()
    assert scan.wait(30) == 130
    assert list(tmp_path.iterdir()) == [tmp_path / "log"]
