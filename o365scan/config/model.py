"""What o365scan.toml may say, as types: its reader, its JSON schema and the file of `config init` are made from these.

A field's docstring is its documentation in all of them; whatever stands in `Meta` holds in the schema too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from o365scan.api import AcceptedRisk, Severity
from o365scan.sign_in import SignIn

_Said = Annotated[str, Meta(pattern=r"\S")]
# The end is written so since to Python a `$` alone is an end before a line break too, and to JSON's schemas is not.
_Name = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$(?!\n)", max_length=80, examples=["contoso"]),
]
_Positive = Annotated[float, Meta(gt=0)]
_Whole = Annotated[int, Meta(gt=0)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scan:
    """Which checks a scan runs, where the command line does not choose (--check, --severity, --framework)."""

    checks: tuple[str, ...] = ()
    """Only these; globs such as "exchange.*". Empty: all."""
    exclude: tuple[str, ...] = ()
    """All but these; globs."""
    min_severity: Severity | None = None
    """Only checks that are themselves this grave or graver; single findings may be graver than their check."""
    framework: tuple[str, ...] = ()
    """Only checks that answer to one of these: "cis", "scuba", "attack", or ids of one ("scuba:MS.EXO.*")."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a check of somebody else's may take, before it is stopped."""

    seconds: _Positive = 300.0
    """In all."""
    idle_seconds: _Positive = 60.0
    """Without an object judged, or anything said of one."""
    memory_mib: _Whole = 2048
    """Above what its process has when the plugin is about to be loaded; on Linux only."""
    said_mib: _Whole = 64
    """How much it may say."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plugins:
    """Which plugins are let in besides o365scan's own; without this table all that are installed."""

    allow: Annotated[tuple[str, ...], Meta(examples=[["o365scan-teams==1.2.0"]])]
    """Distributions and their versions, as pip writes them: "o365scan-teams==1.2.0"."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Accepted(AcceptedRisk):
    """A risk that somebody answers for until a day. `o365scan accept` writes one."""

    check: Annotated[_Said, Meta(examples=["exchange.smtp-auth-is-off"])]
    """The check's id, or a glob."""
    object: Annotated[str, Meta(min_length=1, examples=["scanner@contoso.com"])]
    """The object's name or key as reports show it, or a glob; [*] is a star itself. What reads as a key is no name."""
    reason: Annotated[_Said, Meta(examples=["The scanner on floor 2 knows nothing else; CHG-0042."])]
    """Why it is accepted; it stands in every report."""
    owner: Annotated[_Said, Meta(examples=["mail-team@contoso.com"])]
    """Who answers for it."""
    expires: date
    """The last day on which it holds, compared with the day in UTC on which the tenant was read."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tenant(SignIn):
    """A tenant, for `scan --tenant NAME`. Secrets stay outside: name a file or a variable that holds one."""

    name: _Name
    """What it is called here and on the command line."""
    environment_file: str | None = None
    """Variables of its scans alone, a line NAME=value each: proxy, CA bundle, credentials. They go before others."""
    scan: Scan = Scan()
    """As the table [scan]; a key goes before the same key there."""
    checks: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """As the tables [checks."id"]; a key goes before the same key there."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole file."""

    scan: Scan = Scan()
    checks: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """Options of checks, a table each."""
    accepted: tuple[Accepted, ...] = ()
    tenants: tuple[Tenant, ...] = ()
    plugins: Plugins | None = None
    limits: Limits = Limits()
