"""o365scan.toml: typed, and what is wrong is named by file, line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from o365scan.api import OptionsError, Severity
from o365scan.config import Config, Limits, Scan, Source, load, options_of, read
from o365scan.sign_in import CloudName, Kind, SignIn

from .bad_config import BAD, GOOD
from .things import Limits as Options
from .things import thing_has_a_friend, thing_is_enabled

CHECKS = (thing_is_enabled, thing_has_a_friend)


def whole(text: str) -> Config:
    """A file that is read, with what depends on the checks."""
    config = read(text)
    config.options(CHECKS)
    config.risks(CHECKS)
    return config


def test_a_whole_file() -> None:
    config = whole(GOOD)
    assert config.limits == Limits(seconds=7, memory_mib=64)
    first, second = config.tenants
    assert config.sign_in(first) == SignIn(
        tenant_id="contoso.onmicrosoft.com",
        client_id="11111111-2222-4333-8444-555555555555",
        auth=Kind.CERTIFICATE,
        cloud=CloudName.GCCH,
        certificate_file="app.pem",
    )
    assert config.sign_in(second) == SignIn(client_secret_env="FABRIKAM_SECRET")
    assert config.scan() == Scan(checks=("test.*",), min_severity=Severity.LOW, framework=("cis",))
    assert config.scan(second) == Scan(
        checks=("test.*",), exclude=("test.thing-is-*",), min_severity=Severity.HIGH, framework=("cis",)
    )
    assert config.options(CHECKS) == {"test.thing-is-enabled": Options(accept=("a",))}
    assert config.options(CHECKS, second) == {"test.thing-is-enabled": Options(accept=("b", "c"))}
    assert [each.object for each in config.risks(CHECKS)] == ["Thing *"]
    assert [each.object for each in config.risks(CHECKS, second)] == ["Thing *", "[*]"]
    risk = config.settings.accepted[1]
    assert (risk.expires, risk.severity, risk.tenant) == (date(2027, 1, 31), Severity.HIGH, "fabrikam")


@pytest.mark.parametrize(("text", "message", "hint"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_named(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(OptionsError) as caught:
        whole(text)
    assert str(caught.value) == f"o365scan.toml:{message}"
    assert hint is None or hint in str(caught.value.hint)
    assert "hush" not in f"{caught.value}{caught.value.hint}"


def test_options_of_a_plain_table_name_their_key() -> None:
    tables = {"checks": {"test.thing-is-enabled": {"accept": "a"}}}
    with pytest.raises(OptionsError, match=r'^given: checks."test.thing-is-enabled".accept: Expected a list'):
        options_of(CHECKS, tables, source=Source("given"))


def test_files_are_meant_from_where_the_configuration_is() -> None:
    text = f"{GOOD}\n[[tenants]]\nname = 'x'\nclient_secret_file = '-'\ncertificate_file = '/run/x.pem'\n"
    config = read(text, "conf/o365scan.toml")
    assert config.sign_in(config.tenants[0]).certificate_file == "conf/app.pem"
    assert config.sign_in(config.tenants[2]).client_secret_file == "-"
    assert config.sign_in(config.tenants[2]).certificate_file == "/run/x.pem"


def test_a_tenant_that_nobody_named() -> None:
    with pytest.raises(OptionsError, match="there is no tenant 'contso'") as caught:
        read(GOOD).tenant("contso")
    assert caught.value.hint == "Did you mean contoso?"
    with pytest.raises(OptionsError) as caught:
        read("").tenant("contso")
    assert caught.value.hint == "Known: none."


def test_no_file_is_no_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None) == Config()
    (tmp_path / "o365scan.toml").write_text('[checks."test.thing-is-enabled"]')
    assert load(None).tables == {"checks": {"test.thing-is-enabled": {}}}


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="can't read"):
        load(tmp_path / "nothing.toml")
    (tmp_path / "latin").write_bytes(b"x = '\xe4'")
    with pytest.raises(OptionsError, match="no TOML: invalid continuation byte at byte 5"):
        load(tmp_path / "latin")


def test_a_file_of_an_editor_on_windows(tmp_path: Path) -> None:
    file = tmp_path / "o365scan.toml"
    file.write_bytes(b"\xef\xbb\xbf[scan]\r\nexclude = ['test.*']\r\nchcks = []\r\n")
    with pytest.raises(OptionsError, match=r"o365scan.toml:3: scan.chcks: not known"):
        load(file)
    file.write_bytes(b"\xef\xbb\xbf[scan]\r\nexclude = ['test.*']\r\n")
    assert load(file).scan() == Scan(exclude=("test.*",))


def test_a_file_without_a_bottom() -> None:
    deep = 5_000
    with pytest.raises(OptionsError, match=r"^o365scan.toml.* too deep|no TOML"):
        read(f"x = {'[' * deep}{']' * deep}")


def test_without_the_table_plugins_all_are_let_in() -> None:
    assert read("").allowed() is None
    found = read('[plugins]\nallow = ["o365scan-teams==1.2.0"]').allowed()
    assert found is not None
    assert found.refusal("o365scan-teams", "1.2.0") is None
