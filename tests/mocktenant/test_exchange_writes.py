"""Cmdlets that write: what changes, what else goes with it, who may, and what is asked first."""

from __future__ import annotations

from typing import Any

import pytest

from mocktenant.exchange.cmdlet import Command
from mocktenant.exchange.cmdlets import CMDLETS, PERMISSIONS

from .client import Client
from .test_exchange_reads import english, rows

WRITES = {name: row for name, row in CMDLETS.items() if isinstance(row, Command)}
BOX = "{box}"
TABLE = "#Exchange.GenericHashTable"


@pytest.fixture
def box(client: Client) -> dict[str, Any]:
    client.tenant.directory_roles = {"Exchange Administrator"}
    return english(client.tenant)


def filled(parameters: dict[str, Any], box: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace(BOX, box["UserPrincipalName"]) if isinstance(value, str) else value
        for name, value in parameters.items()
    }


def done(client: Client, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = client.invoke(cmdlet, parameters | {"Confirm": False})
    found = rows(answer)
    assert "@adminapi.confirmationmessage" not in answer.json()
    return found


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "read", "expected"),
    [
        ("Set-Mailbox", {"Identity": BOX, "ForwardingSmtpAddress": "x@example.net", "DeliverToMailboxAndForward": True},
         "Get-Mailbox", {"ForwardingSmtpAddress": "smtp:x@example.net", "DeliverToMailboxAndForward": True}),
        ("Set-Mailbox", {"Identity": BOX, "Type": "Shared"}, "Get-Mailbox",
         {"RecipientTypeDetails": "SharedMailbox", "IsShared": True, "AccountDisabled": True}),
        ("Set-Mailbox", {"Identity": BOX, "AuditEnabled": False, "DefaultAuditSet": "Admin"}, "Get-Mailbox",
         {"AuditEnabled": False, "DefaultAuditSet": ["Admin"]}),
        ("Set-CASMailbox", {"Identity": BOX, "OWAEnabled": False, "SmtpClientAuthenticationDisabled": True},
         "Get-CASMailbox", {"OWAEnabled": False, "SmtpClientAuthenticationDisabled": True, "PopEnabled": False}),
        ("Set-User", {"Identity": BOX, "EXOModuleEnabled": True}, "Get-User",
         {"EXOModuleEnabled": True, "RemotePowerShellEnabled": True}),
        ("Set-User", {"Identity": BOX, "RemotePowerShellEnabled": True}, "Get-User",
         {"EXOModuleEnabled": True, "RemotePowerShellEnabled": True}),
        ("Set-MailboxJunkEmailConfiguration",
         {"Identity": BOX, "Enabled": False, "TrustedSendersAndDomains": ["a.example.com"]},
         "Get-MailboxJunkEmailConfiguration", {"Enabled": False, "TrustedSendersAndDomains": ["a.example.com"]}),
        ("Set-MailboxAutoReplyConfiguration",
         {"Identity": BOX, "AutoReplyState": "Scheduled", "EndTime": "2026-10-01T00:00:00Z"},
         "Get-MailboxAutoReplyConfiguration",
         {"AutoReplyState": "Scheduled", "EndTime": "2026-10-01T00:00:00.0000000Z"}),
        ("Set-MailboxAuditBypassAssociation", {"Identity": BOX, "AuditBypassEnabled": True},
         "Get-MailboxAuditBypassAssociation", {"AuditBypassEnabled": True}),
        ("Set-InboundConnector", {"Identity": "Fabrikam partner mail", "Enabled": False}, "Get-InboundConnector",
         {"Enabled": False}),
        ("Set-OutboundConnector", {"Identity": "{first}", "TestMode": True}, "Get-OutboundConnector", None),
        ("Set-RemoteDomain", {"Identity": "Default", "AutoForwardEnabled": True, "TNEFEnabled": None},
         "Get-RemoteDomain", {"AutoForwardEnabled": True, "TNEFEnabled": None}),
        ("Set-HostedOutboundSpamFilterPolicy", {"Identity": "Default", "AutoForwardingMode": "on"},
         "Get-HostedOutboundSpamFilterPolicy", {"AutoForwardingMode": "On"}),
        ("Set-TransportConfig", {"SmtpClientAuthenticationDisabled": False}, "Get-TransportConfig",
         {"SmtpClientAuthenticationDisabled": False}),
        ("Set-OrganizationConfig", {"AuditDisabled": True, "EwsEnabled": False}, "Get-OrganizationConfig",
         {"AuditDisabled": True, "EwsEnabled": False}),
        ("Set-AdminAuditLogConfig", {"UnifiedAuditLogIngestionEnabled": False}, "Get-AdminAuditLogConfig",
         {"UnifiedAuditLogIngestionEnabled": False}),
        ("Disable-TransportRule", {"Identity": "Mark mail from outside"}, "Get-TransportRule", {"State": "Disabled"}),
        ("Enable-TransportRule", {"Identity": "Old footer 2019"}, "Get-TransportRule", {"State": "Enabled"}),
        ("Set-TransportRule", {"Identity": "Old footer 2019", "SubjectContainsWords": ["a", "b"], "SetSCL": "-1"},
         "Get-TransportRule", {"SubjectContainsWords": ["a", "b"], "SetSCL": "-1"}),
    ],
)  # fmt: skip
def test_what_is_set_is_read(
    client: Client,
    box: dict[str, Any],
    cmdlet: str,
    parameters: dict[str, Any],
    read: str,
    expected: dict[str, Any] | None,
) -> None:
    first = {"{first}": str(client.tenant.objects("outboundConnectors")[0]["Name"])}
    given = {name: first.get(str(value), value) for name, value in filled(parameters, box).items()}
    assert done(client, cmdlet, **given) == []
    named = {"Identity": given["Identity"]} if "Identity" in given else {}
    if expected is None:
        assert client.invoke(read, named).status_code == 404  # in test mode it is out of sight
        return
    (row,) = rows(client.invoke(read, named))
    assert {name: row[name] for name in expected} == expected
    client.tenant.reset()


@pytest.mark.parametrize("cmdlet", sorted(WRITES))
def test_readers_have_no_cmdlet_that_writes(cmdlet: str) -> None:
    assert not PERMISSIONS[cmdlet] & {"Global Reader", "Security Reader"}
    assert {"Exchange Administrator", "Global Administrator"} <= PERMISSIONS[cmdlet]


@pytest.mark.parametrize("cmdlet", sorted(WRITES))
def test_a_reader_is_told_that_there_is_no_such_cmdlet(client: Client, cmdlet: str) -> None:
    answer = client.invoke(cmdlet, {"Identity": "x"}, stream=True)
    assert (answer.status_code, answer.raw.read(decode_content=False)) == (403, bytes(4096))


@pytest.mark.parametrize("cmdlet", sorted(name for name, row in WRITES.items() if row.required))
def test_what_a_change_misses(client: Client, box: dict[str, Any], cmdlet: str) -> None:
    answer = client.invoke(cmdlet, {"Confirm": False})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid Operation")


@pytest.mark.parametrize(
    "cmdlet", sorted(name for name in WRITES if name.split("-")[0] in ("Remove", "Disable", "Clear"))
)
def test_what_can_not_be_undone_asks_first(client: Client, box: dict[str, Any], cmdlet: str) -> None:
    row = WRITES[cmdlet]
    asked = {"Identity": "x", "AccessRights": "SendAs" if "Trustee" in row.parameters else "FullAccess"}
    asked |= {"User": "x", "Trustee": "x", "Member": "x"}
    given = {name: value for name, value in asked.items() if name in row.parameters}
    version = client.tenant.version
    answer = client.invoke(cmdlet, given)
    assert answer.json()["@adminapi.confirmationmessage"]
    assert answer.json()["value"] == []
    assert client.tenant.version == version


# Forwarding and delegates


def test_forwarding_is_set_to_a_recipient_and_taken_away_by_null(client: Client, box: dict[str, Any]) -> None:
    assert (
        client.invoke("Set-Mailbox", {"Identity": box["Guid"], "ForwardingAddress": "nobody"}).status_code
        == 404
    )
    done(client, "Set-Mailbox", Identity=box["Guid"], ForwardingAddress="accounts@fabrikam.com")
    (row,) = rows(client.invoke("Get-Mailbox", {"Identity": box["Guid"]}))
    assert row["ForwardingAddress"] == "Fabrikam Accounts"
    done(client, "Set-Mailbox", Identity=box["Guid"], ForwardingAddress=None, ForwardingSmtpAddress=None,
         DeliverToMailboxAndForward=False)  # fmt: skip
    (row,) = rows(client.invoke("Get-Mailbox", {"Identity": box["Guid"]}))
    assert (row["ForwardingAddress"], row["ForwardingSmtpAddress"]) == (None, None)


def test_sending_on_behalf_is_added_and_removed(client: Client, box: dict[str, Any]) -> None:
    others = [b for b in client.tenant.objects("mailboxes") if b["Guid"] != box["Guid"]][:2]

    def delegates(edit: Any) -> list[str]:
        done(client, "Set-Mailbox", Identity=box["Guid"], GrantSendOnBehalfTo=edit)
        return list(rows(client.invoke("Get-Mailbox", {"Identity": box["Guid"]}))[0]["GrantSendOnBehalfTo"])

    first, second = others[0]["Name"], others[1]["Name"]
    assert delegates([others[0]["UserPrincipalName"]]) == [first]
    assert delegates({"@odata.type": TABLE, "add": others[1]["PrimarySmtpAddress"]}) == [first, second]
    assert delegates({"@odata.type": TABLE, "remove": [others[0]["UserPrincipalName"]]}) == [second]
    assert delegates(None) == []
    bad = client.invoke("Set-Mailbox", {"Identity": box["Guid"], "GrantSendOnBehalfTo": {"push": "x"}})
    assert bad.status_code == 400


def test_full_access_comes_and_goes(client: Client, box: dict[str, Any]) -> None:
    other = next(b for b in client.tenant.objects("mailboxes") if b["Guid"] != box["Guid"])
    (made,) = done(
        client, "Add-MailboxPermission", Identity=box["Alias"], User=other["Alias"], AccessRights="FullAccess"
    )
    assert (made["User"], made["AccessRights"]) == (other["PrimarySmtpAddress"], ["FullAccess"])
    unknown = {"Identity": box["Alias"], "User": "nobody", "AccessRights": ["FullAccess"]}
    assert client.invoke("Add-MailboxPermission", unknown).status_code == 404
    gone = {"Identity": box["Guid"], "User": other["Guid"], "AccessRights": ["FullAccess"], "Confirm": False}
    assert done(client, "Remove-MailboxPermission", **gone) == []
    again = client.invoke("Remove-MailboxPermission", gone)
    assert again.status_code == 200
    assert "ACE isn't present" in again.json()["@adminapi.warnings"][0]
    left = rows(client.invoke("Get-MailboxPermission", {"Identity": box["Guid"]}))
    assert [row["User"] for row in left] == ["NT AUTHORITY\\SELF"]


def test_sending_as_comes_and_goes(client: Client, box: dict[str, Any]) -> None:
    other = next(b for b in client.tenant.objects("mailboxes") if b["Guid"] != box["Guid"])
    right = {"Identity": box["Guid"], "Trustee": other["UserPrincipalName"], "AccessRights": "SendAs"}
    assert client.invoke("Add-RecipientPermission", right).json()["@adminapi.confirmationmessage"]
    done(client, "Add-RecipientPermission", **right)
    found = rows(client.invoke("Get-RecipientPermission", {"Identity": box["Guid"]}))
    assert [row["Trustee"] for row in found][1:] == [other["PrimarySmtpAddress"]]
    done(client, "Remove-RecipientPermission", **right)
    assert client.invoke("Remove-RecipientPermission", right | {"Confirm": False}).json()[
        "@adminapi.warnings"
    ]


def test_folder_permissions_come_change_and_go(client: Client, box: dict[str, Any]) -> None:
    other = next(b for b in client.tenant.objects("mailboxes") if b["Guid"] != box["Guid"])
    where = {"Identity": f"{box['UserPrincipalName']}:\\Inbox", "User": other["Alias"]}
    assert client.invoke("Set-MailboxFolderPermission", where | {"AccessRights": "Editor"}).status_code == 404
    (made,) = done(client, "Add-MailboxFolderPermission", **where, AccessRights="Editor",
                   SharingPermissionFlags="Delegate")  # fmt: skip
    assert (made["FolderName"], made["SharingPermissionFlags"]) == ("Inbox", "Delegate")
    assert client.invoke("Add-MailboxFolderPermission", where | {"AccessRights": "Owner"}).status_code == 400
    done(client, "Set-MailboxFolderPermission", **where, AccessRights="Reviewer")
    done(client, "Set-MailboxFolderPermission", **where | {"User": "Anonymous"}, AccessRights="Reviewer")
    found = rows(client.invoke("Get-MailboxFolderPermission", {"Identity": where["Identity"]}))
    assert {row["User"]: row["AccessRights"] for row in found} == {
        "Default": ["None"],
        "Anonymous": ["Reviewer"],
        other["PrimarySmtpAddress"]: ["Reviewer"],
    }
    done(client, "Remove-MailboxFolderPermission", **where)
    assert client.invoke("Remove-MailboxFolderPermission", where | {"Confirm": False}).status_code == 404


# Inbox rules


def names(client: Client, box: dict[str, Any]) -> dict[str, bool]:
    found = rows(client.invoke("Get-InboxRule", {"Mailbox": box["Guid"], "IncludeHidden": True}))
    return {row["Name"]: row["Enabled"] for row in found}


@pytest.fixture
def ruled(client: Client, box: dict[str, Any]) -> dict[str, Any]:
    """A mailbox with one hidden rule and one that Outlook holds for itself."""
    for rule in client.tenant.objects("inboxRules"):
        if rule["Mailbox"] == box["Guid"]:
            client.tenant.delete("inboxRules", rule["Guid"])
    client.tenant.put(
        "inboxRules", {"Mailbox": box["Guid"], "Name": "", "Hidden": True, "DeleteMessage": True}
    )
    client.tenant.put("inboxRules", {"Mailbox": box["Guid"], "Name": "On my desk only", "ClientSide": True})
    return box


def test_a_hidden_rule_is_disabled_and_removed_by_its_identity(client: Client, ruled: dict[str, Any]) -> None:
    listed = rows(client.invoke("Get-InboxRule", {"Mailbox": ruled["Guid"], "IncludeHidden": True}))
    hidden = next(row for row in listed if row["Name"] == "")
    which = {"Mailbox": ruled["Guid"], "Identity": hidden["Identity"]}
    assert client.invoke("Disable-InboxRule", which).json()["@adminapi.confirmationmessage"]
    assert names(client, ruled) == {"": True, "On my desk only": True}
    assert rows(client.invoke("Disable-InboxRule", which | {"Force": True})) == []
    assert names(client, ruled) == {"": False}  # the client's own rules went with it
    done(client, "Remove-InboxRule", **which, AlwaysDeleteOutlookRulesBlob=True)
    assert names(client, ruled) == {}
    assert client.invoke("Remove-InboxRule", which | {"Force": "true"}).status_code == 404
    nobody = client.invoke("Remove-InboxRule", which | {"Mailbox": "nobody@contoso.com", "Force": True})
    assert nobody.json()["error"]["details"][0]["message"].endswith("|The specified mailbox doesn't exist.")


def test_a_new_rule_forwards_and_is_set_and_costs_the_clients_rules(
    client: Client, ruled: dict[str, Any]
) -> None:
    other = next(b for b in client.tenant.objects("mailboxes") if b["Guid"] != ruled["Guid"])
    rule = {
        "Mailbox": ruled["Alias"],
        "Name": "copy",
        "ForwardTo": [other["PrimarySmtpAddress"], "x@example.net"],
    }
    assert client.invoke("New-InboxRule", rule).json()["@adminapi.confirmationmessage"]
    (made,) = rows(client.invoke("New-InboxRule", rule | {"AlwaysDeleteOutlookRulesBlob": True}))
    assert made["ForwardTo"][0].startswith(f'"{other["DisplayName"]}" [EX:/o=ExchangeLabs/')
    assert made["ForwardTo"][1] == '"x@example.net" [SMTP:x@example.net]'
    assert names(client, ruled) == {"": True, "copy": True}
    which = {"Mailbox": ruled["Alias"], "Identity": made["Identity"]}
    assert (
        rows(client.invoke("Set-InboxRule", which | {"ForwardTo": None, "MoveToFolder": "RSS Feeds"})) == []
    )
    (now,) = rows(client.invoke("Get-InboxRule", which))
    assert (now["ForwardTo"], now["MoveToFolder"], now["Name"]) == (None, "RSS Feeds", "copy")
    done(client, "Disable-InboxRule", **which)
    done(client, "Enable-InboxRule", **which)
    assert names(client, ruled)["copy"] is True


def test_sweep_rules_are_removed(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put(
        "sweepRules", {"Mailbox": box["Guid"], "Name": "away with it", "Sender": "bank@example.com"}
    )
    (row,) = rows(client.invoke("Get-SweepRule", {"Mailbox": box["Alias"]}))
    assert (row["Sender"], row["DestinationFolder"]) == ("bank@example.com", "Deleted Items")
    which = {"Mailbox": box["Alias"], "Identity": row["RuleId"]}
    done(client, "Remove-SweepRule", **which)
    assert client.invoke("Remove-SweepRule", which | {"Confirm": False}).status_code == 404


# Mail flow, roles, devices


def test_connectors_are_made_and_removed(client: Client, box: dict[str, Any]) -> None:
    new = {
        "Name": "relay",
        "SenderDomains": ["*"],
        "SenderIPAddresses": "203.0.113.5",
        "ConnectorType": "onpremises",
    }
    (made,) = done(client, "New-InboundConnector", **new)
    assert (made["ConnectorType"], made["SenderIPAddresses"]) == ("OnPremises", ["203.0.113.5"])
    assert made["WhenCreatedUTC"].startswith(f"{client.tenant.clock:%Y-%m-%dT}")
    assert client.invoke("New-InboundConnector", new).status_code == 400
    done(client, "Remove-InboundConnector", Identity="relay")
    assert (
        client.invoke("Remove-InboundConnector", {"Identity": "relay", "Confirm": False}).status_code == 404
    )
    assert done(client, "New-OutboundConnector", Name="out", SmartHosts=["mx.example.com"], UseMXRecord=False)
    done(client, "Remove-OutboundConnector", Identity="out")


def test_a_new_mail_flow_rule_makes_room_and_its_end_closes_the_gap(
    client: Client, box: dict[str, Any]
) -> None:
    def order() -> list[str]:
        found = rows(client.invoke("Get-TransportRule"))
        assert [row["Priority"] for row in found] == list(range(len(found)))
        return [row["Name"] for row in found]

    before = order()
    (made,) = done(client, "New-TransportRule", Name="copy out", Priority=1, BlindCopyTo="x@example.net",
                   FromScope="InOrganization")  # fmt: skip
    assert made["Actions"] == ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.BlindCopyToAction"]
    assert order() == [before[0], "copy out", *before[1:]]
    done(client, "Remove-TransportRule", Identity="copy out")
    assert order() == before
    assert (
        client.invoke("Remove-TransportRule", {"Identity": "copy out", "Confirm": False}).status_code == 404
    )
    done(client, "Set-TransportRule", Identity=before[3], Priority=1)
    assert order() == [before[0], before[3], *before[1:3], *before[4:]]
    done(client, "Set-TransportRule", Identity=before[3], Priority=3)
    assert order() == before
    assert done(client, "New-TransportRule", Name="last", Enabled=False)[0]["State"] == "Disabled"
    assert order()[-1] == "last"


def test_journaling_is_turned_off_and_removed(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("journalRules", {"Name": "all", "JournalEmailAddress": "x@example.net"})
    done(client, "Set-JournalRule", Identity="all", Scope="external")
    done(client, "Disable-JournalRule", Identity="all")
    (row,) = rows(client.invoke("Get-JournalRule", {"Identity": "all"}))
    assert (row["Enabled"], row["Scope"]) == (False, "External")
    done(client, "Enable-JournalRule", Identity="all")
    done(client, "Remove-JournalRule", Identity="all")
    assert "all" not in [row["Name"] for row in rows(client.invoke("Get-JournalRule"))]


def test_role_groups_gain_and_lose_members(client: Client, box: dict[str, Any]) -> None:
    group = {"Identity": "Recipient Management", "Member": box["UserPrincipalName"]}
    done(client, "Add-RoleGroupMember", **group)
    assert [
        row["Name"] for row in rows(client.invoke("Get-RoleGroupMember", {"Identity": group["Identity"]}))
    ] == [box["Name"]]
    assert client.invoke("Add-RoleGroupMember", group).status_code == 400
    done(client, "Remove-RoleGroupMember", **group)
    assert client.invoke("Remove-RoleGroupMember", group | {"Confirm": False}).status_code == 404
    assert client.invoke("Add-RoleGroupMember", group | {"Member": "nobody"}).status_code == 404


def test_an_app_is_made_known_put_into_a_role_group_and_forgotten(
    client: Client, box: dict[str, Any]
) -> None:
    ids = {
        "AppId": client.tenant.client_id,
        "ObjectId": client.tenant.app.object_id,
        "DisplayName": "scanner",
    }
    (made,) = done(client, "New-ServicePrincipal", **ids)
    done(client, "Add-RoleGroupMember", Identity="Hygiene Management", Member="scanner")
    client.tenant.directory_roles = set()
    assert rows(client.invoke("Get-TransportConfig"))
    client.tenant.directory_roles = {"Exchange Administrator"}
    done(client, "Remove-ServicePrincipal", Identity=made["AppId"])
    again = {"Identity": made["AppId"], "Confirm": False}
    assert client.invoke("Remove-ServicePrincipal", again).status_code == 404


def test_role_assignments_are_removed_from_apps_and_groups(client: Client, box: dict[str, Any]) -> None:
    for name in ("Application Mail.Read-a3ce3e54-deba-4dcb-9943-61477c2b6189", "User Options-Help Desk"):
        which = {"Identity": name}
        assert len(rows(client.invoke("Get-ManagementRoleAssignment", which))) == 1
        done(client, "Remove-ManagementRoleAssignment", **which)
        assert client.invoke("Get-ManagementRoleAssignment", which).status_code == 404
    (group,) = rows(client.invoke("Get-RoleGroup", {"Identity": "Help Desk"}))
    assert "User Options" not in group["Roles"]


def test_phones_are_cleared_and_removed(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("mobileDevices", {"Mailbox": box["Guid"], "DeviceId": "F00D"})
    which = {"Identity": f"{box['Name']}\\ExchangeActiveSyncDevices\\Outlook§F00D"}
    done(client, "Clear-MobileDevice", **which, AccountOnly=True)
    (held,) = [d for d in client.tenant.objects("mobileDevices") if d["DeviceId"] == "F00D"]
    assert held["Status"] == "AccountOnlyDeviceWipePending"
    assert "Status" not in rows(client.invoke("Get-MobileDevice", which))[0]
    done(client, "Remove-MobileDevice", **which)
    assert client.invoke("Remove-MobileDevice", which | {"Confirm": False}).status_code == 404


# The audit log


def test_a_change_leaves_a_record_and_a_question_leaves_none(client: Client, ruled: dict[str, Any]) -> None:
    client.tenant.directory_roles = {"Exchange Administrator"}
    listed = rows(client.invoke("Get-InboxRule", {"Mailbox": ruled["Guid"], "IncludeHidden": True}))
    which = {"Mailbox": ruled["Guid"], "Identity": listed[0]["Identity"]}
    client.invoke("Remove-InboxRule", which)
    assert client.tenant.objects("auditRecords") == []
    done(client, "Remove-InboxRule", **which)
    done(
        client,
        "Set-Mailbox",
        Identity=ruled["Alias"],
        ForwardingSmtpAddress=None,
        AuditOwner=["Send", "Update"],
    )
    removed, forwarding = client.tenant.objects("auditRecords")
    assert (removed["Operation"], removed["RecordType"], removed["AppId"]) == (
        "Remove-InboxRule", 1, client.tenant.client_id,
    )  # fmt: skip
    assert removed["ObjectId"].endswith(f"/{ruled['Guid']}\\{listed[0]['RuleIdentity']}")
    assert {item["Name"]: item["Value"] for item in forwarding["Parameters"]} == {
        "Identity": ruled["Alias"],
        "ForwardingSmtpAddress": "",
        "AuditOwner": "Send;Update",
        "Confirm": "False",
    }
    span = {"StartDate": "2026-01-01", "EndDate": "2027-01-01"}
    found = rows(client.invoke("Search-UnifiedAuditLog", span))
    assert {row["Operations"] for row in found} == {"Remove-InboxRule", "Set-Mailbox"}


def test_a_log_that_is_turned_off_takes_nothing_in(client: Client, box: dict[str, Any]) -> None:
    done(client, "Set-AdminAuditLogConfig", UnifiedAuditLogIngestionEnabled=False)
    done(client, "Set-Mailbox", Identity=box["Alias"], AuditEnabled=False)
    assert client.tenant.objects("auditRecords") == []
