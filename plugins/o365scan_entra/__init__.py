"""Microsoft Entra ID: what is read of a tenant's directory."""

from __future__ import annotations

from collections.abc import Iterable

from o365scan.api import Dataset, hookimpl

from . import datasets


@hookimpl
def o365scan_datasets() -> Iterable[Dataset]:
    """The datasets of this plugin."""
    return (datasets.organization, datasets.domains, datasets.users)
