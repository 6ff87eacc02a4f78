"""Tokens of another issuer that the app trusts: from a file or a variable, or made by the caller's own function.

Kubernetes' workload identity writes such a file and renews it, so it is read anew for every request.
https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from pathlib import Path

from o365scan.auth.errors import CredentialUnusable, SignInFailed
from o365scan.auth.source import Assertion, How, Wanted, Way
from o365scan.auth.tokens import AppTokens
from o365scan.sign_in import Kind, SignIn

_FILE = "AZURE_FEDERATED_TOKEN_FILE"
_GIVEN = "the caller's function"


def _named(sign_in: SignIn) -> bool:
    return bool(sign_in.federated_token_file or sign_in.federated_token_env)


def _where(wanted: Wanted) -> str | None:
    if wanted.assertion is not None:
        return _GIVEN
    name = wanted.sign_in.federated_token_env
    if file := wanted.sign_in.federated_token_file or (None if name else wanted.variable(_FILE)):
        return file
    return name if name and wanted.variable(name) else None


def _needs(wanted: Wanted) -> str:
    return wanted.sign_in.federated_token_env or f"{_FILE} (or --federated-token-file)"


def _tokens(wanted: Wanted, where: str) -> AppTokens:
    assertion = _assertion(wanted, where)
    return AppTokens(wanted, {"client_assertion": assertion}, How(WAY.kind, where, assertion))


def _assertion(wanted: Wanted, where: str) -> Assertion:
    if wanted.assertion is not None:
        return wanted.assertion
    if held := wanted.variable(where) if where == wanted.sign_in.federated_token_env else None:
        return held.strip
    if not Path(where).is_file():
        raise CredentialUnusable(f"can't read the federated token: there is no file {where}")
    return lambda: _read(Path(where))


def _read(file: Path) -> str:
    try:
        token = file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise SignInFailed(f"can't read the federated token in {file}", code=None) from None
    if not token:
        raise SignInFailed(f"there is no federated token in {file}", code=None)
    return token


WAY = Way(kind=Kind.FEDERATED_TOKEN, is_app=True, named=_named, where=_where, needs=_needs, tokens=_tokens)
