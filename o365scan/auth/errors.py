"""What can be wrong with credentials before anybody is asked."""

from __future__ import annotations

from o365scan.api import O365ScanError


class CredentialsMissing(O365ScanError):
    """Tenant, client or credential were not given."""


class CredentialUnusable(O365ScanError):
    """A credential can't be read or used; the message names the file, never its content."""
