"""The evidence tree in git: committed when it changed, and pushed.

git itself does it, as its user has set it up: credentials, hooks, signatures. Nothing but the tree is committed,
whatever else has changed in the repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from o365scan.api import O365ScanError, visible

#: Seconds that one git command may take: a server that does not answer must not hold up a job for hours.
PATIENCE = 300.0
#: Times that a push is tried where somebody else was quicker.
TRIES = 4
#: Files named in a commit's message.
_NAMED = 30


class GitError(O365ScanError):
    """git refused, or the evidence is not where it could be committed."""


@dataclass(frozen=True)
class Author:
    """Whom a commit is by."""

    name: str
    email: str


@dataclass(frozen=True)
class Checkout:
    """The working tree that holds an evidence folder."""

    root: Path
    folder: Path
    author: Author | None = None
    """None is whom git is set up for."""

    @classmethod
    def of(cls, folder: Path, author: Author | None = None) -> Checkout:
        """The checkout around `folder`. Raises GitError if it is in none, or git is not there."""
        if not folder.is_dir():
            raise GitError(f"there is no folder {folder}", hint="Name the folder that scan --evidence wrote.")
        said = _git(folder, "rev-parse", "--show-toplevel")
        return cls(Path(said.stdout.rstrip("\n")), folder.resolve(), author)

    def commit(self, message: str | None = None) -> str | None:
        """Commit what changed in the folder; the new commit's id, None if nothing did.

        Raises GitError if git refuses, or if .gitignore hides some of the evidence: alerts would point to nothing.
        """
        changed = self._changed()
        if not changed:
            return None
        where = self.folder.relative_to(self.root.resolve()).as_posix()
        self._run("add", "--all", "--", where)
        self._run(
            *self._identity(),
            "commit",
            "--quiet",
            "--message",
            message or _message(changed, where),
            "--",
            where,
        )
        return self.head()

    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self._run("rev-parse", "HEAD").stdout.strip()

    def push(self, remote: str = "origin", branch: str | None = None) -> None:
        """Push to a branch, by default the one checked out; commits that came in meanwhile go first.

        Raises GitError if git refuses, or nobody said which branch.
        """
        target = branch or self._branch()
        for _ in range(TRIES):
            pushed = self._try("push", "--quiet", "--porcelain", remote, f"HEAD:refs/heads/{target}")
            if pushed.returncode == 0:
                return
            if "[rejected]" not in pushed.stdout:
                raise _refused("push", pushed)
            self._rebase(remote, target)
        raise GitError(f"{target} changed each of {TRIES} times that a push was tried", hint="Run it again.")

    def _changed(self) -> list[str]:
        """Paths below the root that differ from what is committed. Raises GitError if .gitignore hides any."""
        said = self._run(
            "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching",
            "--", str(self.folder),
        ).stdout  # fmt: skip
        entries = [(entry[:2], entry[3:]) for entry in said.split("\0") if entry]
        if hidden := [path for state, path in entries if state == "!!"]:
            raise GitError(
                f".gitignore keeps {visible(hidden[0])} out of the repository: alerts would point to nothing",
                hint="Let git see the evidence folder, and run it again.",
            )
        return [path for _, path in entries]

    def _branch(self) -> str:
        said = self._try("symbolic-ref", "--quiet", "--short", "HEAD")
        if said.returncode:
            raise GitError("no branch is checked out", hint="Say where the commit belongs: --branch NAME.")
        return said.stdout.strip()

    def _rebase(self, remote: str, branch: str) -> None:
        """Put our commits behind those that came in meanwhile. Raises GitError if they don't go together."""
        self._run("fetch", "--quiet", remote, f"refs/heads/{branch}")
        done = self._try(*self._identity(), "rebase", "--quiet", "--autostash", "FETCH_HEAD")
        if done.returncode:
            self._try("rebase", "--abort")
            raise _refused("rebase", done)

    def _identity(self) -> tuple[str, ...]:
        if self.author is None:
            return ()
        return "-c", f"user.name={self.author.name}", "-c", f"user.email={self.author.email}"

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _git(self.root, *arguments)

    def _try(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _asked(self.root, arguments)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = _asked(folder, arguments)
    if done.returncode:
        raise _refused(next(each for each in arguments if not each.startswith("-") and "=" not in each), done)
    return done


def _asked(folder: Path, arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("git")
    if program is None:
        raise GitError(
            "git is not installed", hint="Install git, or commit the evidence folder by other means."
        )
    # Its words are read, and it must never ask anybody for a password.
    environment = os.environ | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(  # noqa: S603 - git, by arguments of ours and no shell
            [program, "-C", str(folder), *arguments],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", errors="backslashreplace", timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise GitError(f"git did not end within {PATIENCE:.0f} seconds") from cause


def _refused(what: str, done: subprocess.CompletedProcess[str]) -> GitError:
    said = visible(" ".join(done.stderr.split()), 600)
    return GitError(f"git {what} failed (exit code {done.returncode}): {said or 'it said nothing'}")


def _message(changed: list[str], where: str) -> str:
    """A title with the tenants (folders of the tree), and the files below it."""
    below = [PurePosixPath(path).relative_to(where) for path in changed]
    tenants = sorted({path.parts[0] for path in below})
    title = f"Evidence of {tenants[0] if len(tenants) == 1 else f'{len(tenants)} tenants'}"
    named = [visible(str(path)) for path in sorted(below)]
    more = [f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
    return "\n".join([title, "", *named[:_NAMED], *more])
