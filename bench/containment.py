"""What it costs to judge in a process apart, as checks of other distributions are: the sample plugin, both ways."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from timing import said, timed

from o365scan.api import Check, Dataset, TenantInfo
from o365scan.config import Limits
from o365scan.containment.judging import Containment
from o365scan.registry import Registry, load
from o365scan.scan import judge
from o365scan.snapshot import Manifest, Snapshot

_SAMPLE = Path(__file__).parents[1] / "tests" / "sample_plugin"
_PEOPLE = 20_000


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder))
        registry = load()
        checks = registry.select(["people.*"])
        for people in (1, _PEOPLE):
            snapshot = _snapshot(registry.datasets["people.users"], people, Path(folder, str(people)))
            here = timed(lambda: judge(snapshot, checks, registry, {}), 10, 10)  # noqa: B023 - called at once
            apart = timed(lambda: _apart(snapshot, checks, registry), 10, 10)  # noqa: B023 - as above
            print(said(f"a check of {people} in this process", here))
            print(said(f"a check of {people} in a process apart", apart))
            print(f"{'ratio':<44} {median(apart) / median(here):9.2f}")


def _apart(snapshot: Snapshot, checks: tuple[Check, ...], registry: Registry) -> None:
    with Containment(registry, Limits()) as judging:
        judge(snapshot, checks, registry, {}, judging)


def _install(folder: Path) -> None:
    """The sample plugin as pip leaves it in a folder of the path."""
    info = folder / "o365scan_sample-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: o365scan-sample\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[o365scan]\nsample = o365scan_sample\n")
    sys.path += [str(folder), str(_SAMPLE)]


def _snapshot(dataset: Dataset, people: int, path: Path) -> Snapshot:
    rows = [
        {
            "id": f"{number:08}",
            "displayName": f"Person {number}",
            "department": "Sales" if number % 20 else None,
            "userType": "Member",
        }
        for number in range(people)
    ]
    snapshot = Snapshot.create(path)
    snapshot.add(dataset, rows)
    snapshot.finish(dataset)
    tenant = TenantInfo("11111111-2222-4333-8444-555555555555")
    snapshot.seal(Manifest(tenant=tenant, collected_at=datetime(2026, 1, 1, tzinfo=UTC), version="0"))
    return snapshot


if __name__ == "__main__":
    main()
