"""What was asked of the tenant: tests read here what a client really sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

NOTES = "mocktenant.notes"
"""Key of the WSGI environ's dict in which routes leave notes for the journal, under the names of `Entry`:
`client_id`, `permission`, `needs` and `unknown`."""

KEPT = 20_000
"""Older entries make room: a soak test must not fill memory."""


@dataclass(frozen=True)
class Entry:
    """One request to a Microsoft endpoint and its answer.

    `cmdlet` is None but for Exchange commands, and `mailbox` is what the command calls the mailbox it is
    about; `batched` marks an item of a `$batch`, which has an entry besides that of the batch. `client_id`
    and `permission` are None where no valid token was shown or nothing was granted. `early` marks a request
    that came again before its Retry-After was over, and `limit` names the limit that one went over. `needs`
    says what it takes: a role of each list, and each names the least privileged first (`A + B` stands for
    both together). `unknown` names what was asked and is not emulated: a host, a path, an option, a cmdlet;
    None where there is no such thing. A status of 0 means that the connection broke before anything was done.
    """

    method: str
    host: str
    path: str
    query: str
    cmdlet: str | None
    status: int
    client_id: str | None
    permission: str | None
    mailbox: str | None = None
    batched: bool = False
    early: bool = False
    limit: str | None = None
    needs: tuple[tuple[str, ...], ...] = ()
    unknown: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The entry as the control plane shows it."""
        return asdict(self)


class Journal:
    """The latest requests, oldest first. Reads as a sequence."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> None:
        """Appends one entry."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forgets everything."""
        self._entries.clear()

    def unknown(self) -> list[Entry]:
        """The requests for what the tenant does not emulate."""
        return [entry for entry in self if entry.unknown is not None]

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]
