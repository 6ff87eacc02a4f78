"""The grants in which a person signs in: not emulated beyond Microsoft's refusal of what can't be right.

Nobody has a password here and no code or refresh token was ever given out, so every such request is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from mocktenant.login.errors import SignInRefused
from mocktenant.tenant import Tenant

GRANTS: dict[str, tuple[str, ...]] = {
    "authorization_code": ("client_id", "code"),
    "password": ("client_id", "username", "password"),
    "refresh_token": ("client_id", "refresh_token"),
    "urn:ietf:params:oauth:grant-type:device_code": ("client_id", "device_code"),
    "urn:ietf:params:oauth:grant-type:jwt-bearer": ("client_id", "assertion"),
}
"""Grant -> the form fields that it can't do without."""


def refusal(tenant: Tenant, grant: str, form: Mapping[str, str]) -> SignInRefused:
    """Why a person's grant is refused: a field that is missing, an unknown name, or what the field holds."""
    for name in GRANTS[grant]:
        if not form.get(name):
            return SignInRefused(900144, name)
    if grant != "password":
        return SignInRefused(9002313)  # for a device code or an assertion unconfirmed
    named = form["username"].lower()
    if any(user.get("userPrincipalName", "").lower() == named for user in tenant.objects("users")):
        return SignInRefused(50126)
    return SignInRefused(50034, form["username"], tenant.domain)
