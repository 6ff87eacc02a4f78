"""Pages of a cmdlet's rows, and the links between them.

A link holds only for a POST with the body and the X-AnchorMailbox of the first page. That the anchor is
what decides is inferred: clients that send none are always refused, as are those that name the tenant by
a custom domain instead of its GUID or onmicrosoft name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass

from mocktenant.exchange import errors
from mocktenant.tenant import Tenant

LARGEST = 1000
_PREFER = re.compile(r"(?:^|[;,\s])odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A request as far as its pages go: the body, the anchor, the page size and where to start."""

    digest: str
    anchored: bool
    size: int
    start: int


def asked(tenant: Tenant, body: object, anchor: str | None, prefer: str | None, token: str | None) -> Asked:
    """Reads a request. Raises Refusal for a link that does not belong to it."""
    text = json.dumps([body, anchor], sort_keys=True)
    digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    anchored = _anchored(tenant, anchor)
    start = 0
    if token is not None:
        start, wanted = _opened(token)
        if wanted != digest or not anchored:
            raise errors.invalid_page()
    return Asked(digest, anchored, page_size(prefer), start)


def link_token(asked_: Asked, start: int) -> str:
    """The token of a link to the page that begins at a row."""
    return base64.urlsafe_b64encode(f"{start}:{asked_.digest}".encode()).decode()


def _opened(token: str) -> tuple[int, str]:
    try:
        start, _, digest = base64.urlsafe_b64decode(token).decode().partition(":")
        return int(start), digest
    except (binascii.Error, ValueError):
        raise errors.invalid_page() from None


def _anchored(tenant: Tenant, anchor: str | None) -> bool:
    domain = (anchor or "").rpartition("@")[2].lower()
    return domain in (tenant.tenant_id, tenant.domain)


def page_size(prefer: str | None) -> int:
    """How many rows a page has that a client prefers so."""
    found = _PREFER.search(prefer or "")
    return min(int(found[1]), LARGEST) if found and int(found[1]) else LARGEST
