"""How to sign in to a tenant: by reference only. A secret is a file or a variable that holds it, never a value here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the app proves who it is."""

    CLIENT_SECRET = "client-secret"  # noqa: S105 - a name
    CERTIFICATE = "certificate"
    FEDERATED_TOKEN = "federated-token"  # noqa: S105 - a name
    GITHUB_OIDC = "github-oidc"
    MANAGED_IDENTITY = "managed-identity"
    AZURE_CLI = "azure-cli"


class CloudName(StrEnum):
    """Microsoft's clouds: worldwide (GCC included), US Government GCC High and DoD, and China's (21Vianet)."""

    GLOBAL = "global"
    GCCH = "gcch"
    DOD = "dod"
    CHINA = "china"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Which tenant, as whom, and where the proof lies. None is the environment variable that the Azure SDKs read.

    Fields that end in `_file` are paths ("-" is standard input, where a secret or a certificate is meant), those that
    end in `_env` are names of environment variables. Whatever is named here goes before what the environment holds by
    the SDKs' names.
    """

    tenant_id: str | None = None
    """The tenant's GUID or one of its domains, for AZURE_TENANT_ID."""
    client_id: str | None = None
    """The app's id, or that of a user-assigned managed identity, for AZURE_CLIENT_ID."""
    auth: Kind | None = None
    """The kind of credential; without it what is named, else the first that is found."""
    cloud: CloudName = CloudName.GLOBAL
    """Which of Microsoft's clouds the tenant is in."""

    client_secret_file: str | None = None
    """A file that holds the client secret."""
    client_secret_env: str | None = None
    """A variable that holds it, for AZURE_CLIENT_SECRET."""

    certificate_file: str | None = None
    """PEM or PFX with the private key, for the file that AZURE_CLIENT_CERTIFICATE_PATH names."""
    certificate_env: str | None = None
    """A variable that holds the certificate itself: PEM, or a PFX in base64."""
    certificate_password_file: str | None = None
    """A file that holds the certificate's password."""
    certificate_password_env: str | None = None
    """A variable that holds it, for AZURE_CLIENT_CERTIFICATE_PASSWORD."""
    certificate_thumbprint: str | None = None
    """SHA-1 in hexadecimal digits, for AZURE_CLIENT_CERTIFICATE_THUMBPRINT: where the PEM holds the key alone."""

    federated_token_file: str | None = None
    """A token that another issuer made, read anew for every request; for AZURE_FEDERATED_TOKEN_FILE."""
    federated_token_env: str | None = None
    """A variable that holds such a token."""
    federated_audience: str | None = None
    """Whom GitHub's token is asked for; without it Microsoft's name of that in the cloud."""
