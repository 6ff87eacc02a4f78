"""What the app lacks, role by role: who needs it, and what would do instead.

Of several roles that would do, the least privileged is asked for, and none that another makes needless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from o365scan.api import Check, Dataset
from o365scan.auth.claims import Claims
from o365scan.doctor.probes import Probe, State
from o365scan.registering.needs import least, roles_of, suffices


@dataclass(frozen=True)
class Missing:
    """One role that must be granted: an app role of `api`, or a directory role (`api` is None).

    `instead` are entries of permissions, any of which opens all of the datasets just as well.
    """

    role: str
    api: str | None
    datasets: tuple[str, ...]
    checks: tuple[str, ...]
    instead: tuple[str, ...]


@dataclass(frozen=True)
class Trouble:
    """Datasets that could not be read although all is granted, with what was said of the first."""

    state: State
    api: str
    datasets: tuple[str, ...]
    checks: tuple[str, ...]
    said: str
    hint: str | None


class Readers:
    """Which checks need a dataset, be it through others."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._read = {check.id: _names((*check.datasets, *check.optional)) for check in checks}

    def of(self, datasets: Iterable[str]) -> tuple[str, ...]:
        """The ids of the checks that need any of them, sorted."""
        wanted = set(datasets)
        return tuple(sorted(id for id, names in self._read.items() if not names.isdisjoint(wanted)))


def _names(datasets: Iterable[Dataset]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(datasets)
    while waiting:
        dataset = waiting.pop()
        if dataset.name not in found:
            found.add(dataset.name)
            waiting.extend(dataset.needs)
    return frozenset(found)


def app_roles(
    datasets: Iterable[Dataset], claims: Mapping[str, Claims], readers: Readers
) -> tuple[Missing, ...]:
    """The app roles that no token shows. A person's sign-in has none, and may need none: it is left out."""
    wanted = list(datasets)
    found: list[Missing] = []
    for api, held in sorted(claims.items()):
        choices = {
            each.name: each.permission.app_roles
            for each in wanted
            if each.permission.api == api and not suffices(each.permission.app_roles, held.roles)
        }
        found += [] if held.is_delegated else _missing(choices, held.roles, api, readers)
    return tuple(found)


def directory_roles(
    datasets: Iterable[Dataset], held: tuple[str, ...], probes: Mapping[str, Probe], readers: Readers
) -> tuple[Missing, ...]:
    """The directory roles that the token does not show, where nothing could be read without them.

    Exchange's own role groups open cmdlets as well, and no token tells of them: where all could be read that takes the
    same roles, as far as it was tried, no more is needed.
    """
    lacking = [each for each in datasets if not each.permission.is_opened_by(held)]
    states: dict[tuple[str, ...], set[State]] = {}
    for each in lacking:
        states.setdefault(each.permission.directory_roles, set()).add(probes[each.name].state)
    opened = {choice for choice, found in states.items() if State.READ in found and State.DENIED not in found}
    choices = {
        each.name: each.permission.directory_roles
        for each in lacking
        if each.permission.directory_roles not in opened
    }
    return tuple(_missing(choices, held, None, readers))


def _missing(
    choices: Mapping[str, tuple[str, ...]], held: tuple[str, ...], api: str | None, readers: Readers
) -> Iterator[Missing]:
    granted = {*held, *least(choices.values(), held)}
    concerned: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, choice in choices.items():
        taken = next(entry for entry in choice if granted.issuperset(roles_of(entry)))
        for role in set(roles_of(taken)) - set(held):
            concerned.setdefault(role, {})[name] = tuple(entry for entry in choice if entry != taken)
    for role, others in sorted(concerned.items()):
        anywhere = set.intersection(*(set(entries) for entries in others.values()))
        instead = tuple(entry for entry in next(iter(others.values())) if entry in anywhere)
        yield Missing(role, api, tuple(sorted(others)), readers.of(others), instead)


def troubles(
    datasets: Iterable[Dataset],
    probes: Mapping[str, Probe],
    lacking: Iterable[Missing],
    readers: Readers,
) -> tuple[Trouble, ...]:
    """What could not be read although the token has all that it takes, by API and what went wrong.

    Licences that a dataset names are told by themselves.
    """
    explained = {name for each in lacking for name in each.datasets}
    groups: dict[tuple[str, State], list[str]] = {}
    for dataset in datasets:
        found = probes[dataset.name]
        unlicensed = found.state is State.NOT_LICENSED and dataset.licence is not None
        quiet = found.opened or unlicensed or found.state is State.UNTRIED
        if not quiet and not (found.state is State.DENIED and dataset.name in explained):
            groups.setdefault((dataset.service, found.state), []).append(dataset.name)
    return tuple(
        Trouble(state, api, tuple(names), readers.of(names), probes[names[0]].said, probes[names[0]].hint)
        for (api, state), names in sorted(groups.items())
    )
