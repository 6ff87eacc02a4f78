"""What an app signs in with: secrets and certificates, of its registration and of its principal here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from o365scan.api import Evidence, Fields, Record, Undecidable

FRESH = timedelta(days=14)
"""How long a credential counts as new."""

_LISTS = {"passwordCredentials": "secret", "keyCredentials": "certificate"}


@dataclass(frozen=True)
class Credential:
    """A secret or certificate. Its start is whatever who added it asked for, within limits: it proves little."""

    kind: str
    name: str | None
    starts: datetime
    ends: datetime | None
    evidence: tuple[Evidence, ...]

    def is_usable(self, now: datetime) -> bool:
        """Has it not expired? One that starts later will be usable."""
        return self.ends is None or self.ends > now

    def is_fresh(self, now: datetime) -> bool:
        """Does it start within the last two weeks, or later still?"""
        return self.is_usable(now) and self.starts >= now - FRESH


def credentials(record: Record) -> tuple[Credential, ...]:
    """All that the app or principal can sign in with; what signs single sign-on assertions is left out.

    Raises Undecidable if one of them can't be read.
    """
    found, illegible = legible(record)
    if illegible:
        raise illegible[0]
    return found


def legible(record: Record) -> tuple[tuple[Credential, ...], tuple[Undecidable, ...]]:
    """The credentials that can be read, and what keeps the others from it."""
    found = [
        (name, place, entry)
        for name in _LISTS
        for place, entry in enumerate(record.objects(name, nullable=True))
    ]
    signing = _single_sign_on(record, found)
    read: list[Credential] = []
    illegible: list[Undecidable] = []
    for name, place, entry in found:
        if (name, place) not in signing:
            try:
                read.append(_credential(name, entry))
            except Undecidable as cause:
                illegible.append(cause)
    return tuple(read), tuple(illegible)


_Entry = tuple[str, int, Fields]


def _single_sign_on(record: Record, found: list[_Entry]) -> frozenset[tuple[str, int]]:
    """The certificates with which Entra signs SAML assertions for the app.

    Such a one is kept as a private key that signs, a public one that verifies and a password for the first, all
    with one identifier. Only where single sign-on is set to SAML: else the three may be anything. A second
    password or certificate of that identifier is none of the three: whoever adds one chooses its identifier.
    """
    if record.get("preferredSingleSignOnMode") != "saml":
        return frozenset()
    signing: set[tuple[str, int]] = set()
    for identifier in {_identifier(entry) for _, _, entry in found if _usage(entry) == "Sign"} - {""}:
        alike = [each for each in found if _identifier(each[2]) == identifier]
        starts = next(entry.get("startDateTime") for _, _, entry in alike if _usage(entry) == "Sign")
        alike.sort(key=lambda each: each[2].get("startDateTime") != starts)  # the three were made together
        one_each = {(name, _usage(entry)): (name, place) for name, place, entry in reversed(alike)}
        signing.update(one_each.values())
    return frozenset(signing)


def _identifier(entry: Fields) -> str:
    return _told(entry, "customKeyIdentifier") or ""


def _usage(entry: Fields) -> str | None:
    return _told(entry, "usage")


def _told(entry: Fields, name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) else None


def _credential(name: str, entry: Fields) -> Credential:
    shown = tuple(
        entry.at(field)
        for field in ("keyId", "displayName", "startDateTime", "endDateTime")
        if entry.get(field) is not None
    )
    starts = moment(entry.get("startDateTime"))
    if starts is None:
        raise Undecidable(f"{entry.dataset.name}: a credential of {entry.key} has no startDateTime")
    until = entry.text("endDateTime", nullable=True)
    ends = moment(until)
    if until is not None and ends is None:
        raise Undecidable(
            f"{entry.dataset.name}: until when a credential of {entry.key} is valid can't be read"
        )
    return Credential(_LISTS[name], _told(entry, "displayName"), starts, ends, shown)


def moment(text: object) -> datetime | None:
    """A time as Microsoft writes it, in UTC where it doesn't say; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def said(found: Iterable[Credential], now: datetime) -> str:
    """The credentials, for people: "a secret from 2026-01-10"."""
    return ", ".join(
        f"a {each.kind} from {each.starts:%Y-%m-%d}{'' if each.is_usable(now) else ' (expired)'}"
        for each in found
    )


def any_usable(found: Iterable[Credential], now: datetime) -> bool:
    """Can the app still sign in with one of them?"""
    return any(each.is_usable(now) for each in found)


def evidence_of(found: Iterable[Credential]) -> tuple[Evidence, ...]:
    """What shows the credentials."""
    return tuple(each for credential in found for each in credential.evidence)
