"""Which roles make an administrator."""

from __future__ import annotations

import pytest

from o365scan.api import MissingField, Record
from o365scan_entra.datasets import role_definitions
from o365scan_entra.roles import BUILT_IN, NAMES, SYNCHRONISATION, Level, level

BY_NAME = {name: BUILT_IN[template] for template, name in NAMES.items()}


def custom(*actions: str) -> Record:
    plain = {"isBuiltIn": False, "rolePermissions": [{"allowedResourceActions": list(actions)}]}
    return Record(role_definitions, "00000000-0000-4000-8000-000000000001", plain)


def test_every_role_is_listed_once() -> None:
    assert len(BUILT_IN) == len(BY_NAME) == 146


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Global Administrator", Level.TENANT),
        ("Application Administrator", Level.TENANT),
        ("Helpdesk Administrator", Level.TENANT),
        # Microsoft does not call these privileged.
        ("Exchange Administrator", Level.SERVICE),
        ("SharePoint Administrator", Level.SERVICE),
        ("Teams Administrator", Level.SERVICE),
        ("Groups Administrator", Level.SERVICE),
        ("Global Reader", Level.READER),
        ("Directory Readers", Level.NONE),
        ("Guest User", Level.NONE),
    ],
)
def test_built_in_roles(name: str, expected: Level) -> None:
    assert BY_NAME[name] is expected


def test_the_synchronisation_roles_make_no_administrator() -> None:
    assert {BUILT_IN[role] for role in SYNCHRONISATION} == {Level.NONE}


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([], Level.NONE),
        (["microsoft.directory/users/standard/read"], Level.NONE),
        (["microsoft.directory/bitlockerKeys/key/read"], Level.SERVICE),
        (["microsoft.directory/groups/members/update"], Level.SERVICE),
        (["microsoft.directory/groups/standard/read", "microsoft.directory/devices/delete"], Level.SERVICE),
        (["microsoft.directory/applications/credentials/update"], Level.TENANT),
        (["microsoft.directory/servicePrincipals/appRoleAssignedTo/update"], Level.TENANT),
        (["microsoft.directory/users/password/update"], Level.TENANT),
        (["microsoft.directory/conditionalAccessPolicies/create"], Level.TENANT),
        (["microsoft.directory/conditionalAccessPolicies/standard/read"], Level.NONE),
        (
            ["microsoft.directory/auditLogs/allProperties/read", "microsoft.directory/users/inviteGuest"],
            Level.NONE,
        ),
        (["microsoft.office365.supportTickets/allEntities/allTasks"], Level.NONE),
        (["microsoft.directory/servicePrincipals/managePermissionGrantsForAll.policy-1"], Level.TENANT),
        (["microsoft.directory/provisioningLogs/conjure"], Level.SERVICE),
    ],
)
def test_custom_roles(actions: list[str], expected: Level) -> None:
    assert level(custom(*actions)) is expected


def test_a_role_that_does_not_say_what_it_may_do() -> None:
    with pytest.raises(MissingField):
        level(Record(role_definitions, "00000000-0000-4000-8000-000000000001", {"isBuiltIn": False}))
