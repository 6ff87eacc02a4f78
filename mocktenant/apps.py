"""The apps that may sign in, as far as sign-in looks at them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mocktenant import seeds
from mocktenant.permissions import LEAST, resource_of, template_ids

APP_ROLES = LEAST | {"Exchange.ManageAsApp"}
"""What the scanner's app is granted unless a test takes something away."""

_SECRET_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # noqa: S105 - an alphabet


@dataclass
class App:
    """An app registration with its service principal.

    `certificates` are those whose keys may sign its assertions, DER or PEM.
    """

    client_id: str
    client_secret: str
    object_id: str
    display_name: str = "o365scan"
    app_roles: set[str] = field(default_factory=lambda: set(APP_ROLES))
    directory_roles: set[str] = field(default_factory=lambda: {"Global Reader", "Security Reader"})
    secret_expired: bool = False
    enabled: bool = True
    certificates: list[bytes] = field(default_factory=list)

    def roles_for(self, service: str) -> list[str]:
        """The app roles that a token for graph, exchange or management carries, sorted."""
        return sorted(role for role in self.app_roles if resource_of(role) == service)

    def template_ids(self) -> list[str]:
        """The template ids of its directory roles. Raises UnknownDirectoryRole."""
        return template_ids(self.directory_roles)


def registration(seed: int) -> App:
    """The scanner's app, as it is before anybody takes something away."""
    source = seeds.rng(seed, "app")
    ids = [seeds.guid(source) for _ in range(2)]
    letters = "".join(source.choices(_SECRET_LETTERS, k=37))
    return App(client_id=ids[0], client_secret=f"{letters[:3]}8Q~{letters[3:]}", object_id=ids[1])
