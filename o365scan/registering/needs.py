"""The least that an app must be granted for datasets, where many can be read with any one of several roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from o365scan.api import EXCHANGE, GRAPH, Dataset, O365ScanError
from o365scan.sign_in import CloudName

#: The app ids of the APIs that the core reads, the same in every tenant and cloud.
#: https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
APP_IDS: Mapping[str, str] = {
    GRAPH: "00000003-0000-0000-c000-000000000000",
    EXCHANGE: "00000002-0000-0ff1-ce00-000000000000",
}
_ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESOURCE = re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9._-]*)*")
_DIRECTORY_ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .()&-]*")


class Unquotable(O365ScanError):
    """A plugin names a role or an API in a way that no role or API of Microsoft's is named."""


@dataclass(frozen=True)
class Grants:
    """What is to be granted: app roles by the name of their API, and directory roles by name.

    `resources` leads from an API to its service principal: by app id, or by the URI that its tokens are asked for.
    `elsewhere` is in words what no script here grants.
    """

    app_roles: Mapping[str, tuple[str, ...]]
    directory_roles: tuple[str, ...]
    resources: Mapping[str, str]
    elsewhere: tuple[str, ...] = ()

    def checked(self) -> Self:
        """Itself. Raises Unquotable for names that a script could not safely hold: some are a plugin's."""
        app_roles = [role for roles in self.app_roles.values() for role in roles]
        for pattern, names in (
            (_ROLE, app_roles),
            (_DIRECTORY_ROLE, self.directory_roles),
            (_RESOURCE, [each for each in self.resources.values() if each not in APP_IDS.values()]),
        ):
            for name in names:
                if not pattern.fullmatch(name):
                    raise Unquotable(f"a plugin asks for {name!r}, which is no name of Microsoft's")
        return self

    def __bool__(self) -> bool:
        return bool(self.directory_roles or any(self.app_roles.values()))


def roles_of(entry: str) -> tuple[str, ...]:
    """The roles that one entry of a permission names together ("Global Reader + Security Reader")."""
    return tuple(role.strip() for role in entry.split("+"))


def suffices(choice: tuple[str, ...], held: Collection[str]) -> bool:
    """Whether the roles held fill one entry of a choice; a choice without entries is filled by none."""
    return not choice or any(set(roles_of(entry)).issubset(held) for entry in choice)


def least(choices: Iterable[tuple[str, ...]], held: Collection[str] = ()) -> tuple[str, ...]:
    """The roles to grant besides those held, sorted.

    Each choice is filled by its first entry, which is the least privileged; then each role is left out that the others
    make needless, the broader ones (that would do for more) first.
    """
    open_ones = [choice for choice in dict.fromkeys(choices) if not suffices(choice, held)]
    wanted = {role for choice in open_ones for role in roles_of(choice[0])} - set(held)
    broad = Counter(role for choice in open_ones for entry in choice[1:] for role in roles_of(entry))
    for role in sorted(wanted, key=lambda each: (-broad[each], each)):
        fewer = wanted - {role} | set(held)
        if all(suffices(choice, fewer) for choice in open_ones):
            wanted.discard(role)
    return tuple(sorted(wanted))


def grants_for(datasets: Iterable[Dataset], cloud: CloudName = CloudName.GLOBAL) -> Grants:
    """The least that opens all of the datasets to an app that holds nothing yet. Raises Unquotable.

    Nothing is granted for an API that its plugin does not know in the cloud: nothing is read from it there.
    """
    wanted = [each for each in datasets if _resource(each, cloud) is not None]
    resources = resources_of(wanted, cloud)
    return Grants(
        app_roles={
            api: least(each.permission.app_roles for each in wanted if each.permission.api == api)
            for api in resources
        },
        directory_roles=least(each.permission.directory_roles for each in wanted),
        resources=resources,
        elsewhere=tuple(sorted({each.permission.elsewhere for each in wanted if each.permission.elsewhere})),
    ).checked()


def resources_of(datasets: Iterable[Dataset], cloud: CloudName) -> dict[str, str]:
    """By what the service principal of each API that takes app roles is found."""
    found = {
        each.permission.api: resource
        for each in datasets
        if each.permission.app_roles and (resource := _resource(each, cloud)) is not None
    }
    return dict(sorted(found.items()))


def _resource(dataset: Dataset, cloud: CloudName) -> str | None:
    """The app id of one of the core's APIs, the URI of a declared one; None for one that is not in the cloud."""
    api = dataset.api
    if api is None:
        return APP_IDS.get(dataset.permission.api, "")
    return api.resource if cloud is CloudName.GLOBAL else api.in_clouds.get(cloud)
