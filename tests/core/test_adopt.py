"""What is proposed, and what never is: checks say what would accept a problem, signs of intrusion forbid it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from o365scan.adopt import Proposals, proposals
from o365scan.adopt.text import toml_of
from o365scan.api import (
    Acceptance,
    Check,
    Judgement,
    OptionsError,
    PluginInfo,
    Record,
    Report,
    Severity,
    check,
    problem,
)
from o365scan.config import options_of
from o365scan.evaluate import evaluate
from o365scan.snapshot import Manifest, Snapshot
from o365scan.testing import NOW, TENANT
from tests.core.things import things


@dataclass(frozen=True)
class Expected:
    owners: tuple[str, ...] = ()
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "" in self.owners:
            raise OptionsError("owners: an empty text is nobody")


@check("test.thing-is-owned", severity=Severity.MEDIUM, each=things, options=Expected)
def thing_is_owned(thing: Record, options: Expected) -> Iterator[Judgement]:
    """It is accepted by its owner; `Signs` are what looks like an intruder's, absent where nobody looked."""
    owner = thing.text("Owner")
    if owner in options.owners:
        return
    severity = Severity(thing.text("Severity"))
    signs = thing.texts("Signs") if "Signs" in thing else None
    accept = Acceptance({"owners": (owner,)})
    yield problem(f"It belongs to {owner}.", thing.at("Owner"), severity=severity, accept=accept, signs=signs)
    if thing.get("Strange"):
        yield problem("Nobody made it.", severity=Severity.LOW)


@check("test.thing-has-few-rights", severity=Severity.LOW, each=things, options=Expected)
def thing_has_few_rights(thing: Record, options: Expected) -> Iterator[Judgement]:
    rights = tuple(thing.texts("Rights"))
    if set(rights) - set(options.rights.get(thing.key, ())):
        accept = Acceptance({"rights": {thing.key: rights}})
        severity = Severity.HIGH if "all" in rights else None
        shown = [thing.at("Server")] if "Server" in thing else []
        yield problem(f"It may {', '.join(rights)}.", *shown, severity=severity, accept=accept)


CHECKS: tuple[Check, ...] = (thing_is_owned, thing_has_few_rights)


def thing(id: str, owner: str, severity: str = "medium", **other: Any) -> dict[str, Any]:
    return {"Id": id, "Name": f"Thing {id}", "Owner": owner, "Severity": severity, "Rights": [], **other}


def adopted(*rows: dict[str, Any], options: Mapping[str, Any] | None = None) -> tuple[Proposals, str]:
    snapshot = Snapshot.create()
    snapshot.add(things, rows)
    snapshot.finish(things)
    snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test"))
    tables = {"checks": {thing_is_owned.id: dict(options or {})}}
    findings = evaluate(snapshot, CHECKS, options_of(CHECKS, tables)).findings
    found = proposals(snapshot, CHECKS, findings, tables)
    report = Report(
        version="test", tenant=TENANT, collected_at=NOW, checks=CHECKS, findings=tuple(findings),
        datasets={things.name: things}, plugins=(PluginInfo("test", "test", "1"),),
    )  # fmt: skip
    return found, toml_of(found, report)


def uncommented(text: str) -> Any:
    """What the file says once a person has taken every # away that stands before a value."""
    lines = [
        line.replace("#", "", 1)
        if line.lstrip().startswith("#") and not line.lstrip().startswith("# ")
        else line
        for line in text.split("\n")
    ]
    return tomllib.loads("\n".join(lines))


def unwrapped(text: str) -> str:
    """The comments on one line."""
    return " ".join(line.strip().removeprefix("#").strip() for line in text.split("\n"))


def owners(text: str) -> list[str]:
    checks = uncommented(text).get("checks", {})
    return list(checks.get(thing_is_owned.id, {}).get("owners", []))


def test_what_is_medium_or_less_is_proposed_and_nothing_is_in_force() -> None:
    found, text = adopted(thing("a", "backup"), thing("b", "mail", "info"), thing("c", "backup"))
    assert owners(text) == ["backup", "mail"]
    assert tomllib.loads(text) == {"checks": {thing_is_owned.id: {"owners": []}}}
    assert "# Thing a (medium): It belongs to backup." in text
    assert "# Thing c (medium): It belongs to backup." in text
    assert found.left == ()


@pytest.mark.parametrize("severity", ["high", "critical"])
def test_what_is_worse_is_not(severity: str) -> None:
    found, text = adopted(thing("a", "intruder", severity), thing("b", "backup"))
    assert owners(text) == ["backup"]
    assert f"Not proposed, because it is graded {severity}." in text
    assert [each.key for each in found.left] == ["a"]
    assert "Findings for which nothing is proposed: 1." in text


def test_what_bears_no_sign_is_proposed_whatever_its_severity_with_evidence_and_caution() -> None:
    _, text = adopted(thing("a", "emergency", "critical", Signs=[]))
    assert owners(text) == ["emergency"]
    assert "(critical)" in text
    assert '# Owner = "emergency"' in text
    assert "Caution: it is critical unless somebody answers for it." in text


def test_what_bears_a_sign_is_refused_and_told_whatever_its_severity() -> None:
    found, text = adopted(thing("a", "intruder", "low", Signs=["its name is blank"]), thing("b", "backup"))
    assert owners(text) == ["backup"]
    assert [each.finding.key for each in found.refused[thing_is_owned.id]] == ["a"]
    assert "#   Not proposed, because its name is blank." in text


def test_whoever_looks_like_the_owner_of_what_bears_a_sign_is_told_of() -> None:
    _, text = adopted(thing("a", "Thing z"), thing("z", "x", "low", Signs=["it is hidden"]))
    assert owners(text) == []
    assert "because it names Thing z, of which test.thing-is-owned says: it is hidden." in unwrapped(text)


@pytest.mark.parametrize(
    ("owner", "proposed"),
    [
        ("archive@example.net", False),  # above what proves the sign
        ("x@deep.evil.example.net", False),
        ("box@contoso.com -> x@deep.evil.example.net", False),
        ("*.example.net", False),
        ("@evil.example.net", False),
        ("evil.example.net", False),
        ("other@evil.example.net", True),  # as a colleague's would be
        ("archive@example.org", True),
        ("notexample.net", True),
    ],
)
def test_whatever_covers_what_proves_a_sign_is_not(owner: str, proposed: bool) -> None:
    severe = thing("z", "", "info", Rights=["all"], Server="smtp:eve@evil.example.net")
    assert owners(adopted(thing("a", owner), severe)[1]) == ([owner] if proposed else [])


def test_what_shows_somebody_under_a_sign_in_its_evidence_is_not() -> None:
    row = thing("a", "backup", "low", Rights=["read"], Server="Thing z")
    _, text = adopted(row, thing("z", "x", "low", Signs=["it is hidden"]))
    assert uncommented(text)["checks"] == {thing_is_owned.id: {"owners": ["backup"]}}


def test_what_shows_somebody_under_a_sign_within_an_object_of_its_evidence_is_not() -> None:
    shown = {"hosts": [{"owner": "mallory@example.net"}]}
    mallory, other = (
        thing("a", "mallory@example.net", "high"),
        thing("b", "alice@contoso.com", Rights=["read"], Server=shown),
    )
    _, text = adopted(mallory, other)
    assert "rights" not in uncommented(text).get("checks", {}).get(thing_has_few_rights.id, {})


def test_what_would_silence_a_finding_that_is_not_proposed_is_not() -> None:
    """The other thing of that owner can't be accepted as a whole, and would fall silent: it has but one problem."""
    row = thing("a", "backup") | {"Name": "Thing z"}
    severe = thing("z", "", "info", Rights=["all"])
    found, text = adopted(row, thing("b", "backup"), severe)
    assert owners(text) == []
    assert "would silence another finding" in text
    assert {each.key for each in found.left} == {"a", "b", "z"}


def test_only_the_first_refusals_are_told() -> None:
    rows = [thing(f"m{number:02}", "x", Signs=["odd"]) for number in range(25)]
    found, text = adopted(*rows)
    assert len(found.refused[thing_is_owned.id]) == 25
    assert text.count("because odd.") == 20
    assert "# - and 5 more" in text


def test_an_object_with_anything_that_nothing_accepts_is_not() -> None:
    _, text = adopted(thing("a", "intruder", Strange=True))
    assert "to intruder" not in text


def test_an_object_in_which_another_check_finds_worse_is_not() -> None:
    _, text = adopted(
        thing("a", "intruder", Rights=["all"]), thing("b", "x", "high", Signs=[], Rights=["all"])
    )
    assert uncommented(text) == {}


def test_what_would_hide_a_sign_elsewhere_is_not() -> None:
    """The medium thing of the same owner is harmless by itself; to accept its owner would hide the other."""
    rows = [thing(f"m{number}", f"owner{number}") for number in range(9)]
    found, text = adopted(*rows, thing("z", "owner4", "high"))
    assert owners(text) == [f"owner{number}" for number in range(9) if number != 4]
    assert {each.key for each in found.left} == {"m4", "z"}


@pytest.mark.parametrize(
    ("name", "owner", "proposed"),
    [
        ("eve@contoso.com", "Eve@contoso.com", False),
        ("eve@contoso.com", "eve@contoso.com -> boss@contoso.com", False),
        ("eve@contoso.com", "steve@contoso.com", True),
        ("eve@contoso.com", "eve@contoso.community", True),
        ("eve@contoso.com", "203.0.113.7", False),
        ("a.b*", "aXbb", True),
    ],
)
def test_what_names_an_object_under_a_sign_or_what_proves_it_is_not(
    name: str, owner: str, proposed: bool
) -> None:
    """The sign is another check's: accepting the owner would not hide it."""
    severe = thing("z", "", "info", Rights=["all"], Server="203.0.113.7") | {"Name": name}
    assert owners(adopted(thing("a", owner), severe)[1]) == ([owner] if proposed else [])


def test_what_is_accepted_already_is_not_proposed_again() -> None:
    _, text = adopted(thing("a", "backup"), thing("b", "mail"), options={"owners": ["mail"]})
    assert owners(text) == ["backup"]


def test_what_no_option_can_stand_for_is_not() -> None:
    found, text = adopted(thing("a", ""), thing("b", "\ud800"))
    assert uncommented(text) == {}
    assert {each.key for each in found.left} == {"a", "b"}


def test_a_table_of_lists() -> None:
    rows = (
        thing("a b", "x", "high", Signs=[], Rights=["read", 'say "no"']),
        thing("c", "y", Rights=["read"]),
    )
    text = adopted(*rows)[1]
    rights = uncommented(text)["checks"][thing_has_few_rights.id]["rights"]
    assert rights == {"a b": ["read", 'say "no"'], "c": ["read"]}


HOSTILE = (
    'x"]\n[checks."test.thing-is-owned"]\nowners = ["intruder"]\n#',
    "x\r\n# y",
    "\x1b[2J\x1b]0;owned\x07",
    "abc\u202egnp.exe\u2028next\u0085line\x00nul",
    "'''\\\"\"\"\\u0041",
    "\U000e0041tag\u200b",
    "# not a comment",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing(name: str) -> None:
    row = thing("a", name) | {"Name": name}
    _, text = adopted(row, thing("b", "y", Rights=[name]), thing(name.replace("/", ""), "z", Rights=["read"]))
    assert tomllib.loads(text)["checks"][thing_is_owned.id] == {"owners": []}
    assert all(character == "\n" or character.isprintable() for character in text)
    assert set(owners(text)) == {name, "y", "z"}
    rights = uncommented(text)["checks"][thing_has_few_rights.id]["rights"]
    assert rights == {"b": [name], name.replace("/", ""): ["read"]}
    assert "intruder" not in [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing_in_what_is_refused(name: str) -> None:
    row = thing("a", name, "low", Signs=[name]) | {"Name": name}
    _, text = adopted(row, thing("b", "y"), thing("c", name))
    assert tomllib.loads(text)["checks"] == {thing_is_owned.id: {"owners": []}}
    assert uncommented(text)["checks"] == {thing_is_owned.id: {"owners": ["y"]}}
    assert all(character == "\n" or character.isprintable() for character in text)
    assert "Not proposed, because" in text


def test_gaps_are_told() -> None:
    found, _ = adopted(thing("a", "backup"))
    from o365scan.api import Gap, GapReason

    gap = Gap(dataset="test.friends", reason=GapReason.DENIED, detail="403")
    report = Report(
        version="test", tenant=replace(TENANT, name="x\ny"), collected_at=NOW, checks=CHECKS, findings=(),
        datasets={}, gaps=(gap,),
    )  # fmt: skip
    text = toml_of(found, report)
    assert "# Not everything could be read, so signs may be missing: test.friends." in text
    assert "x\\ny" in text
