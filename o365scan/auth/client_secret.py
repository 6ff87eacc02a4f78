"""Client secrets: from a file or standard input, never from an argument."""

from __future__ import annotations

import sys
from pathlib import Path

from o365scan.auth.errors import CredentialUnusable


def read(path: Path) -> str:
    """The secret in `path`; "-" is standard input. Raises CredentialUnusable."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise CredentialUnusable(f"can't read the client secret from {path}") from cause
    if not text.strip():
        raise CredentialUnusable(f"there is no client secret in {path}")
    return text.strip()
