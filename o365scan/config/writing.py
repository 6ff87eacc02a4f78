"""An accepted risk added to a file, of which every other character stays as it is."""

from __future__ import annotations

import textwrap
from pathlib import Path

from o365scan.api import AcceptedRisk, OptionsError, visible
from o365scan.files import atomic_text, locked

from . import Config, read, toml_text


def entry_of(risk: AcceptedRisk, remark: str = "") -> str:
    """The table, ended by a newline; `remark` stands above it as a comment. Raises OptionsError for a broken name."""
    table = {
        "check": risk.check,
        "object": risk.object,
        "reason": risk.reason,
        "owner": risk.owner,
        "expires": risk.expires,
        **({"severity": str(risk.severity)} if risk.severity else {}),
        **({"despite_signs": True} if risk.despite_signs else {}),
        **({"tenant": risk.tenant} if risk.tenant else {}),
    }
    comment = textwrap.wrap(visible(remark, 300), 108, initial_indent="# ", subsequent_indent="# ")
    try:
        "".join(each for each in table.values() if isinstance(each, str)).encode()
    except UnicodeEncodeError as cause:
        raise OptionsError(
            "a name with half a character can't be written: name the object by its key"
        ) from cause
    return "\n".join(["[[accepted]]", *comment, *toml_text.lines(table), ""])


def with_entry(config: Config, text: str, entry: str) -> str:
    """The text with the entry at its end, as lines end there.

    Raises OptionsError if it would not then say what it said, and the entry.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    above = text if not text or text.endswith("\n") else text + end
    blank = end if above.strip() and not above.endswith(end * 2) else ""
    whole = above + blank + entry.replace("\n", end)
    after = read(whole, config.source.name).settings.accepted
    if after[:-1] != config.settings.accepted:
        raise config.source.refusal(
            ("accepted",), "an entry can't be added to it: write it as tables [[accepted]]"
        )
    return whole


def add(path: Path, entry: str) -> None:
    """Add the entry to a file, made if it isn't there, whole or not at all; its mode stays, and a link to it.

    Raises OptionsError as `with_entry`, OutputError if it can't be written.
    """
    place = path.resolve()
    with locked(place.parent):
        text = place.read_bytes().decode() if place.exists() else ""
        whole = with_entry(read(text, str(path)), text, entry)
        with atomic_text(place, mode=place.stat().st_mode & 0o777 if place.exists() else 0o600) as stream:
            stream.write(whole)
