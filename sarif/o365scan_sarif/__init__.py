"""SARIF 2.1.0 for GitHub code scanning: a reporter like anyone's, registered by an entry point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TextIO

from o365scan.api import Baseline, Report, Reporter, ReporterOption, hookimpl

_PROFILE = ReporterOption(
    "profile",
    ("github", "full"),
    "github: what code scanning should show as alerts; full: every verdict, for other readers of SARIF",
)

o365scan_api = ">=1.0,<2"
"""The versions of o365scan.api that it is written for."""


@hookimpl
def o365scan_reporters() -> Iterable[Reporter]:
    """The reporter `--sarif FILE`."""
    return [
        Reporter(
            name="sarif",
            help="SARIF 2.1.0, for GitHub code scanning",
            write=_write,
            located=True,
            options=(_PROFILE,),
            read=_read,
        )
    ]


def _write(report: Report, stream: TextIO, options: Mapping[str, str]) -> None:
    # sarif_om takes 70 ms to import, which every other command would pay.
    from .log import sarif_log
    from .serialise import write_log

    profile = options.get(_PROFILE.name, _PROFILE.choices[0])
    write_log(sarif_log(report, full=profile == "full"), stream)


def _read(text: str) -> Baseline | None:
    from .reading import read

    return read(text)
