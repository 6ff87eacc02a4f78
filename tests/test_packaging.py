"""What is shipped: the wheel in a fresh environment outside the checkout, and a stranger's plugin beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests

from mocktenant import Server, Tenant, serve
from mocktenant_fixtures import scenario
from o365scan.authoring.scaffold import template_files
from tests.conftest import Completed

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]


TEAMS = ROOT / "docs" / "samples" / "o365scan-teams"


def run(*command: object, cwd: Path, env: Mapping[str, str] | None = None) -> Completed:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    } | dict(env or {})
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=240
    )


def done(*command: object, cwd: Path) -> Completed:
    result = run(*command, cwd=cwd)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def wheel_of(source: Path, folder: Path) -> Path:
    before = set(folder.glob("*.whl"))
    done(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        source,
        cwd=folder,
    )
    (built,) = set(folder.glob("*.whl")) - before
    return built


class Fresh:
    """A virtual environment outside the checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # This environment's pip installs there: to begin with one of its own, compiled, takes seconds.
        done(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
        self.bin = folder / "venv" / "bin"

    def pip(self, command: str, *arguments: object, cwd: Path | None = None) -> None:
        pip = (sys.executable, "-m", "pip", "--python", self.bin / "python")
        done(*pip, command, "--quiet", *arguments, cwd=cwd or self.folder)

    def install(self, *requirements: object, cwd: Path | None = None) -> None:
        self.pip("install", *requirements, cwd=cwd)

    def pytest(self, *arguments: object) -> Completed:
        return run(self.bin / "python", "-m", "pytest", "-p", "no:cacheprovider", *arguments, cwd=self.folder)

    def o365scan(self, *arguments: object, env: Mapping[str, str] | None = None) -> Completed:
        return run(self.bin / "o365scan", *arguments, cwd=self.folder, env=env)


def lean_tests_need_no_mock_tenant(fresh: Fresh) -> None:
    """pytest loads our plugin everywhere: without the extra, only a test that asks for a tenant notices."""
    asking = "def test_unused(): pass\ndef test_asks(mock_tenant): pass\n"
    (fresh.folder / "test_lean.py").write_text(asking, "utf-8")
    tested = fresh.pytest("test_lean.py")
    assert "1 passed, 1 error" in tested.stdout
    assert "pip install 'o365scan[mock]'" in tested.stdout


def a_new_plugin_is_green_at_once(fresh: Fresh) -> None:
    """Written, installed, tested, listed, run, in the log, and fit for others; then it is gone again."""
    assert fresh.o365scan("plugin", "new", "contoso").returncode == 0
    made = fresh.folder / "o365scan-contoso"
    fresh.install("--editable", ".", cwd=made)
    tested = done(fresh.bin / "python", "-m", "pytest", "-p", "no:cacheprovider", cwd=made)
    assert "18 passed" in tested.stdout
    assert "o365scan-contoso 0.1.0" in done(fresh.bin / "o365scan", "plugins", cwd=made).stdout
    scan = ("scan", "--mock", "baseline", "--mock-size", "40", "--check", "contoso.*", "--sarif", "out.sarif")
    done(fresh.bin / "o365scan", *scan, cwd=made)
    (log,) = json.loads((made / "out.sarif").read_text())["runs"]
    versions = {each["name"]: each["version"] for each in log["tool"]["extensions"]}
    assert versions["contoso"] == "0.1.0"
    checked = done(fresh.bin / "o365scan", "plugin", "check", cwd=made)
    assert checked.stdout.endswith("All is well.\n")
    fresh.pip("uninstall", "--yes", "o365scan-contoso")


def test_the_wheel_holds_the_packages_and_nothing_else(tmp_path: Path) -> None:
    names = zipfile.ZipFile(wheel_of(ROOT, tmp_path)).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {
        "o365scan", "o365scan_entra", "o365scan_exchange", "o365scan_sarif", "mocktenant", "mocktenant_fixtures",
    }  # fmt: skip
    for package in tops:
        assert f"{package}/py.typed" in names
    assert any(name.endswith("oauth-spam-campaign/expected.json") for name in names)
    template = {name for name in names if name.startswith("o365scan/authoring/template/")}
    assert len(template) == len(list(template_files()))


def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    """First lean, then with the mock tenant and a third party's plugin, in one fresh environment."""
    fresh = Fresh(tmp_path)
    wheel = wheel_of(ROOT, tmp_path)
    fresh.install(wheel, "pytest")
    result = fresh.o365scan("scan", "--mock", "baseline")
    assert result.returncode == 2
    assert "the mock tenant is not installed" in result.stderr
    assert "pip install 'o365scan[mock]'" in result.stderr
    assert "Traceback" not in result.stderr
    assert fresh.o365scan("checks").returncode == 0
    lean_tests_need_no_mock_tenant(fresh)

    sample = wheel_of(ROOT / "tests" / "sample_plugin", fresh.folder)
    fresh.install(f"o365scan[mock] @ {wheel.as_uri()}", sample)

    a_new_plugin_is_green_at_once(fresh)
    shutil.copytree(ROOT / "tests" / "sample_plugin" / "tests", fresh.folder / "sample")
    tested = fresh.pytest("sample")
    assert tested.returncode == 0, tested.stdout
    assert "12 passed" in tested.stdout
    done(
        fresh.bin / "o365scan",
        "plugin",
        "check",
        "o365scan-sample",
        "--cases",
        "sample/cases",
        cwd=fresh.folder,
    )

    listed = fresh.o365scan("plugins")
    assert listed.returncode == 0
    assert "o365scan-sample 1.2.3" in listed.stdout

    scanned = fresh.o365scan(
        "scan",
        "--mock",
        "oauth-spam-campaign",
        "--mock-size",
        "40",
        "--json",
        "out.json",
        "--sarif",
        "out.sarif",
    )
    assert scanned.returncode == 0, scanned.stderr
    report = json.loads((fresh.folder / "out.json").read_text())
    by_check = [each["check"] for each in report["findings"]]
    assert by_check.count("people.member-has-a-department") == 41  # one more, by the scenario
    wrong = [each for each in scenario("oauth-spam-campaign").expected if each["verdict"] == "fail"]
    assert f"{len(wrong)} failed" in scanned.stdout

    log = json.loads((fresh.folder / "out.sarif").read_text())
    categories = [each["automationDetails"]["id"].split("/")[2] for each in log["runs"]]
    assert categories == ["entra", "exchange", "people"]
    extensions = {each["name"]: each for each in log["runs"][2]["tool"]["extensions"]}
    assert "1.2.3" in extensions["people"].values()

    the_second_sample_works_beside_it(fresh)


def the_second_sample_works_beside_it(fresh: Fresh) -> None:
    """Installed, listed, run against a tenant that got Teams over HTTP, and in the log with its rules."""
    fresh.install(wheel_of(TEAMS, fresh.folder))
    shutil.copytree(TEAMS / "tests", fresh.folder / "teams")
    tested = fresh.pytest("teams", "-q")
    assert tested.returncode == 0, tested.stdout
    done(
        fresh.bin / "o365scan",
        "plugin",
        "check",
        "o365scan-teams",
        "--cases",
        "teams/cases",
        cwd=fresh.folder,
    )
    listed = fresh.o365scan("plugins")
    assert listed.returncode == 0
    for distribution in ("o365scan-sample 1.2.3", "o365scan-teams 0.1.0"):
        assert distribution in listed.stdout

    with serve(Tenant(size=20)) as server:
        bring_teams(server)
        (partner,) = server.tenant.objects("crossTenantAccessPartners")
        opened = {"b2bDirectConnectInbound": partner["b2bDirectConnectInbound"]}
        server.tenant.patch("crossTenantAccessDefault", "default", opened)
        server.tenant.patch("users", server.tenant.objects("users")[0]["id"], {"department": None})
        arguments = ("scan", "--check", "people.*", "--check", "teams.*", "--sarif", "both.sarif")
        scanned = fresh.o365scan(*arguments, env=server.environment())
    assert scanned.returncode == 0, scanned.stderr
    log = json.loads((fresh.folder / "both.sarif").read_text())
    found = {each["ruleId"] for one in log["runs"] for each in one["results"]}
    assert found == {"people.member-has-a-department", "teams.shared-channels-are-for-chosen-tenants"}
    for one in log["runs"]:
        named = {each["name"]: each["version"] for each in one["tool"]["extensions"]}
        assert (named["people"], named["teams"]) == ("1.2.3", "0.1.0")
    rules = {rule["id"] for one in log["runs"] for rule in one["tool"]["driver"]["rules"]}
    assert rules == found | {"teams.shared-channel-is-for-known-tenants"}


def bring_teams(server: Server) -> None:
    """What the sample's tests bring, over the control plane."""
    text = (TEAMS / "tests" / "objects.json").read_text("utf-8").replace("{@tenant}", server.tenant.tenant_id)
    objects = json.loads(text)
    with requests.Session() as session:
        session.trust_env = False
        for name, words in json.loads((TEAMS / "tests" / "collections.json").read_text("utf-8")).items():
            session.put(f"{server.control_url}/collections/{name}", json=words).raise_for_status()
        for name, items in objects.items():
            for item in items:
                session.put(f"{server.control_url}/state/{name}", json=item).raise_for_status()
