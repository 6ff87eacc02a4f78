"""scan --baseline and --fail-on new:SEVERITY as a user runs them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mocktenant import Tenant, serve
from o365scan.snapshot import Snapshot
from tests.conftest import Completed, Run
from tests.scans import kept

STORY = "oauth-spam-campaign"
#: Where the story has its twelve mail flow rules and its connector.
ONLY = ("--check", "exchange.*")
FAILURES = 13
SIZE = 5


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tenant's snapshots: before and after the story, and after it without Exchange."""
    folder = tmp_path_factory.mktemp("days")
    tenant = Tenant("baseline", size=SIZE)
    with serve(tenant) as server:
        kept(server, folder / "before")
        tenant.apply(STORY)
        kept(server, folder / "after")
        tenant.app_roles.discard("Exchange.ManageAsApp")
        kept(server, folder / "blind")
    other = Tenant("baseline", size=SIZE, seed=7)
    with serve(other) as server:
        kept(server, folder / "other")
    return folder


def scan(o365scan: Run, days: Path, now: str, then: str | Path, *more: object) -> Completed:
    only = () if "--check" in more else ONLY
    return o365scan("scan", "--snapshot", days / now, "--baseline", days / then, *only, *more)


def test_the_line_and_the_marks(o365scan: Run, days: Path) -> None:
    shown = scan(o365scan, days, "after", "before", "--verbose").stdout
    assert f"Since 2026-09-15 06:00 UTC: {FAILURES} new, 0 gone, 0 updated, 0 unchanged" in shown
    assert shown.count("new · ") == FAILURES
    back = scan(o365scan, days, "before", "after", "--verbose").stdout
    assert f"0 new, {FAILURES} gone, 0 updated, 0 unchanged" in back
    assert back.count("  gone  ") == FAILURES
    same = scan(o365scan, days, "after", "after").stdout
    assert f"0 new, 0 gone, 0 updated, {FAILURES} unchanged" in same
    assert "new · " not in same


def test_a_first_page_stays_one(o365scan: Run, days: Path) -> None:
    assert len(scan(o365scan, days, "after", "before", "--check", "*").stdout.splitlines()) <= 70


def test_json(o365scan: Run, days: Path) -> None:
    told = json.loads(scan(o365scan, days, "after", "before", "--json", "-", "--quiet").stdout)
    failed = [each for each in told["findings"] if each["verdict"] == "fail"]
    assert {each["change"] for each in failed} == {"new"}
    assert {each["change"] for each in told["findings"] if each["verdict"] != "fail"} == {None}
    assert told["baseline"]["source"] == "snapshot"
    assert told["baseline"]["collectedAt"] == "2026-09-15T06:00:00+00:00"
    assert (told["gone"], told["unsettled"]) == ([], [])
    plain = json.loads(o365scan("scan", "--snapshot", days / "after", *ONLY, "--json", "-", "--quiet").stdout)
    assert (plain["baseline"], plain["gone"], plain["unsettled"]) == (None, [], [])
    gone = json.loads(scan(o365scan, days, "before", "after", "--json", "-", "--quiet").stdout)["gone"]
    assert len(gone) == FAILURES
    assert {each["change"] for each in gone} == {"gone"}


@pytest.mark.parametrize("profile", ["full", "github"])
def test_a_log_of_the_day_before(o365scan: Run, days: Path, tmp_path: Path, profile: str) -> None:
    log = tmp_path / "out" / "o365scan.sarif"
    options = ("--sarif", log, "--sarif-profile", profile)
    o365scan("scan", "--snapshot", days / "before", *ONLY, *options)
    # It is read before the same file is written anew.
    first = scan(o365scan, days, "after", log, *options)
    assert f"Since 2026-09-15 06:00 UTC: {FAILURES} new, 0 gone" in first.stdout
    second = scan(o365scan, days, "after", log, *options)
    assert f"0 new, 0 gone, 0 updated, {FAILURES} unchanged" in second.stdout
    states = {
        each.get("baselineState")
        for run in json.loads(log.read_text())["runs"]
        for each in run["results"]
        if each["kind"] == "fail"
    }
    assert states == ({"unchanged"} if profile == "full" else {None})


def test_an_area_that_is_blind_today(o365scan: Run, days: Path) -> None:
    done = scan(o365scan, days, "blind", "after", "--json", "-", "--quiet")
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert told["gone"] == []
    assert len(told["unsettled"]) == FAILURES
    shown = scan(o365scan, days, "blind", "after", "--check", "*").stdout
    assert f"{FAILURES} of then not judged today" in shown


def test_an_area_that_was_blind_then(o365scan: Run, days: Path) -> None:
    shown = scan(o365scan, days, "after", "blind").stdout
    assert "0 new, 0 gone" in shown
    assert "not comparable" in shown
    # It can't be told whether they are new: neither 0 nor 1.
    asked = ("--fail-on", "new:high", "--quiet")
    assert scan(o365scan, days, "after", "blind", *asked).returncode == 3
    assert scan(o365scan, days, "after", "blind", *asked, "--allow-incomplete").returncode == 0


def test_a_failure_that_was_less_severe_counts_as_new(o365scan: Run, days: Path) -> None:
    # That mail flow rules were changed when an app got its rights could not be seen without Exchange.
    asked = ("--check", "entra.app-privilege-is-justified", "--fail-on", "new:critical", "--quiet")
    assert scan(o365scan, days, "after", "blind", *asked).returncode == 1
    assert scan(o365scan, days, "blind", "after", *asked, "--allow-incomplete").returncode == 0


@pytest.mark.parametrize(
    ("then", "asked", "code"),
    [
        ("before", ("new:high",), 1),
        ("before", ("new:info",), 1),
        ("after", ("new:info",), 0),
        ("after", ("high",), 1),
        ("after", ("new:info", "medium"), 1),
        ("after", (), 0),
    ],
)
def test_fail_on(o365scan: Run, days: Path, then: str, asked: tuple[str, ...], code: int) -> None:
    options = [each for value in asked for each in ("--fail-on", value)]
    assert scan(o365scan, days, "after", then, "--quiet", *options).returncode == code


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fail-on", "new:high"), "needs --baseline"),
        (("--fail-on", "new:grave"), "'new:grave' is none of critical"),
        (("--fail-on", "grave"), "'grave' is none of critical"),
        (("--baseline", "nowhere"), "can't read nowhere"),
        (("--baseline", "{days}"), "is a folder, and no exported snapshot\n  Name a snapshot"),
        (("--baseline", "{days}/other"), "the baseline is of the tenant"),
        (("--baseline", "{days}/before", "--explain-plan"), "--baseline has no place beside it"),
    ],
)
def test_what_is_refused(
    o365scan: Run, days: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    given = [each.format(days=days) for each in options]
    done = o365scan("scan", "--snapshot", days / "after", "--sarif", "out/x.sarif", *given)
    if "--explain-plan" in given:
        done = o365scan("scan", "--snapshot", days / "after", *given)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [name for _, _, names in os.walk(tmp_path) for name in names] == []


def test_a_baseline_is_read_before_the_snapshot_that_takes_its_place(o365scan: Run, tmp_path: Path) -> None:
    tenant = Tenant("baseline", size=SIZE)
    options = ("--check", "exchange.inbound-connector-is-expected", "--save-snapshot", "kept")
    with serve(tenant) as server:
        o365scan("scan", *options, env=server.environment())
        tenant.apply(STORY)
        shown = o365scan("scan", *options, "--baseline", "kept", env=server.environment())
    assert "1 new, 0 gone" in shown.stdout
    assert "kept" in os.listdir(tmp_path)
    assert Snapshot.open(tmp_path / "kept").names()
