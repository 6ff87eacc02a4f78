"""The documentation of checks: `explain`, the catalogue, SARIF and the reports show it to people who must act on it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from o365scan.api import Check
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject

_UNFINISHED = re.compile(r"\b(TODO|FIXME|TBD|XXX)\b|lorem ipsum", re.IGNORECASE)
_LINK = re.compile(r"https://[\w.-]+\.\w+/\S*")
#: A remediation of fewer words tells nobody what to do.
_FEWEST = 4


def documentation(subject: Subject) -> Iterator[Remark]:
    """That the sections are there is seen when the plugin is loaded; here, that they say something."""
    for check in subject.checks:
        for what, to_do in _of(check):
            yield Remark("documentation", f"{check.id}: {what}", subject.place(check), to_do)


def _of(check: Check) -> Iterator[tuple[str, str]]:
    about = check.documentation
    if len(about.sections["Remediation"].split()) < _FEWEST:
        yield (
            "the remediation says nothing.",
            "Say where to click or what to run, so that the finding goes away.",
        )
    if not _LINK.search(about.sections["Sources"]):
        yield (
            "no link stands below Sources.",
            "Name the pages that say what the check rests on, with https://.",
        )
    if (found := _UNFINISHED.search(about.markdown)) is not None:
        yield f"its documentation holds {found[0]!r}.", "Finish it."
