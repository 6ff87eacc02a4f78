"""Where results are kept: a folder, or whatever fsspec has a URL for. One folder a tenant."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from o365scan.api import O365ScanError
from o365scan.files import OutputError, atomic_path, locked, refuse_unwritable

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: The summary's file, beside the folders of the tenants.
SUMMARY = "summary.json"

#: At least two letters: C: is a drive. `a::b://` are several of fsspec's, one upon another.
_URL = re.compile(r"[a-z][a-z0-9+.:-]+://", re.IGNORECASE)
_PASSWORD = re.compile(r"://[^@]*:.*@")


class Place(Protocol):
    """The folder of one tenant."""

    def fetch(self, name: str, into: Path) -> bool:
        """Copy the file or folder of that name to `into`; False if there is none. Raises O365ScanError."""

    def publish(self, source: Path, name: str) -> None:
        """Copy a file, or all files of a folder, to that name. Raises O365ScanError."""

    def discard(self, name: str) -> None:
        """Delete the file of that name, if there is one. Raises O365ScanError."""

    def kept_apart(self) -> Any:
        """A context in which nobody else on this machine publishes here."""


def is_url(root: str) -> bool:
    """Whether it is fsspec's rather than a folder."""
    return _URL.match(root) is not None


def place_of(root: str, tenant: str) -> Place:
    """The place of a tenant's results. Raises O365ScanError for a URL that nothing here understands."""
    if not is_url(root):
        return _Folder(Path(root, folder_of(tenant)))
    _refuse_secrets(root)
    return _Remote(root, folder_of(tenant))


def folder_of(tenant: str) -> str:
    """What its folder is called, by a tenant's name."""
    return tenant.replace(" ", "_")


def publish_text(root: str, name: str, text: str) -> None:
    """Write a file beside the folders of the tenants. Raises O365ScanError."""
    with tempfile.TemporaryDirectory(prefix="o365scan-") as folder:
        file = Path(folder, name)
        file.write_text(text, "utf-8")
        place_of(root, ".").publish(file, name)


def _refuse_secrets(root: str) -> None:
    """A URL is shown and sent about: it must not hold a password, nor a signature in what follows a question mark.

    Raises O365ScanError, which does not repeat it.
    """
    what = (
        "a password"
        if _PASSWORD.search(root)
        else "a query, which may be a signature,"
        if "?" in root
        else None
    )
    if what is not None:
        raise O365ScanError(
            f"the URL for the results holds {what}".rstrip(","),
            hint="Leave it out: fsspec finds credentials in its own configuration, where the tenant is scanned.",
        )
    if "::" in root:
        raise O365ScanError(
            f"results can't go to {root}: it is several file systems at once",
            hint="Name one: s3://bucket/scans",
        )


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, name: str, into: Path) -> bool:
        source = self._folder / name
        try:
            if source.is_dir():
                shutil.copytree(
                    source, into, symlinks=True
                )  # a link in the evidence is refused, not followed
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

    def discard(self, name: str) -> None:
        target = self._folder / name
        try:
            target.unlink(missing_ok=True)
        except OSError as cause:
            raise OutputError(target, cause) from cause

    @contextmanager
    def kept_apart(self) -> Iterator[None]:
        refuse_unwritable(self._folder / "outcome.json")  # before the scan, not after
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

    def discard(self, name: str) -> None:
        target = f"{self._path}/{name}"
        with _told(f"delete {target}"):
            if self._filesystem.exists(target):
                self._filesystem.rm_file(target)

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
    except Exception as cause:  # some connect at once; what they say may repeat credentials
        raise O365ScanError(f"results can't go to {root}: {type(cause).__name__}") from cause
    return filesystem, path


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as cause:
        raise O365ScanError(f"can't {what}: {type(cause).__name__}") from cause


def _files(source: Path) -> Iterator[tuple[Path, str]]:
    """Each file and its path below `source`; a file alone has none. What lies deepest is first: an alert is told of
    (`alerts.json`) when what it is about is there.
    """
    if source.is_file():
        yield source, ""
        return
    for file in sorted(source.rglob("*"), key=lambda each: (-len(each.parts), each)):
        if file.is_file():
            yield file, file.relative_to(source).as_posix()
