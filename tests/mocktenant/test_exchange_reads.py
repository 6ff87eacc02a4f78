"""Every cmdlet that reads: that it answers, in its shape, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from mocktenant import Server, Tenant, serve
from mocktenant.exchange.cmdlet import Cmdlet
from mocktenant.exchange.cmdlets import CMDLETS, PERMISSIONS
from mocktenant.permissions import DIRECTORY_ROLES
from mocktenant.words import words

from .client import Client

READS = {name: row for name, row in CMDLETS.items() if isinstance(row, Cmdlet)}
EMPTY = {
    "Get-AntiPhishRule",
    "Get-ApplicationAccessPolicy",
    "Get-BlockedConnector",
    "Get-DistributionGroup",
    "Get-HostedOutboundSpamFilterRule",
    "Get-MalwareFilterRule",
    "Get-SafeAttachmentRule",
    "Get-SafeLinksRule",
    "Get-SweepRule",
    "Get-TenantAllowBlockListSpoofItems",
    "Search-UnifiedAuditLog",
}
"""What a well-run tenant has none of."""


PROMISED = words(
    "Add-MailboxFolderPermission Add-MailboxPermission Add-RecipientPermission Add-RoleGroupMember "
    "Clear-MobileDevice Disable-InboxRule Disable-TransportRule Enable-InboxRule Enable-TransportRule "
    "Get-ATPProtectionPolicyRule Get-AdminAuditLogConfig Get-AntiPhishPolicy Get-AntiPhishRule "
    "Get-ApplicationAccessPolicy Get-AtpPolicyForO365 Get-AuthenticationPolicy Get-CASMailbox "
    "Get-CASMailboxPlan Get-Contact Get-DistributionGroup Get-DistributionGroupMember "
    "Get-DkimSigningConfig Get-EOPProtectionPolicyRule Get-ExternalInOutlook Get-Group "
    "Get-HostedConnectionFilterPolicy Get-HostedContentFilterPolicy Get-HostedContentFilterRule "
    "Get-HostedOutboundSpamFilterPolicy Get-HostedOutboundSpamFilterRule Get-InboxRule Get-JournalRule "
    "Get-MailContact Get-MailUser Get-Mailbox Get-MailboxAuditBypassAssociation "
    "Get-MailboxAutoReplyConfiguration Get-MailboxCalendarFolder Get-MailboxFolderPermission "
    "Get-MailboxJunkEmailConfiguration Get-MailboxPermission Get-MailboxPlan Get-MailboxStatistics "
    "Get-MalwareFilterPolicy Get-MalwareFilterRule Get-ManagementRole Get-ManagementRoleEntry "
    "Get-MessageTraceV2 Get-MobileDevice Get-MobileDeviceMailboxPolicy Get-OwaMailboxPolicy "
    "Get-PerimeterConfig Get-QuarantinePolicy Get-Recipient Get-RecipientPermission "
    "Get-ReportSubmissionPolicy Get-RoleAssignmentPolicy Get-SafeAttachmentPolicy Get-SafeLinksPolicy "
    "Get-SharingPolicy Get-SweepRule Get-TenantAllowBlockListItems Get-TenantAllowBlockListSpoofItems "
    "Get-TransportConfig Get-UnifiedGroup New-InboundConnector New-InboxRule New-OutboundConnector "
    "New-TransportRule Remove-InboundConnector Remove-InboxRule Remove-JournalRule "
    "Remove-MailboxFolderPermission Remove-MailboxPermission Remove-ManagementRoleAssignment "
    "Remove-MobileDevice Remove-OutboundConnector Remove-RecipientPermission Remove-RoleGroupMember "
    "Remove-ServicePrincipal Remove-SweepRule Remove-TransportRule Search-UnifiedAuditLog "
    "Set-AdminAuditLogConfig Set-CASMailbox Set-HostedOutboundSpamFilterPolicy Set-InboundConnector "
    "Set-InboxRule Set-JournalRule Set-Mailbox Set-MailboxAuditBypassAssociation "
    "Set-MailboxAutoReplyConfiguration Set-MailboxFolderPermission Set-MailboxJunkEmailConfiguration "
    "Set-OrganizationConfig Set-OutboundConnector Set-RemoteDomain Set-TransportConfig Set-TransportRule "
    "Set-User "
)
"""What hardening, investigation and response ask for beyond the cmdlets of test_exchange."""


def test_what_is_promised_is_there() -> None:
    assert not set(PROMISED) - CMDLETS.keys()


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """A tenant that no test here changes, for a caller who may do everything."""
    tenant = Tenant(size=60)
    tenant.directory_roles = {"Global Administrator"}
    group = next(g for g in tenant.objects("groups") if g.get("mailEnabled"))
    listed = {"groupTypes": [], "mail": "all@contoso.com", "mailEnabled": True, "displayName": "Everybody"}
    tenant.put(
        "groups", group | listed | {"id": "7c0e7a37-4b48-4f3c-9d5a-8c8f3d0c9f10", "mailNickname": "all"}
    )
    tenant.put(
        "groupMembers", {"groupId": "7c0e7a37-4b48-4f3c-9d5a-8c8f3d0c9f10", "memberId": person(tenant)["id"]}
    )
    filtered = {"Name": "Everyone here", "RecipientFilter": "RecipientType -eq 'UserMailbox'"}
    tenant.put("dynamicDistributionGroups", filtered | {"PrimarySmtpAddress": "here@contoso.com"})
    with serve(tenant) as server:
        client = Client(server)
        token = client.token()
        client.token = lambda *_a, **_k: token  # type: ignore[method-assign]
        yield client
        client.session.close()


def english(tenant: Tenant) -> dict[str, Any]:
    """Somebody's mailbox, its folders called as in English."""
    return next(
        box
        for box in tenant.objects("mailboxes")
        if box["RecipientTypeDetails"] == "UserMailbox" and box["Languages"] == ["en-US"]
    )


def person(tenant: Tenant) -> dict[str, Any]:
    """An account with a mailbox."""
    box = english(tenant)
    return tenant.collection("users")[box["ExternalDirectoryObjectId"]]


def parameters(client: Client, cmdlet: str) -> dict[str, Any]:
    """What a cmdlet has to be given."""
    who = person(client.tenant)["userPrincipalName"]
    own = {
        "Get-DistributionGroupMember": {"Identity": "all@contoso.com"},
        "Get-DynamicDistributionGroupMember": {"Identity": "here@contoso.com"},
        "Get-MobileDeviceStatistics": {"Mailbox": client.tenant.objects("mobileDevices")[0]["Mailbox"]},
        "Get-InboxRule": {"Mailbox": who, "IncludeHidden": True},
        "Get-MailboxCalendarFolder": {"Identity": f"{who}:\\Calendar"},
        "Get-MailboxFolderPermission": {"Identity": f"{who}:\\Inbox"},
        "Get-ManagementRoleEntry": {"Identity": "Mail Recipients\\Get-*"},
        "Get-RoleGroupMember": {"Identity": "Regional mail support"},
        "Get-SweepRule": {"Mailbox": who},
        "Get-TenantAllowBlockListItems": {"ListType": "Sender"},
        "Search-UnifiedAuditLog": {"StartDate": "2026-09-01", "EndDate": "2026-09-02T00:00:00Z"},
    }
    return own.get(cmdlet, {"Identity": who} if READS[cmdlet].required else {})


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


@pytest.mark.parametrize("cmdlet", sorted(READS))
def test_every_read_answers_in_its_shape(shared: Client, cmdlet: str) -> None:
    found = rows(shared.invoke(cmdlet, parameters(shared, cmdlet)))
    if cmdlet in EMPTY - {"Get-DistributionGroup"}:
        assert found == []
        return
    assert found
    for row in found:
        plain = {name: value for name, value in row.items() if "@" not in name}
        assert not plain.keys() & {"Mailbox", "Hidden", "ListType", "DirectoryRole", "Owner", "Folder"}
        assert [name for name in plain if isinstance(plain[name], list)] == [
            name.partition("@")[0] for name in row if name.endswith("@odata.type")
        ]


@pytest.mark.parametrize("cmdlet", sorted(READS))
def test_every_read_refuses_what_it_does_not_take(shared: Client, cmdlet: str) -> None:
    answer = shared.invoke(cmdlet, parameters(shared, cmdlet) | {"Bogus": 1})
    assert answer.status_code == 400
    kind = answer.json()["error"]["innererror"]["internalexception"]["type"]
    assert kind.endswith("AmbiguousParameterSetException")


@pytest.mark.parametrize("cmdlet", sorted(name for name, row in READS.items() if row.required))
def test_what_is_required_is_missed(shared: Client, cmdlet: str) -> None:
    answer = shared.invoke(cmdlet)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid Operation")


@pytest.mark.parametrize(
    "cmdlet", sorted(name for name, row in READS.items() if "Identity" in row.parameters)
)
def test_who_is_not_there_is_not_found(shared: Client, cmdlet: str) -> None:
    if cmdlet == "Get-ExternalInOutlook":
        return  # there is one, whatever it is called
    who = (
        {"Mailbox": person(shared.tenant)["userPrincipalName"]}
        if "Mailbox" in READS[cmdlet].parameters
        else {}
    )
    answer = shared.invoke(cmdlet, parameters(shared, cmdlet) | who | {"Identity": "nobody at all"})
    assert answer.status_code == 404
    assert "ManagementObjectNotFoundException" in answer.json()["error"]["details"][0]["message"]


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "word"),
    [
        ("Get-TenantAllowBlockListItems", {"ListType": "Pigeon"}, "Pigeon"),
        ("Get-QuarantinePolicy", {"QuarantinePolicyType": "None"}, "QuarantinePolicyType"),
        ("Get-Recipient", {"RecipientType": "Robot"}, "RecipientType"),
        ("Search-UnifiedAuditLog", {"StartDate": "soon", "EndDate": "2026-09-02"}, "soon"),
        ("Get-HostedContentFilterRule", {"State": "Asleep"}, "Asleep"),
    ],
)
def test_impossible_values(shared: Client, cmdlet: str, parameters: dict[str, Any], word: str) -> None:
    answer = shared.invoke(cmdlet, parameters)
    cause = answer.json()["error"]["innererror"]["internalexception"]
    assert answer.status_code == 400
    assert cause["type"].endswith("ParameterTransformationException")
    assert word in cause["message"]


def test_the_beginning_of_a_value_will_do_if_it_begins_no_other(shared: Client) -> None:
    assert len(rows(shared.invoke("Get-TransportRule", {"State": "dis"}))) == 1
    assert shared.invoke("Get-Recipient", {"RecipientType": "MailU"}).status_code == 400
    assert shared.invoke("Get-Recipient", {"RecipientType": "MailUser"}).status_code == 200


@pytest.mark.parametrize("cmdlet", ["Get-Mailbox", "Get-CASMailbox", "Get-Recipient", "Get-MobileDevice"])
def test_filters_and_sizes_of_recipients(shared: Client, cmdlet: str) -> None:
    everything = rows(shared.invoke(cmdlet, {"ResultSize": "Unlimited"}))
    name = everything[3]["Name"]
    assert [row["Name"] for row in rows(shared.invoke(cmdlet, {"Filter": f"Name -eq '{name}'"}))] == [name]
    assert len(rows(shared.invoke(cmdlet, {"ResultSize": 2}))) == 2
    first = shared.invoke(cmdlet, {"ResultSize": "Unlimited"}, Prefer="odata.maxpagesize=10").json()
    more = shared.invoke(
        cmdlet, {"ResultSize": "Unlimited"}, url=first["@odata.nextLink"], Prefer="odata.maxpagesize=10"
    )
    assert [row["Guid"] for row in [*first["value"], *rows(more)]] == [row["Guid"] for row in everything[:20]]


@pytest.mark.parametrize(
    ("role", "has", "lacks"),
    [
        ("Compliance Administrator", "Search-UnifiedAuditLog Get-JournalRule Get-Mailbox", "Get-InboxRule"),
        (
            "Exchange Administrator",
            "Search-UnifiedAuditLog Get-InboxRule Get-Mailbox Get-DkimSigningConfig",
            "",
        ),
        ("Exchange Recipient Administrator", "Get-InboxRule Get-MailboxPermission", "Get-TransportConfig"),
        ("Global Administrator", "Search-UnifiedAuditLog Get-InboxRule", ""),
        (
            "Global Reader",
            "Get-Mailbox Get-TransportConfig Get-CASMailbox Get-AntiPhishPolicy",
            "Search-UnifiedAuditLog",
        ),
        (
            "Helpdesk Administrator",
            "Get-Mailbox Get-MessageTraceV2",
            "Get-TransportRule Get-AdminAuditLogConfig",
        ),
        (
            "Security Administrator",
            "Get-AntiPhishPolicy Get-TransportRule",
            "Get-Mailbox Get-OrganizationConfig",
        ),
        (
            "Security Reader",
            "Get-AdminAuditLogConfig Get-QuarantinePolicy",
            "Get-Mailbox Get-InboundConnector",
        ),
    ],
)
def test_what_a_directory_role_has(role: str, has: str, lacks: str) -> None:
    assert role in DIRECTORY_ROLES
    assert all(role in PERMISSIONS[name] for name in has.split())
    assert not any(role in PERMISSIONS[name] for name in lacks.split())


# The second way: a role group


@pytest.mark.parametrize("member", ["object id", "Exchange's reference", "a group within"])
def test_an_app_in_a_role_group_has_its_cmdlets(client: Client, server: Server, member: str) -> None:
    tenant = server.tenant
    tenant.directory_roles = set()
    assert client.invoke("Get-Mailbox", stream=True).status_code == 403
    reference = tenant.app.object_id
    if member == "Exchange's reference":
        known = {"AppId": tenant.client_id, "ObjectId": tenant.app.object_id}
        reference = tenant.put("exchangeServicePrincipals", known)["Guid"]
    if member == "a group within":
        tenant.put("roleGroups", {"Name": "Scanners", "Members": [tenant.app.object_id]})
        reference = "Scanners"
    tenant.put("roleGroups", {"Name": "Readers", "Roles": ["View-Only Recipients"], "Members": [reference]})
    assert rows(client.invoke("Get-Mailbox"))
    assert tenant.journal[-1].permission == "Exchange.ManageAsApp + role group Readers"
    assert client.invoke("Get-TransportRule", stream=True).status_code == 403
