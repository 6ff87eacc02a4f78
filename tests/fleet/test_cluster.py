"""On a cluster: real Dask programs, of which one is killed; and the leash on which every scan of a fleet is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.fleet.cluster import cluster, kill_one_at_work, tenants

pytest.importorskip("distributed")


@pytest.mark.usefixtures("unmeasured")
def test_a_killed_workers_tenants_are_scanned_elsewhere(tmp_path: Path) -> None:
    with tenants(4, tmp_path) as config, cluster(tmp_path) as nodes:
        told = tmp_path / "told.json"
        program = [sys.executable, "-m", "o365scan", "fleet", "--config", config, "-o", tmp_path / "results",
                   "--dask", nodes.address, "--json", told]  # fmt: skip
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


def test_an_address_that_is_none(o365scan: Run, tmp_path: Path) -> None:
    (tmp_path / "o365scan.toml").write_text('[[tenants]]\nname = "contoso"\n')
    done = o365scan("fleet", "-o", "results", "--dask", "nonsense://x")
    assert (done.returncode, "no Dask scheduler answers" in done.stderr) == (2, True)


def test_a_scan_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
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
