"""Groups that lead mail outside or open mailboxes are followed into the groups in them, and no other is asked."""

from __future__ import annotations

import pytest

from mocktenant import Tenant, serve
from mocktenant.faults import Fault
from o365scan.api import Finding, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service

ASKED = "Get-DistributionGroupMember"
GUEST = "9f1d2c3b-0000-4a5b-8c6d-0000000000aa"
FORWARDS, OPENS = "exchange.mailbox-forwards-inside-only", "exchange.mailbox-access-is-expected"


def scanned(tenant: Tenant, *checks: str) -> list[Finding]:
    """The findings of the checks that are no pass."""
    with serve(tenant) as server:
        registry = load()
        network = Network(server.environment())
        service = Service(tokens_of(SignIn(), network), GLOBAL, network)
        chosen, snapshot = registry.select(checks), Snapshot.create()
        take(service, plan(chosen), registry, snapshot)
        findings = judge(snapshot, chosen, registry, {}).findings
    return [each for each in findings if each.verdict is not Verdict.PASS]


def group_id(number: int) -> str:
    return f"9f1d2c3b-0000-4a5b-8c6d-00000000000{number}"


@pytest.fixture
def tenant() -> Tenant:
    """Group 1 holds 2, 2 holds 3 and 1, 3 holds a guest; group 4 holds the guest too and is nobody's."""
    tenant = Tenant("baseline", size=20)
    template = tenant.objects("groups")[0]
    for number in range(1, 5):
        name = f"Team {number}"
        mail = {"mailEnabled": True, "securityEnabled": True, "mail": f"team{number}@contoso.com"}
        tenant.put("groups", template | {"id": group_id(number), "displayName": name} | mail)
    person = tenant.objects("users")[0]
    outside = {
        "id": GUEST,
        "userType": "Guest",
        "mail": "kim@fabrikam.com",
        "displayName": "Kim",
        "proxyAddresses": [],
    }
    named = {"userPrincipalName": "kim_fabrikam.com#EXT#@contoso.onmicrosoft.com"}
    tenant.put("users", person | outside | named)
    for holder, member in ((1, group_id(2)), (2, group_id(3)), (2, group_id(1)), (3, GUEST), (4, GUEST)):
        tenant.put("groupMembers", {"groupId": group_id(holder), "memberId": member})
    return tenant


def asked(tenant: Tenant) -> int:
    return sum(each.cmdlet == ASKED for each in tenant.journal)


def changed_box(tenant: Tenant, **changes: str) -> dict[str, str]:
    """The mailbox of somebody who administers nothing, with changes."""
    box = tenant.objects("mailboxes")[-1] | changes
    tenant.put("mailboxes", box)
    return box


def test_mail_is_followed_to_the_outside(tenant: Tenant) -> None:
    changed_box(tenant, ForwardingAddress="Team 1")
    (found,) = scanned(tenant, FORWARDS)
    assert found.verdict is Verdict.FAIL
    assert "in the group Team 3 in the group Team 2 in the group Team 1" in found.message
    assert asked(tenant) == 3


def test_who_opens_a_shared_mailbox_is_shown_as_a_chain(tenant: Tenant) -> None:
    shared = changed_box(tenant, RecipientTypeDetails="SharedMailbox")
    tenant.put(
        "mailboxPermissions", {"Mailbox": shared["Guid"], "User": "Team 1", "AccessRights": ["FullAccess"]}
    )
    (found,) = scanned(tenant, OPENS)
    assert (found.verdict, found.severity, found.key) == (Verdict.FAIL, "high", shared["Guid"])
    assert (
        f"kim_fabrikam.com#EXT# → Team 3 → Team 2 → Team 1 → {shared['UserPrincipalName']}" in found.message
    )
    assert asked(tenant) == 3


def test_a_group_that_can_not_be_read_leaves_no_pass(tenant: Tenant) -> None:
    changed_box(tenant, ForwardingAddress="Team 1")
    tenant.faults.add(Fault(cmdlet=ASKED, status=403, count=9))
    assert {each.verdict for each in scanned(tenant, FORWARDS)} == {Verdict.OPEN}


def test_no_group_is_asked_where_none_is_named(tenant: Tenant) -> None:
    assert scanned(tenant, FORWARDS, OPENS) == []
    assert asked(tenant) == 0
