"""The documented workflow and action.yml, run end to end: what opens, what closes, what is in the repository."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from mocktenant import Tenant
from tests.sarif.gate import gate

from .conftest import Hosted

Host = Callable[[Tenant], Hosted]

MFA = "entra.admin-has-mfa"
RULES = "exchange.transport-rule-is-harmless"
FORWARDS = "exchange.mailbox-forwards-inside-only"
BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"


def attacked(hosted: Host) -> Hosted:
    """A tenant with an administrator without a second factor, and a transport rule that hides a trace."""
    here = hosted(Tenant("baseline", size=20))
    here.inputs["checks"] = f"{RULES} {FORWARDS} {MFA}"
    here.tenant.apply("oauth-spam-campaign")
    for rule in [
        each["Guid"] for each in here.tenant.objects("transportRules") if each["Name"] != "Delivery fix"
    ]:
        here.tenant.delete("transportRules", rule)
    return here


def test_the_first_scan_opens_the_second_closes_and_opens_the_blind_one_closes_nothing(hosted: Host) -> None:
    here = attacked(hosted)
    github = here.tenant.github
    one = here.run()
    assert one.code == 0, one.log
    assert {rule for rule, _ in github.code_scanning.states("open")} == {MFA, RULES}
    assert one.outputs["changed"] == one.outputs["uploaded"] == "true"
    assert (one.outputs["failed"], one.outputs["open"]) == ("2", "0")

    (rule,) = (each["Guid"] for each in here.tenant.objects("transportRules"))
    here.tenant.delete("transportRules", rule)
    mailbox = next(each for each in here.tenant.objects("mailboxes"))
    here.tenant.patch("mailboxes", mailbox["Guid"], {"ForwardingSmtpAddress": "smtp:orders@fabrikam.com"})
    two = here.run()
    assert two.code == 0, two.log
    assert {rule for rule, _ in github.code_scanning.states("open")} == {MFA, FORWARDS}
    assert {rule for rule, _ in github.code_scanning.states("fixed")} == {RULES}

    here.tenant.app_roles.discard("Exchange.ManageAsApp")
    three = here.run()
    assert three.code == 1, three.log  # exit code 3 of the scan: the job is red, and says why
    assert {rule for rule, _ in github.code_scanning.states("open")} == {MFA, FORWARDS}
    assert (three.outputs["exit-code"], three.outputs["changed"], three.outputs["held"]) == (
        "3",
        "false",
        "1",
    )
    assert three.outputs["uploaded"] == "true"
    assert "Could not be seen or decided" in three.summary

    history = here.git("log", "--format=%an <%ae> %s", "main").splitlines()
    assert history == [f"{BOT} Evidence of {here.tenant.tenant_id}"] * 2 + [
        "A person <person@example.com> The repository"
    ]
    uploads = list(github.code_scanning.uploads.values())
    assert [each.errors for each in uploads] == [()] * 3
    assert [each.commit_sha for each in uploads] == [
        *here.git("rev-list", "--reverse", "main").split()[1:],
        here.tip,
    ]
    assert problems_of(here) == []


def problems_of(here: Hosted) -> list[str]:
    """What the gate says of each log that was uploaded, held against the commit that it was uploaded for."""
    found: list[str] = []
    for upload in here.tenant.github.code_scanning.uploads.values():
        checkout = here.checkout(f"checkout-{upload.id}", upload.commit_sha)
        log = Path(here.folder, "uploaded.sarif")
        log.write_text(json.dumps(upload.log))
        found += gate.problems_of(log, checkout, None, None)
    return found
