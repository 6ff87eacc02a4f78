"""Exchange's $batch: items answered each for itself."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mocktenant import Fault

from .client import EXCHANGE, Client

MOST = 10


class Batch:
    """Puts a batch together as the known clients do, the token in every item."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.home = f"{EXCHANGE}/adminapi/beta/{client.tenant.tenant_id}"
        self.token = client.token()

    def item(
        self, name: str, cmdlet: str, parameters: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-AnchorMailbox": self.client.anchor,
            "Prefer": "odata.maxpagesize=1000",
            "Content-Type": "application/json",
        }
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters or {}}}
        url = more.pop("url", f"{self.home}/InvokeCommand")
        return {"id": name, "method": "POST", "url": url, "headers": headers | more, "body": body}

    def send(self, *items: dict[str, Any], version: str = "beta") -> requests.Response:
        return self.client.session.post(
            f"{EXCHANGE}/adminapi/{version}/{self.client.tenant.tenant_id}/$batch",
            json={"requests": list(items)},
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def answers(self, *items: dict[str, Any]) -> dict[str, dict[str, Any]]:
        answer = self.send(*items)
        assert answer.status_code == 200, answer.text
        return {each["id"]: each for each in answer.json()["responses"]}


@pytest.fixture
def batch(client: Client) -> Batch:
    return Batch(client)


def guids(client: Client) -> list[str]:
    return [box["Guid"] for box in client.tenant.objects("mailboxes")]


def test_every_item_has_its_own_answer(batch: Batch) -> None:
    boxes = guids(batch.client)[:8]
    items = [batch.item(box, "Get-InboxRule", {"Mailbox": box, "IncludeHidden": True}) for box in boxes]
    items += [
        batch.item("none", "Get-InboxRule", {"Mailbox": "x@contoso.com"}),
        batch.item("no", "Get-Nonsense"),
    ]
    found = batch.answers(*items)
    assert {found[box]["status"] for box in boxes} == {200}
    state = batch.client.tenant.objects("inboxRules")
    for box in boxes:
        assert len(found[box]["body"]["value"]) == len([r for r in state if r["Mailbox"] == box])
    assert found["none"]["status"] == 404
    assert "Ex41BAF5" in found["none"]["body"]["error"]["details"][0]["message"]
    assert found["no"]["status"] == 403
    assert "body" not in found["no"]
    assert found[boxes[0]]["headers"]["Content-Type"].startswith("application/json")


def test_answers_come_in_another_order_and_the_same_again(batch: Batch) -> None:
    def order() -> list[str]:
        items = [batch.item(str(place), "Get-AcceptedDomain") for place in range(MOST)]
        return [each["id"] for each in batch.send(*items).json()["responses"]]

    first = order()
    assert first != sorted(first)
    assert sorted(first) == [str(place) for place in range(MOST)]
    batch.client.tenant.reset()
    assert order() == first


def test_the_journal_has_every_item(batch: Batch) -> None:
    journal = batch.client.tenant.journal
    journal.clear()
    box = guids(batch.client)[0]
    batch.answers(batch.item("a", "Get-InboxRule", {"Mailbox": box}), batch.item("b", "Get-RoleGroup"))
    inner = [entry for entry in journal if entry.batched]
    assert [(entry.cmdlet, entry.mailbox, entry.status) for entry in inner] == [
        ("Get-InboxRule", box, 200),
        ("Get-RoleGroup", None, 200),
    ]
    (outer,) = [entry for entry in journal if not entry.batched]
    assert outer.path.endswith("/$batch")


def test_faults_hit_single_items(batch: Batch) -> None:
    tenant = batch.client.tenant
    first, second = tenant.objects("mailboxes")[:2]
    tenant.faults.add(Fault(cmdlet="Get-InboxRule", status=429, retry_after=3))
    tenant.faults.add(Fault(cmdlet="Get-InboxRule", mailbox=second["PrimarySmtpAddress"].upper(), status=503))
    items = [
        batch.item("a", "Get-InboxRule", {"Mailbox": first["Guid"]}),
        batch.item("b", "Get-InboxRule", {"Mailbox": second["Guid"]}),
        batch.item("c", "Get-AcceptedDomain"),
    ]
    found = batch.answers(*items)
    assert {name: each["status"] for name, each in found.items()} == {"a": 429, "b": 503, "c": 200}
    assert found["a"]["headers"]["Retry-After"] == "3"
    assert found["a"]["body"]["error"]["message"].endswith(" 3 seconds.")
    assert {each["status"] for each in batch.answers(*items).values()} == {200}


def test_a_mailbox_fault_leaves_other_mailboxes_alone(batch: Batch) -> None:
    tenant = batch.client.tenant
    first, second = guids(batch.client)[:2]
    tenant.faults.add(Fault(mailbox=second, status=500, count=2))
    for name, status in ((first, 200), (second, 500)):
        assert batch.client.invoke("Get-InboxRule", {"Mailbox": name}).status_code == status
    assert batch.answers(batch.item("b", "Get-InboxRule", {"Mailbox": second}))["b"]["status"] == 500


def test_next_links_inside(batch: Batch) -> None:
    small = {"Prefer": "odata.maxpagesize=10"}
    body = batch.answers(batch.item("a", "Get-Mailbox", **small))["a"]["body"]
    assert len(body["value"]) == 10
    again = batch.answers(batch.item("a", "Get-Mailbox", url=body["@odata.nextLink"], **small))["a"]
    assert again["status"] == 200
    assert len(again["body"]["value"]) == 6
    alone = batch.client.invoke("Get-Mailbox", url=body["@odata.nextLink"], Prefer="odata.maxpagesize=10")
    assert alone.status_code == 200


def test_items_without_a_token_use_the_batchs(batch: Batch) -> None:
    item = batch.item("a", "Get-AcceptedDomain")
    del item["headers"]["Authorization"]
    assert batch.answers(item)["a"]["status"] == 200
    assert (
        batch.answers(batch.item("a", "Get-AcceptedDomain", Authorization="Bearer x"))["a"]["status"] == 401
    )


def test_what_is_no_batch(batch: Batch) -> None:
    good = batch.item("a", "Get-AcceptedDomain")
    eleven = [batch.item(str(place), "Get-AcceptedDomain") for place in range(MOST + 1)]
    assert batch.send(*eleven).status_code == 400
    assert batch.send().status_code == 400
    assert batch.send(good, good).status_code == 400
    assert batch.send({"id": "a", "url": good["url"]}).status_code == 400
    assert batch.send(good | {"url": f"{batch.home}/$batch"}).status_code == 400
    assert batch.send(good, version="v1.0").status_code == 405
    batch.token = "nonsense"
    assert batch.send(good).status_code == 401
