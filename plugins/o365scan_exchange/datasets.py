"""What is read of Exchange Online, through the cmdlets of its admin API.

A cmdlet gets the parameters that its page documents and no other: the service refuses a name that it doesn't
know. `ResultSize` is `Unlimited` wherever it exists, since the default stops at 1,000 objects.
"""

from __future__ import annotations

from o365scan.api import (
    GRAPH,
    Data,
    Dataset,
    ExchangeCmdlet,
    FanOut,
    GraphList,
    Permission,
    Record,
    Undecidable,
)

from .auditing import admin_audit_log as admin_audit_log
from .auditing import audit_bypasses as audit_bypasses
from .inbox_rules import MailboxRules, needs_junk_folder
from .mail_flow import connection_filters as connection_filters
from .mail_flow import content_filters as content_filters
from .mail_flow import dkim_signing as dkim_signing
from .mail_flow import journal_rules as journal_rules
from .mail_folders import JUNK
from .organization import organization_config as organization_config
from .organization import transport_config as transport_config
from .protocols import authentication_policies as authentication_policies
from .protocols import client_access as client_access
from .protocols import client_access_plans as client_access_plans
from .readers import CONFIGURATION_READER as _CONFIGURATION_READER
from .readers import INBOX_RULE_READER as _INBOX_RULE_READER
from .readers import REFERENCE as _REFERENCE
from .readers import RULE_READER as _RULE_READER

_ALL = {"ResultSize": "Unlimited"}

inbound_connectors = Dataset(
    name="exchange.inbound-connectors",
    source=ExchangeCmdlet(cmdlet="Get-InboundConnector", parameters=_ALL),
    key="Guid",
    title="Name",
    type="InboundConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-inboundconnector",
)
"""By whom mail may be handed to the organisation on special terms."""

outbound_connectors = Dataset(
    name="exchange.outbound-connectors",
    source=ExchangeCmdlet(cmdlet="Get-OutboundConnector", parameters=_ALL),
    key="Guid",
    title="Name",
    type="OutboundConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-outboundconnector",
)
"""To which hosts mail is handed. Connectors in test mode are not listed.

The documentation says that connectors scoped to transport rules are left out too unless they are asked for;
vendors' set-up scripts find theirs without asking. So a connector that is not in the list may still exist.
"""

transport_rules = Dataset(
    name="exchange.transport-rules",
    source=ExchangeCmdlet(cmdlet="Get-TransportRule", parameters=_ALL),
    key="Guid",
    title="Name",
    type="TransportRule",
    permission=_RULE_READER,
    reference=_REFERENCE + "get-transportrule",
)
"""Mail flow rules. `WhenChanged` is their only time: when a rule was created is in the audit log alone."""

accepted_domains = Dataset(
    name="exchange.accepted-domains",
    source=ExchangeCmdlet(cmdlet="Get-AcceptedDomain", parameters=_ALL),
    key="Guid",
    title="DomainName",
    type="AcceptedDomain",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-accepteddomain",
)
"""The organisation's own mail domains."""

blocked_connectors = Dataset(
    name="exchange.blocked-connectors",
    source=ExchangeCmdlet(cmdlet="Get-BlockedConnector"),
    key="ConnectorId",
    title="ConnectorName",
    type="BlockedConnector",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-blockedconnector",
)
"""Inbound connectors that Microsoft holds for compromised and lets send no mail.

Unconfirmed: the names of its properties (ConnectorId, ConnectorName, TenantId, Reason, CreatedTime,
ExpirationTime) were seen in a third-party script only, and that ConnectorId is the connector's Guid is inferred.
"""

mailboxes = Dataset(
    name="exchange.mailboxes",
    source=ExchangeCmdlet(cmdlet="Get-Mailbox", parameters=_ALL),
    # The directory object's, which stays when a mailbox is taken away and given back; its ExchangeGuid does not.
    key="Guid",
    title="UserPrincipalName",
    type="Mailbox",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-mailbox",
    configuration=False,
)
"""Mailboxes of people, shared ones, rooms and equipment. Those of groups and of the system are not listed."""

# Guid is one of the forms that the parameter documents, and the one that can't fit two mailboxes.
_OF_MAILBOX = {"Mailbox": "{Guid}", "ResultSize": "Unlimited"}
# A user without a licence is listed for a while after the mailbox has gone.
_NO_MAILBOX = ("Ex41BAF5",)  # "The specified mailbox doesn't exist."
_WITH_HIDDEN = ExchangeCmdlet(cmdlet="Get-InboxRule", parameters={**_OF_MAILBOX, "IncludeHidden": True})

inbox_rules = Dataset(
    name="exchange.inbox-rules",
    source=FanOut(over=mailboxes, request=_WITH_HIDDEN, absent=_NO_MAILBOX),
    key="Identity",
    title="Name",
    type="InboxRule",
    permission=_INBOX_RULE_READER,
    reference=_REFERENCE + "get-inboxrule",
    configuration=False,
)
"""The inbox rules of each mailbox, hidden ones included. `Identity` is the mailbox and the RuleIdentity.

No property says whether a rule is hidden, and none says when or by whom it was made.
"""


def _has_rule_for_unknown_folder(mailbox: Record, data: Data) -> bool:
    return any(map(needs_junk_folder, data[inbox_rules].of(mailbox)))


# Unconfirmed: the role. Documented for Exchange 2007 was a view-only administrator, as Global Reader is here.
junk_folders = Dataset(
    name="exchange.junk-folders",
    source=FanOut(
        over=mailboxes,
        request=ExchangeCmdlet(
            cmdlet="Get-MailboxFolderStatistics",
            parameters={"Identity": "{Guid}", "FolderScope": JUNK, "ResultSize": "Unlimited"},
        ),
        where=_has_rule_for_unknown_folder,
        reads=(inbox_rules,),
    ),
    key="FolderId",
    title="FolderPath",
    type="MailboxFolderConfiguration",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-mailboxfolderstatistics",
    configuration=False,
)
"""The junk folder, by its name in the mailbox's language, and its subfolders.

Of each mailbox alone that has a rule which would be the junk filter's, if the folder it moves mail to is that
one. Property names are those in a third party's model of the answer. Unconfirmed: that a rule's `MoveToFolder`
and `FolderPath` write a folder's name alike.
"""


def rules_of(mailbox: Record, data: Data) -> MailboxRules:
    """The inbox rules of a mailbox, hidden ones included."""
    return may_be_hidden(tuple(data[inbox_rules].of(mailbox)), mailbox, data)


def may_be_hidden(rules: tuple[Record, ...], mailbox: Record, data: Data) -> MailboxRules:
    """Some of the inbox rules of a mailbox, to be told from the service's own."""
    return MailboxRules(rules, lambda: tuple(data[junk_folders].of(mailbox)))


def _has_rule_of_its_own(mailbox: Record, data: Data) -> bool:
    return bool(rules_of(mailbox, data).not_system())


visible_inbox_rules = Dataset(
    name="exchange.visible-inbox-rules",
    source=FanOut(
        over=mailboxes,
        request=ExchangeCmdlet(cmdlet="Get-InboxRule", parameters=_OF_MAILBOX),
        where=_has_rule_of_its_own,
        reads=(inbox_rules, junk_folders),
        absent=_NO_MAILBOX,
    ),
    key="Identity",
    title="Name",
    type="InboxRule",
    permission=_INBOX_RULE_READER,
    reference=_REFERENCE + "get-inboxrule",
    configuration=False,
)
"""The inbox rules that Outlook shows as well, of each mailbox that has any beside the service's own."""


def _has_rule_unseen(mailbox: Record, data: Data) -> bool:
    shown = {rule.key for rule in data[visible_inbox_rules].of(mailbox)}
    return any(rule.key not in shown for rule in rules_of(mailbox, data).not_system())


inbox_rules_again = Dataset(
    name="exchange.inbox-rules-again",
    source=FanOut(
        over=mailboxes,
        request=_WITH_HIDDEN,
        where=_has_rule_unseen,
        reads=(inbox_rules, junk_folders, visible_inbox_rules),
        absent=_NO_MAILBOX,
    ),
    key="Identity",
    title="Name",
    type="InboxRule",
    permission=_INBOX_RULE_READER,
    reference=_REFERENCE + "get-inboxrule",
    configuration=False,
)
"""The inbox rules, hidden ones included, once more where the two lists differ.

They are read one after the other, so a rule that its owner removes in between looks hidden.
"""

# Unconfirmed: that sweep rules are read by whom inbox rules are, whose roles hold both cmdlets.
sweep_rules = Dataset(
    name="exchange.sweep-rules",
    source=FanOut(
        over=mailboxes,
        request=ExchangeCmdlet(cmdlet="Get-SweepRule", parameters=_OF_MAILBOX),
        absent=_NO_MAILBOX,
    ),
    key="RuleId",
    title="Name",
    type="SweepRule",
    permission=_INBOX_RULE_READER,
    reference=_REFERENCE + "get-sweeprule",
    configuration=False,
)
"""Rules that move the mail of one sender at intervals, beside the inbox rules. No list of those shows them.

Unconfirmed: the names of their properties, which are those of the parameters of New-SweepRule, and how `Sender` is
written.
"""

users = Dataset(
    name="exchange.users",
    source=ExchangeCmdlet(cmdlet="Get-User", parameters=_ALL),
    key="Guid",
    title="UserPrincipalName",
    type="User",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-user",
    configuration=False,
)
"""Accounts as Exchange Online knows them. `ExternalDirectoryObjectId` is their id in Microsoft Entra.

`RemotePowerShellEnabled` and `EXOModuleEnabled` are two names of one setting; it is on unless it was turned off.
"""

role_groups = Dataset(
    name="exchange.role-groups",
    source=ExchangeCmdlet(cmdlet="Get-RoleGroup", parameters=_ALL),
    key="Guid",
    title="Name",
    type="RoleGroup",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-rolegroup",
)
"""Role groups of Exchange Online. Some stand for a directory role, such as ExchangeServiceAdmins_…."""

role_group_members = Dataset(
    name="exchange.role-group-members",
    source=FanOut(
        over=role_groups,
        request=ExchangeCmdlet(
            cmdlet="Get-RoleGroupMember", parameters={"Identity": "{Guid}", "ResultSize": "Unlimited"}
        ),
    ),
    key="Guid",
    title="Name",
    type="RoleGroupMember",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-rolegroupmember",
)
"""The direct members of each role group: people, principals of apps, and groups, whose members count too."""


def _role_group_keys(data: Data) -> frozenset[str]:
    return frozenset(group.key.lower() for group in data[role_groups])


def _is_other_group(member: Record, data: Data) -> bool:
    """Is it a group whose members role_group_members doesn't hold? Those of role groups it does."""
    if member.key.lower() in data.once(_role_group_keys):  # whatever it is called here
        return False
    if "Group" not in member.text("RecipientTypeDetails"):
        return False
    if not member.text("ExternalDirectoryObjectId"):
        raise Undecidable(f"the group {member.title!r} has no id in Microsoft Entra")
    return True


nested_role_group_members = Dataset(
    name="exchange.nested-role-group-members",
    source=FanOut(
        over=role_group_members,
        request=GraphList(
            path="/groups/{ExternalDirectoryObjectId}/transitiveMembers",
            select=("id", "displayName"),
            page_size=999,
        ),
        where=_is_other_group,
        reads=(role_groups,),
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=Permission(api=GRAPH, app_roles=("GroupMember.Read.All", "Directory.Read.All")),
    reference="https://learn.microsoft.com/graph/api/group-list-transitivemembers",
    configuration=False,
)
"""Everybody in the security groups that are members of role groups, through groups in those as well.

Unconfirmed: what Get-RoleGroupMember calls a group (`RecipientTypeDetails`), and that it names the group's id in
Microsoft Entra. Without the id nothing is asked for, and the members stay unknown.
"""

# Roles in Exchange Online that apps hold: role-based access control for applications.

management_role_assignments = Dataset(
    name="exchange.management-role-assignments",
    source=ExchangeCmdlet(cmdlet="Get-ManagementRoleAssignment"),
    key="Guid",
    title="Name",
    type="ManagementRoleAssignment",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-managementroleassignment",
    configuration=False,
)
"""Which role is assigned to whom, and over which recipients: `RecipientWriteScope`, and the name of the scope in
`CustomResourceScope` (for apps) or `CustomRecipientWriteScope`.

Those of apps have `RoleAssigneeType` ServicePrincipal and appear nowhere among Microsoft Graph's permissions.
Their `RoleAssignee` is the principal's object id in Microsoft's own scripts; others match the name instead.
"""

management_roles = Dataset(
    name="exchange.management-roles",
    source=ExchangeCmdlet(cmdlet="Get-ManagementRole"),
    key="Guid",
    title="Name",
    type="ManagementRole",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-managementrole",
    configuration=False,
)
"""The roles that can be assigned, built-in and the organisation's own; those are copied from a `Parent`.

A copy has its parent's `RoleType`. Unconfirmed: how `Parent` is written (a name, a path or a distinguished name), and
the role that reads them, taken to be the one that reads assignments.
"""

management_scopes = Dataset(
    name="exchange.management-scopes",
    source=ExchangeCmdlet(cmdlet="Get-ManagementScope"),
    key="Guid",
    title="Name",
    type="ManagementScope",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-managementscope",
    configuration=False,
)
"""Which recipients a role may be limited to: those that `RecipientFilter` selects, under `RecipientRoot` if set.

An assignment names its scope. Unconfirmed: the role that reads them, taken to be the one that reads assignments,
and the names of the properties, which are those of scripts and of published output (Name, ScopeRestrictionType,
Exclusive, RecipientRoot, RecipientFilter).
"""

service_principals = Dataset(
    name="exchange.service-principals",
    source=ExchangeCmdlet(cmdlet="Get-ServicePrincipal"),
    key="ObjectId",
    title="DisplayName",
    type="ServicePrincipal",
    permission=_CONFIGURATION_READER,
    reference=_REFERENCE + "get-serviceprincipal",
    configuration=False,
)
"""Exchange Online's references to the principals of apps: `ObjectId` and `AppId` are theirs in Microsoft Entra."""
