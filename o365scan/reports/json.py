"""The report as one JSON document: every verdict, with its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO

from o365scan.api import Report, Reporter, hookimpl


def _write(report: Report, stream: TextIO, _options: Mapping[str, str]) -> None:
    import msgspec

    from o365scan.reports.document import document_of

    # ASCII only: a terminal that shows this file can't be steered by the names in it. Nor is it msgspec's own writer,
    # which refuses lone surrogates.
    json.dump(msgspec.to_builtins(document_of(report)), stream, indent=2, ensure_ascii=True)
    stream.write("\n")


o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> list[Reporter]:
    """The JSON report."""
    return [Reporter(name="json", help="All verdicts with their evidence, as JSON.", write=_write)]
