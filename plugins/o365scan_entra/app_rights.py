"""All that the apps in a tenant may do, whichever of six places gives it to them.

What can't be read of one place, or of one record, is a doubt, and hides nothing that the others prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from o365scan.api import Data, Record, Undecidable, Undecided
from o365scan_exchange import datasets as exchange

from .app_resources import RESOURCES
from .app_right import Found, Rights
from .app_rights_in_entra import delegated, directory_roles, permissions
from .app_rights_in_exchange import Groups, management_roles, nested_members, references_in, role_groups
from .applications import app_role_assignments, delegated_grants, service_principals
from .directory import (
    role_assignable_group_members,
    role_assignable_groups,
    role_assignments,
    role_definitions,
)

SOURCES = (
    service_principals,
    app_role_assignments,
    delegated_grants,
    role_definitions,
    role_assignments,
    role_assignable_groups,
    role_assignable_group_members,
    exchange.service_principals,
    exchange.role_groups,
    exchange.role_group_members,
    exchange.nested_role_group_members,
    exchange.management_role_assignments,
    exchange.management_scopes,
)
"""The datasets that `rights` looks into."""


def rights(data: Data) -> Rights:
    """Who may do what. Raises Undecidable if the principals themselves can't be read."""
    found = Rights({each.key: each for each in data[service_principals]})
    _keep(found, lambda: _resources(found), lambda each: permissions(each, data))
    _keep(found, lambda: data[delegated_grants], lambda each: delegated(each, found.principals))
    before = len(found.doubts)
    _keep(found, lambda: data[role_assignments], lambda each: directory_roles(each, data, found.principals))
    references = references_in(found, data)
    groups = Groups(data, references, nested_members(found, data), found)
    _keep(found, lambda: data[exchange.role_groups], lambda each: role_groups(each, groups))
    _keep(
        found,
        lambda: data[exchange.management_role_assignments],
        lambda each: management_roles(each, data, references),
    )
    found.knows_roles = len(found.doubts) == before
    return found


def _keep(found: Rights, records: Callable[[], Iterable[Record]], read: Callable[[Record], Found]) -> None:
    try:
        for record in records():
            try:
                for holder, right in read(record):
                    found.held[holder].append(right)
            except Undecidable as cause:
                found.doubts.append(Undecided.by(cause))
    except Undecidable as cause:
        found.doubts.append(Undecided.by(cause))


def _resources(found: Rights) -> list[Record]:
    return [each for each in found.principals.values() if each.text("appId") in RESOURCES]
