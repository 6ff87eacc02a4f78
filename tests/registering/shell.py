"""An administrator's shell: bash with stand-ins for `az` and `gh`, signed in to a served tenant."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mocktenant import Server
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.network import Network
from o365scan.sign_in import SignIn

Completed = subprocess.CompletedProcess[str]

#: What an administrator's own sign-in brings.
ROLES = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "Directory.Read.All",
    "RoleManagement.ReadWrite.Directory",
)
_GH = """#!/bin/sh
case "$*" in
  "api repos/{repository}/actions/oidc/customization/sub --jq .use_default") echo {default} ;;
  "api repos/{repository}/actions/oidc/customization/sub --jq .sub_claim_prefix // empty") echo "{prefix}" ;;
  *) exit 1 ;;
esac
"""


@dataclass(frozen=True)
class Shell:
    """Runs scripts in `folder`."""

    folder: Path
    environment: dict[str, str]

    def run(self, script: str) -> Completed:
        return subprocess.run(
            ["bash", "-c", script], env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )  # fmt: skip

    def github_says(self, repository: str, prefix: str, *, default: bool = True) -> None:
        """What `gh` knows of a repository's subjects."""
        said = _GH.format(repository=repository, prefix=prefix, default="true" if default else "false")
        _program(self.folder / "bin" / "gh", said)


def shell(server: Server, folder: Path) -> Shell:
    """A shell of an administrator of the served tenant."""
    admin = server.tenant.register_app("administrator", roles=ROLES)
    environment = dict(server.environment())
    as_admin = environment | {"AZURE_CLIENT_ID": admin.client_id, "AZURE_CLIENT_SECRET": admin.client_secret}
    token = tokens_of(SignIn(), Network(as_admin)).token(GLOBAL.graph)
    stand_in = Path(__file__).with_name("az.py")
    _program(folder / "bin" / "az", f'#!/bin/sh\nexec "{sys.executable}" -I "{stand_in}" "$@"\n')
    return Shell(
        folder,
        {**environment, "MOCK_TOKEN": token, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
