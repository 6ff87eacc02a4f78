"""Authentication methods of a user: all together, and each type under a path of its own."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import errors
from mocktenant.graph.resources import Resource, Write
from mocktenant.graph.sources import methods, owned
from mocktenant.graph.table import activities
from mocktenant.graph.table.app_roles import METHODS, WRITE_METHODS
from mocktenant.graph.table.kinds import action, whole
from mocktenant.graph.writes import methods as acts

_PATH = "users/{id}/authentication"
_listed = partial(whole, denial=errors.request_failed, read=METHODS)
_KINDS = {
    "emailMethods": "emailAuthenticationMethod",
    "externalAuthenticationMethods": "externalAuthenticationMethod",
    "fido2Methods": "fido2AuthenticationMethod",
    "microsoftAuthenticatorMethods": "microsoftAuthenticatorAuthenticationMethod",
    "phoneMethods": "phoneAuthenticationMethod",
    "platformCredentialMethods": "platformCredentialAuthenticationMethod",
    "softwareOathMethods": "softwareOathAuthenticationMethod",
    "temporaryAccessPassMethods": "temporaryAccessPassAuthenticationMethod",
    "windowsHelloForBusinessMethods": "windowsHelloForBusinessAuthenticationMethod",
}
"""Segment -> type of what can be taken away under it."""

_NEEDED = {
    "emailMethods": ("emailAddress",),
    "phoneMethods": ("phoneNumber", "phoneType"),
    "temporaryAccessPassMethods": (),
}
"""What can be registered for a user by an administrator, and what of it must be said."""


def _typed(segment: str, kind: str) -> Resource:
    writes = {"DELETE": Write(WRITE_METHODS, acts.remove, activity=activities.METHOD_REMOVED)}
    if segment in _NEEDED:
        writes["POST"] = Write(
            WRITE_METHODS,
            acts.registers(kind),
            takes=kind,
            needed=_NEEDED[segment],
            activity=activities.METHOD_ADDED,
        )
    return _listed(f"{_PATH}/{segment}", kind, methods(kind), writes=writes)


ROWS: tuple[Resource, ...] = (
    _listed(f"{_PATH}/methods", "authenticationMethod", owned("authenticationMethods", "userId"), mixed=True),
    _listed(
        f"{_PATH}/passwordMethods", "passwordAuthenticationMethod", methods("passwordAuthenticationMethod")
    ),
    *(_typed(segment, kind) for segment, kind in _KINDS.items()),
    action(
        f"{_PATH}/methods/{{id}}/resetPassword",
        Write(
            WRITE_METHODS,
            acts.reset_password,
            takes="",
            parameters={"newPassword": "String"},
            activity=activities.PASSWORD_RESET,
            unconfirmed="that an app may do it: the documentation says only people can",
        ),
        denial=errors.request_failed,
    ),
)
