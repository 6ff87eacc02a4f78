"""Who may read what of Exchange Online: the permissions that its datasets share."""

from __future__ import annotations

from o365scan.api import EXCHANGE, Permission

REFERENCE = "https://learn.microsoft.com/powershell/module/exchangepowershell/"


def _read(*directory_roles: str) -> Permission:
    return Permission(api=EXCHANGE, app_roles=("Exchange.ManageAsApp",), directory_roles=directory_roles)


# A Security Reader was refused the connectors and was given the rules, on a live tenant. Accepted domains and
# blocked connectors were not measured: they are taken to need what the connectors need.
CONFIGURATION_READER = _read("Global Reader", "Exchange Administrator", "Global Administrator")
RULE_READER = _read(
    "Security Reader",
    "Global Reader",
    "Security Administrator",
    "Exchange Administrator",
    "Global Administrator",
)

# Documented: Get-InboxRule is refused to a Global Reader. Measured: it worked for an app with that role and
# Security Reader's.
INBOX_RULE_READER = _read(
    "Global Reader + Security Reader",
    "Exchange Recipient Administrator",
    "Exchange Administrator",
    "Global Administrator",
)
