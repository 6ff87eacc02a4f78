"""GitHub Actions vouches for its job: a token made anew for every request, and no secret stored anywhere.

https://docs.github.com/actions/reference/security/oidc and, for subjects that can't be taken over by whoever gets a
repository's name next, https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from o365scan.auth.claims import payload
from o365scan.auth.errors import CredentialUnusable, SignInFailed
from o365scan.auth.source import Assertion, How, Wanted, Way
from o365scan.auth.tokens import AppTokens
from o365scan.auth.wire import Wire
from o365scan.sign_in import Kind, SignIn

_URL, _TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_PERMISSION = "Give the job `permissions: id-token: write`."
_IMMUTABLE = re.compile(r"repo:[^/:@]+@\d+/[^/:@]+@\d+:.+")


@dataclass(frozen=True)
class Subject:
    """Whom GitHub's token is about, as the app's federated credential must have it."""

    issuer: str
    subject: str
    audience: str

    @property
    def is_immutable(self) -> bool:
        """Whether owner and repository are named with their ids, which nobody else can get."""
        return _IMMUTABLE.fullmatch(self.subject) is not None

    @classmethod
    def of(cls, token: str) -> Subject:
        """Read a token. Raises SignInFailed."""
        claims = payload(token)
        return cls(*(str(claims.get(name, "")) for name in ("iss", "sub", "aud")))


def _named(_sign_in: SignIn) -> bool:
    return False  # a job has one such service, and it is in the environment


def _where(wanted: Wanted) -> str | None:
    return _URL if wanted.variable(_URL) and wanted.variable(_TOKEN) else None


def _needs(_wanted: Wanted) -> str:
    return f"{_URL} and {_TOKEN} (a GitHub job with `permissions: id-token: write`)"


def _tokens(wanted: Wanted, where: str) -> AppTokens:
    assertion = _assertion(wanted)
    return AppTokens(wanted, {"client_assertion": assertion}, How(WAY.kind, where, assertion))


def _assertion(wanted: Wanted) -> Assertion:
    url, bearer = str(wanted.line(_URL)), str(wanted.line(_TOKEN))
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or "@" in parts.netloc:
        raise CredentialUnusable(f"{_URL} is no https address")
    audience = wanted.sign_in.federated_audience or wanted.cloud.federated_audience
    asked = f"{url}{'&' if parts.query else '?'}audience={quote(audience, safe='')}"
    wire = Wire(f"https://{parts.netloc}", wanted.network, wanted.first_wait)

    def fetch() -> str:
        answer = wire.send("GET", asked, headers={"Authorization": f"bearer {bearer}"})
        if answer.status_code != 200:
            raise SignInFailed(
                f"GitHub gave the job no token ({answer.status_code} from {parts.netloc})",
                code=None,
                hint=f"{_PERMISSION} The request token ends with the job.",
            )
        return _value(answer.content, parts.netloc)

    return fetch


def _value(content: bytes, host: str) -> str:
    try:
        value = json.loads(content)["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        value = None  # raised below, without the content
    if not isinstance(value, str) or not value:
        raise SignInFailed(f"GitHub's answer holds no token ({host})", code=None, hint=_PERMISSION)
    return value


WAY = Way(kind=Kind.GITHUB_OIDC, is_app=True, named=_named, where=_where, needs=_needs, tokens=_tokens)
