"""Exchange's admin API with its odd edges."""

from __future__ import annotations

import pytest
import requests

from mocktenant import Tenant, serve

from .client import EXCHANGE, GRAPH, Client

READS = [
    "Get-AcceptedDomain",
    "Get-BlockedConnector",
    "Get-InboundConnector",
    "Get-InboxRule",
    "Get-Mailbox",
    "Get-MailboxFolderStatistics",
    "Get-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Get-OrganizationConfig",
    "Get-OutboundConnector",
    "Get-RemoteDomain",
    "Get-RoleGroup",
    "Get-RoleGroupMember",
    "Get-ServicePrincipal",
    "Get-TransportRule",
    "Get-User",
]
NEED_MORE = {"Get-InboxRule", "Get-MailboxFolderStatistics", "Get-RoleGroupMember"}


def rows(answer: requests.Response) -> list[dict[str, object]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


@pytest.mark.parametrize("cmdlet", [name for name in READS if name not in NEED_MORE])
def test_global_reader_reads_everything(client: Client, cmdlet: str) -> None:
    answer = client.invoke(cmdlet)
    assert answer.status_code == 200
    body = answer.json()
    assert body["@adminapi.warnings"] == []
    assert body["@odata.context"].startswith(f"{EXCHANGE}/adminapi/beta/{client.tenant.tenant_id}/$metadata#")


def test_inbound_connector_as_on_the_wire(client: Client) -> None:
    (row,) = rows(client.invoke("Get-InboundConnector", {"Identity": "fabrikam partner mail"}))
    assert row["SenderDomains@odata.type"] == "#Collection(String)"
    assert row["WhenCreatedUTC@data.type"] == "System.DateTime"
    assert row["Guid@data.type"] == "System.Guid"
    assert row["RestrictDomainsToCertificate"] is True
    assert row["TlsSenderCertificateName"] == "*.fabrikam.com"
    assert row["TreatMessagesAsInternal"] is False
    assert row["WhenCreated"] == str(row["WhenCreatedUTC"]).removesuffix("Z")


def test_transport_rule_is_whole_and_consistent(client: Client) -> None:
    (row,) = rows(client.invoke("Get-TransportRule", {"Identity": "Signature service: clean up"}))
    assert row["RemoveHeader"] == "X-Fabrikam-Signature-Done"
    assert row["Actions"] == ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.RemoveHeaderAction"]
    assert row["Conditions"] == ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.HeaderContainsPredicate"]
    assert row["Exceptions"] is None
    assert row["ExceptIfSenderIpRanges"] is None
    assert row["DeleteMessage"] is False
    assert "X-Fabrikam-Signature-Done" in str(row["Description"])
    assert "WhenCreated" not in row
    assert row["WhenChanged@data.type"] == "System.DateTime"
    assert str(row["WhenChanged"]).endswith(".0000000+00:00")
    assert len([name for name in row if "@" not in name]) > 180


def test_transport_rules_come_by_priority_and_state(client: Client) -> None:
    found = rows(client.invoke("Get-TransportRule"))
    assert [row["Priority"] for row in found] == list(range(len(found)))
    disabled = rows(client.invoke("Get-TransportRule", {"State": "disabled"}))
    assert [row["Name"] for row in disabled] == ["Old footer 2019"]
    by_exception = next(row for row in found if row["Name"] == "Mark mail from outside")
    assert by_exception["Exceptions"] == [
        "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SubjectContainsPredicate"
    ]


def test_outbound_connector_filters(client: Client) -> None:
    client.tenant.put("outboundConnectors", {"Name": "being tested", "TestMode": True})
    client.tenant.put("outboundConnectors", {"Name": "by rule", "IsTransportRuleScoped": True})
    names = [row["Name"] for row in rows(client.invoke("Get-OutboundConnector"))]
    assert "being tested" not in names
    with_test = rows(client.invoke("Get-OutboundConnector", {"IncludeTestModeConnectors": "true"}))
    assert "being tested" in [row["Name"] for row in with_test]
    scoped = rows(client.invoke("Get-OutboundConnector", {"IsTransportRuleScoped": True}))
    assert [row["Name"] for row in scoped] == ["by rule"]


def test_mailboxes(client: Client) -> None:
    found = rows(client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}))
    assert len(found) == len(client.tenant.objects("mailboxes")) == 16  # administrators have none
    first = client.tenant.objects("mailboxes")[0]
    derived = rows(client.invoke("Get-Mailbox", {"ResultSize": 1}))[0]["DistinguishedName"]
    for identity in (
        derived,
        first["PrimarySmtpAddress"],
        first["EmailAddresses"][1][5:],
        first["ExternalDirectoryObjectId"],
    ):
        (row,) = rows(client.invoke("Get-Mailbox", {"Identity": identity}))
        assert row["Guid"] == first["Guid"]
    assert first["ExternalDirectoryObjectId"] in client.tenant.collection("users")
    assert rows(client.invoke("Get-Mailbox", {"RecipientTypeDetails": ["SharedMailbox"]})) == []


def test_blocked_connector_by_its_own_key(client: Client) -> None:
    guid = "159eb7c4-75d7-43e2-95fe-ced44b3e0a56"
    client.tenant.put("blockedConnectors", {"ConnectorId": guid, "ConnectorName": "relay", "Reason": "spam"})
    (row,) = rows(client.invoke("Get-BlockedConnector", {"ConnectorId": guid.upper()}))
    assert row["TenantId"] == client.tenant.tenant_id
    assert client.invoke("Get-BlockedConnector", {"ConnectorId": "x"}).status_code == 400
    other = "00000000-0000-4000-8000-000000000000"
    assert client.invoke("Get-BlockedConnector", {"ConnectorId": other}).status_code == 404


def test_large_numbers_are_typed_as_such(client: Client) -> None:
    guid = next(iter(client.tenant.collection("organizationConfig")))
    client.tenant.patch("organizationConfig", guid, {"ObjectVersion": 2**40, "EwsEnabled": None})
    (row,) = rows(client.invoke("Get-OrganizationConfig"))
    assert row["ObjectVersion@data.type"] == "System.Int64"
    assert row["EwsEnabled"] is None


def test_projection_keeps_sidecars(client: Client) -> None:
    url = f"{EXCHANGE}/adminapi/beta/{client.tenant.tenant_id}/InvokeCommand?$select=Name,Guid"
    (first, *_rest) = rows(client.invoke("Get-InboundConnector", url=url))
    assert set(first) == {"Name", "Guid", "Guid@data.type"}


# Pages


def paged(client: Client, **headers: str) -> list[dict[str, object]]:
    answer = client.invoke(
        "Get-Mailbox", {"ResultSize": "Unlimited"}, Prefer="odata.maxpagesize=10", **headers
    )
    pages = [answer.json()]
    while "@odata.nextLink" in pages[-1]:
        link = pages[-1]["@odata.nextLink"]
        answer = client.invoke(
            "Get-Mailbox", {"ResultSize": "Unlimited"}, url=link, Prefer="odata.maxpagesize=10", **headers
        )
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
    return pages


@pytest.mark.parametrize("domain", ["guid", "contoso.onmicrosoft.com"])
def test_pages_by_post_with_the_same_body_and_anchor(client: Client, domain: str) -> None:
    anchor = f"UPN:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{domain}"
    headers = {} if domain == "guid" else {"X_AnchorMailbox": anchor}
    pages = paged(client, **headers)
    assert [len(page["value"]) for page in pages] == [10, 6]
    guids = [row["Guid"] for page in pages for row in page["value"]]
    assert len(set(guids)) == 16


def test_links_that_do_not_belong_to_the_request(client: Client) -> None:
    first = client.invoke("Get-Mailbox", Prefer="odata.maxpagesize=10").json()
    link = first["@odata.nextLink"]
    other_body = client.invoke("Get-Mailbox", {"ResultSize": 20}, url=link)
    other_anchor = client.invoke("Get-Mailbox", url=link, X_AnchorMailbox="UPN:a@contoso.onmicrosoft.com")
    stale = client.invoke("Get-Mailbox", url=link.replace("skiptoken=", "skiptoken=x"))
    garbled = client.invoke("Get-Mailbox", url=link.partition("%24skiptoken=")[0] + "%24skiptoken=%25")
    for answer in (other_body, other_anchor, stale, garbled):
        assert answer.status_code == 400
        cause = answer.json()["error"]["innererror"]["internalexception"]
        assert cause["message"].startswith("Expired or Invalid pagination request")
    assert client.session.get(link).status_code == 405


@pytest.mark.parametrize("anchor", ["", "UPN:SystemMailbox{bb558c35}@contoso.com"])
def test_without_a_routable_anchor_the_second_page_is_refused(client: Client, anchor: str) -> None:
    first = client.invoke("Get-Mailbox", Prefer="odata.maxpagesize=10", X_AnchorMailbox=anchor).json()
    second = client.invoke("Get-Mailbox", url=first["@odata.nextLink"], X_AnchorMailbox=anchor)
    assert second.status_code == 400


def test_result_size(client: Client) -> None:
    assert len(rows(client.invoke("Get-Mailbox", {"ResultSize": 3}))) == 3
    assert len(rows(client.invoke("Get-Mailbox", {"resultsize": "4"}))) == 4
    assert client.invoke("Get-Mailbox", {"ResultSize": "some"}).status_code == 400


def test_more_than_a_thousand_rows_are_cut_with_a_warning() -> None:
    with serve(Tenant(size=1_100)) as server:
        client = Client(server)
        body = client.invoke("Get-Mailbox").json()
        assert len(body["value"]) == 1000
        assert "ResultSize" in body["@adminapi.warnings"][0]
        whole = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()
        assert len(whole["value"]) == 1000
        assert (
            "%24select=Guid"
            in client.invoke(
                "Get-Mailbox",
                {"ResultSize": "Unlimited"},
                url=f"{EXCHANGE}/adminapi/beta/{server.tenant.tenant_id}/InvokeCommand?$select=Guid",
            ).json()["@odata.nextLink"]
        )


# Refusals


def test_unknown_parameter(client: Client) -> None:
    answer = client.invoke("Get-InboundConnector", {"Bogus": 1, "ErrorAction": "Stop"})
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["details"][0]["message"].endswith("Invalid cmdlet parameters specified. Bogus")
    assert error["innererror"]["internalexception"]["type"].endswith("AmbiguousParameterSetException")


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "word"),
    [
        ("Get-TransportRule", {"State": "Sleeping"}, "Sleeping"),
        ("Get-InboundConnector", {"Identity": 5}, "System.String"),
        ("Get-OutboundConnector", {"IsTransportRuleScoped": 3}, "SwitchParameter"),
    ],
)
def test_impossible_values(client: Client, cmdlet: str, parameters: dict[str, object], word: str) -> None:
    cause = client.invoke(cmdlet, parameters).json()["error"]["innererror"]["internalexception"]
    assert cause["type"].endswith("ParameterTransformationException")
    assert word in cause["message"]


def test_real_parameters_that_are_not_emulated(client: Client) -> None:
    answer = client.invoke("Get-Mailbox", {"SortBy": "Name"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Get-Mailbox -SortBy is not emulated by the mock tenant."


def test_unknown_object(client: Client) -> None:
    answer = client.invoke("Get-InboundConnector", {"Identity": "nothing"})
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert "object 'nothing' couldn't be found" in error["details"][0]["message"]
    assert error["innererror"]["internalexception"]["message"].startswith("Exception of type '")


@pytest.mark.parametrize(
    "body",
    ["nonsense", "[]", "{}", '{"CmdletInput":{"CmdletName":"Get-Mailbox"}}',
     '{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":null}}', '{"CmdletInput":{"CmdletName":7}}'],
)  # fmt: skip
def test_envelopes_that_are_none(client: Client, body: str) -> None:
    url = f"{EXCHANGE}/adminapi/beta/{client.tenant.tenant_id}/InvokeCommand"
    answer = client.session.post(url, data=body, headers={"Authorization": f"Bearer {client.token()}"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid Operation")


def assert_unreadable(answer: requests.Response) -> None:
    assert answer.status_code == 403
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.raw.read(decode_content=False) == bytes(4096)


@pytest.mark.parametrize(
    ("roles", "cmdlet"),
    [
        (set(), "Get-TransportRule"),
        ({"Helpdesk Administrator"}, "Get-TransportRule"),
        ({"Security Reader"}, "Get-InboundConnector"),
        ({"Security Reader"}, "Get-Mailbox"),
        ({"Exchange Recipient Administrator"}, "Get-TransportRule"),
        ({"Global Reader"}, "Set-InboundConnector"),
        ({"Global Administrator"}, "Get-Nonsense"),
    ],
)
def test_forbidden_and_unknown_cmdlets_look_the_same(client: Client, roles: set[str], cmdlet: str) -> None:
    client.tenant.directory_roles = roles
    assert_unreadable(client.invoke(cmdlet, stream=True))


def test_unreadable_answers_break_careless_clients(client: Client) -> None:
    client.tenant.directory_roles = set()
    with pytest.raises(requests.exceptions.ContentDecodingError):
        client.invoke("Get-TransportRule")


def test_security_reader_reads_transport_rules(client: Client) -> None:
    client.tenant.directory_roles = {"Security Reader"}
    assert len(rows(client.invoke("get-transportrule"))) == 11


@pytest.mark.parametrize(
    ("app_roles", "status"),
    [(set(), 401), ({"User.Read.All"}, 401), ({"Exchange.ManageAsAppV2"}, 403)],
)
def test_app_roles(client: Client, app_roles: set[str], status: int) -> None:
    client.tenant.app_roles = app_roles
    answer = client.invoke("Get-TransportRule")
    assert (answer.status_code, answer.content) == (status, b"")
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_graph_token_and_no_token(client: Client) -> None:
    for token in ("", client.token(GRAPH)):
        answer = client.invoke("Get-TransportRule", token=token)
        assert (answer.status_code, answer.content) == (401, b"")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_urls(client: Client) -> None:
    tenant_id = client.tenant.tenant_id
    assert (
        client.invoke(
            "Get-TransportRule", url=f"{EXCHANGE}/AdminApi/beta/{tenant_id}/InvokeCommand"
        ).status_code
        == 200
    )
    by_domain = f"{EXCHANGE}/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand"
    assert client.invoke("Get-TransportRule", url=by_domain).status_code == 200
    assert (
        client.invoke(
            "Get-TransportRule", url=f"{EXCHANGE}/adminapi/v1.0/{tenant_id}/InvokeCommand"
        ).status_code
        == 405
    )
    foreign = f"{EXCHANGE}/adminapi/beta/nobody.example.com/InvokeCommand"
    assert client.invoke("Get-TransportRule", url=foreign).status_code == 401
    assert (
        client.invoke("Get-TransportRule", url=f"{EXCHANGE}/adminapi/beta/{tenant_id}/Nonsense").status_code
        == 400
    )


def test_exported_cmdlets_are_the_callers(client: Client) -> None:
    def exported() -> requests.Response:
        return client.session.get(
            f"{EXCHANGE}/adminapi/v1.0/{client.tenant.tenant_id}/EXOModuleFile?Version=3.9.2",
            headers={"Authorization": f"Bearer {client.token()}", "CommandName": "*"},
            stream=True,
        )

    def names() -> list[str]:
        return str(exported().json()["value"][0]["exportedCmdlets"]).split(",")

    everything = names()
    assert everything == sorted(everything)
    assert set(READS) <= set(everything)
    assert not [name for name in everything if not name.startswith("Get-")]
    client.tenant.directory_roles = {"Security Reader"}
    reader = set(names())
    assert {
        "Get-AdminAuditLogConfig",
        "Get-BlockedConnector",
        "Get-DkimSigningConfig",
        "Get-TransportRule",
    } <= reader
    assert not reader & {"Get-InboundConnector", "Get-Mailbox", "Get-OrganizationConfig", "Get-RemoteDomain"}
    client.tenant.directory_roles = set()
    assert_unreadable(exported())
