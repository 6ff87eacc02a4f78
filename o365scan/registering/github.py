"""Whom Entra is to trust: the subject by which GitHub's tokens name a workflow of one repository.

https://docs.github.com/actions/reference/security/oidc and
https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects: repositories made, renamed
or transferred since 15 July 2026 (and those that chose to) name themselves with their ids. Entra compares a subject
letter by letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from o365scan.api import O365ScanError

ISSUER = "https://token.actions.githubusercontent.com"
#: Characters of a federated credential's name, which is part of URLs.
LONGEST = 120

_OWNER = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]+)?"
)  # with _SHORTCODE: an enterprise's users
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
# Narrower than GitHub: what needs no escaping in any script, and no %3A in the subject.
_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}")
_PLAIN = (
    "Letters, digits, '.', '_' and '-' only (and '/' in a branch), so that it needs no escaping anywhere."
)


class NoWorkflow(O365ScanError):
    """What was named is no repository, environment or branch that can be trusted."""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """The jobs that may sign in: those of one repository in one environment, or on one branch.

    With `ids` (of the owner and of the repository) the subject is immutable; with `by_name` it is not; with neither
    it is GitHub that must be asked. Raises NoWorkflow.
    """

    repository: str
    environment: str | None = None
    branch: str | None = None
    ids: tuple[int, int] | None = None
    by_name: bool = False

    def __post_init__(self) -> None:
        owner, slash, name = self.repository.partition("/")
        if not (slash and _OWNER.fullmatch(owner) and _REPOSITORY.fullmatch(name)) or name in (".", ".."):
            raise NoWorkflow(f"{self.repository!r} is no repository", hint="Write it as OWNER/NAME.")
        if (self.environment is None) == (self.branch is None):
            raise NoWorkflow("a workflow is trusted in one environment, or on one branch")
        if self.environment is not None and not _ENVIRONMENT.fullmatch(self.environment):
            raise NoWorkflow(f"{self.environment!r} can't be the name of the environment", hint=_PLAIN)
        if self.branch is not None and (not _BRANCH.fullmatch(self.branch) or ".." in self.branch):
            raise NoWorkflow(f"{self.branch!r} can't be the name of the branch", hint=_PLAIN)

    @property
    def context(self) -> str:
        """The end of the subject."""
        if self.environment is not None:
            return f":environment:{self.environment}"
        return f":ref:refs/heads/{self.branch}"

    @property
    def prefix(self) -> str | None:
        """The beginning of the subject, None where only GitHub knows."""
        owner, _, name = self.repository.partition("/")
        if self.ids is not None:
            return f"repo:{owner}@{self.ids[0]}/{name}@{self.ids[1]}"
        return f"repo:{self.repository}" if self.by_name else None
