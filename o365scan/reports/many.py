"""The reports of several tenants taken together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from o365scan.api import O365ScanError, Verdict

from .markdown import LIMIT, code

#: Reports that had no room, by name.
_NAMED = 50


class ReportUnreadable(O365ScanError):
    """A file is no JSON report of o365scan."""


def counts(reports: Iterable[Path]) -> dict[str, int]:
    """Verdicts in all of the JSON reports: `failed` and `open` today, `held` from earlier scans.

    As in the pages, what somebody answers for, and what takes a licence that the tenant hasn't, is none of these.

    Raises ReportUnreadable.
    """
    verdicts = Counter[str]()
    held = 0
    for path in reports:
        try:
            for finding in json.loads(path.read_text("utf-8"))["findings"]:
                if finding.get("accepted") is not None or finding.get("licences"):
                    continue
                if finding["held"]:
                    held += 1
                else:
                    verdicts[finding["verdict"]] += 1
        except (OSError, ValueError, LookupError, TypeError) as cause:
            raise ReportUnreadable(f"{path} is no JSON report of o365scan: {cause}") from cause
    return {"failed": verdicts[Verdict.FAIL], "open": verdicts[Verdict.OPEN], "held": held}


def pages(reports: Iterable[Path], limit: int = LIMIT) -> str:
    """The Markdown reports in a row, each whole; those for which there is no room in `limit` bytes are named."""
    shown: list[str] = []
    left: list[str] = []
    room = limit
    for path in reports:
        page = path.read_text("utf-8")
        size = len(page.encode()) + 1
        if size < room:
            room -= size
            shown.append(page)
        else:
            left.append(code(path.stem))
    if left:
        shown.append(f"**{len(left)} more reports had no room here:** {', '.join(left[:_NAMED])}\n")
    return "\n".join(shown)
