"""What a file brings into a tenant: the same as over the control plane, for whoever starts one by a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocktenant.control import state
from mocktenant.control.bodies import BodyInvalid
from mocktenant.declared import DeclarationInvalid
from mocktenant.naming import UnknownCollection
from mocktenant.shapes import ObjectInvalid

if TYPE_CHECKING:
    from mocktenant.tenant import Tenant

_TENANT = "{@tenant}"


class BroughtInvalid(ValueError):
    """A file that brings nothing that the tenant could hold; the message says which, and why."""


def bring(tenant: Tenant, path: Path) -> None:
    """Bring what a JSON file holds: by the name of a collection, its declaration or a list of its objects.

    A declaration is what `PUT /_mock/collections/<name>` takes, an object what `PUT /_mock/state/<name>` takes;
    `{@tenant}` in a text stands for the tenant's id. Raises BroughtInvalid.
    """
    try:
        found = json.loads(path.read_text("utf-8").replace(_TENANT, tenant.tenant_id))
    except OSError as cause:
        raise BroughtInvalid(f"can't read {path}: {cause.strerror}") from cause
    except (ValueError, RecursionError) as cause:
        raise BroughtInvalid(f"{path} is no JSON: {cause}") from cause
    if not isinstance(found, dict):
        raise BroughtInvalid(f"{path} holds no object with a member for each collection")
    for name, what in found.items():
        try:
            _one(tenant, name, what)
        except (BodyInvalid, DeclarationInvalid, ObjectInvalid, UnknownCollection) as cause:
            raise BroughtInvalid(f"{path}: {name}: {cause}") from cause


def _one(tenant: Tenant, name: str, what: Any) -> None:
    if isinstance(what, list):
        for each in what:
            state.put(tenant, name, None, each)
    else:
        state.declare(tenant, name, what)
