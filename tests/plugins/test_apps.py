"""Whose an app is, what its permissions reach, and what it signs in with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from o365scan.api import Finding, Gap, GapReason, OptionsError, Record, Undecidable, Verdict
from o365scan.evaluate import evaluate
from o365scan.testing import NOW, Case
from o365scan_entra.app_credentials import credentials, moment
from o365scan_entra.app_options import JustifiedApps
from o365scan_entra.app_permissions import Reach, application_permission, is_grave_when_delegated
from o365scan_entra.app_resources import EXCHANGE, GRAPH, RESOURCES
from o365scan_entra.app_roles_of_exchange import exchange_role_reach, only_reads
from o365scan_entra.applications import service_principals
from o365scan_entra.checks.app_privilege_is_justified import app_privilege_is_justified
from o365scan_entra.issuers import is_known_issuer
from o365scan_entra.known_apps import Repute, rogue_app
from o365scan_entra.publishers import hides_a_brand, is_microsoft_name
from o365scan_entra.tables import table

CASES = Path(__file__).parent.parent / "cases" / "entra.app-privilege-is-justified.json"


@pytest.mark.parametrize(
    ("name", "hides", "is_one"),
    [
        ("Microsoft Graph", False, True),
        ("  microsoft   GRAPH ", False, True),
        ("Microsoft Graph connector of Contoso", False, False),
        ("Micr0soft Teams", True, False),
        ("\u041c\u0456crosoft Office", True, False),
        ("\u039cICROSOFT", True, False),
        ("rnicrosoft login", True, False),
        ("Mlcrosoft Login", True, False),
        ("Mícrosoft", True, False),
        ("Mic\u200brosoft", True, False),
        ("0ffice 365 Backup", True, False),
        ("Office 365 Backup", False, False),
        ("Contoso 0365 sync", False, False),
        ("Azure DevOps - Contoso", False, False),
        ("Génération Documents", False, False),
        ("Modern Intranet", False, False),
        ("", False, False),
    ],
)
def test_names_that_imitate(name: str, hides: bool, is_one: bool) -> None:
    assert (hides_a_brand(name), is_microsoft_name(name)) == (hides, is_one)


@pytest.mark.parametrize(
    ("issuer", "known"),
    [
        ("https://token.actions.githubusercontent.com", True),
        ("https://login.microsoftonline.com/00000000-0000-4000-8000-000000000001/v2.0", True),
        ("https://eastus.oic.prod-aks.azure.com/a/b/", True),
        ("https://oidc.example.com/builds", True),
        ("https://token.actions.githubusercontent.com.example.net", False),
        ("https://evil-token.actions.githubusercontent.com", False),
        ("http://token.actions.githubusercontent.com", False),
        ("https://oidc.example.com/builds/other", False),
        ("not a url", False),
    ],
)
def test_issuers(issuer: str, known: bool) -> None:
    assert is_known_issuer(issuer, ["https://oidc.example.com/builds/"]) is known


@pytest.mark.parametrize(
    ("api", "value", "reach"),
    [
        (GRAPH, "RoleManagement.ReadWrite.Directory", Reach.CONTROL),
        (GRAPH, "AppRoleAssignment.ReadWrite.All", Reach.CONTROL),
        (GRAPH, "PrivilegedAccess.ReadWrite.AzureADGroup", Reach.CONTROL),
        (GRAPH, "Application.ReadWrite.OwnedBy", Reach.NONE),
        (GRAPH, "Directory.Read.All", Reach.NONE),
        (GRAPH, "Policy.Read.All", Reach.NONE),
        (GRAPH, "Mail.ReadWrite", Reach.CONTENT),
        (GRAPH, "Mail.ReadBasic.All", Reach.NONE),
        (GRAPH, "Chat.Read.All", Reach.CONTENT),
        (GRAPH, "Sites.Selected", Reach.NONE),
        (GRAPH, "Calendars.Read", Reach.NONE),
        (GRAPH, "Group.ReadWrite.All", Reach.CONFIGURATION),
        (GRAPH, "User.ReadWrite.All", Reach.CONFIGURATION),
        (EXCHANGE, "Exchange.ManageAsApp", Reach.SHELL),
        (EXCHANGE, "full_access_as_app", Reach.MAILBOXES),
        (EXCHANGE, "IMAP.AccessAsApp", Reach.NONE),
    ],
)
def test_reach_of_permissions(api: str, value: str, reach: Reach) -> None:
    found = {
        known.reach
        for resource, id, name, *_ in table("app_permissions")["application"]
        if (resource, name) == (api, value) and (known := application_permission(resource, id))
    }
    assert found == {reach}


def test_the_table_of_permissions_holds_each_id_once() -> None:
    rows = table("app_permissions")["application"]
    assert len({(resource, id) for resource, id, *_ in rows}) == len(rows)
    assert {resource for resource, *_ in rows} == set(RESOURCES)
    assert application_permission(GRAPH, "99999999-0000-4000-8000-000000000001") is None


def test_delegated_permissions() -> None:
    assert is_grave_when_delegated(GRAPH, "Mail.Send")
    assert is_grave_when_delegated(EXCHANGE, "EWS.AccessAsUser.All")
    assert not is_grave_when_delegated(GRAPH, "User.Read")
    assert not is_grave_when_delegated(GRAPH, "Directory.Read.All")


@pytest.mark.parametrize(
    ("role", "reach"),
    [
        ("Application Mail.Read", Reach.CONTENT),
        ("Application Calendars.Read", Reach.NONE),
        ("Application EWS.AccessAsApp", Reach.MAILBOXES),
        ("Application Mail.Invented", Reach.UNKNOWN),
        ("Transport Rules", Reach.EXCHANGE_ROLE),
        ("View-Only Configuration", Reach.NONE),
    ],
)
def test_roles_of_exchange(role: str, reach: Reach) -> None:
    assert exchange_role_reach(role) is reach


def test_role_groups_that_only_read() -> None:
    assert only_reads(["View-Only Configuration", "Security Reader"])
    assert not only_reads(["View-Only Configuration", "Mail Recipients"])


def test_rogue_apps_are_found_whatever_the_case() -> None:
    listed = rogue_app("FF8D92DC-3D82-41D6-BCBD-B9174D163620")
    assert listed is not None
    assert listed.repute is Repute.TRAITORWARE
    assert rogue_app("00000003-0000-0000-c000-000000000000") is None


def test_no_app_of_microsofts_is_listed_as_rogue() -> None:
    assert not any(rogue_app(id) for id in RESOURCES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-11T03:00:00Z", datetime(2026, 1, 11, 3, tzinfo=UTC)),
        ("2026-01-11T03:00:00.0000000Z", datetime(2026, 1, 11, 3, tzinfo=UTC)),
        ("2026-01-11T04:00:00.0000000+01:00", datetime(2026, 1, 11, 3, tzinfo=UTC)),
        ("2026-01-11T03:00:00", datetime(2026, 1, 11, 3, tzinfo=UTC)),
        ("never", None),
        (None, None),
    ],
)
def test_moments(text: str | None, expected: datetime | None) -> None:
    assert moment(text) == expected


def principal(**fields: Any) -> Record:
    return Record(service_principals, "p", {"passwordCredentials": [], "keyCredentials": [], **fields})


def test_a_credential_says_where_it_stands() -> None:
    secret = {"keyId": "k", "startDateTime": "2026-01-14T00:00:00Z", "endDateTime": None, "secretText": None}
    (found,) = credentials(principal(passwordCredentials=[secret]))
    assert found.is_fresh(NOW)
    assert [each.pointer for each in found.evidence] == [
        "/passwordCredentials/0/keyId",
        "/passwordCredentials/0/startDateTime",
    ]


def test_a_credential_without_a_start_is_not_judged() -> None:
    with pytest.raises(Undecidable, match="startDateTime"):
        credentials(principal(keyCredentials=[{"keyId": "k"}]))


def test_a_certificate_that_anyone_added_beside_single_sign_on_counts() -> None:
    start = {"startDateTime": "2025-01-14T00:00:00Z", "endDateTime": None}
    signing = {"usage": "Sign", "customKeyIdentifier": "A", **start}
    added = {"usage": "Verify", "customKeyIdentifier": "B", **start}
    found = credentials(principal(preferredSingleSignOnMode="saml", keyCredentials=[signing, added]))
    assert [each.evidence[0].pointer for each in found] == ["/keyCredentials/1/startDateTime"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"accept": {"Fabrikam Backup": ("Mail.Read",)}}, "is not an app id"),
        ({"accept": {"b0000000-0000-4000-8000-000000000006": ()}}, "no rights"),
        ({"accept": {"b0000000-0000-4000-8000-000000000006": ("full_access_as_app",)}}, "Microsoft Graph"),
        (
            {"accept": {"b0000000-0000-4000-8000-000000000006": ("User Administrator",)}},
            "'User Administrator'",
        ),
        (
            {"accept": {"b0000000-0000-4000-8000-000000000006": ("Payroll role",)}},
            "no permission of Microsoft Graph",
        ),
        ({"issuers": ("token.example.com",)}, "is not the URL"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionsError, match=said):
        JustifiedApps(**options)


WRITES = "cmdlets of Exchange with a directory role that writes"
APPLICATION = "c0000000-0000-4000-8000-000000000007"


def judged_with_gap(gap: Gap, wanted: str = WRITES) -> list[Finding]:
    """The findings on one of the cases where something was not read besides."""
    file = json.loads(CASES.read_text("utf-8"))
    (patch,) = (each["patch"] for each in file["cases"] if each["name"] == wanted)
    records = jsonpatch.apply_patch(file["records"], patch)
    case = Case(app_privilege_is_justified, wanted, records, Verdict.FAIL)
    snapshot = case._snapshot(None)
    snapshot.add_gap(gap)
    return list(evaluate(snapshot, [case.check], {}).findings)


@pytest.mark.parametrize(
    ("dataset", "parent"),
    [
        ("exchange.role-groups", None),
        ("exchange.management-role-assignments", None),
        ("entra.delegated-grants", None),
        ("entra.app-role-assignments", "a0000000-0000-4000-8000-000000000001"),
        ("exchange.role-group-members", "12000000-0000-4000-8000-000000000002"),
        ("exchange.nested-role-group-members", None),
        ("exchange.nested-role-group-members", "15000000-0000-4000-8000-000000000002"),
        ("entra.deleted-applications", None),
    ],
)
def test_what_is_proven_stays_proven_beside_a_gap(dataset: str, parent: str | None) -> None:
    gap = Gap(dataset=dataset, reason=GapReason.UNREACHABLE, detail="503", parent=parent)
    found = {each.title: each.verdict for each in judged_with_gap(gap)}
    assert found == {"Payroll export": Verdict.FAIL, "entra.service-principals": Verdict.OPEN}


@pytest.mark.parametrize("parent", [None, "15000000-0000-4000-8000-000000000002"])
def test_an_app_may_be_in_a_group_that_was_not_read(parent: str | None) -> None:
    dataset = "exchange.nested-role-group-members"
    gap = Gap(dataset=dataset, reason=GapReason.DENIED, detail="403", parent=parent)
    found = judged_with_gap(gap, "the permission without a role")
    assert {each.title: each.verdict for each in found} == {"entra.service-principals": Verdict.OPEN}


@pytest.mark.parametrize("parent", [None, APPLICATION])
def test_nothing_is_said_of_owners_that_were_not_read(parent: str | None) -> None:
    gap = Gap(dataset="entra.application-owners", reason=GapReason.DENIED, detail="403", parent=parent)
    (found,) = (each for each in judged_with_gap(gap, "no owner") if each.title == "Payroll export")
    assert found.verdict is Verdict.FAIL
    assert "owner" not in found.message


def test_a_role_that_counts_only_beside_a_permission_needs_no_acceptance_without_it() -> None:
    file = json.loads(CASES.read_text("utf-8"))
    (each,) = (
        each
        for each in file["cases"]
        if each["name"] == "a role that writes in a scope is accepted with the permission or not at all"
    )
    records = jsonpatch.apply_patch(file["records"], each["patch"][1:])
    Case(app_privilege_is_justified, "alone", records, Verdict.PASS).run()


def test_single_sign_on_has_one_of_each_and_what_shares_its_identifier_counts() -> None:
    made = {"customKeyIdentifier": "A", "startDateTime": "2025-01-14T00:00:00Z", "endDateTime": None}
    added = {"customKeyIdentifier": "A", "startDateTime": "2026-01-14T00:00:00Z", "endDateTime": None}
    found = credentials(
        principal(
            preferredSingleSignOnMode="saml",
            passwordCredentials=[added, made],
            keyCredentials=[
                {"usage": "Sign", **made},
                {"usage": "Verify", **added},
                {"usage": "Verify", **made},
            ],
        )
    )
    assert [each.evidence[0].pointer for each in found] == [
        "/passwordCredentials/0/startDateTime",
        "/keyCredentials/1/startDateTime",
    ]
