"""Exchange Web Services: what "not decided" means changes on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from o365scan.api import Record
from o365scan_exchange.datasets import organization_config
from o365scan_exchange.ews import SWITCHED, is_allowed


@pytest.mark.parametrize(
    ("decided", "before", "after"), [(None, True, False), (True, True, True), (False, False, False)]
)
def test_null_allows_until_microsoft_switches_it(decided: bool | None, before: bool, after: bool) -> None:
    organization = Record(organization_config, "o", {"EwsEnabled": decided})
    assert is_allowed(organization, SWITCHED - timedelta(seconds=1)) is before
    assert is_allowed(organization, SWITCHED) is after
