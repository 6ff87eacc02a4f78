"""Who scans the tenants: threads here, each waiting for a scan, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from o365scan.api import O365ScanError
from o365scan.fleet.scanning import stop_all

#: Seconds to reach the scheduler.
_PATIENCE = 30


class NoCluster(O365ScanError):
    """The cluster can't be used."""


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """At most `count` scans at once on this machine. Whatever ends the block early ends the scans, too."""
    executor = ThreadPoolExecutor(count, thread_name_prefix="tenant")
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        stop_all()
        raise
    finally:
        executor.shutdown()


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """The workers of the cluster whose scheduler is at `address`; a task of a worker that dies goes to another one.

    TLS and its certificates come from Dask's own configuration (`distributed.comm.tls`). Raises NoCluster.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        raise NoCluster(
            f"--dask needs Dask ({cause.name} is missing)",
            hint="Install it with: pip install 'o365scan[fleet]'",
        ) from cause
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as cause:
        raise NoCluster(
            f"no Dask scheduler answers at {address}", hint="Start one with: dask scheduler"
        ) from cause
    with client, client.get_executor(pure=False) as executor:
        yield executor
