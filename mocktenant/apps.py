"""The apps that may sign in, as far as sign-in looks at them."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from mocktenant import seeds
from mocktenant.graph.table import LEAST
from mocktenant.permissions import resource_of, template_ids

APP_ROLES = LEAST | {"Exchange.ManageAsApp"}
"""What the scanner's app is granted unless a test takes something away."""

_SECRET_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # noqa: S105 - an alphabet


@dataclass
class App:
    """An app registration with its service principal.

    `object_id` is the service principal's, `application_id` the application object's ("" if the app is
    another tenant's). `app_roles` and `directory_roles` are shown in the directory as grants; what the
    directory grants besides counts too. `secret_key` is the keyId under which the application lists
    `client_secret` ("" if it need not be listed), and `secrets` holds further ones by keyId: a secret whose
    keyId was taken from the application opens nothing. `certificates` are those whose keys may sign its
    assertions, DER or PEM. `revoked` is the moment (of time.time_ns) before which its tokens were issued
    in vain.
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
    application_id: str = ""
    secret_key: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    revoked: int = 0

    def roles_for(self, service: str) -> list[str]:
        """The app roles of its own that a token for graph, exchange or management carries, sorted."""
        return sorted(role for role in self.app_roles if resource_of(role) == service)

    def template_ids(self) -> list[str]:
        """The template ids of its directory roles. Raises UnknownDirectoryRole."""
        return template_ids(self.directory_roles)


def made(seed: int, name: str, index: int, app_roles: set[str], directory_roles: set[str]) -> App:
    """Another app of the tenant, the same for the same seed, name and index. Raises UnknownDirectoryRole."""
    template_ids(directory_roles)
    source = seeds.rng(seed, f"app/{name}", index)
    ids = [seeds.guid(source) for _ in range(4)]
    return App(
        client_id=ids[0],
        client_secret=_secret(source),
        object_id=ids[1],
        display_name=name,
        app_roles=set(app_roles),
        directory_roles=set(directory_roles),
        application_id=ids[2],
        secret_key=ids[3],
    )


def adopted(seed: int, application: dict[str, Any] | None, principal: dict[str, Any]) -> App:
    """An app that the directory has already, with a secret for the first of its credentials.

    Its grants are the directory's. Where no credential is listed here (an app of another tenant), the secret
    is one that its own tenant knows.
    """
    listed = (application or {}).get("passwordCredentials") or principal.get("passwordCredentials") or [{}]
    client_id = str(principal["appId"])
    return App(
        client_id=client_id.lower(),
        client_secret=_secret(seeds.rng(seed, f"app/adopted/{client_id}")),
        object_id=principal["id"],
        display_name=str(principal.get("displayName")),
        app_roles=set(),
        directory_roles=set(),
        application_id=(application or {}).get("id", ""),
        secret_key=listed[0].get("keyId", ""),
    )


def registration(seed: int) -> App:
    """The scanner's app, as it is before anybody takes something away."""
    source = seeds.rng(seed, "app")
    ids = [seeds.guid(source) for _ in range(2)]
    return App(
        client_id=ids[0],
        client_secret=_secret(source),
        object_id=ids[1],
        application_id=seeds.guid(seeds.rng(seed, "app/application")),
        secret_key=seeds.guid(seeds.rng(seed, "app/secret")),
    )


def _secret(source: Random) -> str:
    """A text of the form that Entra gives."""
    letters = "".join(source.choices(_SECRET_LETTERS, k=37))
    return f"{letters[:3]}8Q~{letters[3:]}"
