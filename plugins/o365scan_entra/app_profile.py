"""One app with all that was found out about it: what it may do, whose it is, what it signs in with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from o365scan.api import Data, Evidence, Record, Severity

from .app_credentials import Credential, credentials, evidence_of
from .app_evidence import shown
from .app_options import JustifiedApps
from .app_permissions import Reach
from .app_right import Right
from .app_sign_ins import NewGround, new_ground
from .app_signs import Slumber, slumber
from .publishers import Owner, owner

_LOWER = {Severity.CRITICAL: Severity.HIGH, Severity.HIGH: Severity.MEDIUM, Severity.MEDIUM: Severity.LOW}


@dataclass(frozen=True)
class Scan:
    """What the judging of every app has in common. `scanner` is the app id that the snapshot was taken as, if known."""

    data: Data
    options: JustifiedApps
    now: datetime
    scanner: str | None


@dataclass(frozen=True)
class App:
    """A service principal with all that was found out about it."""

    principal: Record
    application: Record | None
    """Its registration, if that is in this tenant."""
    rights: tuple[Right, ...]
    knows_roles: bool
    scan: Scan

    @cached_property
    def id(self) -> str:
        return self.principal.text("appId")

    @cached_property
    def owner(self) -> Owner:
        return owner(self.principal, self.application is not None)

    @cached_property
    def privileges(self) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.reach is not Reach.NONE)

    @cached_property
    def is_accepted(self) -> bool:
        """Has somebody accepted all that it holds?"""
        return self.scan.options.accepts(self.id, self.to_accept)

    @cached_property
    def to_accept(self) -> tuple[Right, ...]:
        """All that it holds, roles included that count only beside a permission."""
        entry = bool(self.of(Reach.SHELL, Reach.MAILBOXES))
        return tuple(
            each for each in self.rights if each.reach is not Reach.NONE or (entry and each.writes_exchange)
        )

    @cached_property
    def is_off(self) -> bool:
        """A principal that is disabled gets no token; one switch brings it back."""
        return self.principal.flag("accountEnabled", nullable=True) is False

    @cached_property
    def here(self) -> tuple[Credential, ...]:
        """The credentials of the principal itself; those of a managed identity are Azure's doing."""
        found = credentials(self.principal)
        if self.owner is Owner.MANAGED_IDENTITY:
            found = tuple(each for each in found if each.kind == "secret")
        return found

    @cached_property
    def registered(self) -> tuple[Credential, ...]:
        return credentials(self.application) if self.application else ()

    @cached_property
    def fresh(self) -> tuple[Credential, ...]:
        return tuple(each for each in (*self.registered, *self.here) if each.is_fresh(self.scan.now))

    @cached_property
    def is_scanner(self) -> bool:
        """Is it the identity that this scan was made with?"""
        return self.scan.scanner is not None and self.id.lower() == self.scan.scanner.lower()

    @cached_property
    def new_ground(self) -> NewGround:
        return new_ground(self.principal, self.scan.data, self.scan.now)

    @cached_property
    def slumber(self) -> Slumber | None:
        return slumber(self.id, self.application, self.scan.data, self.scan.now)

    def of(self, *reaches: Reach) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.reach in reaches)

    def weighed(self, severity: Severity, *, joined: bool = False) -> Severity:
        """The severity of a right, in view of who holds it and what happened lately."""
        if self.is_off:
            return Severity.LOW
        if severity is Severity.HIGH and (self.fresh or self.new_ground or joined):
            severity = Severity.CRITICAL
        elif severity is Severity.MEDIUM and self.fresh and self.slumber:
            severity = Severity.HIGH
        return _LOWER.get(severity, severity) if self.owner is Owner.MICROSOFT_EMPLOYEE else severity

    def evidence(self, found: Iterable[Right]) -> tuple[Evidence, ...]:
        """What gives the rights, whose app it is, what it can newly sign in with, and from where."""
        origin = shown(self.principal, "appOwnerOrganizationId", "verifiedPublisher")
        given = (each for right in found for each in right.evidence)
        return (*given, *origin, *evidence_of(self.fresh), *self.new_ground.evidence)
