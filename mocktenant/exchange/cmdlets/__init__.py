"""All cmdlets: a module an area, each with the rows of its own."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import Row
from mocktenant.exchange.cmdlets import (
    allow_block_lists,
    audit,
    client_access,
    connectors,
    delegate_changes,
    delegates,
    devices,
    domains,
    folders,
    groups,
    inbox_rule_changes,
    inbox_rules,
    mail_flow_changes,
    mail_security,
    mailbox_changes,
    mailbox_settings,
    mailboxes,
    message_trace,
    organization,
    organization_changes,
    recipients,
    roles,
    transport_rules,
    users,
)

_AREAS = (
    allow_block_lists,
    audit,
    client_access,
    connectors,
    delegate_changes,
    delegates,
    devices,
    domains,
    folders,
    groups,
    inbox_rule_changes,
    inbox_rules,
    mail_flow_changes,
    mail_security,
    mailbox_changes,
    mailbox_settings,
    mailboxes,
    message_trace,
    organization,
    organization_changes,
    recipients,
    roles,
    transport_rules,
    users,
)

CMDLETS: dict[str, Row] = {}
for _area in _AREAS:
    _twice = CMDLETS.keys() & _area.ROWS.keys()
    if _twice:
        raise ImportError(f"{_area.__name__}: {', '.join(sorted(_twice))} is in another area already")
    CMDLETS |= _area.ROWS

BY_LOWER = {name.lower(): name for name in CMDLETS}
"""A cmdlet's name in lower case -> as it is written."""

PERMISSIONS: dict[str, frozenset[str]] = {name: row.grant.directory for name, row in CMDLETS.items()}
"""Cmdlet -> directory roles, any one of which has it."""
