"""Code scanning of one repository: logs that were uploaded, and the alerts that they opened and closed.

An alert is what one tool says in one category of one rule at one file and line hash. A newer log of that tool and
category closes those that it lacks, and opens those that it has; what it does not speak of stays as it was.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mocktenant.github import logs
from mocktenant.github.logs import Json

LINE_HASH = "primaryLocationLineHash"

Identity = tuple[str, str, str, str, str]
"""Tool, category, rule, path, line hash."""


@dataclass
class Alert:
    """An alert, and whether it is open."""

    number: int
    tool: str
    category: str
    rule: str
    path: str
    line_hash: str
    message: str
    severity: str | None
    state: str = "open"
    commit_sha: str = ""
    ref: str = ""
    start_line: int = 1

    @property
    def identity(self) -> Identity:
        return self.tool, self.category, self.rule, self.path, self.line_hash


@dataclass(frozen=True)
class Upload:
    """A log as it came. With errors it changed nothing."""

    id: str
    commit_sha: str
    ref: str
    log: Any
    errors: tuple[str, ...] = ()


@dataclass
class CodeScanning:
    """What a repository holds. `git_folder` is where its commits are, None where any commit is believed."""

    git_folder: Path | None = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    alerts: dict[Identity, Alert] = field(default_factory=dict)

    def knows(self, commit_sha: str) -> bool:
        """Whether the repository has the commit."""
        if self.git_folder is None:
            return True
        asked = ["git", "-C", str(self.git_folder), "cat-file", "-e", f"{commit_sha}^{{commit}}"]
        return not subprocess.run(asked, capture_output=True, check=False).returncode  # noqa: S603 - hexadecimal digits

    def receive(self, id: str, commit_sha: str, ref: str, log: Any) -> Upload:
        """Take a log, or note why it is refused."""
        upload = Upload(id, commit_sha, ref, log, tuple(logs.errors(log)))
        self.uploads[id] = upload
        if not upload.errors:
            for run in log["runs"]:
                self._take(upload, run)
        return upload

    def states(self, state: str) -> set[tuple[str, str]]:
        """Rule and path of the alerts that are open, or fixed."""
        return {(alert.rule, alert.path) for alert in self.alerts.values() if alert.state == state}

    def _take(self, upload: Upload, run: Json) -> None:
        tool, category = run["tool"]["driver"]["name"], logs.category(run)
        severities = {
            rule["id"]: rule.get("properties", {}).get("security-severity")
            for rule in run["tool"]["driver"].get("rules", [])
        }
        told: set[Identity] = set()
        for result in run["results"]:
            alert = self._alert(tool, category, result, severities)
            alert.state, alert.commit_sha, alert.ref = "open", upload.commit_sha, upload.ref
            told.add(alert.identity)
        for identity, alert in self.alerts.items():
            if identity[:2] == (tool, category) and identity not in told and alert.state == "open":
                alert.state = "fixed"

    def _alert(self, tool: str, category: str, result: Json, severities: Mapping[str, str | None]) -> Alert:
        where = result["locations"][0]["physicalLocation"]
        line = where.get("region", {}).get("startLine", 1)
        rule = result["ruleId"]
        made = Alert(
            number=len(self.alerts) + 1,
            tool=tool,
            category=category,
            rule=rule,
            path=where["artifactLocation"]["uri"],
            line_hash=result.get("partialFingerprints", {}).get(LINE_HASH, f"line {line}"),
            message=result["message"]["text"],
            severity=result.get("properties", {}).get("security-severity", severities.get(rule)),
            start_line=line,
        )
        known = self.alerts.setdefault(made.identity, made)
        known.message, known.severity, known.start_line = made.message, made.severity, line
        return known
