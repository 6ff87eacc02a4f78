"""The evidence tree: what goes into it, what stays in it, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from o365scan.api import (
    EXCHANGE,
    HEADER,
    Dataset,
    Evidence,
    ExchangeCmdlet,
    Finding,
    Gap,
    GapReason,
    O365ScanError,
    Permission,
    PluginError,
    Problem,
    Record,
    Severity,
    Verdict,
)
from o365scan.reports.evidence import EvidenceError, WrittenEvidence, write_evidence

TENANT = "11111111-2222-4333-8444-555555555555"
CHECK = "exchange.rule-is-expected"
OTHER = "exchange.rule-has-owner"


def dataset(name: str, **more: Any) -> Dataset:
    return Dataset(
        name=name,
        source=ExchangeCmdlet(cmdlet="Get-Thing"),
        key="Guid",
        title="Name",
        type="Thing",
        permission=Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",)),
        reference="https://learn.microsoft.com/thing",
        **more,
    )


RULES = dataset("exchange.transport-rules", secrets=("Route/Key", "Hidden"))
BOXES = dataset("exchange.inbox-rules", configuration=False)


@dataclass
class Scan:
    """A scan in memory: raw records by key, gaps, findings; `write` brings the tree up to date."""

    folder: Path
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    boxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: tuple[Gap, ...] = ()
    datasets: Collection[Dataset] = (RULES, BOXES)

    def records(self, dataset: Dataset) -> Iterator[Record]:
        found = self.rules if dataset is RULES else self.boxes
        yield from (Record(dataset, key, found[key]) for key in sorted(found))

    def write(self, *findings: Finding, ran: Collection[str] = (CHECK,), **more: Any) -> WrittenEvidence:
        return write_evidence(
            self, datasets=self.datasets, findings=findings, gaps=self.missing, ran=ran,
            **{"tenant": TENANT, "folder": self.folder / "evidence", **more},
        )  # fmt: skip

    def path(self, dataset: Dataset | None = None) -> Path:
        name = dataset.name.replace(".", "/") if dataset else "alerts"
        return self.folder / "evidence" / TENANT / f"{name}.json"

    def objects(self, dataset: Dataset) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.path(dataset).read_text())
        return found

    def ids(self, dataset: Dataset) -> list[str]:
        return [item["@id"] for item in self.objects(dataset)[1:]]


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    return Scan(
        tmp_path,
        rules={key: {"Guid": key, "Name": key.upper(), "Priority": 0} for key in ("a", "b", "c")},
        boxes={key: {"Guid": key, "Name": key.upper()} for key in ("p", "q", "r")},
    )


def verdict(
    key: str = HEADER, said: Verdict = Verdict.FAIL, of: Dataset = RULES, check: str = CHECK
) -> Finding:
    problems: tuple[Problem, ...] = ()
    if said is Verdict.FAIL:
        problems = (Problem("Wrong.", (Evidence(of.name, key, "/Name", "secret value"),) * 2),)
    return Finding(
        check=check,
        dataset=of.name,
        key=key,
        title=key,
        verdict=said,
        severity=Severity.HIGH,
        problems=problems,
    )


def held(written: WrittenEvidence) -> list[tuple[str, str]]:
    assert all(item.held and item.verdict is Verdict.FAIL for item in written.held)
    return [(item.check, item.key) for item in written.held]


WHOLE = (Gap(dataset=RULES.name, reason=GapReason.DENIED, detail="403"),)
PART = (Gap(dataset=BOXES.name, reason=GapReason.UNREACHABLE, detail="x", parent="ann"),)


class TestLayout:
    def test_an_object_begins_with_its_identity_and_is_sorted(self, scan: Scan) -> None:
        scan.rules = {"a": {"Zone": 1, "Guid": "a", "Actions": {"z": 1, "b": [{"y": 1, "x": 2}]}}}
        file = scan.write().evidence[RULES.name]
        place = file.places["a"]
        key = hashlib.sha256(json.dumps([TENANT, RULES.name, "a"]).encode()).hexdigest()
        assert file.text.split("\n")[place.start_line - 1 : place.end_line] == [
            "  {",
            f'    "@key": "{key}",',
            '    "@type": "Thing",',
            '    "@id": "a",',
            '    "Actions": {',
            '      "b": [',
            "        {",
            '          "x": 2,',
            '          "y": 1',
            "        }",
            "      ],",
            '      "z": 1',
            "    },",
            '    "Guid": "a",',
            '    "Zone": 1',
            "  }",
        ]

    def test_every_place_is_its_objects(self, scan: Scan) -> None:
        file = scan.write().evidence[RULES.name]
        lines = file.text.split("\n")
        for key, place in file.places.items():
            found = json.loads("\n".join(lines[place.start_line - 1 : place.end_line]).rstrip(","))
            assert found["@id"] == (key or RULES.name)
            assert place.uri == file.uri == f"evidence/{TENANT}/exchange/transport-rules.json"
        assert scan.path(RULES).read_text() == file.text

    def test_the_header_never_changes(self, scan: Scan) -> None:
        scan.write()
        before = scan.objects(RULES)[0]
        scan.rules = {}
        scan.write()
        assert scan.objects(RULES) == [before]
        assert list(before)[:3] == ["@key", "@type", "@id"]

    def test_a_configuration_dataset_is_whole_and_a_large_one_is_what_fails(self, scan: Scan) -> None:
        scan.write(verdict("q", of=BOXES), verdict("r", Verdict.PASS, of=BOXES))
        assert scan.ids(RULES) == ["a", "b", "c"]
        assert scan.ids(BOXES) == ["q"]

    def test_a_finding_about_something_absent_points_at_the_header(self, scan: Scan) -> None:
        written = scan.write(verdict(of=BOXES))
        assert written.evidence[BOXES.name].places[HEADER].start_line == 2
        assert scan.ids(BOXES) == []

    def test_deceiving_characters_are_escaped_and_any_script_is_readable(self, scan: Scan) -> None:
        name = "日本 \u202egpj\x1b\ud800\u2028\U000e0041 é"
        scan.rules = {"a": {"Guid": "a", "Name": name}}
        file = scan.write(verdict("a")).evidence[RULES.name]
        assert "日本 \\u202egpj\\u001b\\ud800\\u2028\\udb40\\udc41 é" in file.text
        assert scan.objects(RULES)[1]["Name"] == name
        assert scan.write(verdict("a", Verdict.OPEN)).held[0].key == "a"

    def test_names_of_the_tree_are_kept_apart_from_a_records_own(self, scan: Scan) -> None:
        scan.rules = {"a": {"@id": "x", "n": [{"@key": "y", "@@type": 1, "@odata.type": "z"}]}}
        scan.write()
        found = scan.objects(RULES)[1]
        assert (found["@id"], found["@@id"]) == ("a", "x")
        assert found["n"] == [{"@@key": "y", "@@@type": 1, "@odata.type": "z"}]

    def test_credentials_are_redacted(self, scan: Scan) -> None:
        scan.rules = {
            "a": {
                "Hidden": {"x": 1},
                "Route": [{"Key": "k", "Name": "n"}],
                "client_secret": "s",
                "passwordCredentials": [{"secretText": "s", "hint": "h"}, {"secretText": None}],
                "keyCredentials": [{"key": "k", "keyId": "i"}],
                "key": "plain",
            }
        }
        scan.write()
        found = scan.objects(RULES)[1]
        hidden = "[redacted]"
        assert found["Hidden"] == found["client_secret"] == hidden
        assert found["Route"] == [{"Key": hidden, "Name": "n"}]
        assert found["passwordCredentials"] == [{"secretText": hidden, "hint": "h"}, {"secretText": None}]
        assert found["keyCredentials"] == [{"key": hidden, "keyId": "i"}]
        assert found["key"] == "plain"

    def test_evidence_values_are_not_kept_beside_the_tree(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        alerts = json.loads(scan.path().read_text())["alerts"]
        assert alerts[0]["evidence"] == [{"dataset": RULES.name, "key": "a", "pointer": "/Name"}]
        assert "secret value" not in scan.path().read_text()


class TestFiles:
    def test_folders_and_files_are_their_owners_only(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        for path in (scan.folder / "evidence").rglob("*"):
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
        assert (scan.folder / "evidence").stat().st_mode & 0o777 == 0o700

    def test_the_same_scan_writes_the_same_bytes_and_leaves_files_alone(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        before = {path: (path.read_bytes(), path.stat().st_ino) for path in scan.folder.rglob("*.json")}
        scan.write(verdict("a"))
        after = {path: (path.read_bytes(), path.stat().st_ino) for path in scan.folder.rglob("*.json")}
        assert after == before
        assert len(before) == 3

    def test_the_prefix_is_the_place_in_the_repository(self, scan: Scan) -> None:
        written = scan.write(prefix="tenants/o365.scan_1")
        assert written.evidence[RULES.name].uri.startswith(f"tenants/o365.scan_1/{TENANT}/exchange/")

    @pytest.mark.parametrize("prefix", ["docs", "a/Tests", "vendor/x", "../x", "/x", "a//b", "a b", "", "."])
    def test_places_that_github_hides_or_that_are_none_are_refused(self, scan: Scan, prefix: str) -> None:
        with pytest.raises(EvidenceError) as caught:
            scan.write(prefix=prefix)
        assert caught.value.hint

    def test_a_folder_that_github_hides_is_refused(self, scan: Scan) -> None:
        with pytest.raises(EvidenceError, match="hides their alerts"):
            scan.write(folder=scan.folder / "fixtures")

    @pytest.mark.parametrize("tenant", ["../../etc", TENANT.replace("1", "A"), "contoso.com", TENANT + "\n"])
    def test_a_tenant_id_is_a_guid(self, scan: Scan, tenant: str) -> None:
        with pytest.raises(EvidenceError, match="not a GUID"):
            scan.write(tenant=tenant)

    @pytest.mark.parametrize("name", ["exchange", "x.../y", "X.y", "a.b.c", "a.b/c", ".a", "../x.y"])
    def test_a_datasets_name_is_a_plain_path(self, name: str) -> None:
        with pytest.raises(PluginError, match=r"not <area>\.<plural>"):
            dataset(name)

    def test_an_area_that_github_hides_has_another_folder(self, scan: Scan) -> None:
        scan.datasets = [dataset("tests.things")]
        (file,) = scan.write().evidence.values()
        assert file.uri == f"evidence/{TENANT}/area-tests/things.json"

    def test_links_are_not_followed(self, scan: Scan) -> None:
        outside = scan.folder / "outside"
        outside.mkdir()
        scan.path(RULES).parent.parent.mkdir(parents=True)
        scan.path(RULES).parent.symlink_to(outside)
        with pytest.raises(EvidenceError, match="symbolic link"):
            scan.write()
        scan.path(RULES).parent.unlink()
        scan.path().symlink_to(outside / "x")
        with pytest.raises(EvidenceError, match="symbolic link"):
            scan.write()
        assert list(outside.iterdir()) == []

    def test_what_can_not_be_written_is_a_typed_error(self, scan: Scan) -> None:
        (scan.folder / "evidence").write_text("a file where the folder should be")
        with pytest.raises(O365ScanError, match="Not a directory"):
            scan.write()

    def test_what_can_not_be_read_is_a_typed_error(self, scan: Scan) -> None:
        scan.path().mkdir(parents=True)
        with pytest.raises(EvidenceError, match="can't be read"):
            scan.write()


class TestHolding:
    def test_an_open_object_holds_its_alert_and_its_evidence(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        before = scan.path(RULES).read_text(), scan.path().read_text()
        scan.rules["a"]["Name"] = "changed"
        assert held(scan.write(verdict("a", Verdict.OPEN))) == [(CHECK, "a")]
        assert (scan.path(RULES).read_text(), scan.path().read_text()) == before

    @pytest.mark.parametrize("decided", [Verdict.PASS, Verdict.NOT_APPLICABLE])
    def test_it_closes_when_it_is_decided(self, scan: Scan, decided: Verdict) -> None:
        scan.write(verdict("a"))
        scan.write(verdict("a", Verdict.OPEN))
        assert held(scan.write(verdict("a", decided))) == []
        assert held(scan.write(verdict("a", Verdict.OPEN))) == []

    def test_it_closes_when_the_object_is_gone(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        del scan.rules["a"]
        assert held(scan.write(verdict("b", Verdict.PASS))) == []
        assert scan.ids(RULES) == ["b", "c"]

    def test_a_blind_check_holds_all_but_what_is_decided(self, scan: Scan) -> None:
        scan.write(verdict("a"), verdict("b"), verdict("c"), verdict("q", of=BOXES))
        today = [verdict(said=Verdict.OPEN), verdict("b", Verdict.PASS), verdict("c")]
        del scan.rules["a"]
        written = scan.write(*today)
        assert held(written) == [(CHECK, "q"), (CHECK, "a")]  # by dataset, then key
        assert scan.ids(RULES) == ["a", "b", "c"]
        assert scan.ids(BOXES) == ["q"]

    def test_a_header_that_fails_and_is_open_fails_once(self, scan: Scan) -> None:
        for findings in ([verdict(), verdict(said=Verdict.OPEN)], [verdict(said=Verdict.OPEN), verdict()]):
            assert held(scan.write(verdict("a"), *findings)) == []
            assert held(scan.write(*findings)) == [(CHECK, "a")]

    def test_two_failures_of_one_object_are_one_alert(self, scan: Scan) -> None:
        scan.write(verdict("a"), verdict("a"))
        assert held(scan.write(verdict("a", Verdict.OPEN))) == [(CHECK, "a")]

    def test_an_open_verdict_of_another_check_holds_nothing(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        both = (CHECK, OTHER)
        assert held(scan.write(verdict(said=Verdict.OPEN, check=OTHER), ran=both)) == []

    def test_an_open_verdict_on_another_object_holds_nothing(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        assert held(scan.write(verdict("b", Verdict.OPEN))) == []

    def test_a_new_failure_of_a_held_object_updates_its_evidence(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        scan.rules["a"]["Name"] = "changed"
        today = [verdict("a", Verdict.OPEN), verdict("a", check=OTHER)]
        assert held(scan.write(*today, ran=(CHECK, OTHER))) == [(CHECK, "a")]
        assert scan.objects(RULES)[1]["Name"] == "changed"

    def test_checks_that_did_not_run_keep_their_alerts(self, scan: Scan) -> None:
        scan.write(verdict("a"), verdict("q", of=BOXES))
        scan.datasets = [RULES]
        written = scan.write(ran=(OTHER,))
        assert held(written) == [(CHECK, "q"), (CHECK, "a")]
        assert "q" in written.evidence[BOXES.name].places
        assert scan.ids(BOXES) == ["q"]

    def test_an_unread_dataset_keeps_its_file_byte_for_byte(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        before = scan.path(RULES).read_bytes().replace(b"\n", b"\r\n")  # as git on Windows checks it out
        scan.path(RULES).write_bytes(before)
        scan.missing, scan.rules = WHOLE, {}
        written = scan.write(verdict(said=Verdict.OPEN))
        assert held(written) == [(CHECK, "a")]
        assert scan.path(RULES).read_bytes() == before
        assert set(written.evidence[RULES.name].places) == {"", "a", "b", "c"}

    def test_what_the_pages_that_arrived_prove_is_added_to_an_unread_datasets_file(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        scan.rules = {"b": {"Guid": "b", "Name": "new"}, "d": {"Guid": "d", "Name": "D"}}
        scan.missing = (Gap(dataset=RULES.name, reason=GapReason.UNREACHABLE, detail="page 2"),)
        written = scan.write(verdict("b"), verdict("d"), verdict(said=Verdict.OPEN))
        assert [item.key for item in written.held] == ["a"]
        assert scan.ids(RULES) == ["a", "b", "c", "d"]
        assert {item["@id"]: item["Name"] for item in scan.objects(RULES)[1:]} == {
            "a": "A", "b": "new", "c": "C", "d": "D",
        }  # fmt: skip

    def test_an_unread_dataset_without_a_file_gets_a_header(self, scan: Scan) -> None:
        scan.missing = WHOLE
        written = scan.write(verdict(said=Verdict.OPEN))
        assert set(written.evidence[RULES.name].places) == {HEADER}

    def test_what_a_gap_may_hide_is_held_without_a_verdict(self, scan: Scan) -> None:
        scan.write(verdict(of=BOXES), verdict("p", of=BOXES), verdict("q", of=BOXES))
        del scan.boxes["p"]
        scan.missing = PART
        assert held(scan.write()) == [(CHECK, "p")]  # q was seen, and so was the dataset as a whole
        assert scan.ids(BOXES) == ["p"]

    def test_an_alert_stays_while_what_proved_it_can_not_be_read(self, scan: Scan) -> None:
        proof = Problem("Blocked.", (Evidence(BOXES.name, "p", "/Name", "P"),))
        scan.write(replace(verdict("a"), problems=(proof,)))
        scan.missing, scan.boxes = (Gap(dataset=BOXES.name, reason=GapReason.DENIED, detail="403"),), {}
        assert held(scan.write(verdict("a", Verdict.PASS))) == [(CHECK, "a")]
        scan.missing = ()
        assert held(scan.write(verdict("a", Verdict.PASS))) == []

    def test_a_header_alert_of_an_unread_dataset_is_held(self, scan: Scan) -> None:
        scan.write(verdict())
        scan.missing = WHOLE
        assert held(scan.write()) == [(CHECK, HEADER)]

    def test_todays_object_stands_in_where_the_file_was_lost(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        scan.path(RULES).unlink()
        assert held(scan.write(verdict("a", Verdict.OPEN))) == [(CHECK, "a")]
        assert scan.ids(RULES) == ["a", "b", "c"]


class TestRefusals:
    def test_a_failure_about_a_vanished_object(self, scan: Scan) -> None:
        for of in (RULES, BOXES, dataset("exchange.unknown")):
            with pytest.raises(EvidenceError, match=rf"{of.name}: 1 object\(s\)") as caught:
                scan.write(verdict("zz", of=of))
            assert caught.value.hint
        assert not (scan.folder / "evidence").exists()

    def test_a_held_alert_whose_evidence_was_deleted(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        scan.path(RULES).unlink()
        scan.missing = WHOLE
        with pytest.raises(EvidenceError, match="neither in the snapshot nor"):
            scan.write(verdict(said=Verdict.OPEN))

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda _: "",
            lambda _: "{",
            lambda _: "[]",
            lambda text: text.replace('"high"', '"bad"'),
            lambda text: text.replace('"check"', '"chek"'),
            lambda text: text.replace('"alerts": [', '"alerts": [' + text[text.index("    {") : -6] + ","),
        ],
    )
    def test_a_damaged_state(self, scan: Scan, spoil: Any) -> None:
        scan.write(verdict("a"))
        text = spoil(scan.path().read_text())
        scan.path().write_text(text)
        with pytest.raises(EvidenceError, match=r"alerts\.json is damaged") as caught:
            scan.write()
        assert caught.value.hint
        assert scan.path().read_text() == text

    def test_a_state_of_another_version(self, scan: Scan) -> None:
        scan.write()
        scan.path().write_text('{"version": 2, "alerts": [], "rolled_up": []}')
        with pytest.raises(EvidenceError, match="of version 2"):
            scan.write()

    def test_a_state_that_is_no_text(self, scan: Scan) -> None:
        scan.write()
        scan.path().write_bytes(b"\xff")
        with pytest.raises(EvidenceError, match="damaged"):
            scan.write()

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda text: "<<<<<<< HEAD\n" + text,
            lambda text: text.replace("[\n", "[\n    1\n", 1),
            lambda text: text.replace('"@id": "a"', '"@id": "b"'),
            lambda text: text.replace('"@id": "a"', '"@id": 1'),
            lambda text: text.replace('"@id": "a",', '"@id": "a"'),
            lambda text: text.replace("\n  }\n]", "\n]"),
            lambda _: "[\n]\n",
            lambda text: text.replace(text[2 : text.index("  },") + 5], ""),
            lambda text: "[\n" + text[2:-3] + ",\n" + text[2:],
            lambda _: "[\n  [\n  }\n]\n",
            lambda text: text.replace("  {\n", "  [{\n", 1).replace("  },\n", "  }]\n  },\n", 1),
        ],
    )
    def test_a_damaged_file(self, scan: Scan, spoil: Any) -> None:
        scan.write(verdict("a"))
        scan.path(RULES).write_text(spoil(scan.path(RULES).read_text()))
        scan.missing = WHOLE
        with pytest.raises(EvidenceError, match=r"transport-rules is damaged") as caught:
            scan.write(verdict(said=Verdict.OPEN))
        assert caught.value.hint

    def test_a_file_of_another_tenant(self, scan: Scan) -> None:
        scan.write(verdict("a"))
        scan.path(RULES).write_text(scan.path(RULES).read_text().replace('"@key": "', '"@key": "0'))
        with pytest.raises(EvidenceError, match="@key does not fit"):
            scan.write(verdict("a", Verdict.OPEN))

    def test_a_record_without_a_key_or_that_is_not_json(self, scan: Scan) -> None:
        scan.rules = {"": {}}
        with pytest.raises(EvidenceError, match="has no key"):
            scan.write()
        scan.rules = {"a": {"x": float("nan")}}
        with pytest.raises(EvidenceError, match="not JSON"):
            scan.write()
