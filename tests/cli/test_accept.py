"""`o365scan accept`: an entry of the file for what somebody answers for, as narrow as what was seen."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Tenant, serve
from o365scan.api import O365ScanError, OptionsError
from o365scan.cli.accept import NothingToAccept
from o365scan.registry import UnknownCheck
from tests.cli.in_process import here

SPF, CONNECTORS = "exchange.spf-is-published", "exchange.inbound-connector-is-expected"
RULES = "exchange.transport-rule-is-harmless"
WHO = ("--reason", "Known; CHG-0042", "--owner", "mail-team@contoso.com")
UNTIL = ("--expires", "2099-01-31")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "s"
    assert here("collect", str(path), "--mock", "hostile", "--mock-size", "5").exit_code == 0
    return path


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(Path("o365scan.toml").read_text())["accepted"]
    return found


def failures(snapshot: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    result = here("scan", "-q", "--json", "-", "--snapshot", str(snapshot), *arguments)
    return (each for each in json.loads(result.stdout)["findings"] if each["verdict"] == "fail")


def test_it_is_written_and_then_in_force(hostile: Path, folder: Path) -> None:
    (folder / "o365scan.toml").write_text("# mine\n[limits]\nseconds = 7 # soon\n")
    result = here("accept", SPF, "contoso.com", *WHO, *UNTIL, "--snapshot", str(hostile))
    assert result.exit_code == 0
    assert "accepts  medium  exchange.spf-is-published  contoso.com: " in result.stderr
    assert "far away" in result.stderr
    assert "Added to o365scan.toml." in result.stderr
    text = (folder / "o365scan.toml").read_text()
    assert text == f"# mine\n[limits]\nseconds = 7 # soon\n\n{result.stdout}"
    ((key, spf),) = [(each["key"], each) for each in failures(hostile) if each["check"] == SPF]
    assert entries() == [
        {
            "check": SPF, "object": key, "reason": WHO[1], "owner": WHO[3], "expires": date(2099, 1, 31),
            "severity": "medium",
        }
    ]  # fmt: skip
    assert "# contoso.com\n" in text
    assert spf["accepted"] == {
        "check": SPF, "object": key, "reason": WHO[1], "owner": WHO[3], "expires": "2099-01-31",
        "severity": "medium", "despiteSigns": False, "tenant": None,
    }  # fmt: skip
    assert here("scan", "--snapshot", str(hostile), "--check", SPF, "--fail-on", "low", "-q").exit_code == 0
    again = ("accept", SPF, "contoso.com", *WHO, *UNTIL, "--snapshot", str(hostile))
    with pytest.raises(OptionsError, match=r"stands at o365scan\.toml:5 already"):
        here(*again)


def test_a_dry_run_writes_nothing(hostile: Path, folder: Path) -> None:
    globs = ("exchange.*-connector-*", "*", "--glob", "--despite-signs")
    result = here("accept", *globs, *WHO, "--expires", "90d", "--dry-run", "--snapshot", str(hostile))
    assert result.exit_code == 0
    assert result.stderr.count("accepts  high  exchange.inbound-connector-is-expected  ") == 4
    assert "\x1b" not in result.stderr
    assert "Added" not in result.stderr
    (entry,) = tomllib.loads(result.stdout)["accepted"]
    assert entry["expires"] == datetime.now(UTC).date() + timedelta(days=90)
    assert (entry["object"], entry["severity"], entry["despite_signs"]) == ("*", "high", True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("exchange.spf-is-publishd", "contoso.com"), "there is no check", f"Did you mean {SPF}"),
        (("exchange.zz*", "contoso.com", "--glob"), "there is no check", None),
        ((SPF, "contoso.co"), "finds nothing that is called 'contoso.co'", "Did you mean 'contoso.com'?"),
        (("exchange.ews-is-restricted", "exchange.organization-config"), "nothing that is called", "0 other"),
        (("--", RULES, "-----BEGIN CERTIFICATE-----"), "bears a sign of an intruder: ", "--despite-signs"),
    ],
)
def test_what_is_refused(
    arguments: tuple[str, ...], said: str, hint: str | None, hostile: Path, folder: Path
) -> None:
    with pytest.raises((UnknownCheck, NothingToAccept)) as caught:
        here("accept", *WHO, *UNTIL, "--snapshot", str(hostile), *arguments)
    assert said in str(caught.value)
    assert hint is None or hint in str(caught.value.hint)
    assert list(folder.iterdir()) == []


def test_what_passes_or_is_open_can_not_be_accepted(folder: Path) -> None:
    tenant = Tenant("hostile", size=5)
    tenant.directory_roles = set()
    with serve(tenant) as server:
        assert here("collect", "s", "--check", SPF, env=server.environment()).exit_code == 3
    with pytest.raises(
        NothingToAccept, match=r"does not fail for 'exchange\.accepted-domains': open"
    ) as caught:
        here("accept", SPF, "exchange.accepted-domains", *WHO, *UNTIL, "--snapshot", "s")
    assert caught.value.hint == "What could not be decided can't be accepted."
    assert [each.name for each in folder.iterdir()] == ["s"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*WHO, "--expires", "2020-01-01"), "2020-01-01 is over"),
        ((*WHO, "--expires", "soon"), "neither a day"),
        ((*WHO, "--expires", "0d"), "neither a day"),
        (WHO, "Missing option '--expires'"),
        ((*WHO[:2], *UNTIL), "Missing option '--owner'"),
        ((*WHO[2:], *UNTIL), "Missing option '--reason'"),
        (("--reason", " ", *WHO[2:], *UNTIL), "it says nothing"),
        ((*WHO, *UNTIL, "--snapshot", "s", "--mock", "hostile"), "--mock has no place beside it"),
    ],
)
def test_usage(arguments: tuple[str, ...], said: str, folder: Path) -> None:
    result = here("accept", SPF, "contoso.com", *arguments)
    assert result.exit_code == 2
    assert said in str(result.exception.format_message() if result.exception else "")  # type: ignore[attr-defined]
    assert list(folder.iterdir()) == []


def test_today_is_not_over() -> None:
    today = datetime.now(UTC).date()
    assert here("accept", SPF, "contoso.com", *WHO, "--expires", today.isoformat()).exit_code == 0
    assert entries()[0]["expires"] == today


def test_without_a_tenant_to_look_at_it_is_bound_by_the_checks_severity() -> None:
    assert here("accept", SPF, "a[b]*", *WHO, *UNTIL).exit_code == 0
    (entry,) = entries()
    assert (entry["object"], entry["severity"]) == ("a[[]b][*]", "medium")


def test_a_severity_may_be_said(hostile: Path) -> None:
    arguments = (
        "accept",
        SPF,
        "contoso.com",
        *WHO,
        *UNTIL,
        "--severity",
        "critical",
        "--snapshot",
        str(hostile),
    )
    assert here(*arguments).exit_code == 0
    assert entries()[0]["severity"] == "critical"


def test_every_hostile_name_is_accepted_and_no_other(hostile: Path, folder: Path) -> None:
    found = list(failures(hostile, "--check", RULES, "--check", CONNECTORS))
    assert len(found) > 15
    for by_name, those in ((True, found), (False, found[::6])):
        for each in those:
            (folder / "o365scan.toml").unlink(missing_ok=True)
            seen = () if by_name else ("--snapshot", str(hostile))
            signs = ("--despite-signs", "--severity", "critical")
            result = here("accept", *WHO, *UNTIL, *signs, *seen, "--", each["check"], each["title"])
            assert result.exit_code == 0
            assert all(line.isprintable() for line in result.stdout.split("\n"))
            risk = entries()[0]
            names = [other for other in found if _names(risk, other)]
            assert names == [each], each["title"]


def _names(risk: dict[str, Any], finding: dict[str, Any]) -> bool:
    from fnmatch import fnmatchcase

    either = (finding["title"], finding["key"])
    return finding["check"] == risk["check"] and any(fnmatchcase(each, risk["object"]) for each in either)


def test_two_of_one_name_are_told_apart_by_their_keys() -> None:
    """An intruder may call a thing as another is called: the key can't be imitated."""
    tenant = Tenant("hostile", size=5)
    rules = [each for each in tenant.objects("transportRules") if each["Name"].startswith(("[C", "!["))]
    assert len(rules) == 2
    for rule in rules:
        tenant.patch("transportRules", rule["Guid"], {"Name": "Twin"})
    with serve(tenant) as server:
        assert here("collect", "s", "--check", RULES, env=server.environment()).exit_code == 0
    arguments = (*WHO, *UNTIL, "--despite-signs", "--snapshot", "s")
    with pytest.raises(NothingToAccept, match="2 objects are called 'Twin'") as caught:
        here("accept", RULES, "Twin", *arguments)
    first, second = sorted(each["Guid"] for each in rules)
    assert caught.value.hint == f"Name one by its key: {first}, {second}."
    assert here("accept", RULES, second, *arguments).exit_code == 0
    (accepted,) = [each["key"] for each in failures(Path("s"), "--check", RULES) if each["accepted"]]
    assert accepted == second


def test_a_mock_tenant_may_be_looked_at() -> None:
    arguments = ("--mock", "hostile", "--mock-size", "5", "--dry-run")
    result = here("accept", SPF, "contoso.com", *WHO, *UNTIL, *arguments)
    assert "accepts  medium" in result.stderr
    with pytest.raises(O365ScanError):
        here("accept", SPF, "contoso.com", *WHO, *UNTIL, "--mock", "hostil")


def test_of_which_tenant_it_is(hostile: Path, folder: Path) -> None:
    id = json.loads(here("scan", "-q", "--json", "-", "--snapshot", str(hostile)).stdout)["tenant"]["id"]
    text = f'[[tenants]]\nname = "a"\ntenant_id = "{id}"\n[[tenants]]\nname = "b"\n'
    (folder / "o365scan.toml").write_text(text)
    assert here("accept", SPF, "contoso.com", *WHO, *UNTIL, "--snapshot", str(hostile)).exit_code == 0
    assert here("accept", SPF, "contoso.com", *WHO, *UNTIL, "--tenant", "b").exit_code == 0
    assert [each["tenant"] for each in entries()] == ["a", "b"]
    result = here("accept", SPF, "fabrikam.com", *WHO, *UNTIL)
    assert result.exit_code == 2
    assert "--tenant NAME: o365scan.toml has several: a, b." in str(result.exception)
    result = here("accept", SPF, "contoso.com", *WHO, *UNTIL, "--mock", "hostile", "--mock-size", "5")
    assert result.exit_code == 2
    assert "of which tenant is it?" in str(result.exception)
