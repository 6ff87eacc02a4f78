"""Who is in the groups that Conditional Access policies name: what decides whether a policy is for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from o365scan.api import GRAPH, Data, Dataset, FanOut, GraphList, Permission, Record

from .administrators import READS as ADMINISTRATORS
from .administrators import administrators
from .answers import read_of
from .conditional_access_policy import DISABLED, REPORT_ONLY, Person
from .directory import groups, users
from .people import external_type, is_agent
from .policies import conditional_access_policies

_INCLUDED, _EXCLUDED = "conditions/users/includeGroups", "conditions/users/excludeGroups"


def _named(data: Data) -> frozenset[str]:
    """The groups that enabled policies name; none if no policy is for a group."""
    enabled = [
        each for each in data[conditional_access_policies]
        if each.get("state") not in (DISABLED, REPORT_ONLY)
    ]  # fmt: skip
    included, excluded = (
        {str(id).lower() for each in enabled for id in each.get(path) or ()}
        for path in (_INCLUDED, _EXCLUDED)
    )
    return frozenset(included | excluded) if included else frozenset()


def _is_named(group: Record, data: Data) -> bool:
    return group.key.lower() in data.once(_named)


policy_group_members = Dataset(
    name="entra.policy-group-members",
    source=FanOut(
        over=groups,
        request=GraphList(path="/groups/{id}/transitiveMembers", select=("id",), page_size=999),
        where=_is_named,
        reads=(conditional_access_policies,),
    ),
    key="id",
    title="id",
    type="directoryObject",
    permission=Permission(
        api=GRAPH, app_roles=("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
    ),
    reference="https://learn.microsoft.com/graph/api/group-list-transitivemembers",
    configuration=False,
)
"""The members of each group that an enabled policy names, nested ones included; read only if one is for a group."""

OPTIONAL = (groups, policy_group_members, *ADMINISTRATORS)
"""The datasets that `people_at_large` looks into, beside the policies."""


@dataclass
class People:
    """Everybody who can sign in and is no administrator, as the groups that policies name tell them apart."""

    alike: Mapping[Person, list[Record]] = field(default_factory=dict)
    """People who are in the same of these groups, and of the same kind of outsider."""
    unread: frozenset[str] = frozenset()
    """Groups whose members could not be read: anybody may be in them."""


def people_at_large(data: Data) -> People:
    """For `data.once`. Raises Undecidable if the users, or who administers, could not be read.

    Administrators, and the accounts of agents and of the synchronisation, are judged elsewhere.
    """
    everybody, members = data.once(administrators), _members(data)
    alike: dict[Person, list[Record]] = defaultdict(list)
    for user in data[users]:
        elsewhere = user.key in everybody.people or user.key in everybody.synchronisation
        if user.flag("accountEnabled") and not elsewhere and not is_agent(user):
            own = frozenset(id for id, inside in members.items() if inside and user.key.lower() in inside)
            alike[Person("", groups=own, external=external_type(user))].append(user)
    return People(alike, frozenset(id for id, inside in members.items() if inside is None))


def _members(data: Data) -> dict[str, frozenset[str] | None]:
    """By the group's id, in lower case; None for what could not be read. What was deleted has none."""
    known = {group.key.lower(): group for group in data[groups]}
    return {
        id: _members_of(known[id], data) if id in known else frozenset()
        for id in data.once(_named)
    }  # fmt: skip


def _members_of(group: Record, data: Data) -> frozenset[str] | None:
    # A list of hidden members is empty for who may not see them (Member.Read.Hidden).
    if group.get("visibility") == "HiddenMembership":
        return None
    found = read_of(data, policy_group_members, group)
    return None if found is None else frozenset(each.key.lower() for each in found)
