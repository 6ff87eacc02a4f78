"""Several tenants at once: each for itself, one summary over all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mocktenant import Server, Tenant
from o365scan import __version__
from o365scan.api import O365ScanError, Severity
from o365scan.cli.fleet_table import line_of
from o365scan.fleet.places import place_of
from o365scan.fleet.scanning import begin, scan_tenant, stop_all
from o365scan.fleet.summary import exit_code
from o365scan.fleet.task import Outcome, State, Task
from tests.conftest import Run
from tests.fleet.cluster import CHECKS, environment_file

Serving = Callable[[Tenant], Server]


@pytest.fixture
def fleet(tmp_path: Path, serving: Serving) -> Mapping[str, Server]:
    """Two tenants in o365scan.toml: contoso, well run, and fabrikam, which was attacked."""
    served = {"contoso": serving(Tenant("baseline", seed=1, size=5)),
              "fabrikam": serving(Tenant("oauth-spam-campaign", seed=2, size=5))}  # fmt: skip
    for name, server in served.items():
        environment_file(tmp_path, name, server.environment())
    configure(tmp_path, *served)
    return served


def configure(folder: Path, *names: str) -> None:
    entries = (f'[[tenants]]\nname = "{name}"\nenvironment_file = "{name}.env"\n' for name in names)
    (folder / "o365scan.toml").write_text(CHECKS + "".join(entries), "utf-8")


def outcome(folder: Path, name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads((folder / "results" / name / "outcome.json").read_text("utf-8"))
    return told


def test_each_tenant_for_itself(o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path) -> None:
    """One that can't sign in harms no other, and each has results of its own."""
    broken = {**fleet["contoso"].environment(), "AZURE_CLIENT_SECRET": "not-the-secret-7Q"}
    environment_file(tmp_path, "broken", broken)
    configure(tmp_path, "broken", *fleet)
    done = o365scan("fleet", "-o", "results", "--json", "-")
    assert done.returncode == 3
    told = json.loads(done.stdout)
    states = {each["tenant"]: (each["state"], each["exitCode"]) for each in told["tenants"]}
    assert states == {"broken": ("not scanned", 4), "contoso": ("scanned", 0), "fabrikam": ("scanned", 0)}
    assert "AADSTS7000215" in told["tenants"][0]["why"]
    assert told["total"]["scanned"] == 2
    assert told["total"]["failed"] == told["tenants"][2]["failed"] != {}
    assert told["tenants"][1]["failed"] == {}
    for name, server in fleet.items():
        assert outcome(tmp_path, name)["tenantId"] == server.tenant.tenant_id
        files = {path.name for path in (tmp_path / "results" / name).iterdir()}
        assert files == {
            "evidence",
            "o365scan.sarif",
            "outcome.json",
            "report.json",
            "scan.log",
            "tenant.o365scan",
        }
        assert [path.name for path in (tmp_path / "results" / name / "evidence").iterdir()] == [
            server.tenant.tenant_id
        ]
    assert {path.name for path in (tmp_path / "results" / "broken").iterdir()} == {"outcome.json", "scan.log"}
    secrets = {server.environment()["AZURE_CLIENT_SECRET"] for server in fleet.values()} | {
        "not-the-secret-7Q"
    }
    everything = [path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert not any(secret.encode() in content for secret in secrets for content in everything)
    assert not any(secret in done.stdout + done.stderr for secret in secrets)


def test_what_the_environment_says_is_no_tenants_own(
    o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path
) -> None:
    """Its tenant is none of several's; a path in it is meant from where the command stands; links are followed."""
    own = fleet["contoso"].environment()
    environment_file(tmp_path, "contoso", {name: own[name] for name in own if name != "AZURE_TENANT_ID"})
    fabrikam = fleet["fabrikam"].environment()
    (tmp_path / "ca.pem").write_text(Path(fabrikam["REQUESTS_CA_BUNDLE"]).read_text())
    bundles = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
    environment_file(tmp_path, "fabrikam", {name: fabrikam[name] for name in fabrikam if name not in bundles})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "o365scan.toml").rename(tmp_path / "elsewhere" / "o365scan.toml")
    (tmp_path / "o365scan.toml").symlink_to("elsewhere/o365scan.toml")
    environment = {"AZURE_TENANT_ID": fabrikam["AZURE_TENANT_ID"], "REQUESTS_CA_BUNDLE": "ca.pem"}
    assert o365scan("fleet", "-o", "results", env=environment).returncode == 3
    assert "AZURE_TENANT_ID (or --tenant-id) is not there" in str(outcome(tmp_path, "contoso")["why"])
    assert outcome(tmp_path, "fabrikam")["tenantId"] == fabrikam["AZURE_TENANT_ID"]


@pytest.mark.parametrize(("first", "second"), [("a b", "a_b"), ("A.b", "summary.JSON")])
def test_no_two_have_one_folder(o365scan: Run, tmp_path: Path, first: str, second: str) -> None:
    configure(tmp_path, first, second)
    done = o365scan("fleet", "-o", "results")
    assert done.returncode == 2
    assert f"o365scan.toml:7: tenants[1].name: '{second}' would have its results where" in done.stderr


def test_what_the_last_scan_left(o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path) -> None:
    """A report that was not written is not the last scan's; what is damaged is named by where it is kept."""
    place = tmp_path / "results" / "fabrikam"
    run = ("fleet", "-o", "results", "--tenant", "fabrikam", "--since-last")
    assert o365scan(*run).returncode == 0
    assert f"Wrote {place}/report.json" in (place / "scan.log").read_text()
    fleet["fabrikam"].tenant.app_roles.clear()  # a log of nothing would close every alert
    assert o365scan(*run).returncode == 3
    assert not (place / "o365scan.sarif").exists()
    (place / "tenant.o365scan").write_text("damaged")
    assert o365scan(*run).returncode == 4
    assert f"{place}/tenant.o365scan is neither a snapshot" in str(outcome(tmp_path, "fabrikam")["why"])


def test_a_place_that_takes_nothing(o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path) -> None:
    """It is told before the scan; the summary is shown where it can't be kept."""
    (tmp_path / "results" / "contoso" / "outcome.json").mkdir(parents=True)
    (tmp_path / "results" / "summary.json").mkdir()
    done = o365scan("fleet", "-o", "results", "--tenant", "contoso", "--json", "-")
    assert done.returncode == 2
    assert "contoso: not scanned: can't write" in done.stderr
    assert json.loads(done.stdout)["total"]["scanned"] == 0
    assert list(fleet["contoso"].tenant.journal) == []


def test_since_last(o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path) -> None:
    run = ("fleet", "-o", "results", "--since-last", "--fail-on", "new:low", "--tenant", "con*")
    first = o365scan(*run)
    assert (first.returncode, outcome(tmp_path, "contoso")["new"]) == (0, None)
    fleet["contoso"].tenant.apply("oauth-spam-campaign")
    second = o365scan(*run)
    assert second.returncode == 1
    assert outcome(tmp_path, "contoso")["new"] == sum(failed(tmp_path, "contoso").values()) > 0
    third = o365scan(*run)
    assert (third.returncode, outcome(tmp_path, "contoso")["new"]) == (0, 0)
    assert "1 of 1 tenants scanned" in third.stdout
    assert not (tmp_path / "results" / "fabrikam").exists()
    (tmp_path / "results" / "contoso" / "tenant.o365scan").unlink()
    lost = o365scan(*run)  # all is new where there is nothing to compare with
    assert (lost.returncode, outcome(tmp_path, "contoso")["new"]) == (1, None)


def failed(folder: Path, name: str) -> dict[str, int]:
    counts: dict[str, int] = outcome(folder, name)["failed"]  # type: ignore[assignment]
    return counts


def test_results_in_an_object_store(o365scan: Run, fleet: Mapping[str, Server], tmp_path: Path) -> None:
    """The evidence is fetched from there, so that an alert that can't be judged any more is held."""
    fsspec = pytest.importorskip("fsspec")
    run = ("fleet", "-o", "memory://scans", "--tenant", "fabrikam", "--report", "csv", "--quiet")
    assert o365scan(*run).returncode == 0
    store = fsspec.filesystem("memory")
    assert store.exists("/scans/fabrikam/report.csv")
    assert json.loads(store.cat("/scans/summary.json"))["total"]["tenants"] == 1
    fleet["fabrikam"].tenant.app_roles.discard("Exchange.ManageAsApp")
    assert o365scan(*run).returncode == 3
    report = json.loads(store.cat("/scans/fabrikam/report.json"))
    assert any(each["held"] for each in report["findings"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tenant", "nobody"], "no tenant is called that. Known: contoso, fabrikam"),
        (["--report", "pdf"], "there is no such report. Known: "),
        (["--fail-on", "new:high"], "needs --since-last"),
        (["-o", "s3://user:hush@example.com/x"], "holds a password"),
        (["-o", "s3://user:hu/hush@example.com"], "holds a password"),
        (["-o", "https://example.com/x?sig=hush"], "holds a query, which may be a signature"),
        (["-o", "simplecache::s3://bucket/x"], "it is several file systems at once"),
        (["-o", "ftp://127.0.0.1:1/x"], "can't go to ftp://127.0.0.1:1/x: ConnectionRefusedError"),
        (["-o", "nonsense://x"], "results can't go to nonsense://x"),
        (
            ["--dask", "tcp://127.0.0.1:1"],
            "o365scan.toml:5: tenants[0].environment_file: a file on the machines",
        ),
    ],
)
def test_what_is_wrong_shows_at_once(
    o365scan: Run, fleet: Mapping[str, Server], arguments: list[str], said: str
) -> None:
    done = o365scan("fleet", *([] if "-o" in arguments else ["-o", "results"]), *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "hush" not in done.stderr


def test_a_file_without_tenants(o365scan: Run) -> None:
    done = o365scan("fleet", "-o", "results")
    assert (done.returncode, "names no tenant" in done.stderr) == (2, True)


def test_another_version_scans_nothing(tmp_path: Path) -> None:
    task = Task(tenant="contoso", config="", place=str(tmp_path), version="0.0.1")
    done = scan_tenant(task)
    assert done.state is State.NOT_SCANNED
    assert "0.0.1 sent the task" in str(done.why)
    assert list(tmp_path.iterdir()) == []


def test_no_name_in_a_store_leads_out_of_it(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    store.pipe("/hostile/contoso/evidence/file", b"x")
    store.store["/hostile/contoso/evidence/../../stray"] = store.store["/hostile/contoso/evidence/file"]
    with pytest.raises(O365ScanError, match="can't read /hostile/contoso/evidence"):
        place_of("memory://hostile", "contoso").fetch("evidence", tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_alerts_are_kept_after_what_they_are_about(tmp_path: Path) -> None:
    for name in ("alerts.json", "exchange/rules.json"):
        (tmp_path / "new" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "new" / name).write_text("new")
    (tmp_path / "contoso" / "evidence" / "exchange" / "rules.json").mkdir(parents=True)
    with pytest.raises(O365ScanError, match="can't write"):
        place_of(str(tmp_path), "contoso").publish(tmp_path / "new", "evidence")
    assert not (tmp_path / "contoso" / "evidence" / "alerts.json").exists()


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    place_of(str(tmp_path), "a b").publish(Path(__file__), "x/file")
    assert (tmp_path / "a_b" / "x" / "file").is_file()
    (tmp_path / "contoso").write_text("in the way")
    with pytest.raises(O365ScanError, match="can't write"):
        place_of(str(tmp_path), "contoso").publish(Path(__file__), "file")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0, 0], 0), ([0, 3], 3), ([0, 4], 3), ([1, 3], 1), ([1, 4], 1), ([4, 2], 4), ([None], 4)],
)
def test_one_exit_code(codes: list[int | None], expected: int) -> None:
    scanned = {0, 1, 3}
    outcomes = [
        Outcome(tenant="x", state=State.SCANNED if code in scanned else State.NOT_SCANNED, exit_code=code)
        for code in codes
    ]
    assert exit_code(outcomes) == expected


def test_names_are_shown_inertly() -> None:
    lost = Outcome(tenant="x", state=State.LOST, why="\x1b[31mred")
    assert line_of(lost).plain == "x: lost: \\x1b[31mred"
    done = Outcome(tenant="x", state=State.SCANNED, failed={Severity.HIGH: 2}, seconds=3.2)
    assert line_of(done).plain == "x: 2 high, 3 s"


def test_none_begins_after_an_interrupt(tmp_path: Path) -> None:
    """A scan whose evidence was being fetched when its fleet was interrupted is not started then."""
    task = Task(tenant="contoso", config="", place=str(tmp_path), version=__version__)
    stop_all()
    try:
        done = scan_tenant(task)
    finally:
        begin()
    assert (done.state, done.why) == (State.NOT_SCANNED, "the scan was interrupted")
