"""o365scan evidence commit: what goes into a repository, by whom, and what is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Server
from o365scan.git import Checkout, GitError
from tests.conftest import Run

TENANT = "11111111-2222-4333-8444-555555555555"
AUTHOR = "robot[bot] <1+robot[bot]@example.com>"
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A bare repository `origin` and a clone of it, `work`; `git(...)` asks git in the clone."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)

    def run(*arguments: object, at: str = "work") -> str:
        said = (
            "-c",
            "user.name=A person",
            "-c",
            "user.email=person@example.com",
            "-c",
            "init.defaultBranch=main",
        )
        asked = ["git", *said, "-C", tmp_path / at, *arguments]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    run("init", "--quiet", "--bare", "origin", at=".")
    run("clone", "--quiet", "origin", "work", at=".")
    (tmp_path / "work" / "README").write_text("x")
    run("add", ".")
    run("commit", "--quiet", "-m", "first")
    run("push", "--quiet", "origin", "HEAD")
    write(tmp_path)
    return run


def write(folder: Path, text: str = "[]", name: str = "apps", work: str = "work") -> None:
    file = folder / work / "evidence" / TENANT / "entra" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_what_changed_is_committed_once_and_nothing_else(o365scan: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "work" / "README").write_text("y")
    (tmp_path / "work" / "other").write_text("z")
    git("add", "other")
    done = o365scan("evidence", "commit", "work/evidence", "--author", AUTHOR)
    assert (done.returncode, done.stdout.strip()) == (0, git("rev-parse", "HEAD").strip())
    assert git("log", "-1", "--format=%an <%ae>|%cn|%B").strip() == (
        f"{AUTHOR}|robot[bot]|Evidence of {TENANT}\n\n{TENANT}/entra/apps.json"
    )
    assert git("show", "--name-only", "--format=").split() == [f"evidence/{TENANT}/entra/apps.json"]
    assert git("status", "--porcelain").splitlines() == [" M README", "A  other"]
    again = o365scan("evidence", "commit", "work/evidence", "--author", AUTHOR)
    assert (again.returncode, again.stdout) == (0, "")
    assert "Nothing changed" in again.stderr
    assert git("rev-list", "--count", "HEAD").strip() == "2"


def test_without_an_author_it_is_whom_git_knows(o365scan: Run, git: Git) -> None:
    refused = o365scan("evidence", "commit", "work/evidence")
    assert refused.returncode == 2
    assert "git commit failed" in refused.stderr
    git("config", "user.name", "Nightly")
    git("config", "user.email", "nightly@example.com")
    assert o365scan("evidence", "commit", "work/evidence", "-m", "Own words").returncode == 0
    assert git("log", "-1", "--format=%an|%s").strip() == "Nightly|Own words"


@pytest.mark.parametrize("author", ["robot", "<a@example.com>", "a <b>", "a\nb <c@example.com>"])
def test_an_author_is_a_name_and_an_address(o365scan: Run, git: Git, author: str) -> None:
    assert o365scan("evidence", "commit", "work/evidence", "--author", author).returncode == 2


def test_a_deleted_file_is_a_change_and_several_tenants_are_counted(git: Git, tmp_path: Path) -> None:
    checkout = Checkout.of(tmp_path / "work" / "evidence")
    git("config", "user.name", "Nightly")
    git("config", "user.email", "nightly@example.com")
    assert checkout.commit()
    (tmp_path / "work" / "evidence" / TENANT / "entra" / "apps.json").unlink()
    for number in range(40):
        write(tmp_path, name=f"../../{'b' * 36}/list-{number}")
    assert checkout.commit()
    lines = git("log", "-1", "--format=%B").strip().splitlines()
    assert lines[0] == "Evidence of 2 tenants"
    assert lines[-1] == "and 11 more"


def test_pushed_after_what_came_in_meanwhile(o365scan: Run, git: Git, tmp_path: Path) -> None:
    git("clone", "--quiet", "origin", "other", at=".")
    git("commit", "--quiet", "--allow-empty", "-m", "meanwhile", at="other")
    git("push", "--quiet", at="other")
    (tmp_path / "work" / "README").write_text("changed, and not committed")
    done = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    assert done.returncode == 0, done.stderr
    log = git("log", "--format=%H %s", "main", at="origin").splitlines()
    assert [line.partition(" ")[2] for line in log] == [f"Evidence of {TENANT}", "meanwhile", "first"]
    assert done.stdout.strip() == log[0].partition(" ")[0]
    assert (tmp_path / "work" / "README").read_text() == "changed, and not committed"


def test_a_push_that_failed_is_made_up_for(o365scan: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "origin").rename(tmp_path / "away")
    refused = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    assert (refused.returncode, "git push failed" in refused.stderr) == (2, True)
    (tmp_path / "away").rename(tmp_path / "origin")
    done = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    assert (done.returncode, done.stdout) == (0, "")
    assert git("rev-parse", "main", at="origin") == git("rev-parse", "HEAD")


def test_evidence_that_two_wrote_is_not_merged(o365scan: Run, git: Git, tmp_path: Path) -> None:
    git("clone", "--quiet", "origin", "other", at=".")
    write(tmp_path, "[1]", work="other")
    git("add", ".", at="other")
    git("commit", "--quiet", "-m", "theirs", at="other")
    git("push", "--quiet", at="other")
    done = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    assert (done.returncode, "git rebase failed" in done.stderr) == (2, True)
    assert git("log", "-1", "--format=%s", "main", at="origin").strip() == "theirs"
    assert (
        git("log", "-1", "--format=%s").strip() == f"Evidence of {TENANT}"
    )  # and no rebase is left half-done


def test_a_detached_head_needs_a_branch(o365scan: Run, git: Git) -> None:
    git("checkout", "--quiet", "--detach")
    refused = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    assert "--branch NAME" in refused.stderr
    done = o365scan("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR, "--branch", "main")
    assert done.returncode == 0
    assert git("rev-parse", "main", at="origin") == git("rev-parse", "HEAD")


def test_hidden_evidence_is_refused(o365scan: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "work" / ".gitignore").write_text("*.json\n")
    done = o365scan("evidence", "commit", "work/evidence", "--author", AUTHOR)
    assert (done.returncode, ".gitignore keeps" in done.stderr) == (2, True)


def test_where_there_is_no_repository_or_no_git(o365scan: Run, git: Git, tmp_path: Path) -> None:
    assert "there is no folder" in o365scan("evidence", "commit", "work/none").stderr
    (tmp_path / "plain").mkdir()
    assert "not a git repository" in o365scan("evidence", "commit", "plain").stderr
    assert "git is not installed" in o365scan("evidence", "commit", "work/evidence", env={"PATH": ""}).stderr


def test_a_git_that_never_ends(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("o365scan.git.PATIENCE", 0.0)
    with pytest.raises(GitError, match="did not end"):
        Checkout.of(tmp_path / "work" / "evidence")


def test_a_job_pushes_nothing_where_everybody_can_read_it(
    o365scan: Run, git: Git, baseline: Server, tmp_path: Path
) -> None:
    baseline.tenant.github.job = baseline.tenant.github.job.__class__(visibility="public")
    github = baseline.tenant.github
    job = baseline.environment() | github.environment() | {"GITHUB_TOKEN": github.job_token}
    push = ("evidence", "commit", "work/evidence", "--push", "--author", AUTHOR)
    refused = o365scan(*push, env=job)
    assert (refused.returncode, "is public" in refused.stderr) == (2, True)
    assert git("rev-list", "--count", "main", at="origin").strip() == "1"
    assert o365scan(*push, "--widest", "public", env=job).returncode == 0
