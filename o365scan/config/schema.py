"""The JSON schema (draft 2020-12) of o365scan.toml, with the options of all installed checks: for editors and gates.

Dates are texts there, as JSON has none. What spans several keys (two tenants of one name) only the reader refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_type_hints

import msgspec

from o365scan.api import Check

from .documented import fields_of, of_class
from .model import Accepted, Limits, Plugins, Scan, Settings, Tenant

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_SAID = r"\S"
_OWN = (Settings, Scan, Tenant, Accepted, Plugins, Limits)


def schema_of(checks: Iterable[Check]) -> dict[str, Any]:
    """The schema; `checks` are all that are installed."""
    components = _components(Settings, "#/$defs/{name}")
    for kind in _OWN:
        _document(components[kind.__name__], kind)
    options = {check.id: check for check in checks if check.options is not None}
    for holder in ("Settings", "Tenant"):
        described = components[holder]["properties"]["checks"].get("description")
        components[holder]["properties"]["checks"] = {
            "description": described,
            **_closed(
                {"type": "object", "properties": {id: {"$ref": f"#/$defs/{id}"} for id in sorted(options)}}
            ),
        }
    for name, property in components["Tenant"]["properties"].items():
        _only(property, _VARIABLE if name.endswith("_env") else _SAID)
    whole = components.pop("Settings")
    return {
        "$schema": DIALECT,
        **whole,
        "title": "o365scan.toml",
        "$defs": {
            **components,
            **{name: each for id in sorted(options) for name, each in _of_check(options[id])},
        },
    }


def _of_check(check: Check) -> Iterator[tuple[str, dict[str, Any]]]:
    """The options of a check, and what they are made of."""
    kind: Any = check.options
    try:
        components = _components(kind, f"#/$defs/{check.id}.{{name}}")
    except TypeError as cause:
        yield check.id, {"type": "object", "description": f"It has no schema: {cause}."}
        return
    own = components.pop(kind.__name__)
    _document(own, kind)
    prose = check.documentation.sections.get("Options", "")
    yield check.id, {**own, "title": check.documentation.title, **({"description": prose} if prose else {})}
    for name, each in components.items():
        yield f"{check.id}.{name}", each


def _components(kind: type, template: str) -> dict[str, dict[str, Any]]:
    """By name of the type; no object has keys that its type doesn't."""
    _, components = msgspec.json.schema_components([kind], ref_template=template)
    return {name: _closed(each) for name, each in components.items()}


def _closed(component: dict[str, Any]) -> dict[str, Any]:
    if "properties" in component:
        component.setdefault("additionalProperties", False)
    return component


def _document(component: dict[str, Any], kind: type) -> None:
    if text := of_class(kind):
        component["description"] = text
    for name, text in fields_of(kind).items():
        if name in component["properties"]:
            component["properties"][name]["description"] = text


def _only(property: dict[str, Any], pattern: str) -> None:
    """For a text that has no pattern of its own."""
    for each in property.get("anyOf", [property]):
        if each.get("type") == "string":
            each.setdefault("pattern", pattern)


def annotated(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    return get_type_hints(kind)
