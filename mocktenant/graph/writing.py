"""A request that would change something: which method of the row it means, what it takes, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mocktenant.collection import Object
from mocktenant.graph import audit, bodies, errors
from mocktenant.graph.answers import Answerer
from mocktenant.graph.calls import Call, Caller, Reply
from mocktenant.graph.paths import Target
from mocktenant.graph.projection import projected
from mocktenant.graph.resources import Roles, Write


def method_of(found: Target, method: str) -> Write:
    """What the row has for a method at this place of the path. Raises GraphRefused."""
    write = found.row.writes.get(f"{method} $ref" if found.suffix == "$ref" else method)
    at_one = method in ("PATCH", "DELETE")
    fits = found.form == ("single" if at_one or found.row.singleton else "list")
    if write is None or not fits or found.member or found.suffix == "$value":
        known = [*(["GET"] if found.row.read else []), *found.row.writes]
        hint = f"known methods: {', '.join(known)}"
        raise errors.not_allowed().not_known(f"{method} {found.row.path}", hint)
    return write


def needs(write: Write, body: Any) -> list[Roles]:
    """What the caller must hold: one of each list. A body may touch what takes an app role of its own."""
    names = [name for name in body if "@" not in name] if isinstance(body, dict) else []
    own = [write.by_property[name] for name in names if name in write.by_property]
    plain = [write.roles] if not own or any(name not in write.by_property for name in names) else []
    return list(dict.fromkeys([*plain, *own]))


@dataclass(frozen=True)
class Writer:
    """One request to change something, after it was let through.

    `demands` are the directory roles that it turned out to need besides, any one of each list.
    """

    answerer: Answerer
    caller: Caller
    method: str
    demands: list[Roles] = field(default_factory=list)

    def done(self, write: Write, body: Any) -> Reply:
        """Does it. Raises GraphRefused."""
        view, found = self.answerer.view, self.answerer.target
        item = self.answerer.object() if self.method in ("PATCH", "DELETE") else None
        given = bodies.read(write, body, beta=view.beta)
        call = Call(
            tenant=view.tenant,
            caller=self.caller,
            target=found,
            parents=self.answerer.parents,
            item=item,
            body=given,
            base=self.answerer.base,
            demands=self.demands,
        )
        before = audit.target_of(call)
        reply = write.act(call)
        if write.activity is not None:
            audit.note(call, write.activity, before, reply)
        return reply

    def told(self, reply: Reply) -> Mapping[str, Any] | None:
        """The answer's body; None where there is none."""
        if reply.items is not None:
            context = f"{self.answerer.base}/$metadata#directoryObjects"
            return {"@odata.context": context, "value": [self._any(item) for item in reply.items]}
        if reply.item is None:
            return reply.body
        row = self.answerer.target.row
        kind = reply.type_name or row.type_name
        context = self.answerer.entity_context if not reply.type_name else f"#microsoft.graph.{kind}"
        sent = projected(self.answerer.view, kind, reply.item, mixed=row.mixed and not reply.type_name)
        return {"@odata.context": f"{self.answerer.base}/$metadata{context}", **sent}

    def place(self, reply: Reply) -> str | None:
        """Where what was made can be found."""
        if reply.status != 201 or reply.item is None or "id" not in reply.item:
            return None
        return f"{self.answerer.url}/{reply.item['id']}"

    def _any(self, item: Object) -> Object:
        return projected(self.answerer.view, "directoryObject", item, mixed=True)
