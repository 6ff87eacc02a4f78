"""Judging administrators one by one: what all checks of them have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from o365scan.api import (
    Data,
    Evidence,
    Judgement,
    Problem,
    Record,
    Severity,
    Undecidable,
    Undecided,
    independently,
    undecided,
)

from .administrators import administrators
from .holdings import Administrator
from .people import is_agent
from .roles import BUILT_IN, Level

_SHOWN = 5
_BY_REACH = {Level.TENANT: Severity.HIGH, Level.SERVICE: Severity.MEDIUM, Level.READER: Severity.LOW}


def judged_one_by_one(
    data: Data, judge: Callable[[Administrator], Iterator[Judgement]]
) -> Iterator[Judgement]:
    """The judgements on each administrator, and the doubts whether these are all.

    What can't be read of one hides nobody else. Of an account that is disabled now every problem is low. The user
    accounts of agents are left out: nobody signs in to them.
    """
    everybody = data.once(administrators)
    yield from everybody.doubts
    for admin in everybody.people.values():
        if not is_agent(admin.user):
            yield from _judged(admin, judge)
    yield from independently(unknown_roles(everybody.unknown))


def _judged(
    admin: Administrator, judge: Callable[[Administrator], Iterator[Judgement]]
) -> Iterator[Judgement]:
    try:
        enabled = admin.user.flag("accountEnabled")
        for judgement in judge(admin):
            yield judgement if enabled else if_disabled(judgement)
    except Undecidable as cause:
        yield replace(Undecided.by(cause), at=admin.user)


def if_disabled(judgement: Judgement) -> Judgement:
    """The same of an account that is disabled now: it is one switch away."""
    if not isinstance(judgement, Problem):
        return judgement
    said = f"The account is disabled now; enabled, it would be so: {judgement.message}"
    return replace(judgement, message=said, severity=Severity.LOW, accept=None)


def unknown_roles(assignments: list[Record]) -> Iterator[Judgement]:
    """A role that no definition was read of may be an administrator's."""
    strange = [
        each for each in assignments if BUILT_IN.get(each.text("roleDefinitionId").lower()) is not Level.NONE
    ]
    if strange:
        shown = [each.at("roleDefinitionId") for each in strange[:_SHOWN]]
        yield undecided(
            f"{len(strange)} assignments are of roles that are not among the role definitions.", *shown
        )


def held(admin: Administrator) -> tuple[Evidence, ...]:
    """What shows that somebody is an administrator: the furthest role."""
    first = admin.furthest_first[0]
    group = (first.group.at("displayName"),) if first.group is not None else ()
    owner = (first.owner.at("id"),) if first.owner is not None else ()
    fields = [each for each in ("roleDefinitionId", "directoryScopeId", "accessId") if each in first.source]
    return tuple(first.source.at(each) for each in fields) + group + owner


def by_reach(admin: Administrator) -> Severity:
    """High one step from the tenant, medium for one service or part, low for who only reads."""
    return _BY_REACH[admin.reach]


def is_named(user: Record, names: Collection[str]) -> bool:
    """Is the account among those named by user principal name or object id?"""
    wanted = {name.lower() for name in names}
    return user.key.lower() in wanted or user.text("userPrincipalName").lower() in wanted
