"""Registrations that were deleted, and can be restored with all that they had."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Record, Severity, independently, problem

from .app_options import JustifiedApps
from .app_permissions import Reach, application_permission
from .applications import deleted_applications

_GRAVE = (Reach.CONTROL, Reach.SHELL, Reach.MAILBOXES)


def deleted(data: Data, options: JustifiedApps) -> Iterator[Judgement]:
    """Apps that were deleted, with rights that they asked for."""
    for application in data[deleted_applications]:
        yield from independently(_deleted_application(application, options))


def _deleted_application(application: Record, options: JustifiedApps) -> Iterator[Judgement]:
    asked = tuple(dict.fromkeys(_grave_requests(application)))
    if asked and not options.knows(application.text("appId")):
        yield problem(
            f"A deleted app that asked for {', '.join(asked)} can be restored until 30 days after its deletion,"
            " with its credentials: was it deleted to hide it?",
            application.at("deletedDateTime"),
            application.at("requiredResourceAccess"),
            severity=Severity.LOW,
            at=application,
        )


def _grave_requests(application: Record) -> Iterator[str]:
    for api in application.objects("requiredResourceAccess"):
        for access in api.objects("resourceAccess"):
            known = application_permission(api.text("resourceAppId"), access.text("id"))
            if access.text("type") == "Role" and known is not None and known.reach in _GRAVE:
                yield known.value
