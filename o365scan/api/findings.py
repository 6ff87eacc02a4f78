"""What the engine concludes, and what a reporter is given to show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .changes import Baseline, Change, Subject
from .checks import Check, Problem, Severity, Undecided, Verdict
from .datasets import Dataset, Gap, GapReason
from .errors import PluginError

HEADER = ""
"""The key that stands for a dataset as a whole: its header object in the evidence tree."""


@dataclass(frozen=True, kw_only=True)
class AcceptedRisk:
    """A failure that somebody answers for until a day, as o365scan.toml says.

    `check` and `object` are globs; `object` is of the object's title or key. `expires` is the last day on which it
    holds, compared with the day in UTC on which the tenant was read. A failure that is graver than `severity` is not
    accepted (None: however grave it is), nor one that bears a sign of an intruder (`Problem.signs`), unless
    `despite_signs`. `tenant` is the name of one of the file's tenants, None for whichever is scanned.
    """

    check: str
    object: str
    reason: str
    owner: str
    expires: date
    severity: Severity | None = None
    """The gravest that is accepted; without it any."""
    despite_signs: bool = False
    """Whether it was looked into what the check calls signs of an intruder."""
    tenant: str | None = None
    """Of which tenant: a name of [[tenants]]. Without it: of whichever is scanned."""


class AcceptanceState(StrEnum):
    """What became of an accepted risk in a scan."""

    USED = "used"
    """Failures are accepted by it."""
    EXCEEDED = "exceeded"
    """What it names is graver than it accepts, or bears a sign of an intruder: that counts."""
    EXPIRED = "expired"
    """Its day is over: what it names counts."""
    UNMATCHED = "unmatched"
    """Nothing that it names fails: it can go."""
    UNDECIDED = "undecided"
    """Nothing that it names failed, and not everything could be seen."""


@dataclass(frozen=True)
class AcceptanceUse:
    """An accepted risk, and what became of it: `count` failures are accepted by it; `because` says more."""

    risk: AcceptedRisk
    state: AcceptanceState
    count: int = 0
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One verdict on one object (`dataset`, `key`) by one check.

    `title` is tenant data: every sink neutralises it. `held` marks a failure of an earlier scan that is
    repeated because today's verdict is `open`. `change` is how a failure stands to the report's `baseline`: None
    without one, or where it says nothing of it. `accepted` is who answers for a failure: it keeps its verdict, and is
    neither an alert nor counted by what ends a scan with an error.
    """

    check: str
    dataset: str
    key: str
    title: str
    verdict: Verdict
    severity: Severity
    problems: tuple[Problem, ...] = ()
    reasons: tuple[Undecided, ...] = ()
    held: bool = False
    change: Change | None = None
    accepted: AcceptedRisk | None = None

    @property
    def subject(self) -> Subject:
        return self.check, self.dataset, self.key

    @property
    def counts(self) -> bool:
        """Is it a failure that nobody has accepted?"""
        return self.verdict is Verdict.FAIL and self.accepted is None

    @property
    def area(self) -> str:
        return self.check.partition(".")[0]

    @property
    def message(self) -> str:
        """The problems, worst first, or the reasons of an `open` verdict."""
        return " ".join(item.message for item in self.problems) or " ".join(
            item.reason for item in self.reasons
        )

    @property
    def digest(self) -> str:
        """SHA-256 of what a failure says: severity, messages, and evidence with its values."""
        said = [
            [
                each.message,
                each.severity,
                [[it.dataset, it.key, it.pointer, it.value] for it in each.evidence],
            ]
            for each in self.problems
        ]
        # A plugin may have put into its evidence what is no JSON: its type is all that stays the same.
        text = json.dumps([self.severity, said], sort_keys=True, default=lambda value: type(value).__name__)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class PluginInfo:
    """A plugin that was loaded: entry point, distribution and its version.

    `checks`, `datasets`, `reporters` and `apis` are ids and names of what it brought and what could be used of it;
    `wants` is the range of versions of o365scan.api that it says it is written for, None where it does not say.
    """

    name: str
    distribution: str
    version: str
    checks: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    wants: str | None = None


@dataclass(frozen=True)
class PluginFailure:
    """A plugin, or a part of it, that could not be used.

    `stage`: allow (the configuration does not allow it), load, version (it is for another o365scan.api), hook, check,
    dataset or report.
    """

    plugin: str
    stage: str
    message: str


@dataclass(frozen=True)
class PluginNotice:
    """What a plugin's author should know, and what takes nothing from a report: a deprecated name, say."""

    plugin: str
    message: str


@dataclass(frozen=True)
class TenantInfo:
    """The tenant scanned. `name` and `domain` are None if the organization could not be read."""

    id: str
    name: str | None = None
    domain: str | None = None


@dataclass(frozen=True)
class Place:
    """Where an object stands in the evidence tree: a repository-relative URI, lines counted from 1."""

    uri: str
    start_line: int
    end_line: int


@dataclass(frozen=True)
class EvidenceFile:
    """A file of the evidence tree: its text and the place of each object by key."""

    uri: str
    text: str
    places: Mapping[str, Place]


@dataclass(frozen=True)
class LeftOut:
    """A check that the configuration leaves out, and by which key ("exclude")."""

    check: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a reporter may show of a scan.

    `findings` are ordered by check, then key. `held` are failures of earlier scans that today's blindness
    keeps alive; `alerts` are both kinds of failures as code scanning should show them, many of one rule rolled
    up into one (none without an evidence tree). `known` are the checks installed, of which `checks` ran.
    `evidence` maps a dataset's name to its file; None if no evidence tree was asked for. `notices` are for the
    authors of plugins, and take nothing from the report. `acceptances` are the accepted risks of o365scan.toml, and
    `left_out` the checks that it leaves out.

    With a `baseline`, `gone` are the failures of then that are no more, and `unsettled` those of which today nothing
    can be said: they were not judged, and are not repeated.
    """

    version: str
    tenant: TenantInfo
    collected_at: datetime
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    datasets: Mapping[str, Dataset]
    gaps: tuple[Gap, ...] = ()
    plugins: tuple[PluginInfo, ...] = ()
    failures: tuple[PluginFailure, ...] = ()
    held: tuple[Finding, ...] = ()
    evidence: Mapping[str, EvidenceFile] | None = None
    known: tuple[Check, ...] = ()
    alerts: tuple[Finding, ...] = ()
    notices: tuple[PluginNotice, ...] = ()
    baseline: Baseline | None = None
    gone: tuple[Finding, ...] = ()
    unsettled: tuple[Finding, ...] = ()
    acceptances: tuple[AcceptanceUse, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def place(self, finding: Finding) -> Place:
        """Where the finding's object stands in the evidence tree.

        Raises PluginError if there is no evidence tree or the object is not in it.
        """
        if self.evidence is None or finding.dataset not in self.evidence:
            raise PluginError(f"no evidence was written for {finding.dataset}")
        places = self.evidence[finding.dataset].places
        if finding.key not in places:
            raise PluginError(f"the evidence of {finding.dataset} lacks the object of a finding")
        return places[finding.key]

    def licences_wanted(self, finding: Finding) -> tuple[str, ...]:
        """The licences that the tenant would need for a pass to be possible; none if anything else is to blame.

        They are those that all of its problems name, or that all datasets need which leave it `open`.
        """
        wanted: set[str | None] = set()
        if finding.verdict is Verdict.FAIL:
            wanted = {each.licence for each in finding.problems}
        elif finding.verdict is Verdict.OPEN:
            wanted = {self.licence_wanted_for(each.gap or "") for each in finding.reasons}
        return tuple(sorted(each for each in wanted if each)) if None not in wanted else ()

    def licence_wanted_for(self, dataset: str) -> str | None:
        """The licence that reading the dataset needs, if lacking it is all that kept it from being read."""
        reasons = {gap.reason for gap in self.gaps if gap.dataset == dataset}
        known = self.datasets.get(dataset)
        return known.licence if known is not None and reasons == {GapReason.NOT_LICENSED} else None

    def unread_areas(self) -> frozenset[str]:
        """Areas of which no check could reach a verdict: all of their findings are `open`."""
        decided = {item.area for item in self.findings if item.verdict is not Verdict.OPEN}
        return frozenset({check.area for check in self.checks} - decided)
