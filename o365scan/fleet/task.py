"""What is sent to where a tenant is scanned, and what comes back: both plain, small, and without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from o365scan.api import Severity, Verdict


@dataclass(frozen=True, kw_only=True)
class Task:
    """One tenant to scan.

    `config` is the text of o365scan.toml, which holds references to credentials only; `config_file` is where it stands
    for scans on this machine, None on a cluster. `place` is a folder or an fsspec URL, `reports` are reporters by name;
    the rest is as `scan` has it.
    """

    tenant: str
    config: str
    place: str
    version: str
    config_file: str | None = None
    reports: tuple[str, ...] = ("json", "sarif")
    fail_on: tuple[str, ...] = ()
    allow_incomplete: bool = False
    since_last: bool = False
    """Compare with the snapshot that the last scan left, if there is one."""
    alone: bool = False
    """Whether it is the only tenant of the file: the environment may say which, then."""


class State(StrEnum):
    """What became of a tenant."""

    SCANNED = "scanned"
    NOT_SCANNED = "not scanned"
    LOST = "lost"
    """Whoever scanned it vanished, and nobody else could take it over."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one tenant. `exit_code` is that of `scan`, None where it never came to an end.

    `failed` counts failures that nobody accepted by severity, `verdicts` all findings by verdict. `why` is told where
    it was not scanned. `worker` is the host and process that did it, `seconds` how long it took there.
    """

    tenant: str
    state: State
    exit_code: int | None = None
    tenant_id: str | None = None
    collected_at: str | None = None
    failed: Mapping[Severity, int] = field(default_factory=dict)
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    gaps: int = 0
    new: int | None = None
    """Failures that the last scan did not have; None where it was not compared with one."""
    why: str | None = None
    place: str | None = None
    worker: str | None = None
    seconds: float = 0.0


def document_of(outcome: Outcome) -> dict[str, Any]:
    """As it stands in JSON: the same names, in camelCase."""
    return {_camel(name): value for name, value in asdict(outcome).items()}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)
