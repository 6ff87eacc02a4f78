"""The directory's *Password Rule Settings*: banned words, and when guessing locks an account."""

from __future__ import annotations

from o365scan.api import Data, Fields, Record

from .policies import group_settings

_TEMPLATE = "5cf42378-d67d-4f36-ba46-e8b86229381d"


def password_rules(data: Data) -> Record | None:
    """None where nobody ever changed them: Microsoft's defaults apply."""
    return next((each for each in data[group_settings] if each.text("templateId").lower() == _TEMPLATE), None)


def values(rules: Record) -> dict[str, Fields]:
    """By name; each has its text in `value`."""
    return {each.text("name"): each for each in rules.objects("values")}
