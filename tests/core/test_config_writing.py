"""An accepted risk added to a file: nothing else of it changes, and no name breaks out of it."""

from __future__ import annotations

import stat
from dataclasses import asdict, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from mocktenant import Tenant
from o365scan.accepted import literal
from o365scan.api import AcceptedRisk, OptionsError, Severity
from o365scan.config import load, read
from o365scan.config.writing import add, entry_of, with_entry
from o365scan.files import OutputError

RISK = AcceptedRisk(check="test.*", object="x", reason="y", owner="z", expires=date(2027, 1, 31))
FULL = replace(RISK, severity=Severity.LOW, despite_signs=True, tenant="a")
STRANGE = (
    "*", "?", "[x]", "[!a]", "a]", '"', "'", '"""', "\\", "#", "=", "\n[limits]\nseconds = 1", "\r", "\t", "\x00",
    "\x1b[2J", "\u202eabc", "\u200b", "\ue000", "é", "𐍈", "", " ", "a\u2028b", "[[accepted]]", "'''", "\x7f", "\x9b",
)  # fmt: skip


def hostile_names() -> set[str]:
    tenant = Tenant("hostile", size=5)
    return {each["Name"] for kind in ("transportRules", "inboundConnectors") for each in tenant.objects(kind)}


def test_what_is_written_is_read_again() -> None:
    for risk in (RISK, replace(FULL, tenant=None)):
        (found,) = read(entry_of(risk, "Thing x")).settings.accepted
        assert asdict(found) == asdict(risk)


def test_names_of_any_kind_stay_names() -> None:
    names = {*STRANGE, *hostile_names()}
    assert len(names) > 35
    for name in names - {""}:
        entry = entry_of(replace(RISK, object=literal(name), reason=f"x{name}"), name)
        assert all(each == "\n" or each.isprintable() for each in entry), ascii(entry)
        config = read(entry)
        assert set(config.tables) == {"accepted"}
        (found,) = config.settings.accepted
        assert found.reason == f"x{name}"
        assert {each for each in names if fnmatchcase(each, found.object)} == {name}


def test_half_a_character_can_not_be_written() -> None:
    with pytest.raises(OptionsError, match="name the object by its key"):
        entry_of(replace(RISK, object="\ud800"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\n",
        "[limits] # mine\nseconds=7   # soon",
        "\n\n[[accepted]]\ncheck='a'\nobject='b'\nreason='c'\nowner='d'\nexpires=2027-01-31\n\n",
        "[scan]\r\nexclude = [ 'x' ]\r\n",
        "\ufeff[scan]\r\nexclude = [ 'x' ]\r\n",
        "[limits]\n\n\n\n",
    ],
)
def test_the_rest_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "o365scan.toml"
    path.write_bytes(text.encode())
    add(path, entry_of(RISK))
    written = path.read_bytes().decode()
    assert written.startswith(text)
    assert ("\r\n" in written) == ("\r\n" in text)
    assert "\r\n" not in text or written.count("\n") == written.count("\r\n")
    assert "\n\n\n\n[" not in written.replace(text, "")
    before, after = read(text), load(path)
    assert after.settings.accepted[:-1] == before.settings.accepted
    assert asdict(after.settings.accepted[-1]) == asdict(RISK)
    assert replace(after.settings, accepted=()) == replace(before.settings, accepted=())


def test_a_file_that_is_not_there_is_made_for_its_owner(tmp_path: Path) -> None:
    add(tmp_path / "o365scan.toml", entry_of(RISK))
    assert stat.S_IMODE((tmp_path / "o365scan.toml").stat().st_mode) == 0o600
    assert len(load(tmp_path / "o365scan.toml").settings.accepted) == 1


def test_a_files_mode_and_a_link_to_it_stay(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("")
    (tmp_path / "real.toml").chmod(0o644)
    (tmp_path / "o365scan.toml").symlink_to("real.toml")
    add(tmp_path / "o365scan.toml", entry_of(RISK))
    assert (tmp_path / "o365scan.toml").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.toml").stat().st_mode) == 0o644
    assert sorted(each.name for each in tmp_path.iterdir()) == ["o365scan.toml", "real.toml"]


def test_what_can_not_be_added_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "o365scan.toml"
    entry = entry_of(RISK)
    for text, why in (
        (entry, "accepted[1]: stands at o365scan.toml:1 already"),
        ("accepted = []\n", "Cannot mutate immutable"),
        ("[limits]\nsecond = 1\n", "Did you mean seconds"),
    ):
        path.write_text(text)
        with pytest.raises(OptionsError) as caught:
            add(path, entry)
        assert why in str(caught.value).replace(f"{tmp_path}/", "")
        assert path.read_text() == text


def test_it_would_be_of_the_file_as_it_was() -> None:
    config = read(entry_of(RISK))
    with pytest.raises(OptionsError, match="can't be added"):
        with_entry(config, "", entry_of(replace(RISK, object="other")))


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        add(tmp_path / "file" / "o365scan.toml", entry_of(RISK))
