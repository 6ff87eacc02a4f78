"""The environment of one tenant's scan: its own variables before those of the process."""

from __future__ import annotations

from collections.abc import Mapping

from o365scan.network import CA_VARIABLES

#: Variables of which the first that is there counts: what an app proves itself with, whom it trusts.
_TOGETHER = (
    frozenset(
        {
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            "AZURE_CLIENT_CERTIFICATE_THUMBPRINT",
            "AZURE_FEDERATED_TOKEN_FILE",
        }
    ),
    frozenset(CA_VARIABLES),
)


def overlaid(environment: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The environment with a tenant's own variables before others.

    Where those hold a credential, none of the environment's is left beside it: it is another tenant's, and might come
    first in the order of discovery. So it is with bundles of certificates, and with `https_proxy` in either case.
    """
    hidden = {name for names in _TOGETHER if names.intersection(own) for name in names}
    proxies = {name.lower() for name in own if name.lower().endswith("_proxy")}
    kept = {
        name: value
        for name, value in environment.items()
        if name not in hidden and name.lower() not in proxies
    }
    return {**kept, **own}
