"""`o365scan adopt` on tenants: a vendor's products are proposed, an intruder's never."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mocktenant import Tenant, serve
from o365scan.registry import load
from o365scan.testing import Case
from o365scan.testing.files import written_in
from tests.cli.in_process import here
from tests.core.test_adopt import uncommented, unwrapped

APPS, CONNECTORS = "entra.app-privilege-is-justified", "exchange.inbound-connector-is-expected"
RULES, MFA = "exchange.transport-rule-is-harmless", "entra.admin-has-mfa"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def adopted(*arguments: str) -> str:
    result = here("adopt", *arguments)
    assert result.exit_code in (0, 3), result.output  # 3: some verdict is open
    return result.stdout


def failed(config: Any, path: Path) -> set[tuple[str, str]]:
    """What fails in the snapshot "s" with a configuration."""
    Path("chosen.toml").write_text(config)
    result = here("scan", "--snapshot", "s", "--config", "chosen.toml", "--json", "-", "-q")
    assert result.exit_code in (0, 3), result.output
    findings = json.loads(result.stdout)["findings"]
    return {(each["check"], each["key"]) for each in findings if each["verdict"] == "fail"}


def test_what_vendors_need_is_proposed_and_then_accepted(tmp_path: Path) -> None:
    assert here("collect", "s", "--mock", "vendor-heavy", "--mock-size", "20").exit_code == 0
    text = adopted("--snapshot", "s")
    checks = uncommented(text)["checks"]
    assert checks[CONNECTORS]["certificates"] == ["*.signatures.fabrikam.com"]
    assert checks[RULES]["smart_hosts"] == ["in.signatures.fabrikam.com"]
    assert len(checks[APPS]["accept"]) == 4
    assert ["Mail.ReadWrite"] in checks[APPS]["accept"].values()
    before = failed("", tmp_path)
    assert failed(text, tmp_path) == before  # nothing is in force yet
    left = failed(_all_taken(text), tmp_path)
    assert left < before
    assert {check for check, _ in before - left} >= {CONNECTORS, RULES, APPS}
    assert f"Findings for which nothing is proposed: {len(left)}." in text


@pytest.mark.long
@pytest.mark.parametrize(
    ("scenario", "is_left"),
    [
        ("baseline", False),
        ("vendor-heavy", True),
        ("bec-forwarding", True),
        ("consent-phishing", True),
        ("oauth-spam-campaign", True),
    ],
)
def test_what_is_proposed_silences_just_what_it_is_proposed_for(
    scenario: str, is_left: bool, tmp_path: Path
) -> None:
    assert here("collect", "s", "--mock", scenario, "--mock-size", "20").exit_code == 0
    text = adopted("--snapshot", "s")
    before = failed("", tmp_path)
    assert failed(text, tmp_path) == before  # nothing is in force yet
    after = failed(_all_taken(text), tmp_path)
    assert after <= before
    assert bool(after) is is_left
    if is_left:
        assert f"Findings for which nothing is proposed: {len(after)}." in text
    else:
        assert before == after


def test_a_plain_forward_is_proposed_and_one_with_a_sign_is_told_of() -> None:
    tenant = Tenant("baseline", size=20)
    boxes = [each for each in tenant.objects("mailboxes") if each["RecipientTypeDetails"] == "UserMailbox"][
        :4
    ]
    plain, kept, alike, free = boxes
    for box, to, copy in (
        (plain, "orders@fabrikam.com", True),
        (kept, "other@fabrikam.com", False),
        (alike, "x@c0ntoso.com", True),
        (free, "someone@gmail.com", True),
    ):
        changed = {"ForwardingSmtpAddress": f"smtp:{to}", "DeliverToMailboxAndForward": copy}
        tenant.patch("mailboxes", box["Guid"], changed)
    with serve(tenant) as server:
        text = here("adopt", env=server.environment()).stdout
    expected = uncommented(text)["checks"]["exchange.mailbox-forwards-inside-only"]["expected"]
    assert expected == [f"{plain['PrimarySmtpAddress']} -> orders@fabrikam.com"]
    assert "Caution: it is high unless somebody answers for it." in text
    assert "DeliverToMailboxAndForward = true" in text
    told = unwrapped(text)
    assert "Not proposed, because no copy stays in it." in told
    assert "Not proposed, because c0ntoso.com looks like contoso.com." in told
    assert "Not proposed, because gmail.com gives an address to anybody." in told


def _all_taken(text: str) -> str:
    import tomli_w

    return tomli_w.dumps(uncommented(text))


@pytest.mark.long
@pytest.mark.parametrize(
    "scenario", ["oauth-spam-campaign", "hidden-inbox-rule", "hostile", "bec-forwarding"]
)
def test_an_intruders_traces_are_never_proposed(scenario: str) -> None:
    assert here("collect", "s", "--mock", scenario, "--mock-size", "20").exit_code == 0
    text = adopted("--snapshot", "s")
    severe = _severe()
    assert severe
    taken = _all_taken(text)
    Path("o365scan.toml").write_text(taken)
    assert _severe() == severe


def test_a_delegate_whose_own_mailbox_shows_an_intruder_is_not_proposed() -> None:
    """Her right to the director's mailbox is old and only medium; the rules in her mailbox are another check's."""
    text = adopted("--mock", "bec-forwarding", "--mock-size", "20")
    assert "elena.marsh" not in str(uncommented(text))
    assert "it names elena.marsh@contoso.com, of which" in unwrapped(text)


def test_a_delegate_is_proposed_where_nothing_is_wrong_with_anyone() -> None:
    tenant = Tenant("bec-forwarding", size=20)
    for collection in ("inboxRules", "sweepRules"):
        found = tenant.objects(collection)
        assert found
        for rule in found:
            tenant.delete(collection, rule["Guid"])
    with serve(tenant) as server:
        text = here("adopt", env=server.environment()).stdout
    expected = ["elena.marsh@contoso.com -> helen.foss@contoso.com"]
    assert uncommented(text)["checks"]["exchange.mailbox-access-is-expected"]["expected"] == expected


def _severe() -> list[tuple[str, str, str]]:
    findings = json.loads(here("scan", "--snapshot", "s", "--json", "-", "-q").stdout)["findings"]
    return sorted(
        (each["check"], each["key"], each["severity"])
        for each in findings
        if each["verdict"] == "fail" and each["severity"] in ("high", "critical")
    )


def test_a_campaigns_connector_that_is_switched_off_is_not_proposed() -> None:
    """Switched off it is only low; to accept it would wait for the next wave."""
    tenant = Tenant("oauth-spam-campaign", size=20)
    for connector in tenant.objects("inboundConnectors"):
        tenant.patch("inboundConnectors", connector["Guid"], {"Enabled": False})
    with serve(tenant) as server:
        text = here("adopt", env=server.environment()).stdout
    assert CONNECTORS not in uncommented(text).get("checks", {})


def test_hostile_names_in_what_is_proposed() -> None:
    tenant = Tenant("hostile", size=20)
    names = ['x"]\n[checks."entra.admin-has-mfa"]\nbreak_glass = ["intruder@contoso.com"]', "\x1b[2Jx\u202ey"]
    connectors = [each for each in tenant.objects("inboundConnectors") if each["Name"][0] in "<="]
    for connector, name in zip(connectors, names, strict=True):
        changed = {
            "Name": name, "Enabled": True, "ConnectorType": "OnPremises", "SenderIPAddresses": [],
            "TlsSenderCertificateName": f'mail.fabrikam.com"\n{name}',
        }  # fmt: skip
        tenant.patch("inboundConnectors", connector["Guid"], changed)
    with serve(tenant) as server:
        text = here("adopt", env=server.environment()).stdout
    assert all(character == "\n" or character.isprintable() for character in text)
    checks = uncommented(text)["checks"]
    assert list(checks) == [CONNECTORS]
    assert len(checks[CONNECTORS]["certificates"]) == 2
    assert all(each.startswith("mail.fabrikam.") for each in checks[CONNECTORS]["certificates"])


def written(check: str, name: str) -> Case:
    """The case of that name, of its own: what a test changes in it concerns no other."""
    file = Path(__file__).parents[1] / "cases" / f"{check}.json"
    (case,) = [each for each in written_in(file, load().checks) if each.name == name]
    return case


def of_case(name: str, **change: object) -> object:
    """What the administrator of a case would be accepted by."""
    case = written(MFA, name)
    for user in case.records["entra.users"]:
        user.update(change)
    (found,) = case.finding().problems
    return found.accept and found.accept.entries


def test_a_break_glass_account_is_proposed_by_how_it_is_made() -> None:
    name = "excluded like a break-glass account, and named by nobody"
    assert of_case(name) == {"break_glass": ("admin.global@contoso.com",)}
    assert of_case(name, createdDateTime="2026-01-10T09:00:00Z") is None
    assert of_case(name, createdDateTime=None) is None
    assert of_case(name, onPremisesSyncEnabled=True) is None
    assert of_case("a break-glass account with a telephone alone") is None


def test_the_file_is_private_and_whole(tmp_path: Path) -> None:
    assert here("adopt", "--mock", "baseline", "--mock-size", "20", "-o", "out/proposed.toml").exit_code == 0
    assert (tmp_path / "out/proposed.toml").stat().st_mode & 0o777 == 0o600
    assert uncommented((tmp_path / "out/proposed.toml").read_text()) == {}


def test_what_could_not_be_read_is_told() -> None:
    tenant = Tenant("vendor-heavy", size=20)
    tenant.directory_roles = set()
    with serve(tenant) as server:
        result = here("adopt", env=server.environment())
    assert result.exit_code == 3
    assert (
        "# Not everything could be read, so signs may be missing: exchange.accepted-domains," in result.stdout
    )


def test_two_tenants_at_once() -> None:
    result = here("adopt", "--snapshot", "s", "--mock", "baseline")
    assert result.exit_code == 2
    assert "--mock has no place beside it" in str(result.exception)


def of_app(name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the app of a case could be accepted, and what about it looks like an intruder's."""
    problems = [each for each in written(APPS, name).finding().problems if each.signs is not None]
    signs = dict.fromkeys(sign for each in problems for sign in each.signs or ())
    return any(each.accept for each in problems), tuple(signs)


def test_a_powerful_app_that_was_there_all_along_can_be_accepted_and_a_new_one_bears_a_sign() -> None:
    assert of_app("cmdlets of Exchange with a directory role that writes") == (True, ())
    acceptable, signs = of_app("… and a secret of the last days")
    assert not acceptable
    assert "a credential was added within two weeks" in signs
    assert of_app("… and a connector changed lately")[1] == ("mail flow was changed when it was given that",)
    assert of_app("a backup product of a verified publisher") == (True, ())
    assert of_app("… of a publisher that is not") == (True, ())  # its rights are not the gravest
