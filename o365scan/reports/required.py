"""What a scan can't do without."""

from __future__ import annotations

from o365scan.api import Dataset, Report


def required(report: Report) -> frozenset[str]:
    """The datasets without which a check can't decide, and those these need. The others only enrich what it finds."""
    found: set[Dataset] = set()
    waiting = [dataset for check in report.checks for dataset in check.datasets]
    while waiting:
        dataset = waiting.pop()
        if dataset not in found:
            found.add(dataset)
            waiting.extend(dataset.needs)
    return frozenset(each.name for each in found)
