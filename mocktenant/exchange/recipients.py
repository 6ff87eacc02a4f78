"""Who is meant: mailboxes found by any of the identities that Exchange takes."""

from __future__ import annotations

import re

from mocktenant.collection import Object
from mocktenant.exchange.mailboxes import exchange_guid
from mocktenant.tenant import Tenant

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_IDENTITIES = (
    "Guid",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "ExternalDirectoryObjectId",
    "Alias",
    "Name",
    "DisplayName",
)


def find_mailbox(tenant: Tenant, identity: str) -> Object | None:
    """The mailbox of an identity, regardless of case; None if there is none."""
    wanted = identity.lower()
    held = tenant.collection("mailboxes").get(wanted)
    if held is not None:
        return held
    boxes = tenant.objects("mailboxes")
    if _GUID.fullmatch(wanted):
        return next(
            (box for box in boxes if wanted in (box.get("ExternalDirectoryObjectId"), exchange_guid(box))),
            None,
        )
    return next((box for box in boxes if wanted in names_of(box)), None)


def names_of(mailbox: Object) -> set[str]:
    """All identities of a mailbox, lower case."""
    given = {str(mailbox.get(name) or "").lower() for name in _IDENTITIES} - {""}
    given.add(exchange_guid(mailbox))
    return given | {str(item).partition(":")[2].lower() for item in mailbox.get("EmailAddresses", [])}


def identities(tenant: Tenant, named: str) -> set[str]:
    """All identities of the mailbox that a command names; the given one alone if there is no such mailbox."""
    found = find_mailbox(tenant, named)
    return {named.lower()} | (names_of(found) if found else set())
