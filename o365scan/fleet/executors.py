"""Who scans the tenants: threads here, each waiting for a scan, or the workers of a Dask cluster."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from o365scan import __version__
from o365scan.api import O365ScanError
from o365scan.fleet.scanning import begin, stop_all


@dataclass(frozen=True)
class Patience:
    """Seconds: to reach the scheduler, from one look at it to the next, without any worker until it is said, and until
    none is waited for any more.
    """

    to_connect: float = 30
    to_look: float = 1
    to_speak: float = 5
    to_wait: float = 600


PATIENCE = Patience()


class NoCluster(O365ScanError):
    """The cluster can't be used."""


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """At most `count` scans at once on this machine. Whatever ends the block early ends the scans, too."""
    begin()
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
def dask(address: str, say: Callable[[str], None], *, patience: Patience = PATIENCE) -> Iterator[Executor]:
    """The workers of the cluster whose scheduler is at `address`; a task of a worker that dies goes to another one.

    Where there is no worker, that is said, and after a while all is let go. Whatever ends the block early takes back
    what has not begun; what workers have begun they end. TLS and its certificates come from Dask's own configuration
    (`distributed.comm.tls`). Raises NoCluster.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        raise NoCluster(
            f"--dask needs Dask ({cause.name} is missing)",
            hint="Install it with: pip install 'o365scan[fleet]'",
        ) from cause
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL
    )  # what is wrong with it is told by the outcomes
    try:
        client: Any = Client(address, timeout=patience.to_connect, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as cause:
        raise NoCluster(
            f"no Dask scheduler answers at {address}", hint="Start one with: dask scheduler"
        ) from cause
    with client:
        executor = client.get_executor(pure=False)
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(client, executor, ended, say, patience), daemon=True)
        watch.start()
        try:
            yield executor
        finally:
            ended.set()
            executor.shutdown(wait=False)
            watch.join()


def _watch(
    client: Any, executor: Executor, ended: threading.Event, say: Callable[[str], None], patience: Patience
) -> None:
    """Until the end, look whether there are workers; without any, say so, and let go of all in the end."""
    address = client.scheduler.address
    since, said = time.monotonic(), False
    while not ended.wait(patience.to_look):
        try:
            if client.nthreads():
                since, said = time.monotonic(), False
                continue
        except (OSError, ValueError, CancelledError):  # its scheduler is gone: the outcomes tell
            return
        alone = time.monotonic() - since
        if alone >= patience.to_speak and not said:
            said = True
            say(
                f"o365scan: waiting for a worker, with o365scan {__version__}: dask worker {address}\n"
                "  Why one ended is in its log."
            )
        elif alone >= patience.to_wait:
            say(f"o365scan: no worker for {alone:.0f} s: no more is waited for")
            executor.shutdown(wait=False)
            return
