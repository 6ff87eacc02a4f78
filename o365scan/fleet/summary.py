"""All tenants in one view: as a document, and as one exit code."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, TextIO

from o365scan.api import Severity
from o365scan.fleet.task import Outcome, State, document_of


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """As of one scan: 1 for findings in any tenant, else 3 where any was not seen whole, 4 where none was scanned."""
    codes = {outcome.exit_code for outcome in outcomes if outcome.state is State.SCANNED}
    if not codes:
        return 4
    if 1 in codes:
        return 1
    return 0 if codes == {0} and all(outcome.state is State.SCANNED for outcome in outcomes) else 3


def document(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The tenants by name, and what there is in all."""
    failed: Counter[Severity] = sum((Counter(each.failed) for each in outcomes), Counter())
    return {
        "tenants": [document_of(each) for each in sorted(outcomes, key=lambda each: each.tenant)],
        "total": {
            "tenants": len(outcomes),
            "scanned": sum(each.state is State.SCANNED for each in outcomes),
            "failed": dict(failed),
        },
    }


def write(outcomes: Sequence[Outcome], stream: TextIO) -> None:
    """The document as JSON, in ASCII."""
    json.dump(document(outcomes), stream, indent=2)
    stream.write("\n")
