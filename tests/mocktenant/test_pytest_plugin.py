"""The fixtures that other people's tests use."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import requests

from mocktenant import Server, Tenant, UnknownScenario
from mocktenant import pytest_plugin as plugin

STORY = "oauth-spam-campaign"


def users_seen() -> int:
    """How many accounts a client sees that knows nothing but its environment."""
    login = f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["AZURE_CLIENT_ID"],
        "client_secret": os.environ["AZURE_CLIENT_SECRET"],
        "scope": "https://graph.microsoft.com/.default",
    }
    token = requests.post(login, data=form, timeout=10).json()["access_token"]
    answer = requests.get(
        "https://graph.microsoft.com/v1.0/users?$select=id&$top=999",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    return len(answer.json()["value"])


@pytest.mark.parametrize("_time", ["first", "second"])
def test_each_test_has_a_tenant_of_its_own(_time: str, mock_tenant: Tenant) -> None:
    assert not len(mock_tenant.journal)
    assert (mock_tenant.scenario.name, mock_tenant.seed, mock_tenant.size) == ("baseline", 42, 50)
    assert users_seen() == len(mock_tenant.objects("users")) == 50
    mock_tenant.delete("users", mock_tenant.objects("users")[20]["id"])
    assert users_seen() == 49
    assert [entry.permission for entry in mock_tenant.journal if entry.permission] == ["User.Read.All"] * 2


@pytest.mark.mock_tenant(STORY, seed=7, licence="free")
class TestMarked:
    """What the class says, and what a test says nearer."""

    def test_by_the_class(self, mock_tenant: Tenant) -> None:
        assert (mock_tenant.scenario.name, mock_tenant.seed, mock_tenant.size) == (STORY, 7, 50)
        assert not mock_tenant.licensed("P1")

    @pytest.mark.mock_tenant(size=20, licence="E5")
    def test_by_both(self, mock_tenant: Tenant) -> None:
        assert (mock_tenant.scenario.name, mock_tenant.seed, mock_tenant.size) == (STORY, 7, 20)
        assert mock_tenant.licensed("P2")


def test_the_server_is_the_same_and_the_tenant_is_not(
    mock_tenant: Tenant, mock_tenant_server: Server, mock_tenant_session: Tenant
) -> None:
    assert mock_tenant_server.tenant is mock_tenant
    assert os.environ["MOCKTENANT_CONTROL_URL"] == mock_tenant_server.control_url
    assert mock_tenant_session is not mock_tenant
    other = Tenant(size=20)
    mock_tenant_server.use(other)
    assert users_seen() == 20
    assert not len(mock_tenant.journal)
    assert len(other.journal)


def test_nothing_of_ones_own_environment_leads_past_it(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for name in (
        "https_proxy",
        "NO_PROXY",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "AZURE_TENANT_ID",
        "SSL_CERT_DIR",
    ):
        monkeypatch.setenv(name, "x")
    tenant: Tenant = request.getfixturevalue("mock_tenant")
    assert os.environ["AZURE_TENANT_ID"] == tenant.tenant_id
    left = {"https_proxy", "NO_PROXY", "AZURE_CLIENT_CERTIFICATE_PATH", "SSL_CERT_DIR"} & os.environ.keys()
    assert left == set()


def test_the_environment_is_put_back(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        @pytest.fixture(scope="session")
        def mock_tenant_options():
            return {"scenario": "hostile", "size": 5}
        """
    )
    pytester.makepyfile(
        """
        import os
        import pytest
        def test_unused(): assert "AZURE_TENANT_ID" not in os.environ
        @pytest.mark.mock_tenant(size=1)
        def test_used(mock_tenant): assert os.environ["AZURE_TENANT_ID"] == mock_tenant.tenant_id
        def test_after(): assert "AZURE_TENANT_ID" not in os.environ
        def test_session(mock_tenant_session): assert mock_tenant_session.scenario.name == "hostile"
        def test_still(): assert "AZURE_TENANT_ID" in os.environ
        @pytest.mark.mock_tenant("a", "b")
        def test_wrong(mock_tenant): pass
        """
    )
    result = pytester.runpytest_inprocess("--strict-markers")
    result.assert_outcomes(passed=5, errors=1)
    assert "AZURE_TENANT_ID" not in os.environ


def test_mistakes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownScenario):
        plugin._tenant({"scenario": "unicorn"})
    monkeypatch.setitem(sys.modules, "flask", None)
    with pytest.raises(pytest.fail.Exception, match=r"flask is missing.*pip install 'o365scan\[mock\]'"):
        plugin._tenant({})


def test_nothing_is_imported_where_no_tenant_is_asked_for() -> None:
    code = (
        "import sys, mocktenant.pytest_plugin;"
        "print([m for m in ('flask', 'faker', 'jwt', 'requests', 'mocktenant.tenant') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
