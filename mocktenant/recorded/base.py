"""A recording as what a tenant is before anybody changes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mocktenant.base import Base
from mocktenant.collection import Object
from mocktenant.licences import preset
from mocktenant.recorded import reading
from mocktenant.recorded.dns import Names
from mocktenant.recorded.exchange import Cmdlets
from mocktenant.recorded.graph import Lists
from mocktenant.recorded.reading import Recording
from mocktenant_fixtures import Scenario

_SEED = 42
_PEOPLE = 1
_SIGN_IN = frozenset({"applications", "domains", "servicePrincipals"})


class RecordedBase(Base):
    """What a scan read is what Graph and Exchange answer; all else is refused, and nothing can be changed.

    Sign-in alone goes by the small tenant that stands behind it: the recorded tenant's secrets are nobody's.
    """

    def __init__(self, recording: Recording) -> None:
        story = Scenario(
            name=f"snapshot of {recording.tenant_id}",
            title=recording.name,
            story=f"As it was recorded at {recording.collected_at.isoformat()}.",
            sources=(),
            changes=(),
            expected=(),
        )
        super().__init__(story, _SEED, _PEOPLE, preset("E5"))
        self.recording = recording
        self.lists = Lists(recording)
        self.cmdlets = Cmdlets(recording)
        self.names = Names(recording)
        self.tenant_id = recording.tenant_id
        self.domain = recording.domain
        self.clock = recording.collected_at
        if recording.scanner is not None:
            self.app.client_id = recording.scanner

    @property
    def accounts(self) -> int:
        """How many accounts were recorded."""
        of_users = (one for one in self.recording.datasets.values() if one.source.get("path") == "/users")
        return max((len(one.rows) for one in of_users), default=0)

    def collection(self, name: str) -> Mapping[str, Object]:
        """What sign-in looks at; the recording is not held in collections."""
        return super().collection(name) if name in _SIGN_IN else {}


def recorded(path: Path) -> RecordedBase:
    """The base of a snapshot, file or folder. Raises SnapshotInvalid; OSError if it can't be read."""
    return RecordedBase(reading.read(path))
