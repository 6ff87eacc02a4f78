"""What a scan is compared with, and what the comparison says of a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding

Subject = tuple[str, str, str]
"""What a verdict is on: check, dataset and key. It is the same in every scan of a tenant."""


class Change(StrEnum):
    """How a failure stands to an earlier scan (SARIF's baselineState: new, unchanged, updated, absent)."""

    NEW = "new"
    """It was judged then, or was not there then, and did not fail."""
    UNCHANGED = "unchanged"
    """It failed then and says the same today, or can't be judged today."""
    UPDATED = "updated"
    """It failed then, and today its message, its severity or a value of its evidence is another."""
    GONE = "gone"
    """It failed then; today it was judged and does not, or the object is no more."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The verdicts of an earlier scan of the same tenant.

    `source` is "snapshot", or the name of the reporter whose report it is. `findings` are the verdicts that it
    holds, the failures among them; a problem of theirs may lack the values of its evidence. `checks` are the ids of
    those that ran. `unsure` are the ids of those whose silence about an object does not say that it did not fail:
    something was undecided, left out, or rolled up into one. `digests` are the `Finding.digest` of failures; of
    one without, only the severity can be compared.
    """

    source: str
    tenant_id: str
    collected_at: datetime
    version: str
    checks: frozenset[str]
    findings: tuple[Finding, ...]
    unsure: frozenset[str] = frozenset()
    digests: Mapping[Subject, str] = field(default_factory=lambda: MappingProxyType({}))
