"""o365scan.toml: tenants, which checks run and with which options, accepted risks, plugins and their limits.

What is wrong is named by file, line and key. Nothing secret stands in it: credentials are named by file or variable.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from o365scan.admission import AllowList
from o365scan.api import AcceptedRisk, Check, OptionsError
from o365scan.sign_in import SignIn

from .environment import read_environment
from .model import Accepted, Limits, Scan, Settings, Tenant
from .options import merged, options_of, with_entries
from .source import UNNAMED, Source, nearest
from .typed import typed

__all__ = [
    "DEFAULT_FILE", "Accepted", "Config", "Limits", "Scan", "Settings", "Source", "Tenant", "load", "nearest",
    "options_of", "with_entries",
]  # fmt: skip

DEFAULT_FILE = Path(UNNAMED.name)


@dataclass(frozen=True)
class Config:
    """A file that holds by itself; what it says of checks is compared with those installed when it is asked for."""

    source: Source = UNNAMED
    tables: Mapping[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    @property
    def limits(self) -> Limits:
        return self.settings.limits

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return self.settings.tenants

    @property
    def secrets(self) -> frozenset[str]:
        """The environment variables that hold credentials of its tenants, whichever is scanned."""
        names = {each.name for each in fields(SignIn) if each.name.endswith("_env")}
        found = {getattr(tenant, name) for tenant in self.tenants for name in names}
        return frozenset(found - {None})

    def allowed(self) -> AllowList | None:
        """The plugins that are let in besides o365scan's own; None where the file does not say: all."""
        if self.settings.plugins is None:
            return None
        try:
            return AllowList.parse(list(self.settings.plugins.allow), self.source.name)
        except OptionsError as cause:
            where = self.source.at(("plugins", "allow"))
            raise OptionsError(str(cause).replace(self.source.name, where, 1), hint=cause.hint) from cause

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name. Raises OptionsError with the near match."""
        names = [each.name for each in self.tenants]
        for each in self.tenants:
            if each.name == name:
                return each
        near = nearest(name, names)
        hint = f"Did you mean {near}?" if near else f"Known: {', '.join(names) or 'none'}."
        raise OptionsError(f"{self.source.name}: there is no tenant {name!r}", hint=hint)

    def sign_in(self, tenant: Tenant) -> SignIn:
        """How to sign in to a tenant of the file; files are meant from the folder that the file is in."""
        said = {each.name: getattr(tenant, each.name) for each in fields(SignIn)}
        folder = Path(self.source.name).parent
        files = {
            name: value for name, value in said.items() if name.endswith("_file") and value not in (None, "-")
        }
        return SignIn(**{**said, **{name: str(folder / value) for name, value in files.items()}})

    def environment(self, tenant: Tenant) -> dict[str, str]:
        """The variables that its `environment_file` sets. Raises OptionsError, which repeats no value."""
        if tenant.environment_file is None:
            return {}
        return read_environment(Path(self.source.name).parent / tenant.environment_file)

    def scan(self, tenant: Tenant | None = None) -> Scan:
        """Which checks run: the tenant's keys go before the file's."""
        if tenant is None:
            return self.settings.scan
        own = self.tables["tenants"][self.tenants.index(tenant)].get("scan", {})
        return replace(self.settings.scan, **{name: getattr(tenant.scan, name) for name in own})

    def where_of_scan(self, key: str, tenant: Tenant | None = None) -> tuple[str | int, ...]:
        """Where a key of `scan` stands."""
        if tenant is not None:
            place = self.tenants.index(tenant)
            if key in self.tables["tenants"][place].get("scan", {}):
                return "tenants", place, "scan", key
        return "scan", key

    def check_tables(self, tenant: Tenant | None = None) -> dict[str, Any]:
        """The options of checks as plain tables, by check id."""
        return merged(self.settings.checks, tenant.checks if tenant else {})

    def options(self, checks: Iterable[Check], tenant: Tenant | None = None) -> dict[str, Any]:
        """The options of each check that takes some, typed. `checks` are all known ones.

        Raises OptionsError for whatever is wrong with the options of any tenant.
        """
        known = tuple(checks)
        options_of(known, self.tables, source=self.source)
        for place, each in enumerate(self.tables.get("tenants", ())):
            options_of(known, each, source=self.source, at=("tenants", place))
        place_of: tuple[str | int, ...] = ("tenants", self.tenants.index(tenant)) if tenant else ()
        return options_of(known, {"checks": self.check_tables(tenant)}, source=self.source, at=place_of)

    def risks(self, checks: Iterable[Check], tenant: Tenant | None = None) -> tuple[AcceptedRisk, ...]:
        """The risks that are accepted of a tenant. Raises OptionsError for one of no known check."""
        known = [check.id for check in checks]
        for place, risk in enumerate(self.settings.accepted):
            if not any(fnmatchcase(id, risk.check) for id in known):
                near = nearest(risk.check, known)
                meant = f". Did you mean {near}?" if near else ""
                path = ("accepted", place, "check")
                raise self.source.refusal(path, f"there is no such check as {risk.check!r}{meant}")
        name = tenant.name if tenant else None
        return tuple(each for each in self.settings.accepted if each.tenant in (None, name))


def load(path: Path | None) -> Config:
    """The configuration: of `path`, else of o365scan.toml here if there is one, else none.

    Raises OptionsError for a file that can't be read, is no TOML or says what means nothing.
    """
    if path is None:
        if not DEFAULT_FILE.exists():
            return Config()
        path = DEFAULT_FILE
    try:
        text = path.read_text("utf-8")
    except OSError as cause:
        raise OptionsError(f"can't read {path}: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise OptionsError(f"{path} is no TOML: {cause.reason} at byte {cause.start}") from cause
    return read(text, str(path))


def read(text: str, name: str = str(DEFAULT_FILE)) -> Config:
    """The configuration in a text; `name` is what errors call it. Raises OptionsError as `load`."""
    source = Source(name, text.removeprefix("\ufeff"))  # editors on Windows begin a file with it
    tables = source.tables()
    config = Config(source, tables, typed(tables, Settings, source))
    _refuse_endless(config)
    _refuse_twins(config)
    _refuse_strange_tenants(config)
    _refuse_blanks(config)
    _refuse_secrets(config)
    config.allowed()
    return config


def allowed(path: Path | None) -> AllowList | None:
    """The plugins that the configuration lets in, as `Config.allowed`: it is read before any plugin is loaded."""
    return load(path).allowed()


def _refuse_endless(config: Config) -> None:
    for each in fields(Limits):
        if not 0 < getattr(config.limits, each.name) < threading.TIMEOUT_MAX:
            raise config.source.refusal(("limits", each.name), "must be more than nought, and finite")


def _refuse_twins(config: Config) -> None:
    """Two tenants of one name or id, and one acceptance twice: which of them counts would be chance."""
    for what in ("name", "tenant_id"):
        seen: dict[str, int] = {}
        for place, tenant in enumerate(config.tenants):
            value = getattr(tenant, what)
            if value is not None and (first := seen.setdefault(value.casefold(), place)) != place:
                raise _twin(config, ("tenants", place, what), ("tenants", first, what))
    risks: dict[tuple[str, str, str | None], int] = {}
    for place, risk in enumerate(config.settings.accepted):
        subject = risk.check, risk.object, risk.tenant
        if (first := risks.setdefault(subject, place)) != place:
            raise _twin(config, ("accepted", place), ("accepted", first))


def _twin(config: Config, path: tuple[str | int, ...], first: tuple[str | int, ...]) -> OptionsError:
    return config.source.refusal(path, f"stands at {config.source.at(first)} already")


def _refuse_strange_tenants(config: Config) -> None:
    names = [each.name for each in config.tenants]
    for place, risk in enumerate(config.settings.accepted):
        if risk.tenant is not None and risk.tenant not in names:
            near = nearest(risk.tenant, names)
            meant = f". Did you mean {near}?" if near else ""
            path = ("accepted", place, "tenant")
            raise config.source.refusal(path, f"there is no tenant of this name{meant}")


def _refuse_blanks(config: Config) -> None:
    """What is there and says nothing is no silence: the environment's tenant would be scanned in its place."""
    for place, tenant in enumerate(config.tenants):
        for each in fields(Tenant):
            value = getattr(tenant, each.name)
            if isinstance(value, str) and not value.strip():
                raise config.source.refusal(("tenants", place, each.name), "must not be empty")


def _refuse_secrets(config: Config) -> None:
    """What is no name of a variable may be the secret itself, so it is not shown."""
    for place, tenant in enumerate(config.tenants):
        for each in fields(Tenant):
            value = getattr(tenant, each.name)
            if each.name.endswith("_env") and value is not None and not _is_variable(value):
                raise config.source.refusal(
                    ("tenants", place, each.name),
                    "is no name of an environment variable",
                    hint="Name the variable here; the secret itself has no place in this file.",
                )


def _is_variable(name: str) -> bool:
    return name.isascii() and name.isidentifier()
