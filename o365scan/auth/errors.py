"""What can be wrong with credentials, before anybody is asked and after."""

from __future__ import annotations

from o365scan.api import O365ScanError, ServiceError

_TRUSTS_NOBODY = "Add a federated credential for this issuer, subject and audience to the app registration."
_EXACTLY = "The app's federated credential must say exactly what the token says, capitals included."
_TENANT = "Check the tenant id (the tenant's GUID, or one of its verified domains) and the cloud (--cloud)."

#: What to do about Microsoft's sign-in errors.
#: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
HINTS = {
    "7000215": "Use the secret's value, not its id, and check that it belongs to this app.",
    "7000222": "Make a new client secret for the app registration, and use that one.",
    "700016": "Check the client id, and that the app is registered (or consented to) in this tenant.",
    "7000112": "The app is disabled: enable it under Enterprise applications in the Entra admin center.",
    "90002": _TENANT,
    "900023": _TENANT,
    "900382": _TENANT,
    "500011": "The tenant has no service principal for this API: is the service part of its subscription?",
    "53003": "A Conditional Access policy for workload identities blocks this sign-in.",
    "70021": _EXACTLY,
    "70025": _TRUSTS_NOBODY,
    "700211": _EXACTLY,
    "700212": _EXACTLY,
    "700213": f"{_EXACTLY} `o365scan doctor` shows the subject of GitHub's.",
    "700024": "The token is too old, or this machine's clock is wrong.",
    "65002": "Microsoft lets this program of its own have no token for this API: sign in as an app instead.",
}

#: What to do on a machine that has no managed identity.
NOT_AZURE = (
    "Managed identities exist on Azure and on Azure Arc only: elsewhere choose another credential by --auth."
)


class CredentialsMissing(O365ScanError):
    """Tenant, client or credential were not given."""


class CredentialUnusable(O365ScanError):
    """A credential can't be read or used; the message names the file, never its content."""


class SignInFailed(ServiceError):
    """Microsoft refused the sign-in. `code` is the AADSTS number, where it named one."""

    def __init__(self, message: str, *, code: str | None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint or HINTS.get(code or ""))
        self.code = code
