"""What some have and most don't: named if they are few, else counted."""

from __future__ import annotations

import pytest

from o365scan.api import Problem, Record, Undecidable, Undecided
from o365scan_exchange.datasets import client_access
from o365scan_exchange.tally import Tally


def tally(having: int, without: int) -> Tally:
    found = Tally()
    for index in range(having + without):
        fields = {"PrimarySmtpAddress": f"p{index}@contoso.com", "ImapEnabled": index < having}
        mailbox = Record(client_access, str(index), fields)
        found.count(mailbox, mailbox.at("ImapEnabled") if index < having else None)
    return found


@pytest.mark.parametrize(
    ("having", "without", "named"),
    [(0, 0, None), (0, 9, None), (1, 2, 1), (25, 26, 25), (25, 25, 0), (26, 400, 0), (1, 0, 0)],
)
def test_few_are_named_and_many_are_counted(having: int, without: int, named: int | None) -> None:
    problems = [each for each in tally(having, without).judged("many", "is one") if isinstance(each, Problem)]
    if named is None:
        assert problems == []
    elif named:
        assert [each.message for each in problems] == [
            f"p{index}@contoso.com is one" for index in range(named)
        ]
        assert all(each.at is not None for each in problems)
    else:
        assert [(each.message, each.at, len(each.evidence)) for each in problems] == [
            ("many", None, min(having, 5))
        ]


def test_braces_in_a_name_are_text() -> None:
    mailbox = Record(client_access, "1", {"PrimarySmtpAddress": "{0.key}", "ImapEnabled": True})
    found = tally(0, 3)
    found.count(mailbox, mailbox.at("ImapEnabled"))
    assert [each.message for each in found.judged("many", "is one") if isinstance(each, Problem)] == [
        "{0.key} is one"
    ]


def test_one_doubt_is_said_once() -> None:
    found = tally(0, 3)
    for _ in range(2):
        found.doubt(Undecidable("nobody knows"))
    assert [each for each in found.judged("many", "one") if isinstance(each, Undecided)] == [
        Undecided("nobody knows")
    ]
