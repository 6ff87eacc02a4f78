"""Credentials where they should not be: on Microsoft's own apps, on the principal alone, of unknown issuers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from o365scan.api import Judgement, Severity, problem

from .app_credentials import Credential, any_usable, evidence_of, said
from .app_profile import App
from .app_resources import HYBRID
from .applications import federated_credentials
from .issuers import is_known_issuer
from .publishers import Owner


def first_party(app: App) -> Iterator[Judgement]:
    """Microsoft's own app is cleared; a credential that was added to it never is."""
    certificates = tuple(each for each in app.here if each.kind == "certificate")
    if app.id in HYBRID and certificates:
        yield problem(
            "Servers of the organisation can sign in as this service of Microsoft's, with"
            f" {said(certificates, app.scan.now)}: what the set-up of a hybrid organisation leaves (CVE-2025-53786)."
            " Verify that the servers are patched, and remove the certificate once a dedicated app has its place.",
            *evidence_of(certificates),
            severity=_left_severity(certificates, app.scan.now),
            at=app.principal,
        )
        added = tuple(each for each in app.here if each.kind != "certificate")
    else:
        added = app.here
    if added:
        yield problem(
            f"Somebody added {said(added, app.scan.now)} to one of Microsoft's own apps, and can sign in as it"
            " with all that Microsoft lets it do.",
            *evidence_of(added),
            severity=_added_severity(added, app.scan.now),
            at=app.principal,
        )


def _left_severity(left: tuple[Credential, ...], now: datetime) -> Severity:
    """A set-up leaves a certificate once; one of the last weeks may be anybody's."""
    if not any_usable(left, now):
        return Severity.LOW
    return Severity.HIGH if any(each.is_fresh(now) for each in left) else Severity.MEDIUM


def _added_severity(added: tuple[Credential, ...], now: datetime) -> Severity:
    if not any_usable(added, now):
        return Severity.LOW
    return Severity.CRITICAL if any(each.is_fresh(now) for each in added) else Severity.HIGH


def on_the_principal(app: App) -> Iterator[Judgement]:
    """A credential here is in no app registration, where people would look for it."""
    if not app.here:
        return
    if app.owner is Owner.HERE:
        alone = not any_usable(app.registered, app.scan.now)
        severity = Severity.HIGH if alone else Severity.MEDIUM
        where = "whose registration has none that is valid" if alone else "beside those of its registration"
    else:
        severity = Severity.HIGH
        where = (
            f"which is {app.owner}"
            if app.owner is not Owner.ELSEWHERE
            else "which another tenant looks after"
        )
    yield problem(
        f"There is {said(app.here, app.scan.now)} on the service principal of an app {where}:"
        " the page of app registrations doesn't show it.",
        *evidence_of(app.here),
        severity=severity if any_usable(app.here, app.scan.now) and not app.is_off else Severity.LOW,
        at=app.principal,
    )


def federated(app: App) -> Iterator[Judgement]:
    """An issuer of tokens that is no known one can sign in as the app."""
    view = app.scan.data.get(federated_credentials)
    if view is None or app.application is None:
        return
    for credential in view.of(app.application):
        issuer = credential.text("issuer")
        if not is_known_issuer(issuer, app.scan.options.issuers):
            yield problem(
                f"It takes tokens of {issuer} for a credential, which is no known issuer of workloads' tokens:"
                " whoever runs that can sign in as the app.",
                credential.at("issuer"),
                credential.at("subject"),
                severity=Severity.LOW if app.is_off else Severity.HIGH,
                at=app.principal,
            )
