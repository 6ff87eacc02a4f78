"""One permission taken away at a time: the doctor names that one, who needs it, and how to grant it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from mocktenant import Server, Tenant, serve
from o365scan.api import EXCHANGE, GRAPH, Check, Dataset
from o365scan.auth.directory_roles import TEMPLATE_IDS
from o365scan.registering.needs import Grants, grants_for
from o365scan.registry import load, plan, with_needs
from tests.doctor.examined import examined


@cache
def all_datasets() -> tuple[Dataset, ...]:
    return plan(load().checks.values())


@cache
def least() -> Grants:
    return grants_for(all_datasets())


APP_ROLES = [(api, role) for api, roles in least().app_roles.items() for role in roles]


@pytest.fixture(scope="module")
def tenant() -> Iterator[tuple[Tenant, Server]]:
    tenant = Tenant("baseline", size=20)
    with serve(tenant) as server:
        yield tenant, server


@pytest.fixture
def served(tenant: tuple[Tenant, Server]) -> tuple[Tenant, Server]:
    """A tenant whose app holds the least that all checks need."""
    tenant[0].app_roles = {role for _, role in APP_ROLES}
    tenant[0].directory_roles = set(least().directory_roles)
    return tenant


def readers(datasets: set[str]) -> set[str]:
    """The checks that need any of the datasets, be it through others."""

    def reads(check: Check) -> set[str]:
        return {each.name for each in with_needs((*check.datasets, *check.optional))}

    return {check.id for check in load().checks.values() if reads(check) & datasets}


def test_the_least_is_enough(served: tuple[Tenant, Server]) -> None:
    found = examined(served[1])
    assert found.is_well, (found.missing, found.troubles)
    assert len(found.untried) < 10
    assert {api for api, _ in APP_ROLES} == {GRAPH, EXCHANGE}
    assert least().directory_roles == ("Global Reader", "Security Reader")


@pytest.mark.parametrize(("api", "role"), APP_ROLES, ids=[role for _, role in APP_ROLES])
def test_an_app_role_taken_away(served: tuple[Tenant, Server], api: str, role: str) -> None:
    tenant, server = served
    tenant.app_roles.discard(role)
    concerned = {
        each.name
        for each in all_datasets()
        if each.permission.api == api and not each.permission.is_granted_by(tenant.app_roles)
    }
    found = examined(server)
    ((missing, commands),) = found.missing
    assert (missing.role, missing.api) == (role, api)
    assert set(missing.datasets) == concerned
    assert set(missing.checks) == readers(concerned)
    assert not found.is_well
    assert found.troubles == ()
    assert commands is not None
    for command in (commands.azure_cli, commands.powershell):
        assert f"'{role}'" in command
        assert tenant.app.object_id in command


@pytest.mark.parametrize("role", least().directory_roles)
def test_a_directory_role_taken_away(served: tuple[Tenant, Server], role: str) -> None:
    tenant, server = served
    tenant.directory_roles.discard(role)
    concerned = {
        each.name for each in all_datasets() if not each.permission.is_opened_by(tenant.directory_roles)
    }
    found = examined(server)
    ((missing, commands),) = found.missing
    assert (missing.role, missing.api) == (role, None)
    assert set(missing.datasets) == concerned
    assert set(missing.checks) == readers(concerned)
    assert found.troubles == ()
    assert commands is not None
    for command in (commands.azure_cli, commands.powershell):
        assert TEMPLATE_IDS[role] in command
        assert tenant.app.object_id in command


def test_everything_taken_away(served: tuple[Tenant, Server]) -> None:
    """What is asked for is the least again, and no service's refusal is told twice."""
    tenant, server = served
    tenant.app_roles, tenant.directory_roles = set(), set()
    found = examined(server)
    roles = {(each.api, each.role) for each, _ in found.missing}
    assert roles == {*APP_ROLES, *((None, role) for role in least().directory_roles)}
    assert found.troubles == ()
    assert found.tenant.name is None


def test_what_would_do_as_well_is_named(served: tuple[Tenant, Server]) -> None:
    tenant, server = served
    tenant.app_roles = set()
    found = examined(server, "entra.consent-requests-have-reviewers")
    assert {each.role: each.instead for each, _ in found.missing} == {
        "Policy.Read.All": ("Directory.Read.All",),
        "User.Read.All": ("Directory.Read.All",),
    }


def test_a_role_group_of_exchange_does_for_a_directory_role(served: tuple[Tenant, Server]) -> None:
    """No token tells of it, and the cmdlets open all the same."""
    tenant, server = served
    tenant.directory_roles = set()
    group = next(each for each in tenant.objects("roleGroups") if each["Name"] == "Organization Management")
    tenant.patch("roleGroups", group["Guid"], {"Members": [*group.get("Members", []), tenant.app.object_id]})
    found = examined(server, "exchange.transport-rule-is-harmless")
    tenant.patch("roleGroups", group["Guid"], {"Members": group.get("Members", [])})
    assert found.directory_roles == ()
    assert found.missing == ()
    assert found.is_well
