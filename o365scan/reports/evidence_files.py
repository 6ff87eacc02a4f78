"""Where evidence stands on disk and in the repository, and how it gets there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from o365scan.files import atomic_text

from .evidence_objects import EvidenceError

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PREFIX_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")

# Folder names by which GitHub classes a file as test, documentation, library or generated; its alerts are
# then hidden from the default view (docs.github.com, "About code scanning alerts", alert labels).
_HIDDEN = frozenset(
    {
        "__tests__", "build", "cache", "demos", "dependencies", "deps", "dist", "doc", "docs",
        "documentation", "example", "examples", "extern", "external", "fixture", "fixtures", "generated",
        "javadoc", "node_modules", "sample", "samples", "spec", "specs", "test", "test-data", "testdata",
        "testing", "tests", "third-party", "third_party", "thirdparty", "vendor", "vendored", "vendors",
    }
)  # fmt: skip


def place_of(folder: Path, prefix: str | None = None) -> str:
    """Where `folder` stands in the repository: as `prefix` says, else its name.

    Raises EvidenceError for a place where GitHub hides alerts, or that is no plain path.
    """
    said = folder.resolve().name if prefix is None else prefix
    for part in said.split("/"):
        _refuse_unfit(part, said)
    return said


@dataclass(frozen=True)
class Tree:
    """The evidence of one tenant: `folder` on disk, `uri` in the repository."""

    folder: Path
    uri: str

    @classmethod
    def of(cls, tenant: str, folder: Path, prefix: str | None = None) -> Tree:
        """Raises EvidenceError for a tenant id that is no GUID, or a place where GitHub hides alerts."""
        if not _GUID.fullmatch(tenant):
            raise EvidenceError(f"the tenant id {tenant!r} is not a GUID in lower case")
        return cls(folder / tenant, f"{place_of(folder, prefix)}/{tenant}")

    def path_of(self, dataset: str) -> Path:
        """The file of a dataset."""
        return self.folder.joinpath(*_pieces(dataset))

    def uri_of(self, dataset: str) -> str:
        """The same, relative to the repository."""
        return "/".join((self.uri, *_pieces(dataset)))


def read_text(path: Path, *, within: Path) -> str | None:
    """A file's text with line ends as LF, None if there is no such file.

    Raises EvidenceError if it can't be read, or the way down from `within` leads through a link.
    """
    _refuse_links(path, within)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise EvidenceError(f"{path} can't be read: {cause.strerror}") from cause
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as cause:
        raise EvidenceError(f"{path} is damaged: {cause}", hint="Restore it from version control.") from cause


def write_text(path: Path, text: str, *, within: Path) -> None:
    """Write a file whole or not at all, readable by its owner only; one that says so already is left alone.

    Raises EvidenceError if what stands there can't be read, OutputError if the place can't be written.
    """
    if read_text(path, within=within) != text:
        with atomic_text(path) as stream:
            stream.write(text)


def _refuse_links(path: Path, within: Path) -> None:
    for step in (path, *path.parents):
        if step == within:  # where the tree stands is its owner's choice
            return
        if step.is_symlink():
            raise EvidenceError(
                f"{step} is a symbolic link", hint="GitHub does not show linked files: remove it."
            )


def _pieces(dataset: str) -> tuple[str, str]:
    """Folder and file of a dataset (its name is <area>.<plural>); a folder that GitHub would hide is renamed."""
    area, _, plural = dataset.partition(".")
    return f"area-{area}" if area in _HIDDEN else area, f"{plural}.json"


def _refuse_unfit(part: str, prefix: str) -> None:
    if not _PREFIX_PART.fullmatch(part):
        raise EvidenceError(
            f"{prefix!r} is no plain path for the evidence tree",
            hint="Name its place in the repository: letters, digits, '.', '_' and '-', parts joined by '/'.",
        )
    if part.lower() in _HIDDEN:
        raise EvidenceError(
            f"GitHub takes files below {part!r} for tests, documentation or libraries and hides their alerts",
            hint="Choose another folder for the evidence tree, such as 'evidence'.",
        )
