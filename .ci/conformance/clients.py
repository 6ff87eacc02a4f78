"""The clients, unmodified as their registries have them, and what each is asked to do."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field

SECRET = "sign in, secret"
CERTIFICATE = "sign in, certificate"
SHA256 = "sign in, certificate by SHA-256"
DOMAIN = "sign in, tenant by domain"
WRONG = "wrong secret"
USERS = "users, every page"
THROTTLED = "waits after a 429"
BATCH = "$batch"
OF_DOMAIN = "tenant of a domain"
ACCOUNT = "account without subscription"
VERDICTS = "verdicts on a well-run tenant"
REGISTERED = "registers the app as setup prints it"
MISSING = "missing object"
MODELS_V1 = "models of v1.0"
MODELS_BETA = "models of beta"


@dataclass(frozen=True)
class Client:
    """One client: its packages, the probe that drives it, and the operations of the probe.

    `errors` are the classes of error that callers of this client catch. A `heavy` client runs only if asked
    for; a `mapped` one is led by the hosts file instead of the proxy.
    """

    name: str
    packages: tuple[str, ...]
    probe: tuple[str, ...]
    operations: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    throttled_path: str = "/v1.0/organization"
    folder_name: str = ""
    heavy: bool = False
    mapped: bool = False

    @property
    def folder(self) -> str:
        """The name of its folder; some share one."""
        return self.folder_name or self.name

    @property
    def is_node(self) -> bool:
        """Whether it comes from npm."""
        return any("@" in package for package in self.packages)


_NODE = f"node-{platform.system().lower()}-{'x64' if platform.machine() == 'x86_64' else 'arm64'}@24.21.0"
"""The first version whose own requests heed a proxy; the clients run on others too."""

_JAVASCRIPT = (
    "@azure/identity@4.14.1",
    "@azure/msal-node@7.2.3",
    "@microsoft/microsoft-graph-client@3.0.7",
    _NODE,
)

_UNDECLARED = "deprecated==1.2.18"
"""msgraph_core imports it for batches and does not say so."""

_PROWLER = (
    "admincenter_settings_password_never_expire",
    "entra_admin_users_mfa_enabled",
    "entra_admin_users_phishing_resistant_mfa_enabled",
    "entra_conditional_access_policy_device_code_flow_blocked",
    "entra_emergency_access_exclusion",
    "entra_legacy_authentication_blocked",
    "entra_policy_ensure_default_user_cannot_create_tenants",
    "entra_thirdparty_integrated_apps_not_allowed",
    "entra_users_mfa_enabled",
)
"""Checks of Prowler that fail where Graph's answers are missing; a well-run tenant passes them."""

CLIENTS = (
    Client(
        "azure-identity",
        ("azure-identity==1.27.0",),
        ("azure_identity.py",),
        (SECRET, CERTIFICATE, DOMAIN, WRONG),
        {WRONG: "ClientAuthenticationError"},
    ),
    Client(
        "msal",
        ("msal==1.39.0",),
        ("msal_python.py",),
        (SECRET, CERTIFICATE, SHA256, WRONG),
        {WRONG: "invalid_client"},
    ),
    Client(
        "msgraph-sdk",
        ("msgraph-sdk==1.65.0", _UNDECLARED),
        ("msgraph_sdk.py", "msgraph"),
        (USERS, THROTTLED, MISSING, BATCH, MODELS_V1),
        {MISSING: "ODataError"},
    ),
    Client(
        "msgraph-beta-sdk",
        ("msgraph-beta-sdk==1.66.0", _UNDECLARED),
        ("msgraph_sdk.py", "msgraph_beta"),
        (USERS, THROTTLED, MISSING, BATCH, MODELS_BETA),
        {MISSING: "ODataError"},
        throttled_path="/beta/organization",
    ),
    Client(
        "O365", ("O365==2.1.10",), ("python_o365.py",), (USERS, THROTTLED, MISSING), {MISSING: "HTTPError"}
    ),
    Client(
        "office365-rest-python-client",
        ("office365-rest-python-client==3.3.0",),
        ("office365_rest.py",),
        (USERS, THROTTLED, MISSING),
        {MISSING: "ObjectNotFoundException"},
    ),
    Client("roadtx", ("roadtx==1.22.1",), ("roadtx_cli.py",), (SECRET, CERTIFICATE)),
    Client(
        "msal-node",
        _JAVASCRIPT,
        ("msal_node.mjs",),
        (SECRET, SHA256, WRONG),
        {WRONG: "ServerError"},
        folder_name="javascript",
    ),
    Client(
        "microsoft-graph-client",
        _JAVASCRIPT,
        ("graph_client.mjs",),
        (SECRET, WRONG, USERS, THROTTLED, MISSING, BATCH),
        {WRONG: "AuthenticationRequiredError", MISSING: "GraphError"},
        folder_name="javascript",
    ),
    Client(
        "the same, by hosts file",
        _JAVASCRIPT,
        ("graph_client.mjs",),
        (SECRET, WRONG, USERS, THROTTLED, MISSING, BATCH),
        {WRONG: "AuthenticationRequiredError", MISSING: "GraphError"},
        folder_name="javascript",
        mapped=True,
    ),
    Client(
        "cli-microsoft365",
        ("@pnp/cli-microsoft365@11.11.0",),
        ("m365_cli.py",),
        (WRONG, CERTIFICATE, SECRET, USERS, THROTTLED, OF_DOMAIN),
        {WRONG: "M365Error"},
    ),
    Client(
        "azure-cli",
        ("azure-cli==2.91.0",),
        ("az_cli.py",),
        (WRONG, CERTIFICATE, SECRET, USERS, ACCOUNT, REGISTERED),
        {WRONG: "AzError"},
    ),
    Client("prowler", ("prowler==5.46.0",), ("prowler_m365.py", *_PROWLER), (VERDICTS,), heavy=True),
)
