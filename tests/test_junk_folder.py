"""The mailbox's own junk folder tells an intruder's rule from the filter's: a live scan of mailboxes in Swedish."""

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

CHECK = "exchange.inbox-rule-is-not-hidden"
ASKED = "Get-MailboxFolderStatistics"


def scanned(tenant: Tenant) -> list[Finding]:
    """The findings of the check that are no pass."""
    with serve(tenant) as server:
        registry = load()
        network = Network(server.environment())
        service = Service(tokens_of(SignIn(), network), GLOBAL, network)
        checks, snapshot = registry.select([CHECK]), Snapshot.create()
        take(service, plan(checks), registry, snapshot)
        findings = judge(snapshot, checks, registry, {}).findings
    return [each for each in findings if each.verdict is not Verdict.PASS]


@pytest.fixture
def tenant() -> Tenant:
    """Three mailboxes in Swedish, each with the junk filter's rule alone."""
    tenant = Tenant("baseline", size=20)
    boxes = tenant.objects("mailboxes")
    for rule in tenant.objects("inboxRules"):
        tenant.delete("inboxRules", rule["Guid"])
    for box in boxes[:3]:
        tenant.put("mailboxes", box | {"Languages": ["sv-SE"]})
        junk = {"Mailbox": box["Guid"], "Name": "Junk E-mail Rule", "Hidden": True, "SupportedByTask": False}
        tenant.put(
            "inboxRules", junk | {"Guid": box["ExternalDirectoryObjectId"], "MoveToFolder": "Skräppost"}
        )
    return tenant


def asked(tenant: Tenant) -> list[str]:
    return sorted(str(each.mailbox) for each in tenant.journal if each.cmdlet == ASKED)


def test_only_the_mailboxes_with_such_a_rule_are_asked(tenant: Tenant) -> None:
    assert scanned(tenant) == []
    assert asked(tenant) == sorted(rule["Mailbox"] for rule in tenant.objects("inboxRules"))


def test_another_folder_is_a_problem(tenant: Tenant) -> None:
    rule = tenant.objects("inboxRules")[0]
    tenant.put("inboxRules", rule | {"MoveToFolder": "Roskaposti"})
    (found,) = scanned(tenant)
    assert (found.verdict, found.severity) == (Verdict.FAIL, "critical")
    assert found.key.startswith(rule["Mailbox"])
    assert "moves mail to Roskaposti" in found.message
    assert "junk folder is /Skräppost" in found.message


def test_a_junk_folder_that_is_not_told_leaves_its_mailbox_undecided(tenant: Tenant) -> None:
    mailbox = tenant.objects("inboxRules")[0]["Mailbox"]
    tenant.faults.add(Fault(cmdlet=ASKED, mailbox=mailbox, status=403, count=9))
    (found,) = scanned(tenant)
    assert (found.verdict, found.key) == (Verdict.OPEN, mailbox)
    assert "exchange.junk-folders" in found.message
