"""plugins/CHECKS.md is what the checks say of themselves today."""

from __future__ import annotations

from pathlib import Path

from o365scan.registry import load
from tests.cli.in_process import here

CATALOGUE = Path(__file__).parents[1] / "plugins" / "CHECKS.md"


def printed(*arguments: str) -> str:
    result = here("checks", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_catalogue_is_fresh() -> None:
    assert CATALOGUE.read_text("utf-8") == printed("--markdown"), (
        "Run `make catalogue`, and commit what it writes."
    )


def test_every_check_has_a_section_that_the_contents_lead_to() -> None:
    text = CATALOGUE.read_text("utf-8")
    for id, check in load().checks.items():
        assert text.count(f"\n### {id}\n") == 1
        assert f"(#{id.replace('.', '')}) | {check.severity} |" in text
        for dataset in (*check.datasets, *check.optional):
            assert f"[`{dataset.name}`]({dataset.reference}) |" in text


def test_links_lead_to_the_modules() -> None:
    section = printed("--markdown", "--check", "entra.admin-has-mfa")
    assert "(o365scan_entra/checks/admin_has_mfa.py)" in section
    assert (CATALOGUE.parent / "o365scan_entra/checks/admin_has_mfa.py").is_file()
    assert "exchange." not in section.partition("## Datasets")[0].replace("o365scan_exchange", "")


def test_one_form_at_a_time() -> None:
    result = here("checks", "--markdown", "--json")
    assert result.exit_code == 2
    assert "a form of its own" in str(result.exception)
