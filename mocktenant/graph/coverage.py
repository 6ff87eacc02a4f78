"""What of Microsoft Graph is emulated, as a page for people: `python -m mocktenant.graph.coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mocktenant.graph.resources import BOTH, Resource, Roles
from mocktenant.graph.table import RESOURCES

PAGE = Path(__file__).with_name("COVERAGE.md")

_HEAD = """# Microsoft Graph in the mock tenant

Made from the table of resources by `python -m mocktenant.graph.coverage`; a test keeps it fresh.
The app role is the least that is enough; `+` joins those that are needed together. Paths are those of v1.0
and beta alike unless a version is named. Everything else is answered as Graph answers an unknown path, with a
header that names what comes near (`x-mocktenant-hint`), and is noted in the journal of requests.

| path | method | versions | least app role | licence | rows a page |
| --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    rows = sorted(_rows())
    doubts = sorted(set(_doubts()))
    listed = "\n".join(f"- `{path}`: {text}" for path, text in doubts)
    doubtful = "## Unconfirmed\n\nBeliefs that nobody has checked against a live tenant:"
    return f"{_HEAD}{''.join(rows)}\n{doubtful}\n\n{listed}\n"


def _rows() -> Iterator[str]:
    for row in RESOURCES:
        if row.read:
            yield _row(row, "GET", row.read)
        for method, write in row.writes.items():
            yield _row(row, method, write.roles)


def _row(row: Resource, method: str, roles: Roles) -> str:
    one = "/{id}" if method.partition(" ")[0] in ("PATCH", "DELETE") and not row.singleton else ""
    verb, _, ref = method.partition(" ")
    path = f"/{row.path}{one}{'/$ref' if ref else ''}"
    versions = "" if row.versions == BOTH else " ".join(sorted(row.versions))
    licence = row.licence.plan if row.licence is not None else ""
    size = f"{row.page or 'all'} to {row.largest}" if row.largest and verb == "GET" else ""
    return f"| `{path}` | {verb} | {versions} | {roles[0]} | {licence} | {size} |\n"


def _doubts() -> Iterator[tuple[str, str]]:
    for row in RESOURCES:
        if row.unconfirmed:
            yield row.path, row.unconfirmed
        for method, write in row.writes.items():
            if write.unconfirmed:
                yield f"{method} {row.path}", write.unconfirmed


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
