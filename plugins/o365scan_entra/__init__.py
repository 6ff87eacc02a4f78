"""Microsoft Entra ID: who may do what in a tenant, and how they sign in."""

from __future__ import annotations

from collections.abc import Iterable

from o365scan.api import Check, Dataset, checks_in, hookimpl

from . import datasets

o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_datasets() -> Iterable[Dataset]:
    """The datasets of this plugin."""
    return (each for each in vars(datasets).values() if isinstance(each, Dataset))


@hookimpl
def o365scan_checks() -> Iterable[Check]:
    """The checks of this plugin."""
    return checks_in("o365scan_entra.checks")
