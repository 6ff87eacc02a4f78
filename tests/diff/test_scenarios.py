"""What a story changes in a tenant is what its two snapshots show: all of it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Tenant, serve
from o365scan.diff import Diff, ObjectChange
from o365scan.registry import load
from o365scan.snapshot import Snapshot
from tests.scans import kept

Told = tuple[str, str, str]
FOLDERS = (
    "Archive", "Calendar", "Contacts", "Conversation History", "Deleted Items", "Drafts", "Inbox", "Journal",
    "Junk Email", "Notes", "Outbox", "RSS Feeds", "Sent Items", "Tasks", "Top of Information Store",
)  # fmt: skip


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[ObjectChange]]]:
    """`happened(story)`: the differences between a well-run tenant and the same one once the story has happened."""
    folder = tmp_path_factory.mktemp("diff")
    datasets = load().datasets
    with ExitStack() as stack:
        kept(stack.enter_context(serve(Tenant("baseline", size=5))), folder / "before")

        def told(story: str) -> list[ObjectChange]:
            tenant = Tenant("baseline", size=5)
            tenant.apply(story)
            kept(stack.enter_context(serve(tenant)), folder / story)
            diff = Diff(Snapshot.open(folder / "before"), Snapshot.open(folder / story), datasets)
            found = list(diff.changes())
            assert diff.not_comparable == []
            assert diff.asked_otherwise == []
            assert sum(each.total() for each in diff.counts.values()) == len(found)
            return found

        yield told


def rows(changes: Iterable[ObjectChange]) -> list[Told]:
    return sorted(
        (
            each.dataset.name,
            each.kind.value,
            f"{each.title} of {each.parent_title}" if each.parent_title else each.title,
        )
        for each in changes
    )


def properties(changes: Iterable[ObjectChange], dataset: str) -> dict[str, Any]:
    """Of what changed in a dataset: title and pointer → before and after, or added and removed."""
    return {
        f"{each.title} {it.pointer}": (it.added, it.removed)
        if it.added or it.removed
        else (it.before, it.after)
        for each in changes
        if each.dataset.name == dataset
        for it in each.properties
    }


def test_consent_phishing(happened: Callable[[str], list[ObjectChange]]) -> None:
    names = ("amara.nwosu", "bastian.keller", "chloe.marchetti")
    expected: list[Told] = [
        ("entra.authorization-policy", "changed", "Authorization Policy"),
        ("entra.service-principals", "added", "Micr\u043es\u043eft Mail Assistant"),
        # Three licences more are in use: the people's.
        ("entra.subscribed-skus", "changed", "SPE_E3"),
    ]
    expected += [
        ("entra.delegated-grants", "added", f"b7a9c3e5-2d14-4f68-9b0c-8e6a4d2f1c0{number}")
        for number in (1, 2, 3)
    ]
    for name in names:
        address = f"{name}@contoso.com"
        expected += [
            (dataset, "added", address)
            for dataset in (
                "entra.people-sign-ins", "entra.registration-details", "entra.users", "exchange.client-access",
                "exchange.mailboxes", "exchange.users",
            )
        ]  # fmt: skip
        expected += [("exchange.folders", "added", f"/{folder} of {address}") for folder in FOLDERS]
        expected += [
            ("exchange.folder-permissions", "added", f"{who} of /{folder} of {address}")
            for who in ("Anonymous", "Default")
            for folder in ("Inbox", "Sent Items")
        ]
        expected += [
            ("exchange.audit-bypasses", "added", name),
            ("exchange.mailbox-permissions", "added", f"NT AUTHORITY\\SELF of {address}"),
        ]
    expected += [("exchange.recipient-permissions", "added", "NT AUTHORITY\\SELF")] * 3
    changes = happened("consent-phishing")
    assert rows(changes) == sorted(expected)
    assert properties(changes, "entra.authorization-policy") == {
        "Authorization Policy /defaultUserRolePermissions/permissionGrantPoliciesAssigned": (
            ("ManagePermissionGrantsForSelf.microsoft-user-default-legacy",),
            ("ManagePermissionGrantsForSelf.microsoft-user-default-low",),
        )
    }


RULES = (
    "Mail flow tuning", "Mail flow tuning 2", "Routing clean-up", "Client compatibility", "Gateway compatibility",
    "Delivery fix", "Delivery fix 2", "Relay clean-up", "Filter compatibility", "Header normalisation",
    "Hub compatibility", "Newsletter fix",
)  # fmt: skip
MOVED = {
    "Reject executable attachments": (0, 1), "Block forwarding to the outside": (1, 3),
    "Mark mail from outside": (2, 5), "Label mail from outside": (3, 7), "Company footer": (4, 9),
    "Encrypt on request": (5, 11), "Copy finance mail to the archive": (6, 13),
    "Signature service: clean up": (7, 15), "Quarantine lookalike sender names": (8, 17),
    "Old footer 2019": (9, 19), "Trial: large mail to outside": (10, 21),
}  # fmt: skip


def test_oauth_spam_campaign(happened: Callable[[str], list[ObjectChange]]) -> None:
    app, admin, group = (
        "Contoso Mail Sync",
        "lorraine.ortega.admin@contoso.onmicrosoft.com",
        "MFA rollout: later",
    )
    person = "e040bb65-5ce7-4b10-bb84-5ecddd39963a"
    roles = [
        "5358d162-d3f3-4101-8b5c-ac02484c0864", "bfef3f91-42a3-4d69-8b0a-9f5412ca172c",
        "56c3a116-25c8-4b1c-8216-a764a5b65ea0",
    ]  # fmt: skip
    exchange, tenant = "ExchangeServiceAdmins_-719426083", "TenantAdmins_-1840735926"
    expected: list[Told] = [
        ("entra.admin-authentication-methods", "added", f"28c10230-6103-485e-b985-444c60001490 of {admin}"),
        ("entra.admin-memberships", "added", f"{group} of {admin}"),
        ("entra.admin-memberships", "added", f"Global Administrator of {admin}"),
        ("entra.admin-mfa-requirements", "added", f"{person} of {admin}"),
        ("entra.app-role-assignments", "added", f"{app} of Office 365 Exchange Online"),
        ("entra.application-owners", "added", f"Lorraine Ortega (admin) of {app}"),
        ("entra.applications", "added", app),
        ("entra.conditional-access-policies", "changed", "CA002: Multifactor authentication for everyone"),
        (
            "entra.conditional-access-policies",
            "changed",
            "CA003: Phishing-resistant authentication for administrators",
        ),
        ("entra.groups", "added", group),
        ("entra.people-sign-ins", "added", admin),
        ("entra.policy-group-members", "added", f"{person} of {group}"),
        ("entra.registration-details", "added", admin),
        ("entra.service-principals", "added", app),
        ("entra.users", "added", admin),
        ("exchange.inbound-connectors", "added", "Branch office relay"),
        ("exchange.role-group-members", "added", f"{app} of {exchange}"),
        ("exchange.role-group-members", "added", f"{app} of {tenant}"),
        ("exchange.role-group-members", "added", f"lorraine.ortega.admin of {tenant}"),
        ("exchange.role-groups", "changed", exchange),
        ("exchange.role-groups", "changed", tenant),
        ("exchange.users", "added", admin),
    ]
    expected += [
        (dataset, "added", role)
        for dataset in ("entra.role-assignments", "entra.role-assignment-schedules")
        for role in roles
    ]
    expected += [("exchange.transport-rules", "added", rule) for rule in RULES]
    expected += [("exchange.transport-rules", "changed", rule) for rule in MOVED]
    changes = happened("oauth-spam-campaign")
    assert rows(changes) == sorted(expected)
    assert properties(changes, "exchange.transport-rules") == {
        f"{rule} /Priority": moved for rule, moved in MOVED.items()
    }
    assert properties(changes, "exchange.role-groups") == {
        f"{exchange} /Members": ((app,), ()),
        f"{tenant} /Members": (("lorraine.ortega.admin", app), ()),
    }
    added = next(each for each in changes if each.dataset.name == "exchange.inbound-connectors")
    assert json.loads(json.dumps(added.record))["Name"] == "Branch office relay"


def test_nothing_happened(tmp_path: Path) -> None:
    with serve(Tenant("baseline", size=5)) as server:
        kept(server, tmp_path / "a")
    with serve(Tenant("baseline", size=5)) as server:
        kept(server, tmp_path / "b")
    diff = Diff(Snapshot.open(tmp_path / "a"), Snapshot.open(tmp_path / "b"), load().datasets)
    assert list(diff.changes()) == []
    assert (diff.quiet.total(), diff.not_comparable) == (0, [])
