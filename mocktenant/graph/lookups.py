"""Questions that are asked by POST: objects by their ids, memberships, hunting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import directory, errors
from mocktenant.graph.calls import Reply
from mocktenant.graph.schema import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_MOST = 1000
_MOST_CHECKED = 20


def by_ids(call: Call) -> Reply:
    """The directory objects of some ids; those that are nobody's are left out."""
    ids, types = call.body["ids"], {str(each).lower() for each in call.body.get("types") or []}
    if len(ids) > _MOST:
        raise errors.bad_value(f"Too many ids: no more than {_MOST} can be asked for.")  # wording unconfirmed
    found = directory.by_ids(call.tenant, ids)
    return Reply(200, items=[item for item in found if not types or _type(item).lower() in types])


def member_objects(call: Call) -> Reply:
    """The ids of groups, roles and units that an object is a member of, through others too."""
    return _ids(call, (item["id"] for item in _memberships(call)))


def member_groups(call: Call) -> Reply:
    """The ids of groups alone."""
    return _ids(call, (item["id"] for item in _memberships(call) if _type(item) == "group"))


def check_member_groups(call: Call) -> Reply:
    """Those of some groups that an object is a member of."""
    return _checked(call, "groupIds", kinds={"group"})


def check_member_objects(call: Call) -> Reply:
    """Those of some groups, roles and units."""
    return _checked(call, "ids", kinds={"group", "directoryRole", "administrativeUnit"})


def hunted(call: Call) -> Reply:
    """No rows: the query language is not emulated, and a well-run tenant has nothing to show."""
    context = f"{call.base}/$metadata#microsoft.graph.security.huntingQueryResults"
    return Reply(200, body={"@odata.context": context, "schema": [], "results": []})


def _checked(call: Call, name: str, kinds: set[str]) -> Reply:
    wanted = [str(each).lower() for each in call.body[name]]
    if len(wanted) > _MOST_CHECKED:
        raise errors.bad_value(f"Too many ids: no more than {_MOST_CHECKED} can be checked.")  # unconfirmed
    held = {item["id"] for item in _memberships(call, all_kinds=True) if _type(item) in kinds}
    return _ids(call, (each for each in wanted if each in held))


def _memberships(call: Call, *, all_kinds: bool = False) -> list[Object]:
    found = directory.transitive_member_of(call.tenant, call.parents[0]["id"])
    if all_kinds or not call.body.get("securityEnabledOnly"):
        return found
    return [item for item in found if _type(item) != "group" or item.get("securityEnabled")]


def _type(item: Object) -> str:
    return str(item["@odata.type"]).removeprefix(PREFIX)


def _ids(call: Call, ids: Iterable[str]) -> Reply:
    context = f"{call.base}/$metadata#Collection(Edm.String)"
    return Reply(200, body={"@odata.context": context, "value": list(ids)})
