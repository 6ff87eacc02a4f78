"""What one registration is to be: the app, how it proves who it is, and what it is granted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from o365scan.api import O365ScanError, visible
from o365scan.cloud import Cloud
from o365scan.registering.github import Workflow
from o365scan.registering.needs import Grants

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,119}")


def in_a_line(text: str) -> str:
    """For a comment: what a plugin says must not go on behind its end."""
    return visible(" ".join(text.split()), 1000)


class NoName(O365ScanError):
    """An app can't be called that by a script."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """An app named `name` in `cloud`, which the jobs of `workflow` sign in as; without one, whoever holds the
    certificate's key. Raises NoName.
    """

    name: str
    cloud: Cloud
    grants: Grants
    workflow: Workflow | None
    checks: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoName(
                f"{self.name!r} can't be the name of the app",
                hint="At most 120 letters, digits, spaces, and any of . _ ( ) -",
            )

    @property
    def purpose(self) -> str:
        """For how many checks, in words."""
        return f"{self.checks} check{'' if self.checks == 1 else 's'}"

    @property
    def file_name(self) -> str:
        """What the files of the certificate are called, without their endings."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
