"""A plugin that is fit for others, as `plugin new` writes it and pip would install it, to be spoilt in one way."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from o365scan.authoring.examine import RULES, examine
from o365scan.authoring.remarks import Remark
from o365scan.authoring.scaffold import write_plugin
from o365scan.authoring.subject import subject_of

PACKAGE = "src/o365scan_contoso"
INIT = f"{PACKAGE}/__init__.py"
DATASETS = f"{PACKAGE}/datasets.py"
CHECK = f"{PACKAGE}/checks/group_is_private.py"
CASES = "tests/cases/contoso.group-is-private.json"


class Plugin:
    """The folder of its sources, and beside it what an editable install leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "o365scan-contoso"
        write_plugin("contoso", self.folder)
        self.info = folder / "site" / "o365scan_contoso-0.1.0.dist-info"
        self.info.mkdir(parents=True)
        self._write("METADATA", "Metadata-Version: 2.1\nName: o365scan-contoso\nVersion: 0.1.0\n")
        self._write("entry_points.txt", "[o365scan]\ncontoso = o365scan_contoso\n")
        self._write(
            "direct_url.json", json.dumps({"url": self.folder.as_uri(), "dir_info": {"editable": True}})
        )

    def _write(self, name: str, text: str) -> None:
        (self.info / name).write_text(text, "utf-8")

    def spoil(self, file: str, old: str, new: str) -> None:
        """Replace what stands there once."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")

    def add(self, code: str) -> None:
        """More code at the end of its module."""
        path = self.folder / INIT
        path.write_text(path.read_text("utf-8") + f"\n{code}\n", "utf-8")

    def remarks(self, *rules: str, vouched: tuple[str, ...] = ()) -> list[Remark]:
        """What these rules have to say."""
        chosen = [rule for rule in RULES if rule.name in rules]
        assert len(chosen) == len(rules)
        subject = subject_of(str(self.folder), vouched=vouched)
        return [remark for result in examine(subject, chosen) for remark in result.remarks]

    def only(self, rule: str, what: str) -> Remark:
        """The one remark of a rule, which says that."""
        (remark,) = self.remarks(rule)
        assert re.search(what, remark.what), remark.what
        assert remark.rule == rule
        assert remark.where
        assert remark.to_do
        return remark


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugin]:
    found = Plugin(tmp_path / "made")
    monkeypatch.syspath_prepend(str(found.info.parent))
    monkeypatch.syspath_prepend(str(found.folder / "src"))
    importlib.invalidate_caches()
    yield found
    for name in [each for each in sys.modules if each.partition(".")[0] == "o365scan_contoso"]:
        del sys.modules[name]
