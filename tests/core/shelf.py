"""Distributions of strangers, as pip leaves them on the path."""

from __future__ import annotations

import textwrap
from pathlib import Path

HEAD = "from o365scan.api import *\n"


class Shelf:
    """Distributions in a folder of the path; each is one module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self, name: str, code: str, *, entry_point: str | None = None, version: str = "1.0", head: str = HEAD
    ) -> Path:
        """A distribution with a plugin of this code; where the module is."""
        module = self.folder / f"{name.replace('-', '_')}_module.py"
        module.write_text(head + textwrap.dedent(code))
        info = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[o365scan]\n{entry_point or name} = {module.stem}\n")
        return module
