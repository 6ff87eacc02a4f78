"""When Exchange PowerShell for everybody is one finding, and when people are named."""

from __future__ import annotations

import pytest

from o365scan.api import HEADER, Finding, OptionsError, Verdict
from o365scan.evaluate import evaluate
from o365scan.snapshot import Manifest, Snapshot
from o365scan.testing import NOW, TENANT
from o365scan_exchange.checks.powershell_is_for_admins import PowerShellUsers, powershell_is_for_admins

ID = "8a6c2f1e-93c5-4be1-a0c3-{:012x}"


def judged(enabled: int, restricted: int) -> list[Finding]:
    """A tenant of people who administer nothing, so many of whom have PowerShell."""
    snapshot = Snapshot.create()
    people = {
        "exchange.users": [
            {
                "Guid": f"4e2a91c0-6d3b-4f58-9b1e-{place:012x}",
                "UserPrincipalName": f"person{place:03}@contoso.com",
                "ExternalDirectoryObjectId": ID.format(place),
                "RecipientTypeDetails": "UserMailbox",
                "EXOModuleEnabled": place < enabled,
            }
            for place in range(enabled + restricted)
        ],
        "entra.users": [
            {"id": ID.format(place), "accountEnabled": True, "userType": "Member"}
            for place in range(enabled + restricted)
        ],
    }
    for dataset in powershell_is_for_admins.datasets:
        snapshot.add(dataset, people.get(dataset.name, []))
        snapshot.finish(dataset)
    snapshot.seal(Manifest(tenant=TENANT, collected_at=NOW, version="test"))
    return evaluate(snapshot, [powershell_is_for_admins], {}).findings


def test_the_default_is_one_finding_of_any_size() -> None:
    (found,) = judged(2_000, 0)
    assert (found.verdict, found.dataset, found.key) == (Verdict.FAIL, "exchange.users", HEADER)
    assert "2,000 of 2,000" in found.message
    assert len(found.problems[0].evidence) == 5


def test_nobody_is_a_pass() -> None:
    (found,) = judged(0, 40)
    assert (found.verdict, found.key) == (Verdict.PASS, HEADER)


@pytest.mark.parametrize(("enabled", "restricted", "named"), [(25, 26, 25), (1, 2, 1), (9, 1_000, 9)])
def test_exceptions_are_named_one_by_one(enabled: int, restricted: int, named: int) -> None:
    found = judged(enabled, restricted)
    assert len(found) == named
    assert all(each.verdict is Verdict.FAIL and each.key != HEADER for each in found)


@pytest.mark.parametrize(("enabled", "restricted"), [(26, 1_000), (25, 25), (1, 1), (1, 0)])
def test_many_are_one_finding(enabled: int, restricted: int) -> None:
    (found,) = judged(enabled, restricted)
    assert (found.verdict, found.key) == (Verdict.FAIL, HEADER)


@pytest.mark.parametrize("text", ["", "*", "*@contoso.com", "reports", "Sales team", "8a6c2f1e"])
def test_people_are_accepted_whole(text: str) -> None:
    with pytest.raises(OptionsError, match="people"):
        PowerShellUsers(people=(text,))


def test_what_the_documentation_shows_is_taken() -> None:
    PowerShellUsers(people=("reports@contoso.com", "8a6c2f1e-93c5-4be1-a0c3-5d1c7f3b9e02"))
