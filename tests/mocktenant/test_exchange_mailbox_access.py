"""Who reaches a mailbox and how: protocols, delegates, folders, settings."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant import Tenant

from .client import Client
from .test_exchange_reads import english, rows


@pytest.fixture
def box(client: Client) -> dict[str, Any]:
    client.tenant.directory_roles = {"Exchange Administrator"}
    return english(client.tenant)


def test_protocols_are_closed_by_decision_and_open_by_default(client: Client, box: dict[str, Any]) -> None:
    (row,) = rows(client.invoke("Get-CASMailbox", {"Identity": box["UserPrincipalName"]}))
    assert (row["PopEnabled"], row["ImapEnabled"], row["OWAEnabled"]) == (False, False, True)
    assert (row["SmtpClientAuthenticationDisabled"], row["EwsEnabled"]) == (None, None)
    client.tenant.put("mailboxes", {"Name": "new", "PrimarySmtpAddress": "new@contoso.com"})
    (fresh,) = rows(client.invoke("Get-CASMailbox", {"Identity": "new@contoso.com"}))
    assert (fresh["PopEnabled"], fresh["ImapEnabled"]) == (True, True)
    hit = rows(client.invoke("Get-CASMailbox", {"Filter": "PopEnabled -eq $true"}))
    assert [row["Name"] for row in hit] == ["new"]


def test_a_mailbox_permission_is_the_owners_and_the_delegates(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put(
        "mailboxPermissions",
        {
            "Mailbox": box["Guid"],
            "User": "mallory@contoso.com",
            "AccessRights": ["FullAccess", "ReadPermission"],
        },
    )
    found = rows(client.invoke("Get-MailboxPermission", {"Identity": box["Alias"]}))
    assert [(row["User"], row["AccessRights"]) for row in found] == [
        ("NT AUTHORITY\\SELF", ["FullAccess, ReadPermission"]),
        ("mallory@contoso.com", ["FullAccess, ReadPermission"]),
    ]
    assert found[0]["UserSid"] == "S-1-5-10"
    assert found[1]["UserSid"].startswith("S-1-5-21-")
    assert (found[1]["Deny"], found[1]["IsInherited"], found[1]["PrimarySmtpAddress"]) == (False, False, None)
    only = client.invoke("Get-MailboxPermission", {"Identity": box["Guid"], "User": "Mallory@contoso.com"})
    assert len(rows(only)) == 1


def test_sending_rights_are_listed_for_one_and_for_all(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("recipientPermissions", {"Mailbox": box["Guid"], "Trustee": "mallory@contoso.com"})
    one = rows(client.invoke("Get-RecipientPermission", {"Identity": box["Guid"]}))
    assert [row["Trustee"] for row in one] == ["NT AUTHORITY\\SELF", "mallory@contoso.com"]
    assert one[1]["AccessRights"] == ["SendAs"]
    everything = rows(client.invoke("Get-RecipientPermission", {"ResultSize": "Unlimited"}))
    assert len(everything) == len(client.tenant.objects("mailboxes")) + 1
    assert len(rows(client.invoke("Get-RecipientPermission", {"Trustee": "mallory@contoso.com"}))) == 1


def test_folders_by_any_spelling(client: Client, box: dict[str, Any]) -> None:
    guid = box["Guid"]
    client.tenant.put(
        "mailboxFolderPermissions",
        {"Mailbox": guid, "Folder": "", "User": "Anonymous", "AccessRights": ["Reviewer"]},
    )
    for identity in (f"{box['Alias']}:\\Calendar", f"{guid}:/calendar"):
        found = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": identity}))
        default = next(row for row in found if row["User"] == "Default")
        assert (default["FolderName"], default["AccessRights"]) == ("Calendar", ["AvailabilityOnly"])
    for identity in (guid, f"{guid}:\\"):
        root = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": identity}))
        assert {row["FolderName"] for row in root} == {"Top of Information Store"}
        assert {row["User"]: row["AccessRights"] for row in root} == {
            "Default": ["None"],
            "Anonymous": ["Reviewer"],
        }
    assert client.invoke("Get-MailboxFolderPermission", {"Identity": f"{guid}:\\Attic"}).status_code == 404
    (one,) = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": guid, "User": "Anonymous"}))
    assert one["SharingPermissionFlags"] is None


def test_a_folder_is_found_by_its_id_in_any_language(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("mailboxes", {**box, "Languages": ["fr-FR"]})
    listed = rows(client.invoke("Get-MailboxFolderStatistics", {"Identity": box["Guid"]}))
    (inbox,) = [each for each in listed if each["FolderType"] == "Inbox"]
    assert inbox["FolderPath"] == "/Boîte de réception"
    by_id = f"{inbox['ContentMailboxGuid']}:{inbox['FolderId']}"
    found = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": by_id}))
    assert {row["FolderName"] for row in found} == {"Boîte de réception"}


def test_folders_are_called_as_in_the_mailboxs_language(client: Client, box: dict[str, Any]) -> None:
    client.tenant.patch("mailboxes", box["Guid"], {"Languages": ["de-DE"]})
    found = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": f"{box['Guid']}:\\Kalender"}))
    assert found[0]["AccessRights"] == ["AvailabilityOnly"]
    wrong = client.invoke("Get-MailboxFolderPermission", {"Identity": f"{box['Guid']}:\\Inbox"})
    assert wrong.status_code == 404


def test_settings_agree_with_the_rules_that_do_them(client: Client, box: dict[str, Any]) -> None:
    tenant = client.tenant
    for rule in tenant.objects("inboxRules"):
        if rule["Mailbox"] == box["Guid"]:
            tenant.delete("inboxRules", rule["Guid"])

    def settings() -> tuple[bool, str]:
        (junk,) = rows(client.invoke("Get-MailboxJunkEmailConfiguration", {"Identity": box["Guid"]}))
        (away,) = rows(client.invoke("Get-MailboxAutoReplyConfiguration", {"Identity": box["Guid"]}))
        return junk["Enabled"], away["AutoReplyState"]

    assert settings() == (False, "Disabled")
    for name in ("Junk E-mail Rule", "Microsoft.Exchange.OOF.InternalSenders.Global"):
        tenant.put("inboxRules", {"Mailbox": box["Guid"], "Name": name, "Hidden": True})
    assert settings() == (True, "Enabled")
    tenant.put("junkEmailConfigurations", {"Guid": box["Guid"], "TrustedSendersAndDomains": ["example.net"]})
    (junk,) = rows(client.invoke("Get-MailboxJunkEmailConfiguration", {"Identity": box["Guid"]}))
    assert junk["TrustedSendersAndDomains"] == ["example.net"]


def test_phones_belong_to_a_mailbox(client: Client, box: dict[str, Any]) -> None:
    everything = rows(client.invoke("Get-MobileDevice"))
    client.tenant.put("mobileDevices", {"Mailbox": box["Guid"], "DeviceId": "F00D", "ClientType": "EAS"})
    (row,) = [
        r
        for r in rows(client.invoke("Get-MobileDevice", {"Mailbox": box["Guid"]}))
        if r["DeviceId"] == "F00D"
    ]
    assert row["Identity"] == f"{box['Name']}\\ExchangeActiveSyncDevices\\Outlook§F00D"
    assert len(rows(client.invoke("Get-MobileDevice"))) == len(everything) + 1
    assert [r["DeviceId"] for r in rows(client.invoke("Get-MobileDevice", {"ActiveSync": True}))] == ["F00D"]


def test_archived_inactive_and_deleted_mailboxes(client: Client, box: dict[str, Any]) -> None:
    tenant = client.tenant
    for name, state in (
        ("left", {"IsInactiveMailbox": True}),
        ("gone", {"IsSoftDeletedByRemove": True}),
        ("full", {"ArchiveStatus": "Active"}),
    ):
        tenant.put("mailboxes", {"Name": name, "PrimarySmtpAddress": f"{name}@contoso.com"} | state)

    def names(**parameters: Any) -> set[str]:
        return {row["Name"] for row in rows(client.invoke("Get-Mailbox", parameters))} & {
            "left",
            "gone",
            "full",
        }

    assert names() == {"full"}
    assert names(IncludeInactiveMailbox=True) == {"full", "left"}
    assert names(InactiveMailboxOnly=True) == {"left"}
    assert names(SoftDeletedMailbox=True) == {"gone"}
    assert names(Archive=True) == {"full"}
    assert len(rows(client.invoke("Get-Mailbox", {"Archive": True}))) == 1
    assert len(rows(client.invoke("Get-Mailbox", {"UserPrincipalName": box["UserPrincipalName"]}))) == 1
    assert rows(client.invoke("Get-Mailbox", {"Anr": "ful"}))[0]["Name"] == "full"


def test_bypass_of_audit_has_rows_of_the_service_and_a_warning_about_something_else(
    client: Client, box: dict[str, Any]
) -> None:
    client.tenant.put("auditBypassAssociations", {"Guid": box["Guid"], "AuditBypassEnabled": True})
    answer = client.invoke("Get-MailboxAuditBypassAssociation", {"ResultSize": "Unlimited"})
    found = rows(answer)
    assert [row["Name"] for row in found if row["AuditBypassEnabled"]] == [box["Name"]]
    assert any(str(row["Name"]).startswith("SystemMailbox{") for row in found)
    assert "ProhibitSendQuota" in answer.json()["@adminapi.warnings"][0]


@pytest.mark.parametrize(
    "collection",
    [
        "casMailboxes",
        "mailboxFolderPermissions",
        "mailboxPermissions",
        "messageTraces",
        "mobileDevices",
        "recipientPermissions",
    ],
)
def test_growth_changes_nobody(collection: str) -> None:
    small, large = Tenant(size=150), Tenant(size=400)
    held = small.collection(collection)
    assert len(held) > 2
    assert all(large.collection(collection)[key] == item for key, item in held.items())


def test_what_belongs_to_a_mailbox_may_name_it_by_address(client: Client, box: dict[str, Any]) -> None:
    tenant, address = client.tenant, box["PrimarySmtpAddress"]
    tenant.put("mailboxPermissions", {"Mailbox": address, "User": "mallory@contoso.com"})
    tenant.put("mailboxFolderPermissions", {"Mailbox": address, "Folder": "Secrets", "User": "Default",
                                            "AccessRights": ["Owner"]})  # fmt: skip
    tenant.put("mobileDevices", {"Mailbox": address, "DeviceId": "F00D"})
    assert len(rows(client.invoke("Get-MailboxPermission", {"Identity": box["Guid"]}))) == 2
    folder = {"Identity": f"{box['Alias']}:\\secrets", "User": "Default"}
    assert rows(client.invoke("Get-MailboxFolderPermission", folder))[0]["AccessRights"] == ["Owner"]
    assert "F00D" in [
        row["DeviceId"] for row in rows(client.invoke("Get-MobileDevice", {"Mailbox": box["Guid"]}))
    ]
    gone = {
        "Identity": box["Guid"],
        "User": "mallory@contoso.com",
        "AccessRights": "FullAccess",
        "Confirm": False,
    }
    assert rows(client.invoke("Remove-MailboxPermission", gone)) == []
    assert len(rows(client.invoke("Get-MailboxPermission", {"Identity": box["Guid"]}))) == 1


def test_a_guest_is_counted_among_a_groups_members(client: Client, box: dict[str, Any]) -> None:
    tenant = client.tenant
    named = {"userPrincipalName": "g_example.com#EXT#@contoso.onmicrosoft.com", "displayName": "G"}
    guest = tenant.put(
        "users",
        named | {"id": "7c0e7a37-4b48-4f3c-9d5a-8c8f3d0c9f10", "userType": "Guest", "mail": "g@example.com"},
    )
    group = next(g for g in tenant.objects("groups") if "Unified" in g.get("groupTypes", []))
    before = {row["Guid"]: row for row in rows(client.invoke("Get-UnifiedGroup"))}
    tenant.put("groupMembers", {"groupId": group["id"], "memberId": guest["id"]})
    (row,) = rows(client.invoke("Get-UnifiedGroup", {"Identity": group["id"]}))
    assert row["GroupExternalMemberCount"] == 1
    assert row["GroupMemberCount"] == before[row["Guid"]]["GroupMemberCount"] + 1
    (plain,) = rows(client.invoke("Get-Group", {"Identity": group["id"]}))
    assert len(plain["Members"]) == row["GroupMemberCount"]
