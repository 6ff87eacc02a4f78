"""Which directory roles open a dataset."""

from __future__ import annotations

import pytest

from o365scan.api import EXCHANGE, GRAPH, NO_PERMISSION, Permission

NEED = Permission(api=EXCHANGE, app_roles=("App",), directory_roles=("Reader + Auditor", "Administrator"))


@pytest.mark.parametrize(
    ("held", "opens"),
    [
        (set(), False),
        ({"Reader"}, False),
        ({"Auditor"}, False),
        ({"Reader", "Auditor"}, True),
        ({"Administrator"}, True),
        ({"Reader", "Administrator"}, True),
        ({"Reader + Auditor"}, False),
    ],
)
def test_roles_of_one_entry_are_needed_together(held: set[str], opens: bool) -> None:
    assert NEED.is_opened_by(held) is opens


def test_what_is_for_everybody_takes_nothing() -> None:
    assert NO_PERMISSION.is_granted_by(())
    assert NO_PERMISSION.is_opened_by(())
    assert str(NO_PERMISSION) == "no permission (DNS)"


def test_without_directory_roles_none_is_needed() -> None:
    assert Permission(api=EXCHANGE, app_roles=("App",)).is_opened_by(())


def test_app_roles_of_one_entry_are_needed_together_too() -> None:
    need = Permission(api=GRAPH, app_roles=("Users + Logs", "Everything"))
    assert need.is_granted_by({"Everything"})
    assert need.is_granted_by({"Users", "Logs"})
    assert not need.is_granted_by({"Users"})
    assert not need.is_granted_by(())


def test_what_is_said_of_it() -> None:
    assert str(NEED) == (
        "App (Office 365 Exchange Online) and the directory role Reader + Auditor or Administrator"
    )
