"""How much an app can do with a permission: by two published grades, and by whose data it opens.

Microsoft grades the permissions of Microsoft Graph from 1 to 4 (the privilege level), CISA's SCuBA project
those that it holds for risky as Critical, High, Medium or Low. The two disagree on many: what only one of them
holds for grave is told apart here by what it is good for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from .app_resources import EXCHANGE, GRAPH, RESOURCES, SHAREPOINT, SYNCHRONIZATION
from .tables import table

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""The app role that says no more than that the app may sign in."""


class Reach(StrEnum):
    """What a right is good for."""

    CONTROL = "control"
    """Leads to an administrator's rights, or to everyone's data."""
    SHELL = "shell"
    """Runs cmdlets of Exchange Online, with whatever role the app is given besides."""
    MAILBOXES = "mailboxes"
    """Everything in every mailbox."""
    CONTENT = "content"
    """Mail, files or messages of everyone."""
    CONFIGURATION = "configuration"
    """Changes to accounts, devices or settings of the whole tenant."""
    EXCHANGE_ROLE = "exchangeRole"
    """Changes to Exchange Online, once the app can run its cmdlets."""
    DELEGATED = "delegated"
    """Grave permissions in the name of anyone who signs in to the app."""
    SCOPED = "scoped"
    """The mailboxes of a scope: everything in some, or content in those of a filter that can't be decided."""
    UNKNOWN = "unknown"
    """Not in the table: newer than it."""
    NONE = "none"


@dataclass(frozen=True)
class AppPermission:
    """A permission of an API. `level` is Microsoft's, 4 the highest; `scuba` SCuBA's; None is ungraded."""

    resource: str
    value: str
    level: int | None
    scuba: str | None

    @property
    def reach(self) -> Reach:
        """What an app can do with it on its own behalf."""
        for reach, names in _NAMED.items():
            if self.value in names.get(self.resource, frozenset()):
                return reach
        if self._is_content:
            return Reach.CONTENT if self._is_graded_high or self.level == 4 else Reach.NONE
        if self.scuba == "Critical":
            return Reach.CONTROL
        return Reach.CONFIGURATION if self.level == 4 and self.scuba in ("High", None) else Reach.NONE

    @property
    def _is_content(self) -> bool:
        return self.resource == SHAREPOINT or self.value.partition(".")[0] in _CONTENT

    @property
    def _is_graded_high(self) -> bool:
        return self.scuba in ("Critical", "High")


# By the first word of the permission. Calendars, contacts and tasks are told about when they can be written.
_CONTENT = frozenset(
    {
        "ActivityFeed", "BackupRestore-Control", "BackupRestore-Restore", "ChannelMessage", "Chat", "Files",
        "Group-Conversation", "Mail", "Mail-Advanced", "Mailbox", "MailboxFolder", "MailboxItem",
        "MailboxSettings", "Notes", "SharePointCrossTenantMigration", "Sites", "Teamwork", "eDiscovery",
    }
)  # fmt: skip

# What a grade alone would misplace.
_NAMED: dict[Reach, dict[str, frozenset[str]]] = {
    Reach.SHELL: {
        EXCHANGE: frozenset(
            {"Exchange.ManageAsApp", "Exchange.ManageAsAppV2", "Exchange.AdminAPI.ManageAsApp"}
        )
    },
    Reach.MAILBOXES: {EXCHANGE: frozenset({"full_access_as_app"})},
    # They lead to an administrator's rights, and no one grades them as Critical.
    Reach.CONTROL: {
        GRAPH: frozenset(
            {
                "Application.ReadUpdate.All",
                "Domain-InternalFederation.ReadWrite.All",
                "PrivilegedAccess.ReadWrite.AzureAD",
                "PrivilegedAccess.ReadWrite.AzureADGroup",
                "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
                "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
                "RoleManagementPolicy.ReadWrite.AzureADGroup",
            }
        )
    },
    Reach.CONTENT: {
        GRAPH: frozenset(
            {
                "BitlockerKey.Read.All",
                "DeviceLocalCredential.Read.All",
                # Everyone's mail and messages in full. Microsoft's level is 3, and SCuBA has no grade for them.
                "AiEnterpriseInteraction.Read.All",
                "ChatMessage.Read.All",
                "MailboxItem.Export.All",
                "MailboxItem.ImportExport.All",
                "MailboxItem.ReadWrite.All",
            }
        )
    },
    Reach.CONFIGURATION: {
        SYNCHRONIZATION: frozenset({"ADSynchronization.ReadWrite.All"}),
        GRAPH: frozenset(
            {
                # Programs and settings for every managed device, whatever their grade.
                "DeviceManagementApps.ReadWrite.All",
                "DeviceManagementConfiguration.ReadWrite.All",
                "DeviceManagementManagedDevices.ReadWrite.All",
                "DeviceManagementRBAC.ReadWrite.All",
                "DeviceManagementScripts.ReadWrite.All",
                # Graded as gravest, and yet no way to an administrator's account: provisioning needs them.
                "IdentityUserFlow.ReadWrite.All",
                "LicenseAssignment.ReadWrite.All",
                "User.EnableDisableAccount.All",
                "User.ReadWrite.All",
            }
        ),
    },
    # They open a mailbox only after Exchange Online has been told which.
    Reach.NONE: {EXCHANGE: frozenset({"IMAP.AccessAsApp", "POP.AccessAsApp", "SMTP.SendAsApp"})},
}


@cache
def _application() -> dict[tuple[str, str], AppPermission]:
    return {
        (resource, id): AppPermission(resource, value, level, scuba)
        for resource, id, value, level, scuba in table("app_permissions")["application"]
    }


@cache
def _named() -> dict[tuple[str, str], AppPermission]:
    return {(each.resource, each.value): each for each in _application().values()}


@cache
def _delegated() -> frozenset[tuple[str, str]]:
    return frozenset((resource, value) for resource, value, _, _ in table("app_permissions")["delegated"])


def application_permission(resource: str, id: str) -> AppPermission | None:
    """The permission with that id of the API with that app id; None if the table doesn't know it."""
    return _application().get((resource, id))


def permission_named(value: str, apis: tuple[str, ...]) -> AppPermission | None:
    """The permission of that name of the first of some APIs that has one."""
    return next((_named()[api, value] for api in apis if (api, value) in _named()), None)


def is_grave_when_delegated(resource: str, scope: str) -> bool:
    """Is the delegated permission at Microsoft's level 4, or graded Critical or High by SCuBA?"""
    return (resource, scope) in _delegated() and scope not in _EVERYDAY


# Read by nearly every product; what they disclose is the directory's, to a person who may read it anyhow.
_EVERYDAY = frozenset({"Directory.Read.All", "User.Export.All", "ThreatIntelligence.Read.All"})


def of_resource(value: str, resource: str) -> str:
    """The permission's name, with the API's where it is not Microsoft Graph's."""
    return value if resource == GRAPH else f"{value} ({RESOURCES.get(resource, resource)})"
