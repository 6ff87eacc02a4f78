"""The GitHub repository that a job runs for: who can read it, and whether it has code scanning.

Asked with the job's own token, before anything of a tenant is written into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

from o365scan.api import O365ScanError, ServiceError, visible
from o365scan.network import TIMEOUT, Network, Unreachable

_NAME = re.compile(r"(?!\.+/)[A-Za-z0-9._-]+/(?!\.+$)[A-Za-z0-9._-]+")
_API = "https://api.github.com"
#: A night's scan is not lost for a gateway that stumbled; the answer after the last try is told as it is.
_PASSING: dict[str, Any] = {
    "total": 3,
    "status_forcelist": (429, 500, 502, 503, 504),
    "backoff_factor": 0.2,
    "raise_on_status": False,
    "redirect": False,
}


class Visibility(IntEnum):
    """Who can read a repository, from few to everybody: `internal` is all of an enterprise."""

    PRIVATE = 0
    INTERNAL = 1
    PUBLIC = 2

    @property
    def word(self) -> str:
        """As GitHub spells it."""
        return self.name.lower()


class Refused(O365ScanError):
    """The repository is not fit for what was asked."""


class GitHubError(ServiceError):
    """GitHub did not say what had to be known."""


@dataclass(frozen=True)
class Repository:
    """A repository, and how to ask for it."""

    name: str
    event: str
    api: str
    token: str
    network: Network

    @classmethod
    def of(cls, environment: Mapping[str, str], network: Network) -> Repository:
        """That of the job, by the variables that GitHub sets. Raises GitHubError where there is no job or no token."""
        name, token = environment.get("GITHUB_REPOSITORY", ""), environment.get("GITHUB_TOKEN", "")
        if not _NAME.fullmatch(name):
            raise GitHubError(
                "GITHUB_REPOSITORY names no repository", hint="This is meant for a job of GitHub Actions."
            )
        if not token:
            raise GitHubError(
                "GITHUB_TOKEN is not set",
                hint="Give the step the job's token: GITHUB_TOKEN: ${{ github.token }}.",
            )
        api = environment.get("GITHUB_API_URL") or _API
        if urlsplit(api).scheme != "https":
            raise GitHubError(f"GITHUB_API_URL is {visible(api)}, and a token goes over TLS only")
        return cls(name, environment.get("GITHUB_EVENT_NAME", ""), api.rstrip("/"), token, network)

    def refuse_strangers(self, widest: Visibility) -> Visibility:
        """Who can read it. Raises Refused if that is more than `widest`, or the job is for a pull request.

        Raises GitHubError or Unreachable if GitHub does not say: what can't be told is not taken for private.
        """
        if self.event.startswith("pull_request"):
            raise Refused(
                f"the job runs for {visible(self.event)}: its code is not the one that somebody approved",
                hint="Run it on a schedule, or by hand (workflow_dispatch).",
            )
        found = self._visibility()
        if found > widest:
            raise Refused(
                f"{self.name} is {found.word}: the evidence describes the tenant, and would be there for all to read",
                hint="Use a private repository. If that is what you want, say so: --widest "
                f"{found.word} (of the action: widest-visibility).",
            )
        return found

    def why_no_code_scanning(self, visibility: Visibility) -> str | None:
        """What GitHub says against alerts in this repository; None if it takes them.

        Raises Refused if it is the job that may not, GitHubError or Unreachable if GitHub does not say.
        """
        if visibility is Visibility.PUBLIC:
            return None
        status, body = self._get(f"/repos/{self.name}/code-scanning/alerts?per_page=1")
        if status in (200, 404):  # 404: no analysis was uploaded yet
            return None
        said = _said(body)
        if status == 403 and "not accessible by integration" in said.lower():
            raise Refused(
                "the job may not read or write code scanning alerts",
                hint="Grant it: permissions: security-events: write. Or upload nothing.",
            )
        if status == 403:
            return said
        raise self._unexpected("code scanning", status, body)

    def _visibility(self) -> Visibility:
        status, body = self._get(f"/repos/{self.name}")
        if status != 200 or not isinstance(body, dict):
            raise self._unexpected("the repository", status, body)
        word = str(body.get("visibility", "")).upper()
        if word not in Visibility.__members__:
            raise GitHubError(f"GitHub does not say who can read {self.name}")
        return Visibility[word]

    def _get(self, path: str) -> tuple[int, Any]:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3 import Retry

        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        url = self.api + path
        try:
            with self.network.session(url) as session:
                session.mount("https://", HTTPAdapter(max_retries=Retry(**_PASSING)))
                answer = session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as cause:
            raise Unreachable(f"GitHub did not answer at {self.api}: {type(cause).__name__}") from cause
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, None

    def _unexpected(self, what: str, status: int, body: Any) -> GitHubError:
        return GitHubError(f"GitHub answered {status} when asked for {what} of {self.name}: {_said(body)}")


def _said(body: Any) -> str:
    message = body.get("message") if isinstance(body, dict) else None
    return visible(str(message)) if message else "it gave no reason"
