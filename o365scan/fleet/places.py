"""Where results are kept: a folder, or whatever fsspec has a URL for. One folder a tenant."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from o365scan.api import O365ScanError
from o365scan.files import OutputError, atomic_path, locked, private_folder

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: At least two letters: C: is a drive.
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class Place(Protocol):
    """The folder of one tenant."""

    def fetch(self, name: str, into: Path) -> bool:
        """Copy the file or folder of that name to `into`; False if there is none. Raises O365ScanError."""

    def publish(self, source: Path, name: str) -> None:
        """Copy a file, or all files of a folder, to that name. Raises O365ScanError."""

    def kept_apart(self) -> Any:
        """A context in which nobody else on this machine publishes here."""


def is_url(root: str) -> bool:
    """Whether it is fsspec's rather than a folder."""
    return _URL.match(root) is not None


def place_of(root: str, tenant: str) -> Place:
    """The place of a tenant's results. Raises O365ScanError for a URL that nothing here understands."""
    folder = tenant.replace(" ", "_")
    if not is_url(root):
        return _Folder(Path(root, folder))
    _refuse_password(root)
    return _Remote(root, folder)


def publish_text(root: str, name: str, text: str) -> None:
    """Write a file beside the folders of the tenants. Raises O365ScanError."""
    with tempfile.TemporaryDirectory(prefix="o365scan-") as folder:
        file = Path(folder, name)
        file.write_text(text, "utf-8")
        place_of(root, ".").publish(file, name)


def _refuse_password(root: str) -> None:
    """A URL is shown and sent about: it must not hold a password. Raises O365ScanError, which does not repeat it."""
    if urlsplit(root).password is not None:
        raise O365ScanError(
            "the URL for the results holds a password",
            hint="Leave it out: fsspec finds credentials in its own configuration, where the tenant is scanned.",
        )


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, name: str, into: Path) -> bool:
        source = self._folder / name
        try:
            if source.is_dir():
                shutil.copytree(source, into)
            elif source.exists():
                shutil.copyfile(source, into)
        except OSError as cause:
            raise O365ScanError(f"can't read {source}: {cause.strerror or cause}") from cause
        return into.exists()

    def publish(self, source: Path, name: str) -> None:
        for file, relative in _files(source):
            target = self._folder / name / relative if relative else self._folder / name
            with atomic_path(target) as draft:
                try:
                    shutil.copyfile(file, draft)
                except OSError as cause:
                    raise OutputError(target, cause) from cause

    @contextmanager
    def kept_apart(self) -> Iterator[None]:
        private_folder(self._folder)
        with locked(self._folder):
            yield


class _Remote:
    def __init__(self, root: str, folder: str) -> None:
        self._filesystem, path = _opened(root)
        self._path = f"{path.rstrip('/')}/{folder}".removesuffix("/.")

    def fetch(self, name: str, into: Path) -> bool:
        source = f"{self._path}/{name}"
        with _told(f"read {source}"):
            if not self._filesystem.exists(source):
                return False
            self._filesystem.get(source, str(into), recursive=self._filesystem.isdir(source))
        return True

    def publish(self, source: Path, name: str) -> None:
        for file, relative in _files(source):
            target = f"{self._path}/{name}/{relative}" if relative else f"{self._path}/{name}"
            with _told(f"write {target}"):
                self._filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
                self._filesystem.put_file(str(file), target)

    @contextmanager
    def kept_apart(self) -> Iterator[None]:
        yield  # an object store has no lock: one fleet writes into it at a time


def _opened(root: str) -> tuple[AbstractFileSystem, str]:
    try:
        import fsspec
    except ImportError as cause:
        raise O365ScanError(
            f"results can't go to {root}: fsspec is not installed",
            hint="Install it with: pip install 'o365scan[fleet]'",
        ) from cause
    try:
        filesystem, path = fsspec.url_to_fs(root)
    except (ValueError, ImportError) as cause:  # an unknown protocol, or one whose package is missing
        raise O365ScanError(f"results can't go to {root}: {cause}") from cause
    return filesystem, path


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as cause:
        raise O365ScanError(f"can't {what}: {type(cause).__name__}") from cause


def _files(source: Path) -> Iterator[tuple[Path, str]]:
    """Each file and its path below `source`; a file alone has none."""
    if source.is_file():
        yield source, ""
        return
    for file in sorted(source.rglob("*")):
        if file.is_file():
            yield file, file.relative_to(source).as_posix()
