"""What is said of an app elsewhere, by lists and by Microsoft, and what its name pretends."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Judgement, Severity, problem

from .app_evidence import shown
from .app_profile import App
from .known_apps import Repute, rogue_app
from .publishers import Owner, hides_a_brand, is_microsoft_name

_REPUTE = {
    Repute.MALICIOUS: (Severity.CRITICAL, "an attacker registered it"),
    Repute.TRAITORWARE: (Severity.HIGH, "a product that intruders bring; a lead, not proof"),
    Repute.UNCONFIRMED: (Severity.MEDIUM, "only one list names it; a lead, not proof"),
}


def rogue(app: App) -> Iterator[Judgement]:
    """Is its id on a list of attackers' apps?"""
    listed = rogue_app(app.id)
    if listed is None or (listed.repute is not Repute.MALICIOUS and app.scan.options.knows(app.id)):
        return
    severity, why = _REPUTE[listed.repute]
    name = f" as {listed.name}" if listed.name else ""
    yield problem(
        f"The app id is on a list of rogue apps{name} ({', '.join(listed.sources)}): {why}."
        + (" It is disabled here." if app.is_off else ""),
        app.principal.at("appId"),
        *shown(app.principal, "accountEnabled", "appOwnerOrganizationId"),
        severity=Severity.LOW if app.is_off else severity,
        at=app.principal,
    )


def stopped(app: App) -> Iterator[Judgement]:
    """Has Microsoft disabled it everywhere?"""
    status = app.principal.get("disabledByMicrosoftStatus")
    if status and status != "NotDisabled":
        yield problem(
            "Microsoft has disabled this app for what its publisher did with it; what it did here before is open.",
            app.principal.at("disabledByMicrosoftStatus"),
            severity=Severity.HIGH,
            at=app.principal,
        )


def misnamed(app: App) -> Iterator[Judgement]:
    """Does its name pretend to be Microsoft's?"""
    if app.owner not in (Owner.HERE, Owner.ELSEWHERE):
        return
    name = app.principal.text("displayName", nullable=True) or ""
    evidence = (app.principal.at("displayName"), app.principal.at("appOwnerOrganizationId"))
    if hides_a_brand(name):
        yield problem(
            "The name reads as one of Microsoft's products, through letters that only look like the real ones;"
            " the app is not Microsoft's.",
            *evidence,
            severity=Severity.LOW if app.is_off else Severity.HIGH,
            at=app.principal,
        )
    elif is_microsoft_name(name):
        yield problem(
            f"It bears the name of one of Microsoft's own apps, and is {app.owner}.",
            *evidence,
            severity=Severity.LOW if app.is_off else Severity.MEDIUM,
            at=app.principal,
        )
