"""The body of a request that would change something: read against its type, refused by the property's name.

The words are those of Microsoft's OData reader; that every service behind Graph uses them is unconfirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocktenant.graph import errors
from mocktenant.graph.schema import Property, is_type, members, type_named, type_of
from mocktenant.graph.terms import normal

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.resources import Write

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WHOLE = {"Int16": 2**15, "Int32": 2**31, "Int64": 2**63}
_NO_JSON = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON "
    "format."
)


def read(write: Write, body: Any, *, beta: bool) -> Object:
    """A body as the method takes it. Raises GraphRefused."""
    if write.takes is None:
        return {}
    if not isinstance(body, dict):
        raise errors.bad_request(_NO_JSON)
    given: Object = body
    if write.takes == "":
        given = _parameters(write.parameters, body)
    else:
        checked(write.takes, {name: body[name] for name in body.keys() - write.also}, beta=beta)
    for name in write.read_only & given.keys():
        raise errors.bad_value(f"Property '{name}' is read-only and cannot be set.")
    for name in write.needed:
        if given.get(name) is None:
            kind = (write.takes or "request")[:1].upper() + (write.takes or "request")[1:]
            raise errors.bad_value(f"A value is required for property '{name}' of resource '{kind}'.")
    return given


def checked(type_name: str, body: Mapping[str, Any], *, beta: bool) -> None:
    """Every property is one of the type's and of its kind. Raises GraphRefused."""
    kind = type_named(type_of(body, type_name))
    for name, value in body.items():
        if "@" in name or kind.open:  # annotations, and what may hold anything
            continue
        one = kind.get(name, beta=beta)
        if one is None or one.name != name:
            raise errors.bad_request(
                f"The property '{name}' does not exist on type 'microsoft.graph.{kind.name}'. Make sure to only "
                "use property names that are defined by the type."
            )
        _value(one, value, beta=beta)


def plain(body: Mapping[str, Any]) -> Object:
    """A body without annotations, but for the type that an object says it has."""
    return {name: value for name, value in body.items() if "@" not in name or name == "@odata.type"}


def _parameters(known: Mapping[str, str], body: Mapping[str, Any]) -> Object:
    """The fields of an action; their names may be in any case, as callers of the hunting API write them."""
    kinds = {name.lower(): (name, kind) for name, kind in known.items()}
    found: Object = {}
    for name, value in body.items():
        if "@" in name:
            found[name] = value
            continue
        if name.lower() not in kinds:
            raise errors.bad_request(
                f"The parameter '{name}' in the request payload is not a valid parameter for the operation."
            )
        proper, kind = kinds[name.lower()]
        _value(Property(proper, kind.strip("[]"), kind.startswith("["), beta=False), value, beta=True)
        found[proper] = value
    return found


def _value(one: Property, value: Any, *, beta: bool) -> None:
    if value is None:
        return
    if not one.many:
        _single(one, value, beta=beta)
        return
    if not isinstance(value, list):
        raise _unexpected(
            one, "PrimitiveValue" if not isinstance(value, dict) else "StartObject", "StartArray"
        )
    for each in value:
        _single(one, each, beta=beta)


def _single(one: Property, value: Any, *, beta: bool) -> None:
    if is_type(one.kind):
        if not isinstance(value, dict):
            raise _unexpected(
                one, "StartArray" if isinstance(value, list) else "PrimitiveValue", "StartObject"
            )
        checked(one.kind, value, beta=beta)
    elif isinstance(value, dict | list):
        raise _unexpected(one, "StartObject" if isinstance(value, dict) else "StartArray", "PrimitiveValue")
    elif not _fits(one, value):
        kind = f"microsoft.graph.{one.enum}" if one.kind == "Enum" else f"Edm.{one.kind}"
        said = value if isinstance(value, str) else str(value).lower()
        raise errors.bad_request(f"Cannot convert the literal '{said}' to the expected type '{kind}'.")


def _fits(one: Property, value: Any) -> bool:
    if one.kind == "Boolean":
        return isinstance(value, bool)
    if one.kind in _WHOLE:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and abs(value) < _WHOLE[one.kind]
    if one.kind in ("Double", "Single", "Decimal"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and _text_fits(one, value)


def _text_fits(one: Property, value: str) -> bool:
    if one.kind == "Guid":
        return _GUID.fullmatch(value) is not None
    if one.kind in ("DateTimeOffset", "Date"):
        return normal(value, one.kind) is not None
    known = {name.lower() for name in members(one.enum)}
    return not known or all(part.strip().lower() in known for part in value.split(","))


def _unexpected(one: Property, found: str, wanted: str) -> errors.GraphRefused:
    return errors.bad_request(
        f"An unexpected '{found}' node was found for property named '{one.name}' when reading from the JSON "
        f"reader. A '{wanted}' node was expected."
    )
