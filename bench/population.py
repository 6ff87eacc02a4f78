"""What a large tenant costs to make: every collection, time and memory. Give the number of accounts to change it."""

from __future__ import annotations

import resource
import sys
import time

from mocktenant import Tenant

_ACCOUNTS = 100_000
_WORTH_A_LINE = 0.02


def main() -> None:
    """Prints the figures."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else _ACCOUNTS
    began, busy = time.perf_counter(), time.process_time()
    tenant = Tenant(size=size)
    for name in tenant.keys:
        before = time.perf_counter()
        count = len(tenant.collection(name))
        took = time.perf_counter() - before
        if took > _WORTH_A_LINE:
            print(f"  {name:<42} {took:9.2f} s    {count:>9,} objects")
    wall, cpu = time.perf_counter() - began, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{size:,} accounts with all that is theirs       {wall:9.2f} s    {cpu:.2f} s of work, {memory} MB"
    )


if __name__ == "__main__":
    main()
