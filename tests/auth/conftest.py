"""A small served tenant, its variables without any credential, and a stand-in for the Azure CLI."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Server, Tenant
from mocktenant.github.issuer import URL as GITHUB

#: One cheap check, of Exchange Online: it takes a token for Graph and one for Exchange.
CHECK = "exchange.automatic-forwarding-is-off"
AUDIENCE = "api://AzureADTokenExchange"

#: Speaks as `az account get-access-token` does; its tokens are the mock tenant's: an app's from the real token
#: endpoint, or a person's. AZ_SAYS is what it says on stderr when it fails.
_AZ = """#!{python} -IS
import json, os, sys, urllib.parse, urllib.request
words = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(words) + "\\n")
if os.environ.get("AZ_SAYS"):
    sys.stderr.write(os.environ["AZ_SAYS"])
    sys.exit(1)
if "AZ_ANSWERS" in os.environ:
    sys.stdout.write(os.environ["AZ_ANSWERS"])
    sys.exit(0)
resource = words[words.index("--resource") + 1]
if os.environ["AZ_ACCOUNT"] == "app":
    form = {{"client_id": os.environ["AZ_APP"], "client_secret": os.environ["AZ_SECRET"],
             "grant_type": "client_credentials", "scope": resource + "/.default"}}
    url = "https://login.microsoftonline.com/" + words[words.index("--tenant") + 1] + "/oauth2/v2.0/token"
    body = urllib.parse.urlencode(form).encode()
    token = json.load(urllib.request.urlopen(url, body))["access_token"]
else:
    claims = {{"roles": None, "scp": "Directory.AccessAsUser.All User.Read", "idtyp": "user",
               "upn": os.environ["AZ_ACCOUNT"]}}
    service = "graph" if "graph" in resource else "exchange"
    body = json.dumps({{"kind": "valid", "service": service, "claims": claims}}).encode()
    asked = urllib.request.Request(os.environ["MOCKTENANT_CONTROL_URL"] + "/tokens", body,
                                   {{"Content-Type": "application/json"}})
    token = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(asked))["token"]
json.dump({{"accessToken": token, "expiresOn": "2026-01-01 00:00:00.000000", "expires_on": 1, "tokenType": "Bearer"}},
          sys.stdout)
"""


@pytest.fixture(autouse=True)
def _no_other_cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the developer's machine or CI has: no Azure CLI but the one of the test."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=5)


@pytest.fixture
def server(tenant: Tenant, serving: Callable[[Tenant], Server]) -> Server:
    return serving(tenant)


@pytest.fixture
def bare(server: Server) -> dict[str, str]:
    """The variables that lead to the tenant and name the app, and nothing that proves it."""
    variables = server.environment()
    del variables["AZURE_CLIENT_SECRET"]
    return variables


@pytest.fixture
def nobody(bare: dict[str, str]) -> dict[str, str]:
    """The same without the app."""
    return {name: value for name, value in bare.items() if name != "AZURE_CLIENT_ID"}


@pytest.fixture
def az(tmp_path: Path) -> Path:
    """`az` on the PATH; gives the file in which it notes the words of every call, a line each."""
    folder, log = tmp_path / "bin", tmp_path / "az.log"
    folder.mkdir()
    log.touch()
    program = folder / "az"
    program.write_text(_AZ.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    return log


@pytest.fixture
def trusting(tenant: Tenant) -> Callable[..., None]:
    """`trusting(subject=...)`: the app trusts GitHub's job, or whoever else is named."""

    def trust(**changes: object) -> None:
        good = {
            "id": "github",
            "applicationId": tenant.app.application_id,
            "name": "github",
            "issuer": GITHUB,
            "subject": tenant.github.job.subject,
            "audiences": [AUDIENCE],
        }
        tenant.put("federatedIdentityCredentials", good | changes)

    return trust
