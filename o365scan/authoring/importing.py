"""Loading a plugin must do nothing: it happens whenever anybody asks o365scan for its version's help or its checks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from o365scan.authoring.program import Stuck, run
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject

_TO_DO = "Do it where a check judges, or not at all: loading a plugin only says what it brings."


def importing(subject: Subject) -> Iterator[Remark]:
    """No network, no file written, no program, no thread, nothing printed: watched in a process of its own."""
    for entry_point in subject.entry_points:
        plugin = f"plugin {entry_point.name}"
        try:
            done = run("import_probe", entry_point.name, entry_point.value)
        except Stuck as cause:
            yield Remark("importing", f"When it is loaded, {cause}.", plugin, _TO_DO, ends=True)
            continue
        if done.returncode != 0:
            what = f"When it is loaded, it ends the process with {done.returncode}."
            yield Remark("importing", what, plugin, _TO_DO, ends=True)
            continue
        for what, where in json.loads(done.stdout):
            place = _place(subject, where) if where else plugin
            yield Remark("importing", f"When it is loaded, {what}.", place, _TO_DO)


def _place(subject: Subject, where: str) -> str:
    file, _, line = where.rpartition(":")
    return f"{subject.relative(file)}:{line}"
