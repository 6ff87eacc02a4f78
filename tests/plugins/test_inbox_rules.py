"""Which lists of inbox rules are read, of whom, and what is known where one of them could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from o365scan.api import (
    ExchangeCmdlet,
    Finding,
    GapReason,
    GraphList,
    OptionsError,
    Request,
    ServiceError,
    Verdict,
)
from o365scan.collect import collect
from o365scan.evaluate import evaluate
from o365scan.registry import plan
from o365scan.snapshot import Manifest, Snapshot
from o365scan.testing import NOW, TENANT
from o365scan.transport.errors import NotFound
from o365scan_exchange.checks.inbox_rule_is_not_hidden import AcceptedInboxRules, inbox_rule_is_not_hidden
from o365scan_exchange.datasets import nested_role_group_members, role_group_members, role_groups

ALICE, BOB = "6b1f0c9e-5a34-4f0e-8d57-3f6f0e2a9c11", "0c2d7e41-7c0a-4f8b-9a55-1f0b8f6c3d22"
Rows = list[Mapping[str, Any]]


class _Denied(ServiceError):
    reason = GapReason.DENIED


def rule(mailbox: str, number: int, name: str, **more: Any) -> dict[str, Any]:
    """A rule as Get-InboxRule shows it, so far as the check looks."""
    texts = ("ForwardTo", "ForwardAsAttachmentTo", "RedirectTo", "MoveToFolder", "CopyToFolder")
    words = ("SubjectContainsWords", "SubjectOrBodyContainsWords", "BodyContainsWords")
    senders = ("FromAddressContainsWords", "HeaderContainsWords", "MessageTypeMatches")
    others = (
        *("From", "SentTo", "RecipientAddressContainsWords", "FlaggedForAction", "FromSubscription"),
        *("HasClassification", "WithImportance", "WithSensitivity", "WithinSizeRangeMaximum"),
        *("WithinSizeRangeMinimum", "ReceivedAfterDate", "ReceivedBeforeDate"),
    )
    flags = (
        *("DeleteMessage", "SoftDeleteMessage", "MarkAsRead", "HasAttachment", "SentOnlyToMe"),
        *("MyNameInCcBox", "MyNameInToBox", "MyNameInToOrCcBox", "MyNameNotInToBox"),
    )
    return {
        "Identity": f"{mailbox}\\{number}",
        "RuleIdentity": number,
        "Name": name,
        "Enabled": True,
        "SupportedByTask": True,
        **dict.fromkeys((*texts, *words, *senders, *others)),
        **dict.fromkeys(flags, False),
        **more,
    }


def junk(mailbox: str) -> dict[str, Any]:
    return rule(mailbox, 2**63 + 1, "Junk E-mail Rule", SupportedByTask=False)


@dataclass
class Mailboxes:
    """Exchange Online with a few mailboxes: their rules, in the order of the requests for them."""

    visible: dict[str, Rows]
    hidden: dict[str, list[Rows]]
    """What IncludeHidden answers: the first time, the second time."""
    failing: dict[tuple[str, bool], ServiceError] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    junk: dict[str, str] = field(default_factory=dict)
    """What a mailbox calls its junk folder: "" if it lists none; a mailbox that isn't here can't be read."""
    asked_for_folder: list[str] = field(default_factory=list)

    def pages(self, request: Request) -> Iterator[Rows]:
        assert isinstance(request, ExchangeCmdlet)
        if request.cmdlet == "Get-Mailbox":
            yield [
                {
                    "Guid": guid,
                    "UserPrincipalName": f"{guid[:4]}@contoso.com",
                    "RecipientTypeDetails": "UserMailbox",
                }
                for guid in sorted(self.hidden)
            ]

    def batch_size(self, _request: Request) -> int:
        return 10

    def answers(self, requests: list[Request]) -> Iterator[tuple[int, Rows | ServiceError]]:
        for place, request in enumerate(requests):
            assert isinstance(request, ExchangeCmdlet)
            if request.cmdlet == "Get-MailboxFolderStatistics":
                yield place, self._folders(request)
                continue
            who = request.parameters["Mailbox"], request.parameters.get("IncludeHidden", False)
            yield place, self.failing.get(who) or self._rules(*who)
            self.asked.append(who)

    def _rules(self, mailbox: str, hidden: bool) -> Rows:
        if not hidden:
            return self.visible[mailbox]
        before = self.asked.count((mailbox, True))
        return self.hidden[mailbox][before]

    def _folders(self, request: ExchangeCmdlet) -> Rows | ServiceError:
        mailbox = str(request.parameters["Identity"])
        assert request.parameters["FolderScope"] == "JunkEmail"
        self.asked_for_folder.append(mailbox)
        if mailbox not in self.junk:
            return ServiceError("the server is busy")
        if not self.junk[mailbox]:
            return []
        subfolder = {
            "FolderId": "2",
            "FolderType": "User Created",
            "FolderPath": f"/{self.junk[mailbox]}/Kept",
        }
        return [
            {"FolderId": "1", "FolderType": "JunkEmail", "FolderPath": f"/{self.junk[mailbox]}"},
            subfolder,
        ]


def judged(exchange: Mailboxes) -> dict[str, Finding]:
    """The findings of a scan, by the object's key."""
    snapshot = Snapshot.create()
    collect(plan([inbox_rule_is_not_hidden]), exchange, snapshot)
    snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test"))
    return {each.key: each for each in evaluate(snapshot, [inbox_rule_is_not_hidden], {}).findings}


@dataclass
class Groups:
    """A role group with one member, and the empty groups that Microsoft Graph was asked for."""

    group: Mapping[str, Any]
    member: Mapping[str, Any]
    requests: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def pages(self, _request: Request) -> Iterator[Rows]:
        yield [self.group]

    def batch_size(self, _request: Request) -> int:
        return 10

    def answers(self, requests: list[Request]) -> Iterator[tuple[int, Rows | ServiceError]]:
        for place, request in enumerate(requests):
            if isinstance(request, GraphList):
                self.requests.append(request.path)
                yield place, []
            else:
                yield place, [self.member]


def nested_of(group: Mapping[str, Any], member: Mapping[str, Any]) -> Groups:
    """What is asked for, and what stays unknown, of a role group's only member."""
    snapshot, graph = Snapshot.create(), Groups(group, member)
    collect([role_groups, role_group_members, nested_role_group_members], graph, snapshot)
    graph.gaps = [str(gap.detail) for gap in snapshot.gaps_of(nested_role_group_members)]
    return graph


def test_a_mailbox_with_the_service_s_own_rules_costs_one_request() -> None:
    exchange = Mailboxes({}, {ALICE: [[junk(ALICE)]], BOB: [[]]})
    assert {each.verdict for each in judged(exchange).values()} == {Verdict.PASS}
    assert sorted(exchange.asked) == sorted([(ALICE, True), (BOB, True)])


def test_a_mailbox_whose_lists_agree_costs_two() -> None:
    own = rule(ALICE, 5, "Newsletters", MoveToFolder="Reading")
    exchange = Mailboxes({ALICE: [own]}, {ALICE: [[junk(ALICE), own]]})
    assert judged(exchange)[ALICE].verdict is Verdict.PASS
    assert exchange.asked == [(ALICE, True), (ALICE, False)]


def test_a_rule_is_hidden_if_the_third_list_has_it_still() -> None:
    hidden, own = rule(ALICE, 7, "", DeleteMessage=True), rule(ALICE, 5, "Newsletters")
    exchange = Mailboxes({ALICE: [own]}, {ALICE: [[hidden, own], [hidden, own]], BOB: [[junk(BOB)]]})
    found = judged(exchange)
    assert found[hidden["Identity"]].verdict is Verdict.FAIL
    assert found[hidden["Identity"]].dataset == "exchange.inbox-rules"
    assert found[hidden["Identity"]].title == hidden["Identity"]
    assert own["Identity"] not in found
    assert found[BOB].verdict is Verdict.PASS
    assert exchange.asked.count((ALICE, True)) == 2


def test_a_rule_removed_while_the_lists_were_read_is_not_hidden() -> None:
    gone = rule(ALICE, 7, "Trip", DeleteMessage=True)
    exchange = Mailboxes({ALICE: []}, {ALICE: [[gone], []]})
    assert {each.verdict for each in judged(exchange).values()} == {Verdict.PASS}


def test_a_rule_that_may_be_the_service_s_is_read_again_and_undecided() -> None:
    doubtful = junk(ALICE)
    del doubtful["ForwardTo"]
    exchange = Mailboxes({ALICE: []}, {ALICE: [[doubtful], [doubtful]]})
    assert judged(exchange)[ALICE].verdict is Verdict.OPEN


def test_two_rules_of_the_junk_filter_are_read_again_and_neither_is_cleared() -> None:
    pair = [junk(ALICE), rule(ALICE, 9, "Junk E-mail Rule", MoveToFolder="Junk Email")]
    exchange = Mailboxes({ALICE: []}, {ALICE: [pair, pair], BOB: [[junk(BOB)]]})
    verdicts = {key: each.verdict for key, each in judged(exchange).items()}
    assert verdicts == {ALICE: Verdict.OPEN, BOB: Verdict.PASS}
    assert exchange.asked.count((ALICE, True)) == 2
    assert exchange.asked_for_folder == []


def test_the_one_of_two_that_moves_mail_elsewhere_is_the_intruder_s() -> None:
    theirs = rule(ALICE, 9, "Junk E-mail Rule", MoveToFolder="Notizen")
    pair = [junk(ALICE), theirs]
    found = judged(Mailboxes({ALICE: []}, {ALICE: [pair, pair]}, junk={ALICE: "Junk-E-Mail"}))
    assert {key: each.verdict for key, each in found.items()} == {theirs["Identity"]: Verdict.FAIL}


def test_beside_a_proven_one_a_rule_whose_folder_is_unknown_is_undecided() -> None:
    theirs = rule(ALICE, 9, "Junk E-mail Rule", From=['"Security" [SMTP:security@contoso.com]'])
    for folder, verdict in (("Notizen", Verdict.OPEN), ("Junk Email", None), (None, None)):
        pair = [theirs, junk(ALICE) | {"MoveToFolder": folder}]
        found = judged(Mailboxes({ALICE: []}, {ALICE: [pair, pair], BOB: [[]]}))
        assert found[theirs["Identity"]].verdict is Verdict.FAIL
        assert (found[ALICE].verdict if ALICE in found else None) is verdict


@pytest.mark.parametrize("folder", ["Junk-E-Mail", "junk email", "Correo no deseado"])
def test_the_mailbox_is_not_asked_for_a_usual_name(folder: str) -> None:
    exchange = Mailboxes({}, {ALICE: [[junk(ALICE) | {"MoveToFolder": folder}]]})
    assert judged(exchange)[ALICE].verdict is Verdict.PASS
    assert exchange.asked_for_folder == []


@pytest.mark.parametrize(
    ("moved", "called"),
    [
        ("Roskaposti", "Roskaposti"),
        ("SKRÄPPOST", "Skräppost"),
        ("Skra\u0308ppost", "Skräppost"),
        ("alice@contoso.com:\\Skräppost", "Skräppost"),
    ],
)
def test_the_filter_s_rule_is_told_by_the_mailbox_s_own_junk_folder(moved: str, called: str) -> None:
    exchange = Mailboxes({}, {ALICE: [[junk(ALICE) | {"MoveToFolder": moved}]]}, junk={ALICE: called})
    assert judged(exchange)[ALICE].verdict is Verdict.PASS
    assert exchange.asked_for_folder == [ALICE]
    assert exchange.asked == [(ALICE, True)]


@pytest.mark.parametrize(
    "moved",
    [
        "Notizen",
        "Skräppost 2",
        "Skräppost/Kept",
        "Inkorgen\\Skräppost",
        "Inkorgen/Junk Email",
        "x:Junk Email",
    ],
)
def test_a_rule_named_like_the_filter_s_that_moves_mail_elsewhere_is_hidden(moved: str) -> None:
    theirs = junk(ALICE) | {"MoveToFolder": moved}
    exchange = Mailboxes({ALICE: []}, {ALICE: [[theirs], [theirs]]}, junk={ALICE: "Skräppost"})
    (found,) = judged(exchange).values()
    assert (found.key, found.verdict, found.severity) == (theirs["Identity"], Verdict.FAIL, "critical")
    assert f"moves mail to {moved}" in found.message
    assert "junk folder is /Skräppost" in found.message
    assert [each.value for each in found.problems[0].evidence if each.dataset == "exchange.junk-folders"] == [
        "/Skräppost"
    ]


def test_a_junk_folder_that_can_t_be_read_leaves_that_mailbox_undecided() -> None:
    boxes = {box: [[junk(box) | {"MoveToFolder": "Skräppost"}]] * 2 for box in (ALICE, BOB)}
    exchange = Mailboxes({ALICE: [], BOB: []}, boxes, junk={BOB: "Skräppost"})
    verdicts = {key: each.verdict for key, each in judged(exchange).items()}
    assert verdicts == {ALICE: Verdict.OPEN, BOB: Verdict.PASS}


def test_a_junk_folder_that_is_not_listed_is_not_another_folder() -> None:
    moved = junk(ALICE) | {"MoveToFolder": "Notizen"}
    (found,) = judged(Mailboxes({ALICE: []}, {ALICE: [[moved], [moved]]}, junk={ALICE: ""})).values()
    assert found.verdict is Verdict.OPEN
    assert "lists no junk folder" in found.message


def test_what_is_proven_by_one_field_stays_proven_though_another_was_not_sent() -> None:
    theirs = junk(ALICE) | {"MarkAsRead": True}
    del theirs["ForwardTo"]
    (found,) = judged(Mailboxes({ALICE: []}, {ALICE: [[theirs], [theirs]]})).values()
    assert found.verdict is Verdict.FAIL


@pytest.mark.parametrize("called", ["RoleGroup", "Group", "UniversalSecurityGroup"])
def test_a_role_group_in_a_role_group_is_known_by_its_key_whatever_it_is_called(called: str) -> None:
    member = {"Guid": ALICE, "Name": "Help Desk", "RecipientTypeDetails": called}
    asked = nested_of({"Guid": ALICE.upper(), "Name": "Help Desk"}, member)
    assert (asked.requests, asked.gaps) == ([], [])


def test_another_group_without_an_id_stays_unknown() -> None:
    member = {"Guid": BOB, "Name": "Desk", "RecipientTypeDetails": "RoleGroup"}
    asked = nested_of({"Guid": ALICE, "Name": "Help Desk"}, member | {"ExternalDirectoryObjectId": ""})
    assert asked.requests == []
    assert ["no id in Microsoft Entra" in gap for gap in asked.gaps] == [True]


def test_another_group_is_asked_for_by_its_id() -> None:
    member = {"Guid": BOB, "Name": "Desk", "RecipientTypeDetails": "MailUniversalSecurityGroup"}
    asked = nested_of({"Guid": ALICE, "Name": "Help Desk"}, member | {"ExternalDirectoryObjectId": BOB})
    assert asked.requests == [f"/groups/{BOB}/transitiveMembers"]
    assert asked.gaps == []


@pytest.mark.parametrize("hidden", [True, False])
def test_a_mailbox_that_can_t_be_read_is_undecided_and_the_others_are_not(hidden: bool) -> None:
    own = {box: rule(box, 5, "Newsletters") for box in (ALICE, BOB)}
    exchange = Mailboxes({box: [own[box]] for box in own}, {box: [[own[box]]] for box in own})
    exchange.failing[ALICE, hidden] = ServiceError("the server is busy")
    verdicts = {key: each.verdict for key, each in judged(exchange).items()}
    assert verdicts == {ALICE: Verdict.OPEN, BOB: Verdict.PASS}


def test_what_is_proven_stays_proven_though_another_mailbox_can_t_be_read() -> None:
    hidden = rule(BOB, 7, "", RedirectTo=['"Drop" [SMTP:drop@example.net]'])
    exchange = Mailboxes({BOB: []}, {ALICE: [[]], BOB: [[hidden], [hidden]]})
    exchange.failing[ALICE, True] = ServiceError("the server is busy")
    found = judged(exchange)
    assert found[hidden["Identity"]].verdict is Verdict.FAIL
    assert found[ALICE].verdict is Verdict.OPEN


def test_a_mailbox_that_has_gone_has_no_rules() -> None:
    exchange = Mailboxes({}, {ALICE: [[]], BOB: [[junk(BOB)]]})
    exchange.failing[ALICE, True] = NotFound("404: The specified mailbox doesn't exist.", code="Ex41BAF5")
    assert {each.verdict for each in judged(exchange).values()} == {Verdict.PASS}


def test_a_refusal_passes_nobody() -> None:
    exchange = Mailboxes({}, {ALICE: [[]], BOB: [[]]})
    exchange.failing = {(box, True): _Denied("403") for box in (ALICE, BOB)}
    found = judged(exchange)
    assert {each.verdict for each in found.values()} == {Verdict.OPEN}
    assert "Exchange Recipient Administrator" in str(inbox_rule_is_not_hidden.reads[0].permission)


def test_recipients_are_not_called_outside_where_the_domains_are_unknown() -> None:
    hidden = rule(ALICE, 7, "", RedirectTo=['"Drop" [SMTP:drop@example.net]'])
    snapshot = Snapshot.create()
    exchange = Mailboxes({ALICE: []}, {ALICE: [[hidden], [hidden]]})
    collect(plan([inbox_rule_is_not_hidden])[1:], exchange, snapshot)  # all but the accepted domains
    snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test"))
    findings = evaluate(snapshot, [inbox_rule_is_not_hidden], {}).findings
    (found,) = (each for each in findings if each.verdict is Verdict.FAIL)
    assert "drop@example.net" in found.message
    assert "outside" not in found.message


@pytest.mark.parametrize(
    "text", ["", "Newsletters", "*", ALICE, f"{ALICE}\\", f"{ALICE}\\*", f"{ALICE}\\Newsletters"]
)
def test_a_rule_is_accepted_by_its_whole_identity(text: str) -> None:
    with pytest.raises(OptionsError, match="rules"):
        AcceptedInboxRules(rules=(text,))


def test_what_the_documentation_shows_is_taken() -> None:
    AcceptedInboxRules(rules=(f"{ALICE}\\5413780652137250817",))
