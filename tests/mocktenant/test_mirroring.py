"""An account and its mailbox are one person's, whichever of the two services is asked or changes it."""

from __future__ import annotations

from typing import Any

import pytest

from .client import GRAPH, Client

SHOWN = "displayName,mail,proxyAddresses,accountEnabled,userPrincipalName"


@pytest.fixture
def box(client: Client) -> dict[str, Any]:
    client.tenant.directory_roles.add("Exchange Administrator")
    client.tenant.app_roles |= {"User.ReadWrite.All", "User.EnableDisableAccount.All"}
    return next(
        each
        for each in client.tenant.objects("mailboxes")
        if each["RecipientTypeDetails"] == "UserMailbox" and not each["AccountDisabled"]
    )


def in_graph(client: Client, box: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.graph(
        f"/v1.0/users/{box['ExternalDirectoryObjectId']}?$select={SHOWN}"
    ).json()
    return found


def in_exchange(client: Client, cmdlet: str, box: dict[str, Any]) -> dict[str, Any]:
    (found,) = client.invoke(cmdlet, {"Identity": box["Guid"]}).json()["value"]
    return dict(found)


def patch(client: Client, box: dict[str, Any], changes: dict[str, Any]) -> None:
    answer = client.session.patch(
        f"{GRAPH}/v1.0/users/{box['ExternalDirectoryObjectId']}",
        json=changes,
        headers={"Authorization": f"Bearer {client.token(GRAPH)}"},
    )
    assert answer.status_code == 204, answer.text


def test_a_new_name_given_through_graph_shows_in_every_cmdlet(client: Client, box: dict[str, Any]) -> None:
    patch(client, box, {"displayName": "Riley Novak", "accountEnabled": False})
    for cmdlet in ("Get-Mailbox", "Get-User", "Get-Recipient", "Get-CASMailbox"):
        assert in_exchange(client, cmdlet, box)["DisplayName"] == "Riley Novak", cmdlet
    assert in_exchange(client, "Get-Mailbox", box)["AccountDisabled"] is True


def test_what_the_directory_says_of_a_person_is_the_same_in_exchange(
    client: Client, box: dict[str, Any]
) -> None:
    patch(client, box, {"jobTitle": "Pilot", "department": "Space", "mobilePhone": "+44 20 7946 0000"})
    recipient, user = in_exchange(client, "Get-Recipient", box), in_exchange(client, "Get-User", box)
    assert (recipient["Title"], recipient["Department"]) == ("Pilot", "Space")
    assert (user["Title"], user["Department"], user["MobilePhone"]) == ("Pilot", "Space", "+44 20 7946 0000")
    assert recipient["FirstName"] == user["FirstName"] != ""
    found = client.invoke("Get-Recipient", {"Filter": "Title -eq 'Pilot'"}).json()["value"]
    assert [each["Guid"] for each in found] == [box["Guid"]]


def test_addresses_given_through_exchange_are_the_accounts(client: Client, box: dict[str, Any]) -> None:
    before = box["PrimarySmtpAddress"]
    given = ["SMTP:riley@contoso.com", before]
    answer = client.invoke("Set-Mailbox", {"Identity": before, "EmailAddresses": given})
    assert answer.status_code == 200, answer.text
    kept = ["SMTP:riley@contoso.com", f"smtp:{before}"]
    mailbox, account = in_exchange(client, "Get-Mailbox", box), in_graph(client, box)
    assert (mailbox["PrimarySmtpAddress"], mailbox["EmailAddresses"]) == ("riley@contoso.com", kept)
    assert (account["mail"], account["proxyAddresses"]) == ("riley@contoso.com", kept)
    assert account["userPrincipalName"] == mailbox["UserPrincipalName"] == box["UserPrincipalName"]


def test_without_a_primary_address_the_first_becomes_it(client: Client, box: dict[str, Any]) -> None:
    client.invoke("Set-Mailbox", {"Identity": box["Guid"], "EmailAddresses": ["smtp:riley@contoso.com"]})
    assert in_graph(client, box)["proxyAddresses"] == ["SMTP:riley@contoso.com"]


def test_an_account_blocked_or_renamed_through_exchange_is_so_in_graph(
    client: Client, box: dict[str, Any]
) -> None:
    client.invoke(
        "Set-Mailbox", {"Identity": box["Guid"], "AccountDisabled": True, "DisplayName": "Riley Novak"}
    )
    account = in_graph(client, box)
    assert (account["accountEnabled"], account["displayName"]) == (False, "Riley Novak")
    assert in_exchange(client, "Get-User", box)["AccountDisabled"] is True


def test_a_deleted_account_takes_its_mailbox_along_and_brings_it_back(
    client: Client, box: dict[str, Any]
) -> None:
    client.tenant.app_roles |= {"User.DeleteRestore.All"}
    headers = {"Authorization": f"Bearer {client.token(GRAPH)}"}
    user = box["ExternalDirectoryObjectId"]

    def listed(cmdlet: str, **parameters: Any) -> bool:
        rows = client.invoke(cmdlet, parameters).json()["value"]
        return box["Guid"] in {row.get("Guid") or row.get("ExchangeObjectId") for row in rows}

    assert client.session.delete(f"{GRAPH}/v1.0/users/{user}", headers=headers).status_code == 204
    for cmdlet in ("Get-Mailbox", "Get-Recipient", "Get-User", "Get-CASMailbox"):
        assert not listed(cmdlet), cmdlet
        assert client.invoke(cmdlet, {"Identity": box["Guid"]}).status_code == 404, cmdlet
    assert client.invoke("Get-InboxRule", {"Mailbox": box["PrimarySmtpAddress"]}).status_code == 404
    assert listed("Get-Mailbox", SoftDeletedMailbox=True)
    restored = client.session.post(f"{GRAPH}/v1.0/directory/deletedItems/{user}/restore", headers=headers)
    assert restored.status_code == 200, restored.text
    assert listed("Get-Mailbox")
    assert not listed("Get-Mailbox", SoftDeletedMailbox=True)
    assert client.invoke("Get-InboxRule", {"Mailbox": box["PrimarySmtpAddress"]}).status_code == 200
