"""A repository on GitHub, as a folder, and its workflow run by act: steps, expressions and files as GitHub's runner
has them, on this machine, with the mock tenant behind its proxy and stand-ins for the actions of others.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from mocktenant import Server, Tenant

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).with_name("actions")
WORKFLOW = ROOT / "docs" / "workflows" / "o365scan.yml"
RELEASE = "0123456789" * 4
"""The commit that the workflow would pin: there is none in a test."""

_PINNED = re.compile(r"uses: ([\w.-]+/[\w.-]+)[^@\s]*@([0-9a-f]{40})")
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Run:
    """A run of the workflow: whether the job succeeded, and what its log says."""

    code: int
    log: str

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps gave out, the later ones over the earlier."""
        return dict(re.findall(r"::set-output:: ([\w-]+)=(.*)", self.log))

    @property
    def summary(self) -> str:
        """The job summary: act writes a step's as one entry of its log."""
        return self.log.partition("Summary - ")[2].partition("\n[")[0]


@dataclass
class Hosted:
    """A repository that GitHub hosts, and how to run its workflow."""

    folder: Path
    server: Server
    inputs: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> Path:
        """The repository itself, bare."""
        return self.folder / "origin.git"

    @property
    def tenant(self) -> Tenant:
        return self.server.tenant

    def git(self, *arguments: str) -> str:
        """What git says of the repository."""
        asked = ["git", "-C", str(self.origin), *arguments]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    @property
    def tip(self) -> str:
        """The last commit."""
        return self.git("rev-parse", "main").strip()

    def checkout(self, name: str, commit: str = "main") -> Path:
        """A working tree of a commit."""
        self.git("worktree", "add", "--quiet", "--detach", str(self.folder / name), commit)
        return self.folder / name

    def put(self, name: str, text: str) -> None:
        """Commits a file to the repository, as a person."""
        folder = self.folder / "edited"
        git = ("git", "-c", "user.name=A person", "-c", "user.email=person@example.com", "-C", folder)
        subprocess.run(["git", "clone", "--quiet", self.origin, folder], check=True)
        (folder / name).write_text(text)
        for arguments in (
            ("add", name),
            ("commit", "--quiet", "-m", name),
            ("push", "--quiet", "origin", "HEAD"),
        ):
            subprocess.run([*git, *arguments], check=True)
        shutil.rmtree(folder)

    def run(self, event: str = "schedule") -> Run:
        """One run of the workflow."""
        text = self._workflow()
        (self.folder / "job" / "o365scan.yml").write_text(text)
        command = [BIN / "act", event, "--directory", self.folder / "job", "--workflows", "o365scan.yml",
                   "--platform", "ubuntu-latest=-self-hosted", "--no-skip-checkout", "--no-cache-server",
                   "--action-cache-path", self.folder / "act", "--env-file", self.folder / "environment",
                   "--secret-file", self.folder / "secrets", "--var-file", self.folder / "vars"]  # fmt: skip
        for name, commit in sorted(set(_PINNED.findall(text + (ROOT / "action.yml").read_text()))):
            command += ["--local-repository", f"{name}@{commit}={self._stand_in(name)}"]
        self._write_environment()
        home = {"HOME": str(self.folder / "home"), "PATH": os.environ["PATH"], "NO_COLOR": "1"}
        done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
        return Run(done.returncode, done.stdout + done.stderr)

    def _workflow(self) -> str:
        """The documented workflow, with the release that it asks to fill in, and inputs of the test's."""
        text = WORKFLOW.read_text().replace("RELEASE_COMMIT #", f"{RELEASE} #")
        given = "".join(f'          {name}: "{value}"\n' for name, value in self.inputs.items())
        changed = re.sub(r"(?m)^          fail-on: critical\n", given, text)
        assert text.count(RELEASE) == 1
        assert changed != text
        return changed

    def _stand_in(self, name: str) -> Path:
        if name == "o365scan/o365scan":
            return self.folder / "action"
        return STAND_INS / name.partition("/")[2]

    def _write_environment(self) -> None:
        github = self.tenant.github
        sign_in = self.server.environment()
        for name in (
            "AZURE_TENANT_ID",
            "AZURE_CLIENT_ID",
            "AZURE_CLIENT_SECRET",
        ):  # inputs, and no secret at all
            sign_in.pop(name)
        environment = {name: value for name, value in github.environment().items() if name != "GITHUB_SHA"}
        environment |= sign_in | self.variables
        environment |= {"STAND_IN_ORIGIN": self.origin.as_uri(), "STAND_IN_PYTHON": sys.executable}
        _write(self.folder / "environment", environment)
        _write(self.folder / "secrets", {"GITHUB_TOKEN": github.job_token})
        variables = {"AZURE_TENANT_ID": self.tenant.tenant_id, "AZURE_CLIENT_ID": self.tenant.client_id}
        _write(self.folder / "vars", variables)


def trust(tenant: Tenant) -> None:
    """Let the job sign in as the app, as the guide says."""
    credential = {
        "id": "github",
        "applicationId": tenant.app.application_id,
        "name": "github",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/tenant-scan:environment:m365-readonly",
        "audiences": ["api://AzureADTokenExchange"],
    }
    tenant.put("federatedIdentityCredentials", credential)


def _write(path: Path, values: dict[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def made(folder: Path, server: Server) -> Hosted:
    """A new repository in an empty folder; its workflow scans the tenant of the server."""
    hosted = Hosted(folder, server)
    for name in ("job", "home", "action"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "action.yml", folder / "action")
    git = ("git", "-c", "user.name=A person", "-c", "user.email=person@example.com", "-C")
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("commit", "--quiet", "--allow-empty", "--message=The repository"),
        ("remote", "add", "origin", "https://github.com/contoso/tenant-scan.git"),
        ("clone", "--quiet", "--bare", ".", str(hosted.origin)),
    ):
        subprocess.run([*git, folder / "job", *arguments], check=True)
    github = server.tenant.github
    github.code_scanning.git_folder = hosted.origin
    github.job = replace(github.job, environment="m365-readonly")
    trust(server.tenant)
    hosted.inputs["command"] = str(BIN / "o365scan")
    return hosted
