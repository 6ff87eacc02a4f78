"""How a job of GitHub's signs in: its subject is shown, above all where it is not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mocktenant import Server, Tenant
from mocktenant.github.issuer import URL, Job
from tests.conftest import Run

Serving = Callable[[Tenant], Server]
ONLY = ("--check", "entra.guest-access-is-limited")
IMMUTABLE = Job(environment="o365scan", immutable=True)


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant("baseline", size=20)
    tenant.put(
        "federatedIdentityCredentials",
        {
            "applicationId": tenant.app.application_id,
            "name": "github",
            "issuer": URL,
            "subject": IMMUTABLE.subject,
            "audiences": ["api://AzureADTokenExchange"],
        },
    )
    return tenant


def of_job(server: Server, job: Job) -> dict[str, str]:
    """The environment of a job that has no secret."""
    server.tenant.github.job = job
    environment = {**server.environment(), **server.tenant.github.environment()}
    del environment["AZURE_CLIENT_SECRET"]
    return environment


def test_the_subject_that_is_trusted(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    result = o365scan("doctor", *ONLY, env=of_job(serving(tenant), IMMUTABLE))
    assert result.returncode == 0, result.stderr
    shown = " ".join(result.stdout.split())
    assert "repo:contoso@9000001/tenant-scan@700000001:environment:o365scan (immutable)" in shown
    assert f"of {URL} for api://AzureADTokenExchange" in shown


def test_a_subject_that_is_not_trusted_is_shown_all_the_same(
    tenant: Tenant, serving: Serving, o365scan: Run
) -> None:
    environment = of_job(serving(tenant), Job(environment="o365scan"))
    result = o365scan("doctor", *ONLY, env=environment)
    assert result.returncode == 4
    assert "AADSTS700213" in result.stderr
    assert "repo:contoso/tenant-scan:environment:o365scan (by name" in " ".join(result.stdout.split())
    told = json.loads(o365scan("doctor", *ONLY, "--json", env=environment).stdout)
    assert told["well"] is False
    assert told["signIn"]["subject"]["subject"] == "repo:contoso/tenant-scan:environment:o365scan"
    assert told["signIn"]["subject"]["immutable"] is False
    assert "AADSTS700213" in told["signIn"]["refused"]["message"]
    assert told["clock"]["grade"] == "right"


def test_pull_requests_are_not_to_be_trusted(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    environment = of_job(serving(tenant), Job(event="pull_request", immutable=True))
    result = o365scan("doctor", *ONLY, env=environment)
    assert result.returncode == 4
    assert "Never trust this one" in result.stdout


def test_no_token_of_github_at_all(tenant: Tenant, serving: Serving, o365scan: Run) -> None:
    environment = of_job(serving(tenant), IMMUTABLE) | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}
    result = o365scan("doctor", *ONLY, env=environment)
    assert result.returncode == 4
    assert "id-token: write" in result.stderr
    assert "github-oidc" in result.stdout
