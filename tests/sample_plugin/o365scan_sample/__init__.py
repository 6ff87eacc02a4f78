"""A third party's plugin: a dataset of its own, read from Microsoft Graph, and a check on it."""

from collections.abc import Iterable

from o365scan.api import Check, Dataset, checks_in, hookimpl
from o365scan_sample.datasets import people

o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_datasets() -> Iterable[Dataset]:
    """The dataset of this plugin."""
    return [people]


@hookimpl
def o365scan_checks() -> Iterable[Check]:
    """The checks of this plugin."""
    return checks_in("o365scan_sample.checks")
