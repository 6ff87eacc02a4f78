"""A fleet of tenants through an executor: each outcome as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, as_completed

from o365scan.api import visible
from o365scan.fleet.scanning import scan_tenant
from o365scan.fleet.task import Outcome, State, Task


def outcomes(tasks: Iterable[Task], executor: Executor) -> Iterator[Outcome]:
    """Scan all; one outcome for each task, in the order in which they end."""
    waiting = {executor.submit(scan_tenant, task): task for task in tasks}
    for future in as_completed(waiting):
        yield _outcome(waiting[future], future)


def _outcome(task: Task, future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except CancelledError:
        why = "the cluster let go of it: it has no worker left, or its scheduler is gone"
    except Exception as cause:  # noqa: BLE001 - the executor's: what a scan raises is an outcome already
        why = f"nobody could scan it to the end: {visible(f'{type(cause).__name__}: {cause}', 1000)}"
    return Outcome(tenant=task.tenant, state=State.LOST, why=why, place=task.place)
