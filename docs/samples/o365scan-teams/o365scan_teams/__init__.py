"""Microsoft Teams and the outside, as Microsoft Graph shows it: a plugin of o365scan, and a sample of one."""

from __future__ import annotations

from collections.abc import Iterable

from o365scan.api import Check, Dataset, checks_in, hookimpl
from o365scan_teams.datasets import channel_members, shared_channels, teams

o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_datasets() -> Iterable[Dataset]:
    """What this plugin can read. What it borrows of another plugin is that plugin's to bring."""
    return [teams, shared_channels, channel_members]


@hookimpl
def o365scan_checks() -> Iterable[Check]:
    """One check a module; a new one is found without a change here."""
    return checks_in("o365scan_teams.checks")
