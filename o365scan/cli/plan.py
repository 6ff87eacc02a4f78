"""What `o365scan scan --explain-plan` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from rich.table import Table
from rich.text import Text

from o365scan.api import Check
from o365scan.forecast import Count, Expected, lookups, total

if TYPE_CHECKING:
    from rich.console import Console

_NAMED = 3
_REMARKS = (
    "Batches hold 20 requests to Microsoft Graph, 10 to Exchange Online. Pages are counted as full, further pages"
    " within a batch and what is tried again are not."
)


def show(expected: Iterable[Expected], checks: Iterable[Check], out: Console) -> None:
    """As a table, what takes most first, and the sum."""
    rows, checks = tuple(expected), tuple(checks)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Requests", no_wrap=True)
    table.add_column("Dataset, source, permission, checks", overflow="fold")
    for each in sorted(rows, key=lambda each: -each.requests.number if each.requests else 0):
        table.add_row(str(each.requests or "unknown"), Text("\n".join(_told(each, checks))))
    out.print(table)
    told = f"{len(rows)} datasets for {len(checks)} checks: {total(rows)} requests, sign-in included"
    if (asked := lookups(rows)) is not None:
        told += f", and {asked if asked.number else 'an unknown number of'} lookups in DNS"
    out.print(Text(f"{told}."))
    out.print(Text(_REMARKS, style="dim"))


def _told(each: Expected, checks: Iterable[Check]) -> Iterator[str]:
    need = each.dataset.permission
    yield f"{each.dataset.name}: {each.formula}"
    roles = ", ".join((*need.app_roles[:1], *need.directory_roles[:1])) or "no permission"
    yield f"  {each.dataset.source} ({roles})"
    users = _users(each, checks)
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    yield f"  for {', '.join(users[:_NAMED])}{more}" if users else "  to know whom to ask for"


def write(expected: Iterable[Expected], checks: Iterable[Check], stream: TextIO) -> None:
    """As JSON."""
    rows, checks = tuple(expected), tuple(checks)
    json.dump(
        {
            "datasets": [_row(each, checks) for each in rows],
            "requests": _count(total(rows)),
            "lookups": _count(lookups(rows)),
        },
        stream,
        indent=2,
    )
    stream.write("\n")


def _row(each: Expected, checks: Iterable[Check]) -> dict[str, object]:
    return {
        "dataset": each.dataset.name,
        "source": str(each.dataset.source),
        "permission": str(each.dataset.permission),
        "needs": [needed.name for needed in each.dataset.needs],
        "checks": _users(each, checks),
        "formula": each.formula,
        "requests": _count(each.requests),
    }


def _count(count: Count | None) -> dict[str, object] | None:
    return None if count is None else {"number": count.number, "bound": count.bound}


def _users(each: Expected, checks: Iterable[Check]) -> list[str]:
    """The checks that read it themselves; none for what is read only to know whom to ask for."""
    return [check.id for check in checks if each.dataset in (*check.datasets, *check.optional)]
