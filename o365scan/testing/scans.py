"""Scans of a mock tenant, and what they must find."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from o365scan.api import Finding, Report, Verdict
from o365scan.auth.discovery import tokens_of
from o365scan.cloud import GLOBAL
from o365scan.config import options_of
from o365scan.network import Network
from o365scan.registry import load, plan
from o365scan.scan import judge, take
from o365scan.sign_in import SignIn
from o365scan.snapshot import Snapshot
from o365scan.transport.service import Service


def assert_findings(findings: Iterable[Finding], expected: Iterable[Mapping[str, Any]]) -> None:
    """The findings that are no pass are exactly the `expected`: none missing, none more.

    Each expected row has `check`, `object` (what people call it), `verdict` and `severity`.
    """
    kept = (Verdict.FAIL, Verdict.OPEN)
    have = Counter(
        (each.check, each.title, each.verdict.value, each.severity.value)
        for each in findings
        if each.verdict in kept
    )
    want = Counter((row["check"], row["object"], row["verdict"], row["severity"]) for row in expected)
    lines = [f"missing: {row}" for row in (want - have).elements()]
    lines += [f"not expected: {row}" for row in (have - want).elements()]
    if lines:  # no assert statement: what is checked must not depend on python -O
        raise AssertionError("\n".join(lines))


def scanned(
    *checks: str,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Report:
    """A live scan by the checks that any of the glob patterns names, by all without patterns.

    The environment (this process's own, unless told otherwise) says where the tenant is and who asks; the
    fixture `mock_tenant` leads it to a tenant of the test's own. `options` are tables as in o365scan.toml,
    by check id. Raises UnknownCheck, CredentialsMissing, SignInFailed, Unreachable.
    """
    registry = load()
    chosen = registry.select(checks)
    network = Network(dict(os.environ) if environment is None else environment)
    service = Service(tokens_of(SignIn(), network), GLOBAL, network)
    snapshot = Snapshot.create()
    take(service, plan(chosen), registry, snapshot)
    return judge(snapshot, chosen, registry, options_of(chosen, {"checks": dict(options or {})}))
