"""Issuers of tokens that an app may sign in with instead of a secret (federated identity credentials)."""

from __future__ import annotations

from typing import Any


class Issuer:
    """An OIDC issuer inside the mock tenant, by its URL. `Tenant.issuers` holds those that sign-in can ask.

    The mock tenant reaches no network: the keys of an issuer that it does not hold can't be had.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def jwks(self) -> list[dict[str, object]]:
        """Its JSON web keys, as the document under its URL leads to them."""
        from mocktenant.login.keys import signing_key

        return [signing_key(self.url).as_jwk(None) | {"alg": "RS256"}]

    def sign(self, claims: dict[str, Any]) -> str:
        """A token of these claims, whatever they are."""
        import jwt

        from mocktenant.login.keys import signing_key

        key = signing_key(self.url)
        return jwt.encode(claims, key.private, algorithm="RS256", headers={"x5t": key.kid, "kid": key.kid})
