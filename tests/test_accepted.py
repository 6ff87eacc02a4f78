"""Accepted risks: what they accept, when they end, and that alerts come back as they were."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from o365scan.accepted import Acceptances, literal
from o365scan.api import (
    HEADER,
    AcceptanceState,
    AcceptedRisk,
    Finding,
    Gap,
    GapReason,
    LeftOut,
    Report,
    Severity,
    Undecided,
    Verdict,
)
from o365scan.cli.exit_codes import ExitCode, code_of_report
from o365scan.cli.fail_on import FailOn
from o365scan.registry import load
from o365scan.reports.console import show
from o365scan.reports.evidence import WrittenEvidence
from tests.sarif.sample import (
    CHECKS,
    CONNECTORS,
    finding,
    guid,
    inbound_connector_is_expected,
    mailbox_does_not_forward,
    notices_of,
    report_of,
    run_of,
    sarif,
    tenant,
)
from tests.test_evidence import BOXES, CHECK, PART, Scan, verdict

RULE = inbound_connector_is_expected
DAY = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
RISK = AcceptedRisk(
    check=RULE.id, object="Partner", reason="Known", owner="owner@contoso.com", expires=date(2026, 3, 1)
)
FAILED = finding(RULE, guid(1))


def failing(**change: Any) -> Finding:
    (problem,) = FAILED.problems
    signs = change.pop("signs", problem.signs)
    return replace(FAILED, problems=(replace(problem, signs=signs),), **change)


def judged(
    folder: Path,
    *findings: Finding,
    risks: tuple[AcceptedRisk, ...] = (RISK,),
    at: datetime = DAY,
    **more: Any,
) -> Report:
    accepting = Acceptances(risks, at)
    found = [accepting.on(each) for each in findings]
    report = report_of(folder, tenant(), found, known=CHECKS, **more)
    return replace(report, acceptances=accepting.uses(report))


def state_of(report: Report) -> tuple[str, int, str]:
    (use,) = report.acceptances
    return use.state, use.count, use.because


@pytest.mark.parametrize(
    ("change", "is_accepted"),
    [
        ({}, True),
        ({"object": "Part*"}, True),
        ({"object": guid(1)}, True),
        ({"object": "*-0000-*"}, True),
        ({"check": "exchange.*"}, True),
        ({"object": "partner"}, False),
        ({"object": "Relay"}, False),
        ({"check": "entra.*", "object": "*"}, False),
        ({"severity": Severity.HIGH}, True),
        ({"severity": Severity.MEDIUM}, False),
        ({"expires": date(2026, 2, 28)}, False),
    ],
)
def test_what_is_accepted(change: Mapping[str, Any], is_accepted: bool) -> None:
    risk = replace(RISK, **change)
    assert (Acceptances((risk,), DAY).on(FAILED).accepted == risk) is is_accepted


@pytest.mark.parametrize("verdict", [Verdict.OPEN, Verdict.PASS, Verdict.NOT_APPLICABLE])
def test_only_a_failure_is_ever_accepted(verdict: Verdict) -> None:
    found = finding(RULE, guid(1), verdict)
    assert Acceptances((replace(RISK, object="*", check="*"),), DAY).on(found) == found


def test_the_day_is_that_of_the_snapshot_in_utc() -> None:
    late = datetime.fromisoformat("2026-03-02T00:30:00+02:00")
    assert Acceptances((RISK,), late).on(FAILED).accepted
    assert not Acceptances((RISK,), datetime(2026, 3, 2, tzinfo=UTC)).on(FAILED).accepted


def test_a_name_that_reads_as_a_glob_is_that_name_alone() -> None:
    for name in ("[ab]", "*", "a?", "[!x]"):
        risk = replace(RISK, object=literal(name))
        assert Acceptances((risk,), DAY).on(replace(FAILED, title=name)).accepted
        assert not Acceptances((risk,), DAY).on(replace(FAILED, title="a")).accepted
        assert not Acceptances((risk,), DAY).on(replace(FAILED, title="ab")).accepted


@pytest.mark.parametrize(
    "key",
    [guid(1), guid(1).upper(), f"{guid(1)}-{guid(2)}", f"{guid(1)}_{guid(2)}", f"{guid(1)}\\123",
     "x2hlcP2hVUG+U3zCmKxpcA=="],
)  # fmt: skip
def test_what_is_called_like_a_key_is_not_that_object(key: str) -> None:
    accepting = Acceptances((replace(RISK, object=key),), DAY)
    assert accepting.on(replace(FAILED, key=key, title="Partner")).accepted
    impostor = replace(FAILED, key=guid(7), title=key)
    assert accepting.on(impostor).accepted is None


@pytest.mark.parametrize(
    "glob",
    [
        "Partner",
        "[*]",
        "[*]Part",
        "[[]x]",
        "[[]",
        "[?]",
        "[",
        "a[",
        "[]]",
        "[P]artner",
        "[!x]*",
        "?",
        "*",
        "[*",
        "**",
    ],
)
@pytest.mark.parametrize("name", ["Partner", "*", "*Part", "[x]", "[", "?", "a[", "]", "[*]", "[*"])
def test_what_is_written_out_is_found_as_a_pattern_is(glob: str, name: str) -> None:
    accepting = Acceptances((replace(RISK, object=glob),), DAY)
    found = accepting.on(replace(FAILED, title=name, key="k")).accepted
    assert (found is not None) is any(fnmatchcase(each, glob) for each in (name, "k"))


def test_of_several_the_first_that_accepts_it_counts() -> None:
    over = replace(RISK, expires=date(2026, 2, 1))
    risks = (over, replace(RISK, object=guid(1)), replace(RISK, object="Part*"), RISK)
    assert Acceptances(risks, DAY).on(FAILED).accepted is risks[1]
    assert Acceptances(risks[2:], DAY).on(FAILED).accepted is risks[2]


def test_a_name_with_a_guid_in_it_is_a_name() -> None:
    accepting = Acceptances((replace(RISK, object=f"Server-{guid(3)}"),), DAY)
    assert accepting.on(replace(FAILED, title=f"Server-{guid(3)}")).accepted


def test_a_whole_dataset_is_named_by_its_name_and_not_by_nothing() -> None:
    header = finding(RULE, HEADER, title=CONNECTORS.name)
    assert Acceptances((replace(RISK, object=CONNECTORS.name),), DAY).on(header).accepted
    assert not Acceptances((replace(RISK, object=""),), DAY).on(header).accepted


class TestStates:
    def test_used(self, tmp_path: Path) -> None:
        assert state_of(judged(tmp_path, FAILED)) == ("used", 1, "")

    def test_expired(self, tmp_path: Path) -> None:
        report = judged(tmp_path, FAILED, at=datetime(2026, 3, 2, tzinfo=UTC))
        assert state_of(report) == ("expired", 0, "it expired on 2026-03-01; 1 that it names fail")
        assert report.findings[0].counts

    def test_expired_and_mended(self, tmp_path: Path) -> None:
        report = judged(tmp_path, finding(RULE, guid(1), Verdict.PASS), at=datetime(2026, 3, 2, tzinfo=UTC))
        assert state_of(report) == ("expired", 0, "it expired on 2026-03-01; nothing that it names fails")

    def test_unmatched(self, tmp_path: Path) -> None:
        report = judged(tmp_path, finding(RULE, guid(1), Verdict.PASS))
        assert state_of(report)[0] == "unmatched"

    def test_graver_than_it_was(self, tmp_path: Path) -> None:
        report = judged(
            tmp_path, failing(severity=Severity.CRITICAL), risks=(replace(RISK, severity=Severity.HIGH),)
        )
        assert state_of(report) == ("exceeded", 0, "Partner: it is critical now, and was accepted up to high")
        assert report.findings[0].counts

    def test_many_that_count_are_not_all_told_beside_it(self, tmp_path: Path) -> None:
        graver = [failing(key=guid(n), title=f"Partner {n}") for n in range(20)]
        risk = replace(RISK, object="*", severity=Severity.LOW)
        accepting = Acceptances((risk,), DAY)
        report = report_of(tmp_path, tenant(), [], known=CHECKS)
        (use,) = accepting.uses(replace(report, findings=tuple(graver)))
        assert use.because.startswith("Partner 0: it is high now")
        assert use.because.endswith("; Partner 9: it is high now, and was accepted up to low; and 10 more")

    def test_the_log_has_the_reason_however_much_counts(self, tmp_path: Path) -> None:
        risk = replace(RISK, object="*", severity=Severity.LOW)
        report = judged(tmp_path, failing(title="x" * 900), risks=(risk,))
        ((_, _, said),) = notices_of(run_of(sarif(report), "exchange"), "accepted-risk")
        assert "accepted by owner@contoso.com until 2026-03-01. Known. Exceeded: xxx" in said

    def test_a_sign_of_an_intruder(self, tmp_path: Path) -> None:
        signed = failing(signs=("its name is blank",))
        report = judged(tmp_path, signed)
        said = "Partner: it bears a sign of an intruder: its name is blank"
        assert state_of(report) == ("exceeded", 0, said)
        assert report.findings[0].counts
        report = judged(tmp_path, signed, risks=(replace(RISK, despite_signs=True),))
        assert state_of(report) == ("used", 1, "")

    def test_a_check_that_looked_for_signs_and_saw_none(self, tmp_path: Path) -> None:
        assert state_of(judged(tmp_path, failing(signs=())))[0] == "used"

    def test_two_of_one_object(self, tmp_path: Path) -> None:
        report = judged(tmp_path, FAILED, risks=(RISK, replace(RISK, object="*")))
        assert [(use.state, use.count) for use in report.acceptances] == [("used", 1), ("used", 0)]
        assert report.acceptances[1].because == "another acceptance comes first for all that it names"

    def test_one_object_of_two_is_graver(self, tmp_path: Path) -> None:
        risk = replace(RISK, object="*", severity=Severity.HIGH)
        graver = failing(key=guid(3), title="Relay", severity=Severity.CRITICAL)
        report = judged(tmp_path, FAILED, graver, risks=(risk,))
        assert state_of(report)[:2] == ("exceeded", 1)
        assert [each.counts for each in report.findings] == [False, True]

    @pytest.mark.parametrize(
        ("found", "state"),
        [
            (finding(RULE, guid(1), Verdict.OPEN), "undecided"),
            (finding(RULE, HEADER, Verdict.OPEN, title=CONNECTORS.name), "undecided"),
            (finding(RULE, guid(3), Verdict.OPEN, title="Relay"), "unmatched"),
            (
                finding(RULE, guid(3), Verdict.OPEN, title="Relay", reasons=(Undecided("No", gap="x"),)),
                "undecided",
            ),
        ],
    )
    def test_what_could_not_be_seen_is_not_called_unmatched(
        self, tmp_path: Path, found: Finding, state: str
    ) -> None:
        assert state_of(judged(tmp_path, found))[0] == state

    def test_a_check_that_did_not_run(self, tmp_path: Path) -> None:
        report = judged(tmp_path, checks=(mailbox_does_not_forward,))
        assert state_of(report) == ("undecided", 0, f"{RULE.id} was not run")


def test_it_does_not_count_for_the_exit_code(tmp_path: Path) -> None:
    def code(report: Report) -> ExitCode:
        return code_of_report(report, fail_on=(FailOn(Severity.INFO),), allow_incomplete=False)

    assert code(judged(tmp_path, FAILED)) is ExitCode.DONE
    assert code(judged(tmp_path, FAILED, at=datetime(2026, 3, 2, tzinfo=UTC))) is ExitCode.FINDINGS
    held = replace(FAILED, held=True)
    assert code(replace(judged(tmp_path), held=(held,))) is ExitCode.FINDINGS
    assert code(replace(judged(tmp_path), held=(replace(held, accepted=RISK),))) is ExitCode.DONE


class TestSarif:
    def test_full_says_who_answers_for_it(self, tmp_path: Path) -> None:
        passed = finding(RULE, guid(3), Verdict.PASS, title="Relay")
        results = run_of(sarif(judged(tmp_path, FAILED, passed), "full"), "exchange")["results"]
        assert [each["suppressions"] for each in results] == [
            [
                {
                    "kind": "external",
                    "status": "accepted",
                    "justification": "Known. Accepted by owner@contoso.com until 2026-03-01.",
                }
            ],
            [],
        ]

    def test_without_an_acceptance_nothing_is_said_of_any(self, tmp_path: Path) -> None:
        (result,) = run_of(sarif(judged(tmp_path, FAILED, risks=()), "full"), "exchange")["results"]
        assert "suppressions" not in result

    def test_github_gets_no_result_of_it_and_is_told(self, tmp_path: Path) -> None:
        run = run_of(sarif(judged(tmp_path, FAILED)), "exchange")
        assert run["results"] == []
        ((level, _, said),) = notices_of(run, "accepted-risk")
        assert (level, said) == (
            "note",
            f"{RULE.id}, Partner: accepted by owner@contoso.com until 2026-03-01. Known. Used for 1 result(s).",
        )

    def test_an_expired_one_is_a_warning(self, tmp_path: Path) -> None:
        run = run_of(sarif(judged(tmp_path, FAILED, at=datetime(2026, 3, 2, tzinfo=UTC))), "exchange")
        assert len(run["results"]) == 1
        ((level, _, said),) = notices_of(run, "accepted-risk")
        assert level == "warning"
        assert "Expired: it expired on 2026-03-01; 1 that it names fail." in said

    def test_hostile_words_do_nothing(self, tmp_path: Path) -> None:
        risk = replace(RISK, reason="[x](javascript:1) @org\x1b[2J", owner="<b>")
        text = json.dumps(sarif(judged(tmp_path, FAILED, risks=(risk,)), "full"), ensure_ascii=False)
        assert "](" not in text.replace("](1)", "")
        assert "\x1b" not in text
        assert "<b>" not in text


def test_the_other_formats_name_who_answers_for_it(tmp_path: Path) -> None:
    report = judged(
        tmp_path, FAILED, risks=(replace(RISK, object=guid(1)),)
    )  # by its key, as accept writes it
    written = {}
    for name in ("csv", "junit", "json", "markdown"):
        stream = io.StringIO()
        load().reporters[name].write(report, stream, {})
        written[name] = stream.getvalue()
    assert '"owner@contoso.com until 2026-03-01: Known"' in written["csv"]
    assert (
        "Accepted by owner@contoso.com until 2026-03-01: Known What is wrong: Mail from" in written["junit"]
    )
    assert "<failure" not in written["junit"]
    assert (
        "| used | `exchange.inbound-connector-is-expected` | `Partner` | 2026-03-01 |" in written["markdown"]
    )
    assert "**Nothing failed**, 1 accepted" in written["markdown"]
    assert "Mail from" not in written["markdown"]
    document = json.loads(written["json"])
    assert document["findings"][0]["accepted"]["owner"] == "owner@contoso.com"
    assert [(each["state"], each["risk"]["object"]) for each in document["acceptances"]] == [
        ("used", guid(1))
    ]


def test_an_expired_one_and_a_check_left_out_are_in_the_tables_too(tmp_path: Path) -> None:
    late = judged(tmp_path, FAILED, at=datetime(2026, 3, 2, tzinfo=UTC))
    report = replace(late, left_out=(LeftOut("entra.admin-has-mfa", "exclude"),))
    stream = io.StringIO()
    load().reporters["csv"].write(report, stream, {"bom": "no"})
    rows = {row["row"]: row for row in csv.DictReader(io.StringIO(stream.getvalue()))}
    assert rows.keys() == {"finding", "acceptance", "leftOut"}
    row = rows["acceptance"]
    assert (row["verdict"], row["check"], row["object"]) == ("", RULE.id, "Partner")
    assert row["message"] == "expired: it expired on 2026-03-01; 1 that it names fail"
    assert row["accepted"] == "owner@contoso.com until 2026-03-01: Known"
    assert (rows["leftOut"]["check"], rows["leftOut"]["message"]) == (
        "entra.admin-has-mfa",
        "left out by exclude",
    )
    stream = io.StringIO()
    load().reporters["junit"].write(report, stream, {})
    suites = ElementTree.fromstring(stream.getvalue())
    (chosen,) = (each for each in suites if each.get("name") == "o365scan.configuration")
    assert [(case.get("name"), [each.tag for each in case]) for case in chosen.iter("testcase")] == [
        (f"accepted 1: {RULE.id}, Partner", ["skipped"]),
        ("left out: entra.admin-has-mfa", ["skipped"]),
    ]


def shown(report: Report, *, everything: bool = False) -> str:
    from rich.console import Console

    stream = io.StringIO()
    show(report, Console(file=stream, width=200), everything=everything)
    return stream.getvalue()


def test_the_terminal_is_never_silent(tmp_path: Path) -> None:
    text = shown(judged(tmp_path, FAILED))
    assert "Mail from anywhere" not in text
    assert f"{RULE.id} · Partner  until 2026-03-01, owner@contoso.com: Known" in text
    assert "Nothing failed, 0 passed, 1 accepted" in text
    assert "Mail from anywhere" in shown(judged(tmp_path, FAILED), everything=True)
    many = tuple(replace(RISK, object=f"x{number}") for number in range(20))
    assert "and 12 more (--verbose shows them)" in shown(judged(tmp_path, FAILED, risks=many))
    late = judged(tmp_path, FAILED, at=datetime(2026, 3, 2, tzinfo=UTC))
    assert "it expired on 2026-03-01; 1 that it names fail" in shown(late)
    assert "1 failed (1 high)" in shown(late)


class TestEvidence:
    """Over several scans of one tree."""

    @pytest.fixture
    def scan(self, tmp_path: Path) -> Scan:
        return Scan(
            tmp_path,
            rules={key: {"Guid": key, "Name": key.upper()} for key in "abc"},
            boxes={f"p{number:02}": {"Guid": f"p{number:02}", "Name": "P"} for number in range(40)},
        )

    @staticmethod
    def accepting(*objects: str, signs: bool = False, until: date = date(2026, 3, 1)) -> Acceptances:
        risks = [
            replace(RISK, check=CHECK, object=each, despite_signs=signs, expires=until) for each in objects
        ]
        return Acceptances(tuple(risks), DAY)

    def write(self, scan: Scan, accepting: Acceptances, *findings: Finding, **more: Any) -> WrittenEvidence:
        return scan.write(*map(accepting.on, findings), accept=accepting.on, **more)

    def test_it_is_no_alert_and_comes_back_as_the_same_one(self, scan: Scan) -> None:
        failed = verdict("a")
        before = self.write(scan, self.accepting(), failed)
        during = self.write(scan, self.accepting("a"), failed)
        after = self.write(scan, self.accepting(), failed)
        assert during.alerts == ()
        assert after.alerts == before.alerts
        assert after.evidence == before.evidence == during.evidence

    def test_a_held_one_that_is_accepted_stays_so(self, scan: Scan) -> None:
        self.write(scan, self.accepting("a"), verdict("a"))
        accepting = self.accepting("a")
        for _ in range(2):
            blind = self.write(scan, accepting, verdict("a", Verdict.OPEN))
            assert blind.alerts == ()
            assert [each.accepted for each in blind.held] == [accepting.risks[0]]

    def test_once_its_day_is_over_a_blind_scan_shows_it(self, scan: Scan) -> None:
        self.write(scan, self.accepting("a"), verdict("a"))
        blind = self.write(scan, self.accepting("a", until=date(2026, 2, 1)), verdict("a", Verdict.OPEN))
        assert [(each.key, each.held, each.accepted) for each in blind.alerts] == [("a", True, None)]

    def test_a_sign_is_remembered_while_it_can_not_be_seen(self, scan: Scan) -> None:
        failed = verdict("a")
        signed = replace(failed, problems=(replace(failed.problems[0], signs=("odd",)),))
        self.write(scan, self.accepting("a", signs=True), signed)
        blind = verdict("a", Verdict.OPEN)
        assert self.write(scan, self.accepting("a", signs=True), blind).alerts == ()
        assert len(self.write(scan, self.accepting("a"), blind).alerts) == 1

    def test_mended_it_is_gone(self, scan: Scan) -> None:
        self.write(scan, self.accepting("a"), verdict("a"))
        assert self.write(scan, self.accepting("a"), verdict("a", Verdict.PASS)).held == ()
        assert self.write(scan, self.accepting(), verdict("a", Verdict.OPEN)).held == ()

    def test_what_is_accepted_is_not_rolled_up(self, scan: Scan) -> None:
        failed = [verdict(key, of=BOXES) for key in sorted(scan.boxes)[:30]]
        assert [each.key for each in self.write(scan, self.accepting(), *failed).alerts] == [HEADER]
        few = self.write(scan, self.accepting("p0*", "p1*"), *failed)
        assert [each.key for each in few.alerts] == [HEADER]
        assert few.alerts[0].message.startswith("10 objects fail")
        fewer = self.write(scan, self.accepting("p0*", "p1*", "p20"), *failed)
        assert [each.key for each in fewer.alerts] == [f"p{number}" for number in range(21, 30)]
        again = self.write(scan, self.accepting(), *failed)
        assert [each.key for each in again.alerts] == [HEADER]

    def test_a_part_that_can_not_be_read_keeps_it(self, scan: Scan) -> None:
        self.write(scan, self.accepting("p01"), verdict("p01", of=BOXES))
        del scan.boxes["p01"]
        scan.missing = PART
        blind = self.write(scan, self.accepting("p01"))
        assert [each.key for each in blind.held] == ["p01"]
        assert blind.alerts == ()

    def test_a_file_of_an_earlier_version_is_read(self, scan: Scan) -> None:
        self.write(scan, self.accepting(), verdict("a"))
        state = json.loads(scan.path().read_text())
        assert "signs" not in state["alerts"][0]


def test_a_held_one_is_what_an_acceptance_is_used_for(tmp_path: Path) -> None:
    """The object can't be judged today; that it failed when it last could be seen is what somebody answers for."""
    accepting = Acceptances((RISK,), DAY)
    gap = Gap(dataset=CONNECTORS.name, reason=GapReason.DENIED, detail="403")
    report = replace(
        report_of(
            tmp_path, tenant(), [finding(RULE, HEADER, Verdict.OPEN, title=CONNECTORS.name)], gaps=(gap,)
        ),
        held=(accepting.on(replace(FAILED, held=True)),),
    )
    (use,) = accepting.uses(report)
    assert (use.state, use.count) == (AcceptanceState.USED, 1)
