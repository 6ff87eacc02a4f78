"""What credentials are made of, read from where it lies. Errors name the place, never the content."""

from __future__ import annotations

import sys
from pathlib import Path

from o365scan.auth.errors import CredentialUnusable

#: Stands for standard input where a file is named.
STDIN = "-"


def read_bytes(file: str, what: str) -> bytes:
    """The bytes of a file; "-" is standard input. Raises CredentialUnusable."""
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as cause:
        raise CredentialUnusable(f"can't read the {what} {_place(file)}: {cause.strerror}") from cause


def read_text(file: str, what: str) -> str:
    """The text of a file or of standard input, without what surrounds it. Raises CredentialUnusable."""
    try:
        text = read_bytes(file, what).decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise CredentialUnusable(f"the {what} {_place(file)} is no text") from None  # the cause holds it
    if not text:
        raise CredentialUnusable(f"there is no {what} {_place(file)}")
    return text


def _place(file: str) -> str:
    return "on standard input" if file == STDIN else f"in {file}"
