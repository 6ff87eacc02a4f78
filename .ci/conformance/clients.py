"""The clients, unmodified as their registries have them, and what each is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SECRET = "sign in, secret"
CERTIFICATE = "sign in, certificate"
DOMAIN = "sign in, tenant by domain"
WRONG = "wrong secret"
USERS = "users, every page"
THROTTLED = "waits after a 429"
BATCH = "$batch"
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
    probe: str
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


CLIENTS = (
    Client(
        "azure-identity",
        ("azure-identity==1.27.0",),
        "azure_identity.py",
        (SECRET, CERTIFICATE, DOMAIN, WRONG),
        {WRONG: "ClientAuthenticationError"},
    ),
)
