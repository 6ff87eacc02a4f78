"""Management roles that open mailboxes of others, and the roles that are copied from them."""

from __future__ import annotations

import re

from o365scan.api import Data, Record, Undecidable

from .datasets import management_roles

OF_APPS = "Application "
_OPEN_MAILBOXES = ("Mailbox Import Export", "Mailbox Search", "ApplicationImpersonation")
_LAST = re.compile(r"^CN=|(?<!\\),.*$", re.IGNORECASE)


def sensitive_root(role: str, data: Data) -> str | None:
    """The built-in role that opens mailboxes and that `role` is, or is a copy of; None for any other role.

    Raises Undecidable for a role, or a parent of one, that the list of roles doesn't have.
    """
    seen: set[str] = set()
    name = role
    while not _is_sensitive(name):
        found = data.once(_by_name).get(name.lower())
        if found is None:
            raise Undecidable(f"the role {name!r} is not in the list, so what it is copied from is unknown")
        if (kind := _of_type(found.text("RoleType"))) is not None:
            return kind
        parent = _plain(found.text("Parent", nullable=True) or "")
        if not parent:
            return None
        seen.add(name.lower())
        if parent.lower() in seen:
            raise Undecidable(f"the role {role!r} is copied from itself")
        name = parent
    return name


def _is_sensitive(name: str) -> bool:
    return name in _OPEN_MAILBOXES or name.startswith(OF_APPS)


def _of_type(kind: str) -> str | None:
    """The role that such a type is of; a copy keeps its original's. Types are written without blanks."""
    known = next((name for name in _OPEN_MAILBOXES if name.replace(" ", "") == kind), None)
    apps = OF_APPS.strip()
    return known or (OF_APPS + kind.removeprefix(apps) if kind.startswith(apps) else None)


def _plain(parent: str) -> str:
    """A role's name out of a name, a path or a distinguished name."""
    return _LAST.sub("", parent).rpartition("\\")[2].rpartition("/")[2].strip()


def _by_name(data: Data) -> dict[str, Record]:
    return {role.text("Name").lower(): role for role in data[management_roles]}
