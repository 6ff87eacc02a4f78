"""Files that appear whole or not at all, readable by their owner only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from o365scan.api import O365ScanError


class OutputError(O365ScanError):
    """A file or folder can't be written."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(
            f"can't write {path}: {cause.strerror or cause}", hint="Name a place that this user may write to."
        )


def private_folder(folder: Path) -> None:
    """Make a folder, and its missing parents, for the owner alone (0700). Raises OutputError."""
    missing = [folder, *folder.parents]
    try:
        for path in reversed([path for path in missing if not path.exists()]):
            path.mkdir(mode=0o700, exist_ok=True)
    except OSError as cause:
        raise OutputError(folder, cause) from cause


def refuse_unwritable(path: Path) -> None:
    """Raise OutputError now if a file could not be written there later; makes its folder."""
    if path.is_dir():
        raise OutputError(path, IsADirectoryError(0, "it is a folder"))
    private_folder(path.parent)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputError(path, PermissionError(0, "permission denied"))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of `folder` meanwhile. Raises OutputError if one is in it for a minute.

    The lock stands in the system's temporary folder: `folder` is made to be committed.
    """
    from filelock import FileLock, Timeout

    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]
    try:
        with FileLock(Path(tempfile.gettempdir(), f"o365scan-{name}.lock"), timeout=60, mode=0o600):
            yield
    except Timeout as cause:
        raise OutputError(folder, BlockingIOError(0, "another scan is writing into it")) from cause


@contextmanager
def atomic_path(path: Path, *, mode: int = 0o600) -> Iterator[Path]:
    """A path beside `path` that replaces it when the block ends well, and vanishes otherwise.

    Raises OutputError if the place can't be written.
    """
    private_folder(path.parent)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as cause:
        raise OutputError(path, cause) from cause
    draft = folder / path.name
    try:
        yield draft
        _publish(draft, path, mode)
    finally:
        draft.unlink(missing_ok=True)
        folder.rmdir()


def _publish(draft: Path, path: Path, mode: int) -> None:
    try:
        draft.chmod(mode)
        draft.replace(path)
    except OSError as cause:
        raise OutputError(path, cause) from cause


@contextmanager
def atomic_text(path: Path, *, mode: int = 0o600) -> Iterator[TextIO]:
    """A text stream (UTF-8, LF) whose file appears whole or not at all. Raises OutputError.

    A device or pipe is written to as it is: replacing it would take it from everybody.
    """
    if path.exists() and not path.is_file():
        with _straight(path) as stream:
            yield stream
        return
    with atomic_path(path, mode=mode) as draft:
        try:
            with draft.open("x", encoding="utf-8", newline="\n") as stream:
                yield stream
        except OSError as cause:
            raise OutputError(path, cause) from cause


@contextmanager
def _straight(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
    except OSError as cause:
        raise OutputError(path, cause) from cause
