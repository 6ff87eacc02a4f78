"""Names of `o365scan.api` on their way out: they work until they go, and whoever uses one is told what replaces it.

A deprecated name leaves the package's imports and `__all__`, and gets a row in DEPRECATED; the package's `__getattr__`
finds it there. Its use is noted with the module that used it, so that `o365scan plugins` and every report can name the
plugin, and raises the usual DeprecationWarning for the plugin's own tests.
"""

from __future__ import annotations

import sys
import threading
import warnings
from dataclasses import dataclass
from typing import Any

API_VERSION = "1.1"
"""The version of `o365scan.api`. The minor grows with what is added, the major with what is taken away.

A plugin says which it is written for, in the module that its entry point names: `o365scan_api = ">=1.0,<2"`.
"""


@dataclass(frozen=True)
class Deprecated:
    """A name that still works: its value, what to use instead, and the API version that will no longer have it."""

    value: Any
    replacement: str
    until: str


@dataclass(frozen=True, order=True)
class Use:
    """A module that used a deprecated name, and what to tell its author."""

    module: str
    message: str


DEPRECATED: dict[str, Deprecated] = {}
"""By name. Nothing is deprecated today."""

_uses: set[Use] = set()
_lock = threading.Lock()


def uses() -> tuple[Use, ...]:
    """What deprecated names were used in this process, and by whom, in order."""
    with _lock:
        return tuple(sorted(_uses))


def note(module: str, message: str) -> None:
    """A deprecated name was used by a module, here or in a process that judged for this one."""
    with _lock:
        _uses.add(Use(module, message))


def resolve(package: str, name: str) -> Any:
    """The value of a deprecated name, noted as used by the module that asks. Raises AttributeError for any other."""
    if name not in DEPRECATED:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    found = DEPRECATED[name]
    message = (
        f"{package}.{name} goes with version {found.until} of {package}: use {found.replacement} instead"
    )
    note(_asking(), message)
    warnings.warn(
        message, DeprecationWarning, stacklevel=3
    )  # of the same module: it passes the import system over
    return found.value


def _asking() -> str:
    """The module that wants a name: the first above the package's `__getattr__` that is not the import system's."""
    frame = sys._getframe(3)  # above _asking, resolve and __getattr__
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("importlib."):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__"))
