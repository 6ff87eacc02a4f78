"""A Dask cluster of two workers, programs of their own as on two machines: one is killed while it scans.

`python -m tests.fleet.cluster 20` scans so many mock tenants and says who scanned which.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mocktenant import Tenant, serve

#: Which checks: enough to see that each tenant is judged for itself.
CHECKS = '[scan]\nchecks = ["exchange.transport-rule-is-harmless"]\n'
_PATIENCE = 60.0


def environment_file(folder: Path, name: str, environment: Mapping[str, str]) -> Path:
    """What leads to a served tenant, credentials included, for the scans of this tenant alone."""
    path = folder / f"{name}.env"
    path.write_text("".join(f"{key}={value}\n" for key, value in environment.items()), "utf-8")
    return path


@contextmanager
def tenants(count: int, folder: Path) -> Iterator[Path]:
    """So many served tenants; yields the configuration that names them. The first was attacked."""
    with ExitStack() as stack:
        text = CHECKS
        for number in range(count):
            tenant = Tenant("baseline" if number else "oauth-spam-campaign", seed=number, size=5)
            server = stack.enter_context(serve(tenant))
            path = environment_file(folder, f"t{number:02}", server.environment())
            text += f'[[tenants]]\nname = "t{number:02}"\nenvironment_file = "{path}"\n'
        config = folder / "o365scan.toml"
        config.write_text(text, "utf-8")
        yield config


@dataclass
class Cluster:
    """A scheduler and two workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, *, threads: int = 2) -> Iterator[Cluster]:
    """Started as on machines of their own, on loopback only, without a nanny that would start a killed one anew."""
    with ExitStack() as stack:
        where = folder / "scheduler.json"
        scheduler = [*_dask("scheduler"), "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                     "--scheduler-file", str(where)]  # fmt: skip
        stack.enter_context(_program(scheduler, folder / "scheduler.log"))
        address = json.loads(_awaited(where))["address"]
        worker = [*_dask("worker"), address, "--host", "127.0.0.1", "--no-nanny", "--no-dashboard",
                  "--nthreads", str(threads), "--local-directory", str(folder)]  # fmt: skip
        workers = [stack.enter_context(_program(worker, folder / f"worker{n}.log")) for n in range(2)]
        yield Cluster(address, workers)


def _dask(role: str) -> list[str]:
    return [sys.executable, "-m", "dask", role]


@contextmanager
def _program(arguments: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stream:
        process = subprocess.Popen(arguments, stdout=stream, stderr=stream)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _awaited(path: Path) -> str:
    """The text of a file that another program is about to write."""
    end = time.monotonic() + _PATIENCE
    while not (path.exists() and (text := path.read_text("utf-8")).endswith("}")):
        if time.monotonic() > end:
            raise TimeoutError(path)
        time.sleep(0.05)
    return text


def kill_one_at_work(cluster: Cluster) -> tuple[int, list[str]]:
    """Once both workers scan, kill the first, as a machine that loses power; its process id and what it had."""
    from distributed import Client

    end = time.monotonic() + _PATIENCE
    with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        pids: dict[str, int] = {}
        while time.monotonic() < end:
            pids = pids if len(pids) == 2 else client.run(os.getpid)
            busy: dict[str, Any] = client.processing()
            if len(pids) == 2 and all(busy.get(address) for address in pids):
                victim = cluster.workers[0]
                (address,) = [address for address, pid in pids.items() if pid == victim.pid]
                victim.kill()
                return victim.pid, [str(key) for key in busy[address]]
            time.sleep(0.05)
    raise TimeoutError("the workers were never busy")


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tenants(count, folder) as config, cluster(folder) as nodes:
            run = [sys.executable, "-m", "o365scan", "fleet", "--config", str(config), "-o", str(folder / "results"),
                   "--dask", nodes.address, "--json", str(folder / "told.json")]  # fmt: skip
            fleet = subprocess.Popen(run)
            pid, tasks = kill_one_at_work(nodes)
            code = fleet.wait()
            told = json.loads((folder / "told.json").read_text("utf-8"))
    scanned = [each for each in told["tenants"] if each["state"] == "scanned"]
    by = {each["worker"].rpartition(":")[2] for each in scanned}
    survivor = str(nodes.workers[1].pid)
    print(f"cluster: exit code {code}, {len(scanned)} of {count} scanned; worker {pid} was killed with {len(tasks)} at"
          f" work; scanned by {', '.join(sorted(by))}, of which {survivor} outlived it")  # fmt: skip
    return 0 if code == 0 and len(scanned) == count and survivor in by and tasks else 1


if __name__ == "__main__":
    sys.exit(main())
