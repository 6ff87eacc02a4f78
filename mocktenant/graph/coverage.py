"""What of Microsoft Graph is emulated, for the page that tells people."""

from __future__ import annotations

from collections.abc import Iterator

from mocktenant.graph.resources import BOTH, PAGED, Resource, Roles
from mocktenant.graph.table import RESOURCES

_HEAD = """## Microsoft Graph

The app role is the least that is enough; `+` joins those that are needed together. Paths are those of v1.0
and beta alike unless a version is named. *Options* are the query options that a list takes: `paged` stands for
`$select $filter $top $skiptoken $count $orderby`. Everything else is answered as Graph answers an unknown path,
with a header that names what comes near (`x-mocktenant-hint`), and is noted in the journal of requests.

| path | method | versions | least app role | licence | rows a page | options |
| --- | --- | --- | --- | --- | --- | --- |
"""


def section() -> str:
    """The table of paths."""
    return _HEAD + "".join(sorted(_rows()))


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
    return f"| `{path}` | {verb} | {versions} | {roles[0]} | {licence} | {size} | {_options(row, verb)} |\n"


def _options(row: Resource, verb: str) -> str:
    if verb != "GET":
        return ""
    paged = row.options >= PAGED
    more = sorted(row.options - PAGED if paged else row.options)
    expand = [f"$expand={name}" for name in sorted(row.expands)]
    return " ".join([*(["paged"] if paged else []), *more, *expand])


def doubts() -> Iterator[tuple[str, str]]:
    """What is a belief: of what, and which."""
    for row in RESOURCES:
        if row.unconfirmed:
            yield row.path, row.unconfirmed
        for method, write in row.writes.items():
            if write.unconfirmed:
                yield f"{method} {row.path}", write.unconfirmed
