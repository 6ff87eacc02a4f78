"""Who is meant: mailboxes found by any of the identities that Exchange takes."""

from __future__ import annotations

import re

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.mailboxes import exchange_guid
from mocktenant.exchange.parameters import Read
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
    """The mailbox of an identity, regardless of case; None if there is none, or it was deleted."""
    found = _named(tenant, identity.lower())
    return None if found is None or is_deleted(found) else found


def _named(tenant: Tenant, wanted: str) -> Object | None:
    held = tenant.collection("mailboxes")
    if wanted in held:
        return held[wanted]
    found = held.named("names", wanted, _given_names)
    if found is None and _GUID.fullmatch(wanted):
        return held.named("ExchangeGuid", wanted, lambda box: (exchange_guid(box),))
    return found


def is_deleted(mailbox: Object) -> bool:
    """Whether a mailbox waits for its end, as that of a deleted account does: only Get-Mailbox can show it."""
    return bool(mailbox.get("IsSoftDeletedByDisable") or mailbox.get("IsSoftDeletedByRemove"))


def mailboxes_there(tenant: Tenant) -> list[Object]:
    """All mailboxes but those that were deleted."""
    return [box for box in tenant.objects("mailboxes") if not is_deleted(box)]


def mailboxes_asked_for(tenant: Tenant, given: Read, name: str = "Identity") -> list[Object]:
    """The mailbox that a parameter names, or all where it is not given. Raises Refusal."""
    wanted = given.get(name)
    if wanted is None:
        return mailboxes_there(tenant)
    found = find_mailbox(tenant, wanted)
    if found is None:
        raise errors.not_found(wanted)
    return [found]


def asked_for(tenant: Tenant, given: Read, name: str = "Identity") -> Object | None:
    """The mailbox that a parameter names, with its own GUID, so that it is found by it; None without such a "
    "mailbox."""
    found = find_mailbox(tenant, given[name]) if name in given else None
    return found and {**found, "ExchangeGuid": exchange_guid(found)}


def of_mailbox(tenant: Tenant, collection: str, mailbox: Object) -> list[Object]:
    """The objects of a collection that belong to a mailbox, by whichever of its identities they name it."""
    held = tenant.collection(collection)
    return [item for name in sorted(_given_names(mailbox)) for item in held.where("Mailbox", name)]


def names_of(mailbox: Object) -> set[str]:
    """All identities of a mailbox, lower case."""
    return {*_given_names(mailbox), exchange_guid(mailbox)}


def _given_names(mailbox: Object) -> set[str]:
    given = {str(mailbox.get(name) or "").lower() for name in _IDENTITIES} - {""}
    return given | {str(item).partition(":")[2].lower() for item in mailbox.get("EmailAddresses", [])}


def identities(tenant: Tenant, named: str) -> set[str]:
    """All identities of the mailbox that a command names; the given one alone if there is no such mailbox."""
    found = find_mailbox(tenant, named)
    return {named.lower()} | (names_of(found) if found else set())
