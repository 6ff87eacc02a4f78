"""The Markdown report, held against GitHub's own renderer."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest

from o365scan.api import (
    Baseline,
    Change,
    Finding,
    Gap,
    GapReason,
    PluginFailure,
    Problem,
    Report,
    Severity,
    TenantInfo,
    Undecided,
    Verdict,
)
from o365scan.reports.many import ReportUnreadable, counts, pages
from o365scan.reports.markdown import LIMIT, SHOWN, UNDECIDED, o365scan_reporters, page
from tests.sarif import sample

NASTY = "ab_@#&;:/.-+!()[]<>{}`*\"'~|$^=1 \n\t\u202e\u200b\xe9\\"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags = Counter[str]()
        self.text = ""

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags[tag] += 1

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> _Tags:
    read = _Tags()
    read.feed(cmarkgfm.github_flavored_markdown_to_html(markdown))
    return read


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return sample.report_of(tmp_path, sample.tenant(), sample.failing())


def hostile(report: Report, said: str) -> Report:
    """The report with a text of an attacker's wherever a tenant or plugin has a say."""
    findings = [
        replace(
            each,
            title=said,
            problems=tuple(Problem(f"It is {said} today", each.evidence) for each in each.problems),
        )
        for each in report.findings
    ]
    reason = Undecided(f"Can't tell {said}")
    findings.append(replace(findings[0], verdict=Verdict.OPEN, title=said, problems=(), reasons=(reason,)))
    gap = Gap(dataset="entra.apps", reason=GapReason.DENIED, detail=said, hint=said)
    return replace(
        report,
        tenant=TenantInfo(sample.TENANT, said, said),
        findings=tuple(findings),
        gaps=(gap,),
        failures=(PluginFailure(said, "check", said),),
    )


def test_what_a_reader_sees(report: Report) -> None:
    shown = page(report)
    assert "**3 failed** (2 critical, 1 high), 2 passed · 3 checks" in shown
    first, second = shown.index("| critical | `Printer` |"), shown.index("| high | `Partner` |")
    assert first < second
    assert "### Inbound connectors come from expected partners" in shown
    assert rendered(shown).tags["table"] == 3


def test_nothing_failed(report: Report) -> None:
    passed = tuple(each for each in report.findings if each.verdict is Verdict.PASS)
    assert "**Nothing failed**, 2 passed" in page(replace(report, findings=passed))


def test_what_changed_since_a_baseline(report: Report) -> None:
    baseline = Baseline(
        source="sarif", tenant_id=sample.TENANT, collected_at=report.collected_at, version="0.1.0",
        checks=frozenset(), findings=(),
    )  # fmt: skip
    new = replace(report.findings[0], change=Change.NEW)
    gone = tuple(
        replace(report.findings[1], key=sample.guid(each), title="<b>", change=Change.GONE)
        for each in range(SHOWN + 1)
    )
    shown = page(replace(report, findings=(new,), baseline=baseline, gone=gone))
    assert f"Since 2026-03-01 05:30 UTC: 1 new, {SHOWN + 1} gone, 0 updated, 0 unchanged" in shown
    assert "| critical | `Printer` | new · Mail from anywhere" in shown
    assert shown.count("`\uff1cb\uff1e`") == SHOWN
    assert "… and 1 more" in shown


def test_what_is_held_is_marked(report: Report) -> None:
    held = replace(report.findings[0], held=True)
    shown = page(replace(report, findings=(), held=(held,)))
    assert "as last seen" in shown
    assert "1 repeated from an earlier scan" in shown


@pytest.mark.parametrize(
    "said",
    [
        "[click](https://evil.example)",
        "![x](https://evil.example/p.png)",
        "<img src=x onerror=alert(1)><script>x</script>",
        "https://evil.example www.evil.example mailto:eve@evil.example xmpp:eve@evil.example",
        "eve@evil.example, ann_b@contoso.com",
        "@octocat @org/team #12 org/repo#12 GH-12",
        "| a | b |\n| --- | --- |",
        "`code` ``code`` ```\nfence\n```",
        "**bold** __bold__ _it_ *it* ~~gone~~ $x^2$ :smile: \\",
        "\n\n# heading\n\n- list\n\n> quote\n\n---\n\n    code",
        "&lt;img&gt; &#60; &amp;",
        "\x1b[31m\u202egnp.exe\u2066\x00",
        "</td></tr></table><details>",
        "[^1]: note [^1]",
        " ",
    ],
)
def test_no_name_becomes_markup(report: Report, said: str) -> None:
    plain = rendered(page(hostile(report, "Ann")))
    found = rendered(page(hostile(report, said)))
    assert found.tags - Counter(code=found.tags["code"]) == plain.tags - Counter(code=plain.tags["code"])
    assert "\u202e" not in found.text
    assert "@octocat" not in found.text


def test_no_text_drawn_by_lot_becomes_markup(report: Report) -> None:
    dice = random.Random(7)
    plain = rendered(page(hostile(report, "Ann"))).tags
    del plain["code"]
    for _ in range(100):
        said = "".join(dice.choices(NASTY, k=30))
        found = rendered(page(hostile(report, said))).tags
        del found["code"]
        assert found == plain, said


def test_ordinary_text_is_read_as_it_is(report: Report) -> None:
    said = "Ann_B (R&D) of ann.b@contoso.com: 50 % off, C# 7, Straße 5"
    found = rendered(page(hostile(report, said)))
    assert f"It is {said} today" in found.text


def test_many_objects_are_counted(report: Report) -> None:
    rule = sample.mailbox_does_not_forward
    many = tuple(sample.finding(rule, sample.guid(each)) for each in range(SHOWN + 5))
    undecided = tuple(sample.finding(rule, sample.guid(each), Verdict.OPEN) for each in range(UNDECIDED + 7))
    shown = page(replace(report, findings=(*many, *undecided)))
    assert shown.count("Mail from anywhere") == SHOWN
    assert "… and 5 more" in shown
    assert "… and 7 more verdicts" in shown


def test_it_never_outgrows_what_github_takes(report: Report) -> None:
    rule = sample.mailbox_does_not_forward
    many = tuple(
        replace(_long(sample.finding(rule, sample.guid(each))), check=f"exchange.check-{each:05}")
        for each in range(1_000)
    )
    shown = page(replace(report, findings=many))
    assert 0.9 * LIMIT < len(shown.encode()) <= LIMIT
    left = re.search(r"\*\*(\d+) more lines were left out:\*\*", shown)
    assert left
    told = [line for line in shown.splitlines() if line][:-1]
    # Of each check: title, id, two heads of the table, the object; of the page the first three lines and the last.
    assert int(left[1]) + len(told) == 1_000 * 5 + 4
    assert rendered(shown).tags["a"] == 0


def _long(finding: Finding) -> Finding:
    return replace(finding, title="é" * 400, severity=Severity.LOW, problems=(Problem("é" * 2_000, ()),))


def test_licences_are_no_blind_spots(o365scan_md: str) -> None:
    assert "### Takes a licence that the tenant hasn't" in o365scan_md
    assert "Microsoft Entra ID P" in o365scan_md


@pytest.fixture
def o365scan_md(tmp_path: Path) -> str:
    from tests.cli.in_process import here

    path = tmp_path / "page.md"
    here(
        "scan",
        "--mock",
        "no-premium-licence",
        "--mock-size",
        "20",
        "-q",
        "--markdown",
        str(path),
        "--check",
        "entra.*",
    )
    return path.read_text()


def test_the_reporter_writes_the_page(report: Report) -> None:
    (reporter,) = o365scan_reporters()
    stream = io.StringIO()
    reporter.write(report, stream, {})
    assert (reporter.name, stream.getvalue()) == ("markdown", page(report))


def test_several_reports_share_a_summary(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.md" for name in ("a", "b", "c_d")]
    for file in files:
        file.write_text("é" * 100)
    assert pages(files) == "\n".join(["é" * 100] * 3)
    assert pages(files, limit=450) == "\n".join(
        ["é" * 100] * 2 + ["**1 more reports had no room here:** `c_d`\n"]
    )


def test_a_report_without_room_takes_none_of_the_others(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.md" for name in ("a", "b", "c")]
    for file, size in zip(files, (50, 500, 50), strict=True):
        file.write_text("x" * size)
    assert pages(files, limit=200) == "\n".join(
        ["x" * 50] * 2 + ["**1 more reports had no room here:** `b`\n"]
    )


def test_counts_are_of_today_and_what_is_held(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '{"findings": [{"verdict": "fail", "held": false}, {"verdict": "fail", "held": true},'
        ' {"verdict": "open", "held": false}, {"verdict": "pass", "held": false},'
        ' {"verdict": "fail", "held": false, "accepted": {}, "licences": []},'
        ' {"verdict": "fail", "held": false, "accepted": null, "licences": ["P1"]},'
        ' {"verdict": "open", "held": false, "accepted": null, "licences": ["P1"]}]}'
    )
    assert counts([path, path]) == {"failed": 2, "open": 2, "held": 2}
    path.write_text("{}")
    with pytest.raises(ReportUnreadable, match=r"a\.json is no JSON report"):
        counts([path])
