"""Many alerts of one rule are one alert, and do not flap."""

from __future__ import annotations

import pytest

from o365scan.api import HEADER, Evidence, Finding, Problem, Severity, Verdict
from o365scan.reports.rollup import rolled_up

GROUP = ("exchange.rule-is-expected", "exchange.transport-rules")


def failures(count: int, *, check: str = GROUP[0], worst: int = 0) -> list[Finding]:
    return [
        Finding(
            check=check,
            dataset=GROUP[1],
            key=f"{number:03}",
            title=f"Rule {number}",
            verdict=Verdict.FAIL,
            severity=Severity.CRITICAL if number == worst else Severity.LOW,
            problems=(Problem("Wrong.", (Evidence(GROUP[1], f"{number:03}", "/Name", "x"),)),),
            held=number > 0,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "before", "shown", "groups"),
    [
        (25, set(), 25, set()),
        (26, set(), 1, {GROUP}),
        (25, {GROUP}, 1, {GROUP}),
        (10, {GROUP}, 1, {GROUP}),
        (9, {GROUP}, 9, set()),
        (0, {GROUP}, 0, set()),
    ],
)
def test_up_above_25_and_down_below_10(
    count: int, before: set[tuple[str, str]], shown: int, groups: object
) -> None:
    alerts, now = rolled_up(failures(count), before)
    assert (len(alerts), now) == (shown, groups)


def test_the_one_alert_counts_and_names_the_worst_first() -> None:
    (alert,), _ = rolled_up(failures(30, worst=7), set())
    assert (alert.key, alert.dataset, alert.severity, alert.held) == (
        HEADER,
        GROUP[1],
        Severity.CRITICAL,
        False,
    )
    assert alert.message.startswith('30 objects fail, such as "Rule 7", "Rule 0", ')
    assert alert.message.endswith("The worst: Wrong.")
    assert [each.key for each in alert.problems[0].evidence][:2] == ["007", "000"]
    assert len(alert.problems[0].evidence) == 10


def test_every_check_by_itself() -> None:
    many, few = failures(30), failures(3, check="exchange.rule-has-owner")
    alerts, groups = rolled_up([*many, *few], set())
    assert len(alerts) == 4
    assert groups == {GROUP}


def many(**sizes: int) -> list[Finding]:
    """So many failures of each check."""
    return [each for name, size in sizes.items() for each in failures(size, check=f"exchange.{name}")]


@pytest.mark.parametrize(
    ("sizes", "shown", "rolled"),
    [
        ({"a": 20, "b": 20, "c": 20}, 60, set()),
        ({"a": 20, "b": 21, "c": 20}, 41, {"b"}),
        ({"a": 20, "b": 20, "c": 21, "d": 25}, 42, {"c", "d"}),
        ({"a": 10, "b": 25, "c": 25, "d": 9}, 45, {"b"}),
        (dict.fromkeys("abcdefgh", 9), 72, set()),
        ({"a": 26, "b": 25, "c": 25}, 51, {"a"}),
    ],
)
def test_above_60_in_all_the_largest_groups_of_10_or_more_are_rolled_up(
    sizes: dict[str, int], shown: int, rolled: set[str]
) -> None:
    alerts, now = rolled_up(many(**sizes), set())
    assert (len(alerts), {check for check, _ in now}) == (shown, {f"exchange.{name}" for name in rolled})


def test_what_was_rolled_up_for_the_total_stays_so_until_few_are_left() -> None:
    _, before = rolled_up(many(a=20, b=21, c=20), set())
    assert rolled_up(many(a=20, b=10, c=20), before)[1] == before
    assert rolled_up(many(a=20, b=9, c=20), before)[1] == set()


@pytest.mark.parametrize("others", [("bcdef", 9), ("bcdef", 10), ("bcd", 14)])
def test_a_group_near_10_does_not_flap_for_the_total(others: tuple[str, int]) -> None:
    """An alert that closes and opens again is one alert, and not ten."""
    beside = dict.fromkeys(*others)
    _, first = rolled_up(many(a=20, **beside), set())
    _, second = rolled_up(many(a=9, **beside), first)
    _, third = rolled_up(many(a=10, **beside), second)
    assert ("exchange.a", GROUP[1]) in first & second & third


def test_in_a_crowd_too_a_group_is_unrolled_where_fewer_than_5_are_left() -> None:
    beside = dict.fromkeys("bcdefg", 9)
    _, before = rolled_up(many(a=20, **beside), set())
    assert before == rolled_up(many(a=5, **beside), before)[1] == {("exchange.a", GROUP[1])}
    assert rolled_up(many(a=4, **beside), before)[1] == set()
