"""What of Exchange Online is emulated, for the page that tells people."""

from __future__ import annotations

from collections.abc import Iterator

from mocktenant.exchange.admin_api import ENDPOINTS
from mocktenant.exchange.cmdlet import Command
from mocktenant.exchange.cmdlets import CMDLETS
from mocktenant.exchange.entity_sets import SETS
from mocktenant.exchange.invoke import needs

_HEAD = """## Exchange Online

Cmdlets of the admin API (`InvokeCommand`, alone or in a `$batch` of ten), with the directory roles any one of
which has it, least first; `+` joins those that have it together. A role group of Exchange that the app is in is
the other way. Parameters of the real cmdlet that are not in the list are refused as unknown ones are; those behind
*refused* are known, and refused in plain words.

| cmdlet | | directory roles | parameters | refused |
| --- | --- | --- | --- | --- |
"""


def section() -> str:
    """The table of cmdlets, then the two other ways in."""
    sets = ", ".join(f"`{name}`" for name in sorted(SETS))
    endpoints = ", ".join(f"`{name}`" for name in sorted(ENDPOINTS))
    return (
        f"{_HEAD}{''.join(_rows())}\n"
        f"Entity sets behind `Get-EXO*`: {sets}.\n\n"
        f"Endpoints of the documented v2.0 API: {endpoints}.\n"
    )


def doubts() -> Iterator[tuple[str, str]]:
    """What is a belief: of which cmdlet, and which."""
    for name, row in CMDLETS.items():
        if row.unconfirmed:
            yield name, row.unconfirmed


def _rows() -> Iterator[str]:
    for name, row in sorted(CMDLETS.items()):
        kind = "writes" if isinstance(row, Command) else "reads"
        roles = ", ".join(needs(name)[1])
        taken, refused = " ".join(sorted(row.parameters)), " ".join(sorted(row.unemulated))
        yield f"| `{name}` | {kind} | {roles} | {taken} | {refused} |\n"
