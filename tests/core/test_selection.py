"""Which checks run: by id, severity and framework; what chooses nothing is refused, what is left out is told."""

from __future__ import annotations

from typing import Any

import pytest

from o365scan.api import Check, LeftOut, Severity
from o365scan.config import Scan
from o365scan.registry import load
from o365scan.selection import Selection, select


class Refused(Exception):
    pass


def refuse(key: str, place: int, why: str) -> Refused:
    return Refused(f"{key}[{place}]: {why}")


INSTALLED = tuple(load().checks.values())


def selected(**wanted: Any) -> Selection:
    return select(INSTALLED, Scan(**wanted), refuse)


def ids(found: Selection) -> set[str]:
    return {check.id for check in found.checks}


def named(check: Check, start: str) -> bool:
    return any(id.startswith(start) for id in check.controls)


def test_without_wishes_all_run() -> None:
    found = selected()
    assert [check.id for check in found.checks] == sorted(check.id for check in INSTALLED)
    assert found.left_out == ()


def test_what_is_left_out_says_by_which_key() -> None:
    found = selected(
        checks=("exchange.*", "entra.admin-*"), exclude=("exchange.spf-*",), min_severity=Severity.HIGH
    )
    assert LeftOut("exchange.spf-is-published", "exclude") in found.left_out
    assert LeftOut("entra.policy-is-enforced", "checks") in found.left_out
    assert {each.because for each in found.left_out} == {"checks", "exclude", "min_severity"}
    assert all(check.severity.rank >= Severity.HIGH.rank for check in found.checks)
    assert ids(found) | {each.check for each in found.left_out} == {check.id for check in INSTALLED}
    assert not ids(found) & {each.check for each in found.left_out}


def test_frameworks_whole_and_by_id() -> None:
    assert ids(selected(framework=("scuba",))) == {check.id for check in INSTALLED if named(check, "SCuBA/")}
    exchange = {check.id for check in INSTALLED if named(check, "SCuBA/MS.EXO.")}
    assert exchange
    assert ids(selected(framework=("scuba:MS.EXO.*",))) == exchange
    cis = {check.id for check in INSTALLED if named(check, "CIS-M365-")}
    assert ids(selected(framework=("scuba:MS.EXO.*", "cis"))) == exchange | cis
    assert {each.because for each in selected(framework=("attack:T1114*",)).left_out} == {"framework"}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            {"checks": ("exchange.*", "exchange.spf-is-publishd")},
            "checks[1]: there is no check 'exchange.spf-is-publishd'. Did you mean exchange.spf-is-published?",
        ),
        ({"exclude": ("zzz",)}, "exclude[0]: there is no check 'zzz'"),
        ({"framework": ("scubaa",)}, "framework[0]: there is no framework 'scubaa'. Did you mean scuba?"),
        (
            {"framework": ("cis", "scuba:MS.EXP.*")},
            "framework[1]: no check answers to 'scuba:MS.EXP.*'. Did you mean",
        ),
    ],
)
def test_what_chooses_nothing_is_refused(wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as caught:
        selected(**wanted)
    assert str(caught.value).startswith(said)
