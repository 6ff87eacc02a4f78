"""o365scan.toml on the command line: schema, init, which checks, and which tenant."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mocktenant import Server, Tenant
from o365scan.api import O365ScanError, OptionsError
from o365scan.config import read
from o365scan.registry import UnknownCheck, load
from o365scan.selection import select
from tests.cli.in_process import here

SPF, CONNECTORS = "exchange.spf-is-published", "exchange.inbound-connector-is-expected"
MOCK = ("--mock", "hostile", "--mock-size", "5")


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scanned(*arguments: str, **more: Any) -> dict[str, Any]:
    result = here("scan", "-q", "--json", "-", *arguments, **more)
    assert result.exit_code in (0, 3), result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_the_schema_and_the_file_to_begin_with() -> None:
    schema = here("config", "schema")
    assert schema.exit_code == 0
    assert here("config", "--schema").stdout == schema.stdout
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.stdout))
    begun = here("config", "init")
    assert begun.exit_code == 0
    assert tomllib.loads(begun.stdout) == {}
    assert '#[checks."exchange.inbound-connector-is-expected"]' in begun.stdout.split("\n")
    assert "Commands:" in here("config").stdout
    assert here("config", "--schema", "init").exit_code == 2


def test_checks_are_chosen_by_the_file_and_what_it_leaves_out_is_told(folder: Path) -> None:
    (folder / "o365scan.toml").write_text('[scan]\nchecks = ["exchange.*"]\nexclude = ["exchange.[!s]*"]\n')
    report = scanned(*MOCK)
    assert SPF in report["checks"]
    assert all(id.startswith("exchange.s") for id in report["checks"])
    assert {"check": CONNECTORS, "because": "exclude"} in report["leftOut"]
    text = here("scan", *MOCK).stdout
    assert "Checks left out by the configuration:" in text
    assert CONNECTORS in here("scan", *MOCK, "-v").stdout


def test_the_command_line_goes_before_the_file(folder: Path) -> None:
    (folder / "o365scan.toml").write_text(f'[scan]\nexclude = ["{SPF}"]\nmin_severity = "high"\n')
    report = scanned(*MOCK, "--check", SPF)
    assert (report["checks"], report["leftOut"]) == ([SPF], [])
    report = scanned(*MOCK, "--framework", "scuba:MS.EXO.2.*", "--severity", "medium")
    assert (report["checks"], report["leftOut"]) == ([SPF], [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--framework", "sis"), "--framework: there is no framework 'sis'. Did you mean cis?."),
        (("--check", SPF, "--severity", "critical"), "leave none"),
    ],
)
def test_a_choice_that_leaves_nothing(arguments: tuple[str, ...], said: str) -> None:
    result = here("scan", *MOCK, *arguments)
    assert result.exit_code == 2
    assert said in str(result.exception)


def test_a_glob_of_the_file_that_matches_nothing(folder: Path) -> None:
    (folder / "o365scan.toml").write_text(
        '[scan]\nchecks = [\n  "exchange.*",\n  "exchange.spf-is-publishd",\n]\n'
    )
    with pytest.raises(OptionsError) as caught:
        here("scan", *MOCK)
    assert str(caught.value) == (
        "o365scan.toml:4: scan.checks[1]: there is no check 'exchange.spf-is-publishd'."
        " Did you mean exchange.spf-is-published?"
    )


def test_a_file_that_leaves_no_check(folder: Path) -> None:
    (folder / "o365scan.toml").write_text('[scan]\nexclude = ["*"]\n')
    with pytest.raises(OptionsError, match=r"o365scan.toml:1: scan: leaves no check"):
        here("scan", *MOCK)


TWO = """\
[[tenants]]
name = "contoso"
tenant_id = "{id}"
client_id = "{app}"
client_secret_file = "secret"
[tenants.scan]
checks = ["{spf}"]

[[tenants]]
name = "fabrikam"
tenant_id = "22222222-2222-4333-8444-555555555555"

[[accepted]]
check = "{spf}"
object = "contoso.com"
reason = "Known"
owner = "mail-team@contoso.com"
expires = 2099-01-31
tenant = "contoso"
"""


class TestTenants:
    """A live tenant, as whom the file says: of the environment only the way there is left."""

    @pytest.fixture
    def server(self, serving: Callable[[Tenant], Server], folder: Path) -> Server:
        server = serving(Tenant("hostile", size=5))
        given = server.environment()
        (folder / "conf").mkdir()
        (folder / "conf" / "secret").write_text(given["AZURE_CLIENT_SECRET"])
        text = TWO.format(id=given["AZURE_TENANT_ID"], app=given["AZURE_CLIENT_ID"], spf=SPF)
        (folder / "conf" / "o365scan.toml").write_text(text)
        return server

    @staticmethod
    def way(server: Server) -> dict[str, str]:
        return {name: value for name, value in server.environment().items() if not name.startswith("AZURE_")}

    def test_one_of_several(self, server: Server) -> None:
        arguments = ("--config", "conf/o365scan.toml", "--save-snapshot", "s")
        report = scanned(*arguments, "--tenant", "contoso", env=self.way(server))
        assert report["checks"] == [SPF]
        assert [each["accepted"]["owner"] for each in report["findings"] if each["accepted"]] == [
            "mail-team@contoso.com"
        ]
        # A snapshot is the tenant's whose id it has.
        again = scanned("--config", "conf/o365scan.toml", "--snapshot", "s")
        assert again == report
        result = here("scan", "--config", "conf/o365scan.toml", "--snapshot", "s", "--tenant", "fabrikam")
        assert result.exit_code == 2
        assert "the snapshot is of" in str(result.exception)

    def test_its_own_environment(self, server: Server, folder: Path) -> None:
        """It goes before that of the process, and is nobody else's; what is no variable is told and not repeated."""
        lines = [f"export {name}='{value}'" for name, value in server.environment().items()]
        (folder / "conf" / "own.env").write_text("\n".join(["# of contoso", *lines, ""]))
        text = '[[tenants]]\nname = "contoso"\nenvironment_file = "own.env"\n'
        (folder / "conf" / "o365scan.toml").write_text(text)
        arguments = ("--config", "conf/o365scan.toml", "--check", SPF)
        report = scanned(
            *arguments,
            env={
                "AZURE_CLIENT_SECRET": "another",
                "HTTPS_PROXY": "http://192.0.2.1:1",
                "https_proxy": "http://192.0.2.2:1",
            },
        )
        assert report["tenant"]["id"] == server.tenant.tenant_id
        for wrong in ("hush hush", "AZURE_CLIENT_SECRET", "A='hush"):
            (folder / "conf" / "own.env").write_text(f"A=1\n{wrong}\n")
            with pytest.raises(OptionsError, match=r"conf/own.env:2: is no NAME=value") as refused:
                here("scan", *arguments)
            assert "hush" not in str(refused.value)
        (folder / "conf" / "own.env").unlink()
        with pytest.raises(OptionsError, match=r"can't read conf/own.env: No such file"):
            here("scan", *arguments)

    def test_a_tenant_that_is_named_by_its_domain(self, server: Server, folder: Path) -> None:
        path = folder / "conf" / "o365scan.toml"
        scanned("--config", str(path), "--tenant", "contoso", "--save-snapshot", "s", env=self.way(server))
        path.write_text(path.read_text().replace(server.tenant.tenant_id, "Contoso.onmicrosoft.com"))
        assert scanned("--config", str(path), "--snapshot", "s")["checks"] == [SPF]

    def test_doctor_and_permissions_of_one(self, server: Server) -> None:
        of_it = ("--config", "conf/o365scan.toml", "--tenant", "contoso")
        result = here("doctor", *of_it, env=self.way(server))
        assert result.exit_code == 0, result.output
        assert "client-secret (conf/secret)" in result.stdout
        needed = here("permissions", *of_it, "--json").stdout
        assert needed == here("permissions", "--check", SPF, "--json").stdout
        assert needed != here("permissions", "--config", "conf/o365scan.toml", "--json").stdout
        result = here("doctor", "--config", "conf/o365scan.toml", env=self.way(server))
        assert result.exit_code == 2
        assert "has several: contoso, fabrikam." in str(result.exception)
        result = here(
            "doctor",
            "--config",
            "conf/o365scan.toml",
            "--mock",
            "hostile",
            "--mock-size",
            "5",
            "--check",
            SPF,
        )
        assert result.exit_code == 0, result.output

    def test_its_own_credential_is_the_only_one(self, server: Server, folder: Path) -> None:
        """A secret of the process is somebody else's, and would come first."""
        own = {**server.environment(), "AZURE_CLIENT_CERTIFICATE_PATH": "no-such.pem"}
        secret = own.pop("AZURE_CLIENT_SECRET")
        (folder / "conf" / "own.env").write_text("".join(f"{name}={value}\n" for name, value in own.items()))
        text = '[[tenants]]\nname = "contoso"\nenvironment_file = "own.env"\n'
        (folder / "conf" / "o365scan.toml").write_text(text)
        with pytest.raises(O365ScanError, match=r"no-such\.pem"):
            here("scan", "--config", "conf/o365scan.toml", env={"AZURE_CLIENT_SECRET": secret})

    def test_it_must_be_clear_which(self, server: Server) -> None:
        result = here("scan", "--config", "conf/o365scan.toml", env=self.way(server))
        assert result.exit_code == 2
        assert "--tenant NAME: conf/o365scan.toml has several: contoso, fabrikam." in str(result.exception)
        both = ("--tenant", "contoso", "--tenant-id", "x")
        result = here("scan", "--config", "conf/o365scan.toml", *both, env=self.way(server))
        assert result.exit_code == 2
        with pytest.raises(OptionsError, match="there is no tenant 'contso'"):
            here("scan", "--config", "conf/o365scan.toml", "--tenant", "contso")

    def test_the_only_one_is_meant(self, server: Server, folder: Path) -> None:
        path = folder / "conf" / "o365scan.toml"
        first, _, rest = path.read_text().partition('[[tenants]]\nname = "fabrikam"')
        path.write_text(first + rest[rest.index("[[accepted]]") :])
        assert scanned("--config", str(path), env=self.way(server))["checks"] == [SPF]
        assert (
            here("collect", "s", "--config", str(path), "--check", SPF, env=self.way(server)).exit_code == 0
        )
        assert scanned("--config", str(path), "--snapshot", "s")["checks"] == [SPF]

    def test_a_tenant_of_the_command_line_is_none_of_the_files(self, server: Server) -> None:
        """All of it comes from the command line and the environment then: no accepted risk, no other options."""
        given = server.environment()
        arguments = (
            "--config",
            "conf/o365scan.toml",
            "--tenant-id",
            given["AZURE_TENANT_ID"],
            "--check",
            SPF,
        )
        report = scanned(*arguments, env=given)
        assert report["acceptances"] == []

    def test_a_credential_of_the_command_line_goes_before_the_files(
        self, server: Server, folder: Path
    ) -> None:
        (folder / "conf" / "secret").rename(folder / "elsewhere")
        arguments = ("--config", "conf/o365scan.toml", "--tenant", "contoso")
        report = scanned(*arguments, "--client-secret-file", "elsewhere", env=self.way(server))
        assert report["checks"] == [SPF]

    @pytest.mark.usefixtures("server")
    def test_a_mock_tenant_may_be_judged_as_one(self) -> None:
        report = scanned("--config", "conf/o365scan.toml", "--tenant", "contoso", *MOCK)
        assert report["checks"] == [SPF]
        assert [each["state"] for each in report["acceptances"]] == ["used"]
        assert scanned("--config", "conf/o365scan.toml", *MOCK, "--check", SPF)["acceptances"] == []


def test_adopt_takes_the_options_of_a_tenant(folder: Path) -> None:
    assert (
        here("collect", "s", "--mock", "vendor-heavy", "--mock-size", "5", "--check", CONNECTORS).exit_code
        == 0
    )
    own = f'[[tenants]]\nname = "a"\n[tenants.checks."{CONNECTORS}"]\ncertificates = ["*.signatures.fabrikam.com"]\n'
    (folder / "o365scan.toml").write_text(own)
    assert "signatures.fabrikam.com" in here("adopt", "--snapshot", "s", "--config", "/dev/null").stdout
    assert "signatures.fabrikam.com" not in here("adopt", "--snapshot", "s", "--tenant", "a").stdout


def test_an_unknown_check_is_still_told_with_what_comes_near() -> None:
    with pytest.raises(UnknownCheck):
        here("scan", *MOCK, "--check", "exchange.spf-is-publishd")


def test_the_documentation_shows_files_that_hold() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    config = read("\n".join(blocks))
    checks = load().checks.values()
    assert config.options(checks, config.tenant("fabrikam"))
    assert config.risks(checks)
    for name in ("contoso", "fabrikam"):
        selection = select(checks, config.scan(config.tenant(name)), lambda *said: AssertionError(*said))
        assert selection.checks
