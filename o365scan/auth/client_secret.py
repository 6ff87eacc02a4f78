"""Client secrets: from a file, standard input or a variable, never from an argument."""

from __future__ import annotations

from o365scan.auth.material import read_text
from o365scan.auth.source import How, Wanted, Way
from o365scan.auth.tokens import AppTokens
from o365scan.sign_in import Kind, SignIn

_VARIABLE = "AZURE_CLIENT_SECRET"


def _named(sign_in: SignIn) -> bool:
    return bool(sign_in.client_secret_file or sign_in.client_secret_env)


def _where(wanted: Wanted) -> str | None:
    if file := wanted.sign_in.client_secret_file:
        return "standard input" if file == "-" else file
    name = wanted.sign_in.client_secret_env or _VARIABLE
    return name if wanted.variable(name) else None


def _needs(wanted: Wanted) -> str:
    return f"{wanted.sign_in.client_secret_env or _VARIABLE} (or --client-secret-file)"


def _tokens(wanted: Wanted, where: str) -> AppTokens:
    file = wanted.sign_in.client_secret_file
    secret = read_text(file, "client secret") if file else wanted.variable(where)
    return AppTokens(wanted, secret or "", How(WAY.kind, where))


WAY = Way(kind=Kind.CLIENT_SECRET, is_app=True, named=_named, where=_where, needs=_needs, tokens=_tokens)
