"""All that an examination found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from o365scan.api import GRAPH, PluginFailure, ServiceError, TenantInfo
from o365scan.auth.claims import Claims
from o365scan.cloud import Cloud
from o365scan.doctor.audit import Audit
from o365scan.doctor.clock import Grade, grade
from o365scan.doctor.door import Door
from o365scan.doctor.expiry import Ending
from o365scan.doctor.granting import Commands
from o365scan.doctor.licences import Licence
from o365scan.doctor.missing import Missing, Trouble


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What the chosen checks need, held against what is there.

    `claims` are those of each API's token, by the API's name, and `refused` why there is none of others. `audit` is
    None where nothing chosen reads Exchange Online. `elsewhere` are datasets whose permission no token shows and that
    could not be read, each with what it takes in words. `untried` are datasets for whose permission the token alone
    vouches.
    """

    tenant: TenantInfo
    cloud: Cloud
    door: Door
    claims: Mapping[str, Claims]
    refused: Mapping[str, ServiceError]
    directory_roles: tuple[str, ...]
    endings: tuple[Ending, ...]
    missing: tuple[tuple[Missing, Commands | None], ...]
    troubles: tuple[Trouble, ...]
    elsewhere: tuple[tuple[str, str], ...]
    licences: tuple[Licence, ...]
    audit: Audit | None
    resolver: str
    dns: ServiceError | None
    datasets: tuple[str, ...]
    untried: tuple[str, ...]
    failures: tuple[PluginFailure, ...]

    @property
    def app(self) -> Claims:
        """Who signed in, by Graph's token."""
        return self.claims[GRAPH]

    @property
    def is_delegated(self) -> bool:
        """Whether a person signed in, and not an app as itself."""
        return self.app.is_delegated

    @property
    def clock(self) -> Grade | None:
        """How right this machine's clock is, None where no service told the time."""
        return None if self.door.ahead is None else grade(self.door.ahead)

    @property
    def is_well(self) -> bool:
        """Whether a scan could read all that the checks need. What was not bought, and what will end, is told only."""
        wrong = (self.refused, self.missing, self.troubles, self.elsewhere, self.dns, self.failures)
        return not any(wrong) and self.clock is not Grade.WRONG
