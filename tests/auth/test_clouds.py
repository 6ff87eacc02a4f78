"""National clouds: a scan in each, tokens for its hosts only, and nobody signs in to another by mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mocktenant import Fault, Server, Tenant
from mocktenant.clouds import CLOUDS as MOCKED
from o365scan.api import CORE_HOSTS, Api, ApiList, Dataset, GapReason, Permission, PluginError
from o365scan.api.apis import CLOUD_HOSTS
from o365scan.auth.claims import payload
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import CLOUDS
from o365scan.collect import collect
from o365scan.network import Network
from o365scan.sign_in import CloudName, SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.errors import NotInCloud
from o365scan.transport.service import Service
from tests.auth.conftest import CHECK
from tests.conftest import Run

ISSUERS = {
    "global": "https://sts.windows.net",
    "gcch": "https://sts.windows.net",
    "dod": "https://sts.windows.net",
    "china": "https://sts.chinacloudapi.cn",
}
MANAGEMENT = Api(
    name="Office 365 Management APIs",
    origin="https://manage.office.com",
    in_clouds={"gcch": "https://manage.office365.us", "dod": "https://manage.protection.apps.mil"},
)
SUBSCRIPTIONS = Dataset(
    name="audit.subscriptions",
    source=ApiList(api=MANAGEMENT, path="/api/v1.0/{@tenant}/activity/feed/subscriptions/list", items=None),
    permission=Permission(api=MANAGEMENT.name, app_roles=("ActivityFeed.Read",)),
    key="contentType",
    title="contentType",
    type="x",
    reference="https://example.com",
)


def service_of(server: Server, cloud: CloudName) -> Service:
    network = Network(server.environment())
    return Service(tokens_of(SignIn(cloud=cloud), network), CLOUDS[cloud], network, first_wait=0.01)


@pytest.mark.parametrize("cloud", list(CloudName))
def test_a_scan(o365scan: Run, tenant: Tenant, server: Server, cloud: CloudName) -> None:
    tenant.cloud = MOCKED[cloud]
    result = o365scan("scan", "--cloud", cloud.value, "--check", CHECK, env=server.environment())
    assert result.returncode == 0, result.stdout + result.stderr
    hosts = {f"https://{entry.host}" for entry in tenant.journal}
    assert hosts == {CLOUDS[cloud].login, CLOUDS[cloud].graph, CLOUDS[cloud].exchange}


@pytest.mark.parametrize("cloud", list(CloudName))
def test_tokens_are_for_its_own_hosts(tenant: Tenant, server: Server, cloud: CloudName) -> None:
    tenant.cloud = MOCKED[cloud]
    tokens = tokens_of(SignIn(cloud=cloud), Network(server.environment()))
    for resource in (CLOUDS[cloud].graph, CLOUDS[cloud].exchange):
        claims = payload(tokens.token(resource))
        assert (claims["aud"], claims["iss"]) == (resource, f"{ISSUERS[cloud]}/{tenant.tenant_id}/")


@pytest.mark.parametrize("cloud", [each for each in CloudName if each is not CloudName.GLOBAL])
def test_a_tenant_of_the_worldwide_cloud_is_unknown_elsewhere(
    o365scan: Run, tenant: Tenant, server: Server, cloud: CloudName
) -> None:
    result = o365scan("scan", "--cloud", cloud.value, "--check", CHECK, env=server.environment())
    assert result.returncode == 4
    assert f"at {CLOUDS[cloud].login} (AADSTS90002)" in result.stderr
    assert "--cloud" in result.stderr
    assert {entry.method for entry in tenant.journal} == {"GET"}  # the secret was sent to nobody


def test_gcc_high_is_not_dod(tenant: Tenant, server: Server) -> None:
    """They share the sign-in, and nothing else."""
    tenant.cloud = MOCKED["dod"]
    with pytest.raises(Exception, match="AADSTS500011"):
        service_of(server, CloudName.GCCH).claims()


@pytest.mark.parametrize("cloud", list(CloudName))
def test_a_job_is_vouched_for_to_its_own_cloud(
    tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None], cloud: CloudName
) -> None:
    tenant.cloud = MOCKED[cloud]
    trusting(audiences=[CLOUDS[cloud].federated_audience])
    tokens = tokens_of(SignIn(cloud=cloud), Network(bare | tenant.github.environment()))
    assert payload(tokens.token(CLOUDS[cloud].graph))["appid"] == tenant.client_id


def test_a_job_may_be_vouched_for_to_whom_one_says(
    tenant: Tenant, bare: dict[str, str], trusting: Callable[..., None]
) -> None:
    trusting(audiences=["api://ours"])
    network = Network(bare | tenant.github.environment())
    tokens_of(SignIn(federated_audience="api://ours"), network).token(CLOUDS["global"].graph)


def test_chinas_sign_in_may_lead_to_its_other_name(tenant: Tenant, server: Server) -> None:
    tenant.cloud = MOCKED["china"]
    for other, works in (("login.partner.microsoftonline.cn", True), ("login.microsoftonline.com", False)):
        home = f"https://{other}/{tenant.tenant_id}"
        document = {
            "token_endpoint": f"{home}/oauth2/v2.0/token",
            "authorization_endpoint": f"{home}/oauth2/v2.0/authorize",
            "issuer": f"{home}/v2.0",
        }
        tenant.faults.add(
            Fault(host="login.chinacloudapi.cn", path="*/openid-configuration", status=200, body=document)
        )
        tokens = tokens_of(SignIn(cloud=CloudName.CHINA), Network(server.environment()))
        if works:
            tokens.token(CLOUDS["china"].graph)
        else:
            with pytest.raises(Exception, match="pointed to another host"):
                tokens.token(CLOUDS["china"].graph)


@pytest.mark.parametrize(
    ("cloud", "host"), [("gcch", "manage.office365.us"), ("dod", "manage.protection.apps.mil")]
)
def test_a_declared_api_is_read_where_it_lives(tenant: Tenant, server: Server, cloud: str, host: str) -> None:
    tenant.cloud = MOCKED[cloud]
    tenant.app_roles.add("ActivityFeed.Read")
    tenant.put("activitySubscriptions", {"contentType": "Audit.Exchange"})
    service, snapshot = service_of(server, CloudName(cloud)), Snapshot.create()
    collect([SUBSCRIPTIONS], service, snapshot)
    assert (snapshot.gaps(), snapshot.count(SUBSCRIPTIONS.name)) == ((), 1)
    assert service.api_claims(MANAGEMENT).roles == ("ActivityFeed.Read",)
    assert host in {entry.host for entry in tenant.journal}


def test_a_declared_api_without_a_home_is_a_gap(tenant: Tenant, server: Server) -> None:
    tenant.cloud = MOCKED["china"]
    service, snapshot = service_of(server, CloudName.CHINA), Snapshot.create()
    collect([SUBSCRIPTIONS], service, snapshot)
    (gap,) = snapshot.gaps()
    assert (gap.dataset, gap.reason) == (SUBSCRIPTIONS.name, GapReason.NOT_COLLECTED)
    assert "does not say where it is in the cloud china" in gap.detail
    with pytest.raises(NotInCloud):
        service.api_claims(MANAGEMENT)
    assert not any(entry.host == "manage.office.com" for entry in tenant.journal)


@pytest.mark.parametrize(
    ("clouds", "said"),
    [
        ({"gcc": "https://manage.office365.us"}, "no cloud 'gcc'"),
        ({"global": "https://manage.office.com"}, "no cloud 'global'"),
        ({"china": "https://manage.office365.us"}, "not among the hosts of Microsoft's"),
        ({"gcch": "https://manage.office.com"}, "not among the hosts of Microsoft's"),
        ({"gcch": "https://graph.microsoft.us"}, "the core's own"),
        ({"dod": "http://manage.protection.apps.mil"}, "is not https:// and a host"),
    ],
)
def test_where_an_api_can_not_live(clouds: dict[str, str], said: str) -> None:
    with pytest.raises(PluginError, match=said):
        Api(name="x", origin="https://manage.office.com", in_clouds=clouds)


def test_the_tables_agree() -> None:
    assert set(CLOUDS) == set(CloudName) == set(MOCKED)
    assert set(CLOUD_HOSTS) == set(CloudName) - {CloudName.GLOBAL}
    for cloud in CLOUDS.values():
        own = [cloud.graph, cloud.exchange, cloud.login, *cloud.login_aliases]
        if cloud.name is CloudName.GLOBAL:
            own.remove(cloud.login)  # not below any host that an API may have
        assert {each.removeprefix("https://") for each in own} <= set(CORE_HOSTS)
