"""A dataset and checks as small as can be, to see what the engine makes of them.

## What it looks at

`Enabled` and `Note` of a thing.

## Why it matters

It matters to the tests.

## Remediation

None.

## Sources

- none
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import (
    GRAPH,
    Data,
    Dataset,
    GraphList,
    Judgement,
    Permission,
    Record,
    Severity,
    Unlicensed,
    check,
    independently,
    not_applicable,
    problem,
    undecided,
)


def dataset(name: str, *, licence: str | None = None, unlicensed: Unlicensed = Unlicensed.UNKNOWN) -> Dataset:
    return Dataset(
        name=name,
        source=GraphList(path="/" + name.partition(".")[2]),
        key="Id",
        title="Name",
        type="Thing",
        permission=Permission(api=GRAPH, app_roles=("Thing.Read.All",)),
        reference="https://example.com/things",
        licence=licence,
        unlicensed=unlicensed,
    )


things = dataset("test.things")
friends = dataset("test.friends")
extras = dataset("test.extras")


@dataclass(frozen=True)
class Limits:
    accept: tuple[str, ...] = ()


@check("test.thing-is-enabled", severity=Severity.MEDIUM, each=things, options=Limits)
def thing_is_enabled(thing: Record, options: Limits) -> Iterator[Judgement]:
    if thing.key in options.accept:
        return
    if not thing.flag("Enabled"):
        yield problem("It is off.", thing.at("Enabled"))
    if thing.text("Note") == "bad":
        yield problem("The note is bad.", thing.at("Note"), severity=Severity.CRITICAL)


@check("test.thing-has-a-friend", severity=Severity.HIGH, each=things, reads=[friends], optional=[extras])
def thing_has_a_friend(thing: Record, data: Data) -> Iterator[Judgement]:
    yield from independently(_lonely(thing, data), _noted(thing))
    extra = data.get(extras)
    if extra is not None and extra.get(thing.key):
        yield undecided("There is an extra.", at=thing)


def _lonely(thing: Record, data: Data) -> Iterator[Judgement]:
    if thing.text("Friend") not in data.once(names_of_friends):
        yield problem("It has no friend.", thing.at("Friend"))


def _noted(thing: Record) -> Iterator[Judgement]:
    if thing.text("Note") == "bad":
        yield problem("The note is bad.", thing.at("Note"))


def names_of_friends(data: Data) -> frozenset[str]:
    return frozenset(friend.text("Name") for friend in data[friends])


@check("test.there-are-things", severity=Severity.LOW, reads=[things])
def there_are_things(data: Data) -> Iterator[Judgement]:
    if not list(data[things]):
        yield problem("There is nothing.")


@check("test.thing-crashes", severity=Severity.LOW, each=things)
def thing_crashes(thing: Record) -> Iterator[Judgement]:
    if thing.text("Note") == "bad":
        yield problem("The note is bad.")
    raise ZeroDivisionError("one by nought")


@check("test.thing-is-not-a-copy", severity=Severity.LOW, each=things, reads=[])
def thing_is_not_a_copy(thing: Record, data: Data) -> Iterator[Judgement]:
    first = next(other for other in data[things] if other.text("Note") == thing.text("Note"))
    if len([other for other in data[things] if other.text("Note") == thing.text("Note")]) > 1:
        yield problem("It has a copy.", at=first)


@check("test.things-are-in-order", severity=Severity.LOW, reads=[things])
def things_are_in_order(data: Data) -> Iterator[Judgement]:
    for thing in data[things]:
        if not thing.flag("Enabled"):
            yield problem("It is off.", at=thing)


@check("test.thing-yields-a-text", severity=Severity.LOW, each=things)
def thing_yields_a_text(thing: Record) -> Iterator[Judgement]:
    yield thing.text("Name")  # type: ignore[misc]


@check("test.thing-has-a-friend-if-it-must", severity=Severity.LOW, each=things)
def thing_has_a_friend_if_it_must(thing: Record) -> Iterator[Judgement]:
    yield not_applicable("It needs none.")
    if not thing.flag("Enabled"):
        yield problem("It is off.", thing.at("Enabled"))


@check("test.thing-is-severe", severity=Severity.LOW, each=things)
def thing_is_severe(thing: Record) -> Iterator[Judgement]:
    yield problem("It is.", thing.at("Name"), severity="high")  # type: ignore[arg-type]


@check("test.thing-exits", severity=Severity.LOW, each=things)
def thing_exits(thing: Record) -> Iterator[Judgement]:
    raise SystemExit(0)
    yield problem("Never.", thing.at("Name"))


@dataclass(frozen=True)
class Demanding:
    needed: str


@check("test.thing-needs-options", severity=Severity.LOW, each=things, options=Demanding)
def thing_needs_options(thing: Record, options: Demanding) -> Iterator[Judgement]:
    if thing.text("Name") == options.needed:
        yield problem("It is.")
