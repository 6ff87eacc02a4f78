"""Mailboxes' rules, accounts, role groups and what apps may do, through the admin API."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .client import Client

RULE = {
    "Guid": "11111111-1111-4111-8111-111111111111",
    "Name": "",
    "Hidden": True,
    "Priority": 1,
    "ForwardTo": ['"Collector" [SMTP:collector@example.net]'],
    "MarkAsRead": True,
}


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


@pytest.fixture
def box(client: Client) -> dict[str, Any]:
    """A mailbox with one hidden rule of an intruder, one visible rule and one of the service."""
    found = next(b for b in client.tenant.objects("mailboxes") if b["RecipientTypeDetails"] == "UserMailbox")
    for rule in client.tenant.objects("inboxRules"):
        if rule["Mailbox"] == found["Guid"]:
            client.tenant.delete("inboxRules", rule["Guid"])
    client.tenant.put("inboxRules", RULE | {"Mailbox": found["PrimarySmtpAddress"]})
    client.tenant.put(
        "inboxRules",
        {
            "Guid": "22222222-2222-4222-8222-222222222222",
            "Mailbox": found["Guid"],
            "Name": "Newsletters",
            "Priority": 2,
            "SubjectContainsWords": ["newsletter"],
            "MoveToFolder": "Newsletters",
        },
    )
    client.tenant.put(
        "inboxRules", {"Mailbox": found["Guid"], "Name": "Junk E-mail Rule", "Hidden": True, "Priority": 3}
    )
    return found


def test_hidden_rules_come_only_when_asked_for(client: Client, box: dict[str, Any]) -> None:
    plain = rows(client.invoke("Get-InboxRule", {"Mailbox": box["Guid"]}))
    assert [rule["Name"] for rule in plain] == ["Newsletters"]
    everything = rows(client.invoke("Get-InboxRule", {"Mailbox": box["Guid"], "IncludeHidden": True}))
    assert [rule["Name"] for rule in everything] == ["", "Newsletters", "Junk E-mail Rule"]


def test_inbox_rule_as_on_the_wire(client: Client, box: dict[str, Any]) -> None:
    rule = rows(client.invoke("Get-InboxRule", {"Mailbox": box["UserPrincipalName"], "IncludeHidden": True}))[
        0
    ]
    assert rule["RuleIdentity"] > 2**53
    assert rule["RuleIdentity@data.type"] in ("System.Int64", "System.UInt64")
    assert rule["Identity"] == f"{box['Guid']}\\{rule['RuleIdentity']}"
    assert rule["ForwardTo"] == RULE["ForwardTo"]
    assert (rule["MoveToFolder"], rule["DeleteMessage"], rule["From"]) == (None, False, None)
    assert rule["ExceptIfSubjectContainsWords"] is None
    assert "ForwardTo" in rule["Description"]
    assert not {"Hidden", "Guid", "Mailbox", "Sweep"} & rule.keys()
    for identity in (rule["Identity"], str(rule["RuleIdentity"])):
        parameters = {"Mailbox": box["Guid"], "IncludeHidden": True, "Identity": identity}
        assert len(rows(client.invoke("Get-InboxRule", parameters))) == 1


def test_sweep_rules_are_a_list_of_their_own(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("inboxRules", {"Mailbox": box["Alias"], "Name": "Keep the latest", "Sweep": True})
    swept = rows(client.invoke("Get-InboxRule", {"Mailbox": box["Guid"], "SweepRules": True}))
    assert [rule["Name"] for rule in swept] == ["Keep the latest"]
    assert len(rows(client.invoke("Get-InboxRule", {"Mailbox": box["Guid"]}))) == 1


@pytest.mark.parametrize("who", ["administrator", "nobody@contoso.com"])
def test_people_without_mailbox(client: Client, who: str) -> None:
    known = {"administrator": client.tenant.objects("users")[0]["userPrincipalName"]}
    answer = client.invoke("Get-InboxRule", {"Mailbox": known.get(who, who)})
    assert answer.status_code == 404
    detail = answer.json()["error"]["details"][0]
    assert detail["message"].startswith("Ex41BAF5|")
    assert detail["message"].endswith("|The specified mailbox doesn't exist.")


def test_an_app_has_no_mailbox_of_its_own(client: Client) -> None:
    assert client.invoke("Get-InboxRule").status_code == 400


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ({"Global Reader"}, 403),
        ({"Security Reader"}, 403),
        ({"Global Reader", "Security Reader"}, 200),
        ({"Exchange Recipient Administrator"}, 200),
    ],
)
def test_who_reads_inbox_rules(client: Client, roles: set[str], status: int) -> None:
    client.tenant.directory_roles = roles
    box = client.tenant.objects("mailboxes")[0]["Guid"]
    assert client.invoke("Get-InboxRule", {"Mailbox": box}, stream=True).status_code == status
    if status == 200:
        assert client.tenant.journal[-1].permission == f"Exchange.ManageAsApp + {' + '.join(sorted(roles))}"
        assert client.tenant.journal[-1].mailbox == box


def test_folders_are_called_in_the_mailbox_s_language(client: Client, box: dict[str, Any]) -> None:
    client.tenant.put("mailboxes", box | {"Languages": ["sv-SE"]})
    found = rows(client.invoke("Get-MailboxFolderStatistics", {"Identity": box["Guid"]}))
    paths = {row["FolderType"]: row["FolderPath"] for row in found}
    assert paths["Inbox"] == "/Inkorgen"
    assert paths["Root"] == "/Top of Information Store"
    assert paths["User Created"] == "/Newsletters"  # where a rule moves mail
    assert len({row["FolderId"] for row in found}) == len(found)
    for scope, path in (("JunkEmail", "/Skräppost"), ("DeletedItems", "/Borttaget"), ("Inbox", "/Inkorgen")):
        parameters = {"Identity": box["UserPrincipalName"], "FolderScope": scope, "ResultSize": "Unlimited"}
        (row,) = rows(client.invoke("Get-MailboxFolderStatistics", parameters))
        assert (row["FolderType"], row["FolderPath"], row["Name"]) == (scope, path, path[1:])
        assert row["Identity"] == f"{box['Name']}\\{path[1:]}"
        assert row["FolderSize"] == "0 B (0 bytes)"
        assert row["ContentMailboxGuid@data.type"] == "System.Guid"


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 400),
        ({"Identity": "nobody@contoso.com"}, 404),
        ({"FolderScope": "Attic"}, 400),
        ({"FolderScope": "NonIpmRoot"}, 400),  # of the real cmdlet, and not emulated
        ({"Archive": True}, 400),
    ],
)
def test_folders_that_are_not_listed(
    client: Client, box: dict[str, Any], parameters: dict[str, Any], status: int
) -> None:
    whose = {"Identity": box["Guid"]} if parameters and "Identity" not in parameters else {}
    assert client.invoke("Get-MailboxFolderStatistics", whose | parameters).status_code == status


def test_users_are_the_directorys(client: Client) -> None:
    found = {
        row["ExternalDirectoryObjectId"]: row
        for row in rows(client.invoke("Get-User", {"ResultSize": "Unlimited"}))
    }
    assert found.keys() == client.tenant.collection("users").keys()
    kinds = {row["RecipientTypeDetails"] for row in found.values()}
    assert {"User", "UserMailbox"} <= kinds
    assert {row["EXOModuleEnabled"] for row in found.values()} == {True, False}
    assert all(row["EXOModuleEnabled"] == row["RemotePowerShellEnabled"] for row in found.values())
    boxes = {box["ExternalDirectoryObjectId"]: box["Guid"] for box in client.tenant.objects("mailboxes")}
    assert all(row["Guid"] == boxes.get(key, row["Guid"]) for key, row in found.items())


def test_a_new_user_has_powershell_until_somebody_turns_it_off(client: Client) -> None:
    client.tenant.put(
        "users", {"id": RULE["Guid"], "userPrincipalName": "new@contoso.com", "displayName": "New"}
    )
    (row,) = rows(client.invoke("Get-User", {"Identity": "new@contoso.com"}))
    assert row["EXOModuleEnabled"] is True
    client.tenant.put("exchangeUsers", {"ExternalDirectoryObjectId": RULE["Guid"], "EXOModuleEnabled": False})
    (row,) = rows(client.invoke("Get-User", {"Identity": RULE["Guid"]}))
    assert (row["EXOModuleEnabled"], row["RemotePowerShellEnabled"]) == (False, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RemotePowerShellEnabled -eq $true", 8),
        ("RemotePowerShellEnabled -eq 'False' -and RecipientTypeDetails -eq 'User'", 6),
        ("DisplayName -like 'Emergency*'", 2),
        ("(DisplayName -notlike '*') -and (Name -ne 'x')", 0),
    ],
)
def test_filters(client: Client, text: str, expected: int) -> None:
    assert len(rows(client.invoke("Get-User", {"Filter": text, "ResultSize": "Unlimited"}))) == expected


def test_filters_that_are_not_understood(client: Client) -> None:
    answer = client.invoke("Get-Mailbox", {"Filter": "Name -gt 3"})
    assert answer.status_code == 400
    assert "does not understand" in answer.json()["error"]["message"]


def test_role_groups_and_their_members(client: Client) -> None:
    groups = {row["Name"]: row for row in rows(client.invoke("Get-RoleGroup"))}
    assert "Role Management" in groups["Organization Management"]["Roles"]
    nested = rows(client.invoke("Get-RoleGroupMember", {"Identity": "Regional mail support"}))
    assert [(row["Name"], row["RecipientTypeDetails"]) for row in nested] == [
        ("Regional mail support desks", "RoleGroup")
    ]
    people = rows(client.invoke("Get-RoleGroupMember", {"Identity": nested[0]["Guid"]}))
    users = client.tenant.collection("users")
    assert len(people) == 2
    assert all(row["ExternalDirectoryObjectId"] in users for row in people)
    assert client.invoke("Get-RoleGroupMember").status_code == 400
    assert client.invoke("Get-RoleGroupMember", {"Identity": "Nobody"}).status_code == 404


def test_service_groups_follow_the_directory_roles(client: Client) -> None:
    name = next(
        g["Name"] for g in client.tenant.objects("roleGroups") if g["Name"].startswith("GlobalReaders_")
    )

    def members() -> set[str]:
        found = rows(client.invoke("Get-RoleGroupMember", {"Identity": name}))
        return {row["ExternalDirectoryObjectId"] for row in found}

    scanner = client.tenant.app.object_id
    assert scanner in members()
    client.tenant.directory_roles = {"Exchange Administrator"}
    assert scanner not in members()


def test_role_assignments_of_groups_and_of_apps(client: Client) -> None:
    everything = rows(client.invoke("Get-ManagementRoleAssignment"))
    assert {row["RoleAssigneeType"] for row in everything} == {"RoleGroup", "ServicePrincipal"}
    (app,) = rows(client.invoke("Get-ManagementRoleAssignment", {"RoleAssigneeType": "serviceprincipal"}))
    assert (app["Role"], app["RecipientWriteScope"]) == ("Application Mail.Read", "CustomRecipientScope")
    assert app["CustomResourceScope"] == "Invoice mailboxes"
    (scope,) = rows(client.invoke("Get-ManagementScope", {"Identity": app["CustomResourceScope"]}))
    assert (scope["ScopeRestrictionType"], scope["Exclusive"]) == ("RecipientScope", False)
    assert scope["RecipientFilter"].startswith("MemberOfGroup -eq ")
    assert rows(client.invoke("Get-ManagementScope", {"Exclusive": True})) == []
    (principal,) = rows(client.invoke("Get-ServicePrincipal", {"Identity": app["RoleAssignee"]}))
    assert principal["ObjectId"] in client.tenant.collection("servicePrincipals")
    held = rows(client.invoke("Get-ManagementRoleAssignment", {"RoleAssignee": "Help Desk"}))
    assert {row["Role"] for row in held} == {
        "Message Tracking",
        "Reset Password",
        "User Options",
        "View-Only Recipients",
    }


def test_kinds_of_mailboxes(client: Client) -> None:
    from mocktenant import Tenant

    kinds = {box["RecipientTypeDetails"] for box in Tenant(size=200).objects("mailboxes")}
    assert kinds == {"UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox"}
    client.tenant.put(
        "mailboxes",
        {"Name": "room1", "PrimarySmtpAddress": "room1@contoso.com", "RecipientTypeDetails": "RoomMailbox"},
    )
    (room,) = rows(client.invoke("Get-Mailbox", {"RecipientTypeDetails": "RoomMailbox"}))
    assert (room["IsResource"], room["AccountDisabled"], room["IsShared"]) == (True, True, False)
