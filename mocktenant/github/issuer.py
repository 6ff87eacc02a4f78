"""Who GitHub says that a job is: the claims of its token, and the variables that lead a job to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mocktenant import seeds
from mocktenant.github.scanning import CodeScanning
from mocktenant.issuers import Issuer

API = "https://api.github.com"
URL = "https://token.actions.githubusercontent.com"
_SERVICE = "https://pipelines.actions.githubusercontent.com"
_NO_COLLECTION = "00000000-0000-0000-0000-000000000000"
_LIFETIME, _EARLY = 300, 600
"""Seconds: a token lives for five minutes and is dated ten minutes back, as in GitHub's own example."""


@dataclass(frozen=True)
class Job:
    """A running job. Repositories made or renamed since 15 July 2026 are `immutable`: ids in their subjects."""

    repository: str = "contoso/tenant-scan"
    ref: str = "refs/heads/main"
    environment: str | None = None
    event: str = "schedule"
    workflow: str = "scan"
    visibility: str = "private"
    owner_id: int = 9_000_001
    repository_id: int = 700_000_001
    immutable: bool = False
    permissions: str = "actions: read, contents: write, id-token: write, security-events: write"
    """What the workflow grants the job, as it is written there."""
    code_security: bool = True
    """Whether the repository may use code scanning; a public one always may."""

    @property
    def owner(self) -> str:
        """The account that the repository belongs to."""
        return self.repository.partition("/")[0]

    @property
    def subject(self) -> str:
        """The `sub` claim: an environment hides the ref, and so does a pull request."""
        if self.environment is not None:
            return f"{self._repo}:environment:{self.environment}"
        if self.event == "pull_request":
            return f"{self._repo}:pull_request"
        return f"{self._repo}:ref:{self.ref}"

    def may(self, *permissions: str) -> bool:
        """Whether the job was granted one of the permissions ("contents: write")."""
        granted = {each.strip() for each in self.permissions.split(",")}
        return not granted.isdisjoint(permissions)

    @property
    def has_code_scanning(self) -> bool:
        """Whether the repository takes logs."""
        return self.code_security or self.visibility == "public"

    @property
    def _repo(self) -> str:
        if not self.immutable:
            return f"repo:{self.repository}"
        owner, _, name = self.repository.partition("/")
        return f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}"


class GitHub(Issuer):
    """GitHub's issuer with one job that runs. Assign `job` for another."""

    def __init__(self, seed: int) -> None:
        super().__init__(URL)
        self.job = Job()
        source = seeds.rng(seed, "github")
        self._plan, self._job = seeds.guid(source), seeds.guid(source)
        self.path = (
            f"/{seeds.guid(source).replace('-', '')}/{_NO_COLLECTION}/_apis/distributedtask/hubs/Actions"
            f"/plans/{self._plan}/jobs/{self._job}/idtoken"
        )
        self.request_token = f"{seeds.guid(source)}.{seeds.guid(source)}"
        self.job_token = f"ghs_{seeds.guid(source).replace('-', '')}{source.randrange(10**4):04}"
        """What `${{ github.token }}` is, and opens the REST API."""
        self.code_scanning = CodeScanning()
        self._sha = f"{source.getrandbits(160):040x}"
        self._run = str(source.randrange(10**9, 10**10))

    def environment(self) -> dict[str, str]:
        """The variables of a job; those that lead to a token where it may ask for one (`id-token: write`)."""
        asking = {
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.request_token,
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{_SERVICE}{self.path}?api-version=2.0",
        }
        return (asking if self.job.may("id-token: write") else {}) | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": API,
            "GITHUB_EVENT_NAME": self.job.event,
            "GITHUB_REF": self.job.ref,
            "GITHUB_REPOSITORY": self.job.repository,
            "GITHUB_REPOSITORY_ID": str(self.job.repository_id),
            "GITHUB_REPOSITORY_OWNER": self.job.owner,
            "GITHUB_REPOSITORY_OWNER_ID": str(self.job.owner_id),
            "GITHUB_RUN_ID": self._run,
            "GITHUB_SHA": self._sha,
            "GITHUB_WORKFLOW": self.job.workflow,
        }

    def token(self, audience: str | None, now: float, mark: str) -> str:
        """A token for the job, for the owner's own audience unless told otherwise; `mark` is its `jti`."""
        return self.sign(self._claims(audience or f"https://github.com/{self.job.owner}", int(now), mark))

    def _claims(self, audience: str, now: int, mark: str) -> dict[str, Any]:
        job = self.job
        workflow_ref = f"{job.repository}/.github/workflows/{job.workflow}.yml@{job.ref}"
        claims = {
            "jti": mark,
            "sub": job.subject,
            "aud": audience,
            "ref": job.ref,
            "sha": self._sha,
            "repository": job.repository,
            "repository_owner": job.owner,
            "repository_owner_id": str(job.owner_id),
            "run_id": self._run,
            "run_number": "17",
            "run_attempt": "1",
            "repository_visibility": job.visibility,
            "repository_id": str(job.repository_id),
            "actor_id": "9000002",
            "actor": "octocat",
            "workflow": job.workflow,
            "head_ref": "",
            "base_ref": "",
            "event_name": job.event,
            "ref_protected": "true",
            "ref_type": "tag" if job.ref.startswith("refs/tags/") else "branch",
            "workflow_ref": workflow_ref,
            "workflow_sha": self._sha,
            "job_workflow_ref": workflow_ref,
            "job_workflow_sha": self._sha,
            "runner_environment": "github-hosted",
            "iss": URL,
            "nbf": now - _EARLY,
            "exp": now + _LIFETIME,
            "iat": now,
        }
        return claims if job.environment is None else claims | {"environment": job.environment}
