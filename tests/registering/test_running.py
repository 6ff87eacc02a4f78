"""The bash script, run by an administrator of the mock tenant: a job of GitHub's then scans with nothing missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mocktenant import Server, Tenant
from mocktenant.github.issuer import Job
from tests.conftest import Completed, Run
from tests.registering.shell import Shell, shell

Serving = Callable[[Tenant], Server]
RULES = ("--check", "exchange.transport-rule-is-harmless")
REPO = ("setup", "--format", "azure-cli", "--name", "o365scan CI", "--repo", "contoso/tenant-scan")
JOB = Job(repository="contoso/tenant-scan", environment="m365-readonly", immutable=True)
PREFIX = f"repo:contoso@{JOB.owner_id}/tenant-scan@{JOB.repository_id}"


@pytest.fixture
def server(serving: Serving) -> Server:
    return serving(Tenant("baseline", size=20))


@pytest.fixture
def admin(server: Server, tmp_path: Path) -> Shell:
    return shell(server, tmp_path)


def ran(admin: Shell, script: Completed) -> Completed:
    """A script that ended well."""
    assert script.returncode == 0, script.stderr
    done = admin.run(script.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def job_of(server: Server, done: Completed, job: Job = JOB) -> dict[str, str]:
    """The environment of a job that knows what the script printed, and no secret."""
    printed = dict(line.split("=", 1) for line in done.stdout.splitlines())
    server.tenant.adopt_app(printed["AZURE_CLIENT_ID"])
    server.tenant.github.job = job
    environment = {**server.environment(), **server.tenant.github.environment(), **printed}
    del environment["AZURE_CLIENT_SECRET"]
    return environment


def test_a_job_of_github_scans_with_all_checks(server: Server, admin: Shell, o365scan: Run) -> None:
    admin.github_says("contoso/tenant-scan", PREFIX)
    done = ran(admin, o365scan(*REPO))
    environment = job_of(server, done)
    doctor = o365scan("doctor", env=environment)
    assert doctor.returncode == 0, doctor.stdout
    assert "All that 100 datasets need is granted" in doctor.stdout
    scan = o365scan("scan", "-q", env=environment)
    assert scan.returncode == 0, scan.stderr


def test_what_is_declared_is_what_is_granted_and_a_second_run_changes_nothing(
    server: Server, admin: Shell, o365scan: Run
) -> None:
    tenant = server.tenant
    script = o365scan(*REPO, *RULES, "--owner-id", JOB.owner_id, "--repository-id", JOB.repository_id)
    first = ran(admin, script)
    (app,) = (each for each in tenant.objects("applications") if each["displayName"] == "o365scan CI")
    (principal,) = (each for each in tenant.objects("servicePrincipals") if each["appId"] == app["appId"])
    assert app.get("passwordCredentials", []) == []
    granted = [
        (each["resourceId"], each["appRoleId"])
        for each in tenant.objects("appRoleAssignments")
        if each["principalId"] == principal["id"]
    ]
    apis = {each["appId"]: each["id"] for each in tenant.objects("servicePrincipals")}
    declared = [
        (apis[api["resourceAppId"]], each["id"])
        for api in app["requiredResourceAccess"]
        for each in api["resourceAccess"]
        if each["type"] == "Role"
    ]
    assert sorted(granted) == sorted(declared)
    assert len(granted) == 1
    before = len(tenant.journal)
    second = ran(admin, script)
    assert second.stdout == first.stdout
    written = [f"{each.method} {each.path}" for each in list(tenant.journal)[before:] if each.method != "GET"]
    assert written == [f"PATCH /v1.0/applications/{app['id']}"]
    assert o365scan("doctor", *RULES, env=job_of(server, second)).returncode == 0


def test_a_repository_whose_subject_has_changed(server: Server, admin: Shell, o365scan: Run) -> None:
    """It was trusted by its name; its tokens have its ids since. Both are named, since the first trusts too many."""
    chosen = ("--check", "entra.guest-access-is-limited")
    ran(admin, o365scan(*REPO, *chosen, "--by-name"))
    ids = ("--owner-id", JOB.owner_id, "--repository-id", JOB.repository_id)
    done = ran(admin, o365scan(*REPO, *chosen, *ids))
    assert (
        f"Trusted besides, from before: repo:contoso/tenant-scan:environment:{JOB.environment}\n"
        in done.stderr
    )
    assert "Not yet" not in done.stderr
    names = {each["name"] for each in server.tenant.objects("federatedIdentityCredentials")}
    assert {f"github-contoso-{JOB.owner_id}-tenant-scan-{JOB.repository_id}-environment-{JOB.environment}",
            f"github-contoso-tenant-scan-environment-{JOB.environment}"} <= names  # fmt: skip
    assert o365scan("doctor", *chosen, env=job_of(server, done)).returncode == 0


OTHER_JOBS = (
    Job(
        repository="contoso/tenant-scan", environment="m365-readonly"
    ),  # by its name, which others may take over
    Job(repository="contoso/tenant-scan", event="pull_request", immutable=True),
    Job(repository="contoso/tenant-scan", immutable=True),  # in no environment
    Job(repository="contoso/other", environment="m365-readonly", immutable=True),
)


def test_no_other_job_is_let_in(server: Server, admin: Shell, o365scan: Run) -> None:
    ids = ("--owner-id", JOB.owner_id, "--repository-id", JOB.repository_id)
    done = ran(admin, o365scan(*REPO, "--check", "entra.guest-access-is-limited", *ids))
    for job in OTHER_JOBS:
        result = o365scan("doctor", env=job_of(server, done, job))
        assert result.returncode == 4
        assert "AADSTS700213" in result.stderr


def test_a_repository_with_subjects_of_its_own_changes_nothing(
    server: Server, admin: Shell, o365scan: Run
) -> None:
    admin.github_says("contoso/tenant-scan", "", default=False)
    before = len(server.tenant.journal)
    done = admin.run(o365scan(*REPO, *RULES).stdout)
    assert done.returncode == 1
    assert "o365scan doctor shows in a job" in done.stderr
    assert len(server.tenant.journal) == before


def test_the_commands_of_doctor_mend_what_it_misses(server: Server, admin: Shell, o365scan: Run) -> None:
    tenant = server.tenant
    tenant.app_roles.discard("Exchange.ManageAsApp")
    tenant.app_roles -= {"Policy.Read.All"}
    tenant.directory_roles = set()
    chosen = (*RULES, "--check", "entra.guest-access-is-limited")
    told = json.loads(o365scan("doctor", *chosen, "--json", env=server.environment()).stdout)
    roles = {each["role"] for each in told["missing"]}
    assert {"Exchange.ManageAsApp", "Policy.Read.All"} < roles
    shown = o365scan("doctor", *chosen, env=server.environment()).stdout
    for each in told["missing"]:
        assert f"\n{each['azureCli']}\n" in shown
        assert f"\n{each['powershell']}\n" in shown
        assert admin.run(each["azureCli"]).returncode == 0
    assert o365scan("doctor", *chosen, env=server.environment()).returncode == 0


def test_a_certificate(server: Server, admin: Shell, o365scan: Run) -> None:
    script = o365scan(
        "setup",
        "--format",
        "azure-cli",
        "--credential",
        "certificate",
        "--name",
        "by certificate",
        "--check",
        "entra.guest-access-is-limited",
    )
    done = ran(admin, script)
    kept = admin.folder / "by-certificate.pem"
    assert kept.stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" in kept.read_text()
    assert "CERTIFICATE" in kept.read_text()
    assert not (admin.folder / "by-certificate.key").exists()
    (app,) = (
        each for each in server.tenant.objects("applications") if each["displayName"] == "by certificate"
    )
    assert len(app["keyCredentials"]) == 1
    again = ran(admin, script)
    assert again.stdout == done.stdout
