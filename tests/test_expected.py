"""Every check that can be told what is expected says what it would have to be told, or why nobody proposes it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from pathlib import Path

import pytest

from o365scan.testing import Case, cases

pytestmark = pytest.mark.long

WEAKNESSES = {
    "entra.admin-has-phishing-resistant-factor": "the option says how a factor is registered elsewhere",
    "entra.admin-is-cloud-only": "to excuse an account from a rule is to accept a risk",
    "entra.admin-is-in-use": "a break-glass account is proposed by entra.admin-has-mfa",
    "entra.admin-is-no-guest": "to excuse an account from a rule is to accept a risk",
    "entra.admin-is-separate-from-everyday-account": "to excuse an account from a rule is to accept a risk",
    "entra.admin-mailbox-accepts-known-senders": "to excuse an account from a rule is to accept a risk",
    "entra.admin-role-is-activated-when-needed": "a break-glass account is proposed by entra.admin-has-mfa",
    "entra.app-credential-is-short-lived": "an intruder's secret lasts long too, and would be accepted with the app",
    "entra.app-owner-has-mfa": "the option says what an identity provider does",
    "entra.authentication-methods-are-strong": "a weak method is a risk to accept",
    "entra.device-code-flow-is-restricted": "the option says whom a policy must reach",
    "entra.exclusion-is-break-glass": "whom an exclusion lets in is a risk to accept",
    "entra.legacy-authentication-is-blocked": "the option says whom a policy must reach",
    "entra.mfa-is-required-of-everyone": "the option says whom a policy must reach",
    "entra.phishing-resistant-factor-is-required-of-admins": "to excuse an account is to accept a risk",
    "entra.policy-is-enforced": "a trial that was forgotten looks like one that runs",
    "entra.risky-sign-in-is-stopped": "the option says whom a policy must reach",
    "entra.risky-user-is-stopped": "the option says whom a policy must reach",
    "exchange.dkim-is-signed": "an unsigned domain is a risk to accept",
    "exchange.dmarc-is-enforced": "a policy that only puts mail aside is a risk to accept",
    "exchange.inbox-rule-is-not-hidden": "that a rule is hidden is a sign by itself",
    "exchange.mailbox-is-on-hold": "the option says which mailboxes to look at",
    "exchange.mailbox-plan-gives-no-legacy-protocol": "the option says what is unwanted",
    "exchange.sweep-rule-is-harmless": "all that it reports are signs",
}
"""Checks with lists in their options that are nothing expected, and why."""


def _takes_lists(case: Case) -> bool:
    options = case.check.options
    return options is not None and any("tuple" in str(field.type) for field in dataclasses.fields(options))


def _offers(case: Case) -> bool:
    return any(problem.accept for found in case.findings() for problem in found.problems)


@pytest.mark.no_cover  # test_cases judges the same cases, and is measured
def test_every_check_that_knows_what_is_expected_proposes_it() -> None:
    of_check: dict[str, list[Case]] = defaultdict(list)
    for case in cases(Path(__file__).parent / "cases", added=False):
        if _takes_lists(case):
            of_check[case.check.id].append(case)
    silent = {id for id, found in of_check.items() if not any(map(_offers, found))}
    assert silent == set(WEAKNESSES)
