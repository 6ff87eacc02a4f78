"""Exchange Online: mail flow as an intruder would bend it."""

from __future__ import annotations

from collections.abc import Iterable

from o365scan.api import Check, Dataset, checks_in, hookimpl

from . import datasets, delegates, folder_access, forwarding, names, recipients

o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_datasets() -> Iterable[Dataset]:
    """The datasets of this plugin."""
    return (
        datasets.inbound_connectors,
        datasets.outbound_connectors,
        datasets.transport_rules,
        datasets.accepted_domains,
        datasets.blocked_connectors,
        datasets.mailboxes,
        datasets.inbox_rules,
        datasets.junk_folders,
        datasets.visible_inbox_rules,
        datasets.inbox_rules_again,
        datasets.sweep_rules,
        datasets.users,
        datasets.role_groups,
        datasets.role_group_members,
        datasets.nested_role_group_members,
        datasets.management_role_assignments,
        datasets.management_roles,
        datasets.management_scopes,
        datasets.service_principals,
        recipients.mail_contacts,
        recipients.mail_users,
        recipients.mail_groups,
        recipients.unified_groups,
        recipients.dynamic_groups,
        recipients.target_group_members,
        forwarding.remote_domains,
        forwarding.outbound_spam_policies,
        forwarding.outbound_spam_rules,
        delegates.mailbox_permissions,
        delegates.recipient_permissions,
        delegates.trustee_group_members,
        datasets.admin_audit_log,
        datasets.audit_bypasses,
        datasets.connection_filters,
        datasets.content_filters,
        datasets.dkim_signing,
        datasets.journal_rules,
        datasets.organization_config,
        datasets.transport_config,
        datasets.authentication_policies,
        datasets.client_access,
        datasets.client_access_plans,
        folder_access.folders,
        folder_access.folder_permissions,
        *names.DATASETS,
    )


@hookimpl
def o365scan_checks() -> Iterable[Check]:
    """The checks of this plugin."""
    return checks_in("o365scan_exchange.checks")
