"""The machine that a scanner runs on: which managed identities it has, and how a program there finds them."""

from __future__ import annotations

from mocktenant import seeds
from mocktenant.apps import App


class Machine:
    """A machine of Azure. `identity` is its own (system-assigned); `assigned` are others, by client id.

    Any app that `Tenant.register_app` gives may be one.
    """

    def __init__(self, seed: int) -> None:
        self.identity: App | None = None
        self.assigned: dict[str, App] = {}
        self.header = seeds.guid(seeds.rng(seed, "machine")).upper()
        """What App Service gives its programs, so that a forged request from outside is told apart."""

    def as_app_service(self, origin: str) -> dict[str, str]:
        """The variables of a program in App Service; `origin` is the server's, plain HTTP."""
        return {"IDENTITY_ENDPOINT": f"{origin}/msi/token", "IDENTITY_HEADER": self.header}

    def as_virtual_machine(self, origin: str) -> dict[str, str]:
        """What leads MSAL from 169.254.169.254 to a server of one's own. A real machine sets no variable."""
        return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": origin}
