"""A file of environment variables, as Docker's --env-file and systemd's EnvironmentFile have it."""

from __future__ import annotations

import io
from pathlib import Path

from o365scan.api import OptionsError


def read_environment(path: Path) -> dict[str, str]:
    """The variables by name: lines NAME=value, `export` before them, quotes and comments as a shell has them.

    Nothing is expanded. Raises OptionsError for a file that can't be read, and for a line that is none of these; it
    may hold a secret, and is not repeated.
    """
    from dotenv.parser import parse_stream

    try:
        text = path.read_text("utf-8")
    except OSError as cause:
        raise OptionsError(f"can't read {path}: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise OptionsError(f"{path} is no text: {cause.reason} at byte {cause.start}") from None
    found = {}
    for each in parse_stream(io.StringIO(text)):
        if each.error or (each.key is not None and each.value is None):
            raise OptionsError(f"{path}:{each.original.line}: is no NAME=value")
        if each.key is not None and each.value is not None:
            found[each.key] = each.value
    return found
