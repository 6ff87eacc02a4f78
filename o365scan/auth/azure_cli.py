"""The Azure CLI's sign-in: whoever ran `az login` on this machine, a person most of the time.

A person's tokens carry scopes of the Azure CLI and no app roles. They open what the scope and the person's own roles
both allow; Microsoft decides which APIs its CLI may have tokens for, and Exchange Online's may not be among them
(unconfirmed). https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
import time
from pathlib import Path

from o365scan.auth.claims import Claims, payload
from o365scan.auth.errors import SignInFailed
from o365scan.auth.refusals import refused as refusal_of
from o365scan.auth.source import How, Wanted, Way, demand_tenant
from o365scan.auth.wire import AADSTS
from o365scan.network import Unreachable
from o365scan.sign_in import Kind, SignIn

#: Seconds: it is a slow starter, and may have to ask Microsoft.
_LONGEST = 90
#: Seconds before its end from which a token is asked for anew, as `az` itself does.
_MARGIN = 300
_NOT_SIGNED_IN = ("az login", "az account set", "AADSTS70043", "AADSTS700082", "AADSTS50173")


class AzureCliTokens:
    """Access tokens of the Azure CLI's current account, by API."""

    def __init__(self, wanted: Wanted, how: How) -> None:
        self.how = how
        self._wanted = wanted
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}

    def __repr__(self) -> str:
        return "<AzureCliTokens>"

    def token(self, resource: str) -> str:
        """A valid token for the API at `resource`. Raises SignInFailed or Unreachable."""
        with self._lock:
            token, end = self._held.get(resource, ("", 0.0))
            if time.time() < end - _MARGIN:
                return token
            return self._acquire(resource)

    def renewed(self, resource: str, refused: str, claims: str | None) -> str:
        """What `az` gives now; it keeps tokens itself, so this may be the same. Raises SignInFailed or Unreachable.

        It has no way to ask for a token with the claims that a service wants: the person must sign in anew.
        """
        with self._lock:
            held, _ = self._held.get(resource, ("", 0.0))
            if held and held != refused:
                return held
            if claims is not None:
                condition = base64.b64encode(claims.encode()).decode()
                raise SignInFailed(
                    "the service wants a sign-in that meets a further condition, and az can't do that by itself",
                    code=None,
                    hint=f"Run: {self._login(resource)} --claims-challenge {condition}",
                )
            return self._acquire(resource)

    def _acquire(self, resource: str) -> str:
        token = self._asked(resource)
        claims = Claims.of(token)
        demand_tenant(claims.tenant_id, self._wanted.tenant, Kind.AZURE_CLI)
        end = payload(token).get("exp")
        self._held[resource] = (token, float(end) if isinstance(end, int | float) else 0.0)
        return token

    def _asked(self, resource: str) -> str:
        program = _program(self._wanted)
        if program is None:
            raise SignInFailed("the Azure CLI is not installed: there is no az on the PATH", code=None)
        arguments = ["account", "get-access-token", "--resource", resource, "--output", "json"]
        if tenant := self._wanted.tenant:
            arguments += ["--tenant", tenant]
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the words are ours, the tenant's form is looked at
                [program, *arguments],
                env={**self._wanted.network.environment, "AZURE_CORE_ONLY_SHOW_ERRORS": "true"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unreachable(f"az gave no token within {_LONGEST} s", hint="Try again later.") from None
        except OSError as cause:
            raise SignInFailed(f"{program} can't be run: {cause.strerror}", code=None) from None
        if done.returncode != 0:
            raise self._refused(resource, done.stderr.decode("utf-8", "replace"))
        return _token_in(done.stdout)

    def _refused(self, resource: str, said: str) -> SignInFailed:
        """What went wrong. Of what `az` wrote only Microsoft's own refusal is shown."""
        found = AADSTS.search(said)
        login = f"Run: {self._login(resource)}"
        if found:
            error = refusal_of(said[found.start() :])
            error.hint = error.hint or login
            return error
        if any(each in said for each in _NOT_SIGNED_IN):
            return SignInFailed("the Azure CLI is not signed in", code=None, hint=login)
        hint = f"See what it says: az account get-access-token --resource {resource} --query tenant"
        return SignInFailed("the Azure CLI gave no token", code=None, hint=hint)

    def _login(self, resource: str) -> str:
        tenant = self._wanted.tenant
        # The tenants of this tool have no subscription, or need none.
        return " ".join(
            [
                "az login --allow-no-subscriptions",
                *([f"--tenant {tenant}"] if tenant else []),
                f"--scope {resource}/.default",
            ]
        )


def _token_in(answer: bytes) -> str:
    try:
        token = json.loads(answer)["accessToken"]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = None  # raised below: the cause would hold the answer
    if not isinstance(token, str) or not token:
        raise SignInFailed("the Azure CLI answered without a token", code=None)
    return token


def _program(wanted: Wanted) -> str | None:
    """`az` as the PATH has it, and never one of the folder that happens to be the current one."""
    found = shutil.which("az", path=wanted.network.environment.get("PATH", ""))
    return found if found and Path(found).is_absolute() else None


def _named(_sign_in: SignIn) -> bool:
    return False


def _where(wanted: Wanted) -> str | None:
    """It is a last resort: who names a client id means that app, and not whoever is signed in here."""
    if wanted.client_id and wanted.sign_in.auth is not Kind.AZURE_CLI:
        return None
    return _program(wanted)


def _needs(_wanted: Wanted) -> str:
    return "the Azure CLI (az on the PATH)"


WAY = Way(
    kind=Kind.AZURE_CLI,
    is_app=False,
    named=_named,
    where=_where,
    needs=_needs,
    tokens=lambda wanted, where: AzureCliTokens(wanted, How(Kind.AZURE_CLI, where)),
)
