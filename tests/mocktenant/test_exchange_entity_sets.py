"""The entity sets behind Get-EXO*, and the documented v2.0 endpoints."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
import requests

from .client import EXCHANGE, Client
from .test_exchange_reads import english, rows


@pytest.fixture
def box(client: Client) -> dict[str, Any]:
    client.tenant.directory_roles = {"Exchange Administrator"}
    return english(client.tenant)


def get(client: Client, path: str, **headers: str) -> requests.Response:
    url = path if path.startswith("https:") else f"{EXCHANGE}/adminapi/beta/{client.tenant.tenant_id}{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.session.get(url, headers={"Authorization": f"Bearer {client.token()}"} | named)


def test_the_sets_are_listed(client: Client, box: dict[str, Any]) -> None:
    names = [item["name"] for item in get(client, "").json()["value"]]
    assert {"CasMailbox", "Mailbox", "Recipient", "User"} <= set(names)


@pytest.mark.parametrize("name", ["Mailbox", "CasMailbox", "User", "Recipient"])
def test_a_set_shows_its_minimum_unless_asked_for_more(
    client: Client, box: dict[str, Any], name: str
) -> None:
    small = rows(get(client, f"/{name}"))[0]
    whole = rows(get(client, f"/{name}?PropertySet=All"))[0]
    assert set(small) < set(whole)
    assert not [key for key in whole if "@" in key]
    one = get(client, f"/{name}('{quote(small['ExternalDirectoryObjectId'])}')?PropertySet=All").json()
    assert one.pop("@odata.context").endswith(f"$metadata#{name}/$entity")
    assert one == whole
    assert client.tenant.journal[-1].permission == "Exchange.ManageAsApp + Exchange Administrator"


def test_select_filter_and_property_sets(client: Client, box: dict[str, Any]) -> None:
    found = rows(
        get(client, "/Mailbox?$filter=RecipientTypeDetails eq 'UserMailbox' and Name ne 'x'&$select=Name")
    )
    assert {tuple(row) for row in found} == {("Name",)}
    kinds = {b["Name"]: b["RecipientTypeDetails"] for b in client.tenant.objects("mailboxes")}
    assert {kinds[row["Name"]] for row in found} == {"UserMailbox"}
    (audit,) = {tuple(sorted(row)) for row in rows(get(client, "/Mailbox?PropertySets=Audit,SoftDelete"))}
    assert {"AuditEnabled", "DefaultAuditSet", "IsInactiveMailbox"} <= set(audit)
    assert "DisplayName" not in audit
    off = rows(get(client, "/CasMailbox?$filter=PopEnabled eq false"))
    assert len(off) == len(client.tenant.objects("mailboxes"))
    assert get(client, "/Mailbox?PropertySet=Everything").status_code == 400
    assert get(client, "/Mailbox?$filter=contains(Name,'x')").status_code == 400
    assert get(client, "/Mailbox?$top=x").status_code == 400


def test_pages_are_asked_for_by_get(client: Client, box: dict[str, Any]) -> None:
    seen: list[str] = []
    link = "/Mailbox?$top=10&$select=Guid"
    sizes = []
    while link:
        answer = get(client, link)
        sizes.append(len(rows(answer)))
        seen += [row["Guid"] for row in rows(answer)]
        link = answer.json().get("@odata.nextLink", "")
    assert sizes == [10, 6]
    assert len(set(seen)) == 16
    assert len(rows(get(client, "/Mailbox", Prefer="odata.maxpagesize=3"))) == 3
    assert get(client, "/Mailbox?$skiptoken=x").status_code == 400


@pytest.mark.parametrize(
    ("path", "name", "least"),
    [
        ("/Mailbox('{who}')/MailboxPermission", "User", 1),
        ("/MailboxPermission('{who}')", "User", 1),
        ("/RecipientPermission", "Trustee", 16),
        ("/Recipient('{who}')/RecipientPermission", "Trustee", 1),
        ("/Mailbox('{who}')/MailboxFolder('Inbox')/MailboxFolderPermission", "FolderName", 2),
        ("/MailboxFolderPermission('{who}:%5CInbox')", "FolderName", 2),
        ("/Mailbox('{who}')/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'All')", "Name", 9),
        ("/mailbox('{encoded}')/MobileDevice/Exchange.GetMobileDeviceStatistics()/?IsEncoded=True", "Status", 1),
        ("/MobileDeviceStatistics('{who}')", "Status", 1),
        ("/ExchangeRoleGroupMember('Regional mail support')?PropertySet=All", "Name", 1),
    ],
)  # fmt: skip
def test_what_belongs_to_a_mailbox(
    client: Client, box: dict[str, Any], path: str, name: str, least: int
) -> None:
    client.tenant.put("mobileDevices", {"Mailbox": box["Guid"], "DeviceId": "F00D"})
    who = box["UserPrincipalName"]
    encoded = base64.b64encode(who.encode()).decode()
    found = rows(get(client, path.replace("{who}", who).replace("{encoded}", encoded)))
    assert len(found) >= least
    assert all(row[name] for row in found)


def test_statistics_are_one_object(client: Client, box: dict[str, Any]) -> None:
    one = get(client, f"/Mailbox('{box['Guid']}')/Exchange.GetMailboxStatistics()").json()
    assert set(one) == {
        "@odata.context", "DeletedItemCount", "DisplayName", "ItemCount", "MailboxGuid", "TotalDeletedItemSize",
        "TotalItemSize",
    }  # fmt: skip
    assert get(client, "/MailboxStatistics").status_code == 400


def test_refusals_of_the_sets(client: Client, box: dict[str, Any]) -> None:
    assert get(client, "/Mailbox('nobody@contoso.com')").status_code == 404
    assert get(client, "/Nonsense").status_code == 400
    assert get(client, "/mailbox('%21')/MobileDeviceStatistics?IsEncoded=true").status_code == 400
    client.tenant.directory_roles = {"Security Reader"}
    denied = get(client, "/Mailbox")
    assert denied.status_code == 401
    assert denied.json()["error"]["message"] == "User is not allowed to call Get-Mailbox"
    assert client.tenant.journal[-1].needs[1][0] == "Global Reader"
    assert get(client, "/InvokeCommand").status_code == 405


def test_the_banner_is_for_callers_of_the_tenant(client: Client, box: dict[str, Any]) -> None:
    url = f"{EXCHANGE}/adminapi/v1.0/{client.tenant.tenant_id}/EXOBanner('AutogenSession')?Version=3.9.2"
    assert get(client, url).status_code == 200
    assert client.session.get(url).status_code == 401


# v2.0


def v2(
    client: Client, endpoint: str, cmdlet: str, parameters: dict[str, Any] | None = None, **more: Any
) -> requests.Response:
    """One request to a documented endpoint."""
    headers = {"Authorization": f"Bearer {client.token()}", "X-AnchorMailbox": client.anchor} | more.get(
        "headers", {}
    )
    command: dict[str, Any] = {"CmdletName": cmdlet}
    if parameters is not None:
        command["Parameters"] = parameters
    url = more.get("url") or f"{EXCHANGE}/adminapi/v2.0/{client.tenant.tenant_id}/{endpoint}"
    return client.session.post(url, json={"CmdletInput": command}, headers=headers)


@pytest.fixture
def documented(client: Client) -> Client:
    client.tenant.app_roles = {"Exchange.ManageAsAppV2"}
    client.tenant.directory_roles = {"Exchange Administrator"}
    return client


def test_the_six_endpoints(documented: Client) -> None:
    tenant, who = documented.tenant, english(documented.tenant)
    folder = {"Identity": f"{who['Alias']}:\\Calendar"}
    group = next(g for g in tenant.objects("groups") if g.get("mailEnabled"))
    tenant.put("groups", group | {"groupTypes": [], "mail": "all@contoso.com", "id": who["Guid"]})
    named = {"Name": "Shared ones", "PrimarySmtpAddress": "shared@contoso.com"}
    tenant.put(
        "dynamicDistributionGroups", named | {"RecipientFilter": "RecipientTypeDetails -eq 'UserMailbox'"}
    )
    asked: list[tuple[str, str, dict[str, Any] | None]] = [
        ("OrganizationConfig", "Get-OrganizationConfig", None),
        ("AcceptedDomain", "Get-AcceptedDomain", {}),
        ("Mailbox", "Get-Mailbox", {"Identity": who["Guid"]}),
        ("MailboxFolderPermission", "Get-MailboxFolderPermission", folder),
        ("DistributionGroupMember", "Get-DistributionGroupMember", {"Identity": "all@contoso.com"}),
        ("DynamicDistributionGroupMember", "Get-DynamicDistributionGroupMember", {"Identity": "Shared ones"}),
    ]
    for endpoint, cmdlet, parameters in asked:
        answer = v2(documented, endpoint, cmdlet, parameters)
        assert bool(rows(answer)) == (endpoint != "DistributionGroupMember")
        assert tenant.journal[-1].permission == "Exchange.ManageAsAppV2 + Exchange Administrator"


def test_v2_writes_delegates_and_nothing_else_of_a_mailbox(documented: Client) -> None:
    first, second = documented.tenant.objects("mailboxes")[:2]
    edit = {"@odata.type": "#Exchange.GenericHashTable", "add": second["Alias"]}
    assert (
        rows(
            v2(documented, "Mailbox", "Set-Mailbox", {"Identity": first["Guid"], "GrantSendOnBehalfTo": edit})
        )
        == []
    )
    (row,) = rows(v2(documented, "mailbox", "get-mailbox", {"Identity": first["Guid"]}))
    assert row["GrantSendOnBehalfTo"] == [second["Name"]]
    more = v2(
        documented,
        "Mailbox",
        "Set-Mailbox",
        {"Identity": first["Guid"], "ForwardingSmtpAddress": "x@example.net"},
    )
    assert more.status_code == 400


def test_v2_pages_by_post(documented: Client) -> None:
    small = {"headers": {"Prefer": "odata.maxpagesize=10"}}
    first = v2(documented, "Mailbox", "Get-Mailbox", {}, **small).json()
    assert "/adminapi/v2.0/" in first["@odata.nextLink"]
    rest = v2(documented, "Mailbox", "Get-Mailbox", {}, url=first["@odata.nextLink"], **small)
    assert len(first["value"]) + len(rows(rest)) == 16
    url = f"{EXCHANGE}/adminapi/v2.0/{documented.tenant.tenant_id}/AcceptedDomain?$select=DomainName"
    assert set(rows(v2(documented, "", "Get-AcceptedDomain", {}, url=url))[0]) == {"DomainName"}


def test_refusals_of_v2(documented: Client) -> None:
    no_anchor = {"headers": {"X-AnchorMailbox": ""}}
    assert v2(documented, "Mailbox", "Get-Mailbox", {}, **no_anchor).status_code == 400
    assert v2(documented, "Mailbox", "Get-InboxRule", {}).status_code == 400
    assert (
        v2(documented, "OrganizationConfig", "Get-OrganizationConfig", {"Identity": "x"}).status_code == 400
    )
    assert v2(documented, "InboxRule", "Get-InboxRule", {}).status_code == 400
    documented.tenant.directory_roles = {"Security Reader"}
    assert v2(documented, "Mailbox", "Get-Mailbox", {}).status_code == 403
    documented.tenant.app_roles = {"Exchange.ManageAsApp"}
    assert v2(documented, "Mailbox", "Get-Mailbox", {}).status_code == 403
