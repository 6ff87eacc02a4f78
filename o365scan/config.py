"""o365scan.toml: which plugins are let in, and the options of checks, typed; what is wrong is named by file and key."""

from __future__ import annotations

import dataclasses
import difflib
import threading
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from o365scan.admission import AllowList
from o365scan.api import Check, OptionsError

DEFAULT_FILE = Path("o365scan.toml")
_TABLES = ("checks", "limits", "plugins")
_OF_PLUGINS = ("allow",)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a check of somebody else's may take, before it is stopped."""

    seconds: float = 300.0
    """In all."""
    idle_seconds: float = 60.0
    """Without an object judged, or anything said of one."""
    memory_mib: int = 2048
    """Above what its process has when the plugin is about to be loaded; on Linux only."""
    said_mib: int = 64
    """How much it may say."""


def load(path: Path | None) -> Mapping[str, Any]:
    """The configuration as plain tables: of `path`, else of o365scan.toml here if there is one, else none.

    Raises OptionsError for a file that can't be read, is no TOML or has a table that means nothing.
    """
    if path is None:
        if not DEFAULT_FILE.exists():
            return {}
        path = DEFAULT_FILE
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as cause:
        raise OptionsError(f"can't read {path}: {cause.strerror}") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise OptionsError(f"{path} is no TOML: {cause}") from cause
    for name in tables:
        _refuse_unknown(name, _TABLES, f"{path}: table")
    checks = tables.get("checks", {})
    if not isinstance(checks, dict) or not all(isinstance(each, dict) for each in checks.values()):
        raise OptionsError(f"{path}: 'checks' must hold one table a check", hint='[checks."area.condition"]')
    return tables


def allowed(path: Path | None) -> AllowList | None:
    """The plugins that the configuration lets in besides o365scan's own; None where it does not say: all.

    It is read before any plugin is loaded. Raises OptionsError as `load`, and for a `[plugins]` without a usable list.
    """
    table = load(path).get("plugins")
    source = str(path or DEFAULT_FILE)
    if table is None:
        return None
    if not isinstance(table, dict):
        raise OptionsError(
            f"{source}: 'plugins' must be a table", hint='[plugins]\n  allow = ["o365scan-teams"]'
        )
    for name in table:
        _refuse_unknown(name, _OF_PLUGINS, f"{source}: plugins:")
    if "allow" not in table:
        raise OptionsError(
            f"{source}: plugins lacks 'allow'", hint="An empty list allows o365scan's own only."
        )
    return AllowList.parse(table["allow"], source)


def limits_of(tables: Mapping[str, Any], *, source: str = str(DEFAULT_FILE)) -> Limits:
    """The table `limits`. Raises OptionsError for an unknown key, or a value that is no positive number."""
    import msgspec

    table = tables.get("limits", {})
    if not isinstance(table, dict):
        raise OptionsError(f"{source}: 'limits' must be a table", hint="[limits]")
    names = [field.name for field in dataclasses.fields(Limits)]
    for name in table:
        _refuse_unknown(name, names, f"{source}: limit")
    try:
        limits = msgspec.convert(table, Limits)
    except msgspec.ValidationError as cause:
        raise OptionsError(f"{source}: limits: {cause}") from cause
    for name, value in dataclasses.asdict(limits).items():
        if not 0 < value < threading.TIMEOUT_MAX:
            raise OptionsError(f"{source}: limits.{name} must be more than nought, and finite")
    return limits


def options_of(
    checks: Iterable[Check], tables: Mapping[str, Any], *, source: str = str(DEFAULT_FILE)
) -> dict[str, Any]:
    """The options of each check that takes some, by check id, as its own dataclass.

    `checks` are all known checks. Raises OptionsError for an unknown check or key, or an unusable value.
    """
    known = {check.id: check for check in checks}
    options = {}
    for id, table in tables.get("checks", {}).items():
        _refuse_unknown(id, known, f"{source}: check")
        options[id] = _convert(known[id], table, f"{source}: checks.{id}")
    return options


def _convert(check: Check, table: Mapping[str, Any], where: str) -> Any:
    import msgspec

    if check.options is None:
        raise OptionsError(f"{where}: this check takes no options")
    names = [field.name for field in dataclasses.fields(check.options)]
    for name in table:
        _refuse_unknown(name, names, f"{where}: option")
    try:
        return msgspec.convert(table, check.options)
    except msgspec.ValidationError as cause:
        raise OptionsError(f"{where}: {cause}") from cause
    except OptionsError as cause:
        raise OptionsError(f"{where}: {cause}", hint=cause.hint) from cause


def with_entries(
    table: Mapping[str, Any], entries: Iterable[Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]]
) -> dict[str, Any]:
    """A check's options, as TOML has them, with entries added to its lists and tables of lists; each once."""
    added = dict(table)
    for each in entries:
        for name, value in each.items():
            if isinstance(value, Mapping):
                added[name] = with_entries(added.get(name, {}), [value])
            else:
                added[name] = list(dict.fromkeys((*added.get(name, ()), *value)))
    return added


def _refuse_unknown(name: str, known: Iterable[str], where: str) -> None:
    names = list(known)
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(names))}."
    raise OptionsError(f"{where} {name!r} is not known", hint=hint)
