"""The commented o365scan.toml of `config init`: all that it may say, with defaults and documentation; none in force.

A value stands right after its #, prose after # and a blank.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from enum import EnumType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from o365scan.api import Check

from . import toml_text
from .documented import fields_of, of_class
from .model import Accepted, Limits, Plugins, Scan, Tenant

_INTRODUCTION = """\
o365scan.toml: what o365scan is told of an organisation. Nothing below is in force: take the # before a value away \
(prose has a blank after it). No secret has a place here; name the file or the variable that holds one."""
_TENANTS = """\
Below a tenant may stand [tenants.scan] as [scan], and [tenants.checks."id"] as [checks."id"]; a key there goes before \
the same key for all tenants."""
_CHECKS = "Options of checks: what the organisation expects. `o365scan adopt` proposes entries for them."
_PLACES = {
    "tenant_id": "contoso.onmicrosoft.com",
    "client_id": "00000000-0000-0000-0000-000000000000",
    "certificate_thumbprint": "0" * 40,
    "federated_audience": "api://AzureADTokenExchange",
    "tenant": "contoso",
}
"""What an optional text might be, by its key."""
_WIDTH = 110


def template(checks: Iterable[Check]) -> str:
    """The file as text; `checks` are all that are installed."""
    return "\n".join(_lines(checks)) + "\n"


def _lines(checks: Iterable[Check]) -> Iterator[str]:
    yield from _prose(_INTRODUCTION)
    yield from _table("[scan]", Scan)
    yield from _table("[[tenants]]", Tenant, leave_out=("scan", "checks"))
    yield from _prose(_TENANTS)
    yield from _table("[[accepted]]", Accepted)
    yield from _table("[plugins]", Plugins)
    yield from _table("[limits]", Limits)
    yield ""
    yield from _prose(_CHECKS)
    for check in sorted(checks, key=lambda each: each.id):
        if check.options is not None:
            yield from _check(check)


def _table(header: str, kind: type, leave_out: tuple[str, ...] = ()) -> Iterator[str]:
    yield ""
    yield from _prose(of_class(kind))
    yield f"#{header}"
    documents = fields_of(kind)
    fields = [each for each in dataclasses.fields(kind) if each.name not in leave_out]
    for field in sorted(fields, key=lambda each: not _is_required(each)):
        yield from _prose(documents.get(field.name, ""))
        yield from _field(field, kind)


def _check(check: Check) -> Iterator[str]:
    kind: Any = check.options
    yield ""
    yield from _prose(check.documentation.title)
    for line in check.documentation.sections.get("Options", "").splitlines():
        yield f"# {line}".rstrip()
    yield f"#[checks.{toml_text.key(check.id)}]"
    documents = fields_of(kind)
    for field in dataclasses.fields(kind):
        yield from _prose(documents.get(field.name, ""))
        yield from _field(field, kind)


def _field(field: dataclasses.Field[Any], kind: type) -> Iterator[str]:
    hint = get_type_hints(kind, include_extras=True)[field.name]
    value = msgspec.to_builtins(_value(field, hint), builtin_types=(date,))
    yield f"#{toml_text.key(field.name)} = {toml_text.value(value)}"


def _value(field: dataclasses.Field[Any], hint: Any) -> Any:
    """The default, else an example."""
    if field.default not in (dataclasses.MISSING, None):
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    examples = [each for meta in _metas(hint) for each in meta.examples or ()]
    return examples[0] if examples else _example(field.name, hint)


def _example(name: str, hint: Any) -> Any:
    kinds = [each for each in get_args(hint) or (hint,) if each is not type(None)]
    if get_origin(hint) is tuple or get_origin(kinds[0]) is tuple:
        return []
    if isinstance(kinds[0], EnumType):
        enum: Any = kinds[0]
        return next(iter(enum))
    if date in kinds:
        return date(2027, 1, 31)
    if str in kinds:
        return _PLACES.get(name) or ("O365SCAN_SECRET" if name.endswith("_env") else f"{name}.txt")
    return False


def _metas(hint: Any) -> Iterator[msgspec.Meta]:
    yield from (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, msgspec.Meta))


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _prose(text: str) -> list[str]:
    return [
        line
        for paragraph in text.split("\n\n")
        for line in textwrap.wrap(
            paragraph, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
    ]
