"""The documents that tell a client where to sign in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mocktenant.clouds import Cloud
from mocktenant.login.errors import SignInRefused
from mocktenant.words import words

_ALIASES: tuple[tuple[str, ...], ...] = (
    ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    ("login.microsoftonline.de",),
    ("login.microsoftonline.us", "login.usgovcloudapi.net"),
    ("login-us.microsoftonline.com",),
)

_CLAIMS = words(
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat "
    "auth_time acr nonce preferred_username name tid ver at_hash c_hash email"
)


def configuration(origin: str, segment: str, tenant_id: str, cloud: Cloud, *, v2: bool) -> dict[str, Any]:
    """The OpenID configuration of a tenant, or of a shared segment, whose issuer stays a template.

    Endpoints lead to `origin`; the issuer is Microsoft's whatever host was asked.
    """
    shared = segment in ("common", "organizations", "consumers")
    home = f"{origin}/{segment if shared else tenant_id}"
    version = "/v2.0" if v2 else ""
    whose = "{tenantid}" if shared else tenant_id
    return {
        "token_endpoint": f"{home}/oauth2{version}/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{home}/discovery{version}/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{cloud.issuer_v2}/{whose}/v2.0" if v2 else f"{cloud.issuer_v1}/{whose}/",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"https://{cloud.graph}/oidc/userinfo",
        "authorization_endpoint": f"{home}/oauth2{version}/authorize",
        "device_authorization_endpoint": f"{home}/oauth2{version}/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{home}/oauth2{version}/logout",
        "claims_supported": _CLAIMS,
        "kerberos_endpoint": f"{home}/kerberos",
        "tenant_region_scope": None if shared else "EU",
        "cloud_instance_name": cloud.instance,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": cloud.graph,
        "rbac_url": "https://pas.windows.net",
    }


def instance(origin: str, authorization_endpoint: str) -> dict[str, Any]:
    """Which hosts are one and the same cloud. Raises SignInRefused (50049) for an unknown host."""
    parts = urlsplit(authorization_endpoint)
    own = urlsplit(origin).netloc
    if (parts.hostname or "") not in {host for hosts in _ALIASES for host in hosts} and parts.netloc != own:
        raise SignInRefused(50049)
    segment = parts.path.lstrip("/").partition("/")[0]
    return {
        "tenant_discovery_endpoint": f"{origin}/{segment}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {"preferred_network": hosts[0], "preferred_cache": _cache(hosts), "aliases": list(hosts)}
            for hosts in _ALIASES
        ],
    }


def _cache(hosts: tuple[str, ...]) -> str:
    """The public cloud's tokens are cached under its oldest name."""
    return "login.windows.net" if "login.windows.net" in hosts else hosts[0]
