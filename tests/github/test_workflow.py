"""The documented workflow and action.yml, run end to end: what opens, what closes, what is in the repository."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mocktenant import Tenant
from tests.sarif.gate import gate

from .hosted import Hosted

pytestmark = pytest.mark.long

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
    assert github.path in {
        entry.path for entry in here.tenant.journal
    }  # no secret: the job's own token signs in

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


def test_only_what_is_new_fails_a_job_and_at_first_all_is(hosted: Host) -> None:
    here = attacked(hosted)
    kept = here.folder / "earlier" / "scans"
    here.inputs |= {"fail-on": "new:high", "baseline": str(kept), "snapshots": str(kept)}
    first = here.run()
    assert (first.code, first.outputs["exit-code"]) == (1, "1"), first.log
    assert "no earlier scan to compare with, so all is new: o365scan" in first.log
    assert "Since " not in first.summary
    assert [each.name for each in kept.iterdir()] == ["o365scan.o365scan"]

    mailbox = next(each for each in here.tenant.objects("mailboxes"))
    here.tenant.patch("mailboxes", mailbox["Guid"], {"ForwardingSmtpAddress": "smtp:orders@fabrikam.com"})
    second = here.run()
    assert (second.code, second.outputs["exit-code"]) == (1, "1"), second.log
    assert "1 new, 0 gone, 0 updated, 2 unchanged" in second.summary
    assert "no earlier scan" not in second.log

    third = here.run()
    assert (third.code, third.outputs["exit-code"], third.outputs["failed"]) == (0, "0", "3"), third.log


def test_a_public_repository_is_refused_before_anything_is_read(hosted: Host) -> None:
    here = attacked(hosted)
    here.tenant.github.job = replace(here.tenant.github.job, visibility="public")
    done = here.run()
    assert done.code == 1
    assert "contoso/tenant-scan is public" in done.log
    assert {entry.host for entry in here.tenant.journal} == {"api.github.com"}
    assert here.git("rev-list", "--count", "main").strip() == "1"


def test_without_code_scanning_the_evidence_is_kept_all_the_same(hosted: Host) -> None:
    here = hosted(Tenant("hostile", size=3))
    here.inputs |= {"checks": f"{RULES}\\nexchange.inbound-connector-is-expected", "fail-on": "high"}
    github = here.tenant.github
    github.job = replace(github.job, code_security=False)
    done = here.run()
    assert "takes no alerts, so nothing is uploaded" in done.log
    assert (done.outputs["uploaded"], done.outputs["changed"]) == ("false", "true")
    assert here.git("rev-list", "--count", "main").strip() == "2"
    # fail-on: the job is red after everything else was done; and a name is no command to the runner.
    assert (done.code, done.outputs["exit-code"]) == (1, "1")
    assert "findings as bad as fail-on says" in done.log
    assert "::error::third line" in done.summary
    guard = re.search(r"::stop-commands::(o365scan-\w{32})\n", done.log)
    assert guard
    assert guard.end() < done.log.index("::error::third line") < done.log.index(f"::{guard[1]}::")

    here.inputs["upload"] = "always"
    again = here.run("workflow_dispatch")
    assert (again.code, again.outputs["uploaded"], again.outputs["changed"]) == (1, "false", "false")
    assert "403" in again.log
    assert not github.code_scanning.uploads
    assert "## Contoso" in again.summary


def test_a_sign_in_that_fails_changes_nothing(hosted: Host) -> None:
    here = attacked(hosted)
    app = here.tenant.app.application_id
    here.tenant.delete("federatedIdentityCredentials", f"{app}/github")
    done = here.run()
    assert (done.code, done.outputs["exit-code"], done.outputs["uploaded"]) == (1, "4", "false")
    assert {done.outputs[name] for name in ("failed", "open", "held")} == {""}  # nobody looked: not nought
    assert "**Nothing was scanned** (exit code 4)" in done.summary
    assert "A tenant was not scanned" in done.log
    assert "AADSTS70025" in done.log
    assert here.git("rev-list", "--count", "main").strip() == "1"


def test_a_tenant_that_fails_leaves_the_others_alone(hosted: Host) -> None:
    here = attacked(hosted)
    entry = '[[tenants]]\nname = "{}"\ntenant_id = "{}"\nclient_id = "{}"\nauth = "github-oidc"\n'
    tenants = {"contoso": here.tenant.tenant_id, "fabrikam": "fabrikam.onmicrosoft.com"}
    text = "".join(entry.format(name, id, here.tenant.client_id) for name, id in tenants.items())
    here.put("o365scan.toml", text)
    here.inputs["tenants"] = "fabrikam contoso ../evil"
    earlier = here.folder / "earlier"
    earlier.mkdir()
    (earlier / "contoso.sarif").write_text("of another tool")  # of each tenant its own is taken
    here.inputs["baseline"] = str(earlier)
    refused = here.run()
    assert "contoso.sarif is neither a snapshot nor a report to compare with" in refused.log
    assert "so all is new: fabrikam\n" in refused.log
    (earlier / "contoso.sarif").unlink()
    done = here.run()
    assert (done.code, done.outputs["exit-code"]) == (1, "2")
    assert "../evil is no name of a tenant" in done.log
    assert here.tenant.github.code_scanning.states("open")
    assert "## Contoso" in done.summary
    assert "## fabrikam\n\n**Nothing was scanned** (exit code 4)" in done.summary
