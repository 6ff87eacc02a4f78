"""Accounts in Microsoft Entra, as Exchange Online's objects name them (`ExternalDirectoryObjectId`)."""

from __future__ import annotations

from o365scan.api import Data, Record
from o365scan_entra.datasets import users


def by_id(data: Data) -> dict[str, Record]:
    """The accounts by their ids in lower case, as both services write them; for `data.once`."""
    return {account.key.lower(): account for account in data[users]}
