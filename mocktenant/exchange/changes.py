"""How cmdlets change things: most set the properties that their parameters are called after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.cmdlet import Ask, Cmdlet, Command, Outcome, found
from mocktenant.exchange.grants import Grant
from mocktenant.exchange.objects import stamp
from mocktenant.exchange.parameters import Edit, Many, Number, OrNull, Parameter, Read, Switch, Text
from mocktenant.shapes import KEYS, key_of
from mocktenant.tenant import Tenant
from mocktenant.words import words

DONE = Outcome()

_NO_PROPERTY = frozenset({"Identity", "Mailbox", "Force"})
_FORCE: Mapping[str, Parameter] = {"Force": Switch()}


def switches(names: str) -> dict[str, Parameter]:
    """Parameters that are true or false."""
    return dict.fromkeys(words(names), Switch())


def texts(names: str) -> dict[str, Parameter]:
    """Parameters that are text, or null."""
    return dict.fromkeys(words(names), OrNull(Text()))


def lists(names: str) -> dict[str, Parameter]:
    """Parameters of many values."""
    return dict.fromkeys(words(names), Many())


def numbers(names: str) -> dict[str, Parameter]:
    """Parameters that are numbers."""
    return dict.fromkeys(words(names), Number())


def nullable_switches(names: str) -> dict[str, Parameter]:
    """Parameters that are true, false or left to somebody else."""
    return dict.fromkeys(words(names), OrNull(Switch()))


def target(tenant: Tenant, reading: Cmdlet, given: Read) -> Object:
    """The one object that a request means, the first where it names none. Raises Refusal."""
    items = found(tenant, reading, given)
    if not items:
        raise errors.not_found(str(given.get("Identity", "")))
    return items[0]


def changed(tenant: Tenant, now: Object, given: Read) -> Object:
    """The properties that a request sets; `now` are the present ones, to which values are added."""
    changes: Object = {}
    for name, value in given.items():
        if name not in _NO_PROPERTY:
            changes[name] = _plain(value, now.get(name))
    return changes | {"WhenChangedUTC": stamp(tenant.clock)}


def _plain(value: Any, now: Any) -> Any:
    if isinstance(value, Edit):
        return value.of(list(now) if isinstance(now, list) else [])
    return stamp(value) if isinstance(value, datetime) else value


def question(what: str) -> Ask:
    """The question before a change that can't be taken back. Unconfirmed: its wording."""

    def ask(_tenant: Tenant, given: Read) -> str | None:
        return f'Are you sure you want to perform this action?\r\n{what} "{given.get("Identity", "")}".'

    return ask


Convert = Callable[[Tenant, Object], Object]


def _as_given(_tenant: Tenant, changes: Object) -> Object:
    return changes


def setter(
    reading: Cmdlet,
    parameters: Mapping[str, Parameter],
    *,
    grant: Grant,
    collection: str | None = None,
    convert: Convert = _as_given,
    alone: bool = False,
    unemulated: str = "",
    unconfirmed: str = "",
) -> Command:
    """A Set- cmdlet for what a Get- cmdlet reads; `alone` is the one of its kind, which needs no Identity.

    `collection` is where decisions go that do not stand in the object itself, under its Guid.
    """

    def act(tenant: Tenant, given: Read) -> Outcome:
        item = target(
            tenant, reading, {"Identity": given["Identity"]} if "Identity" in given and not alone else {}
        )
        now = reading.shape(tenant, item)
        record(tenant, collection or reading.collection, item, convert(tenant, changed(tenant, now, given)))
        return DONE

    return Command(
        act=act,
        grant=grant,
        parameters={"Identity": Text(), **parameters, **_FORCE},
        required=() if alone else ("Identity",),
        unemulated=frozenset(words(unemulated)),
        unconfirmed=unconfirmed,
    )


def record(tenant: Tenant, collection: str, item: Object, changes: Object) -> None:
    """Writes changes into an object, or into the decisions about it, which begin with its Guid."""
    key = key_of(KEYS[collection], item)
    if key in tenant.collection(collection):
        tenant.patch(collection, key, changes)
    else:
        tenant.put(collection, {part: item[part] for part in KEYS[collection].split("/")} | changes)


def fixed(
    reading: Cmdlet, changes: Object, *, grant: Grant, ask: Ask | None = None, unconfirmed: str = ""
) -> Command:
    """An Enable- or Disable- cmdlet."""

    def act(tenant: Tenant, given: Read) -> Outcome:
        record(tenant, reading.collection, target(tenant, reading, given), changes | changed(tenant, {}, {}))
        return DONE

    return Command(
        act=act,
        ask=ask,
        grant=grant,
        parameters={"Identity": Text(), **_FORCE},
        required=("Identity",),
        unconfirmed=unconfirmed,
    )


def remover(reading: Cmdlet, what: str, *, grant: Grant, unconfirmed: str = "") -> Command:
    """A Remove- cmdlet."""

    def act(tenant: Tenant, given: Read) -> Outcome:
        item = target(tenant, reading, given)
        tenant.delete(reading.collection, key_of(KEYS[reading.collection], item))
        return DONE

    return Command(
        act=act,
        ask=question(what),
        grant=grant,
        parameters={"Identity": Text(), **_FORCE},
        required=("Identity",),
        unconfirmed=unconfirmed,
    )


def maker(
    reading: Cmdlet,
    parameters: Mapping[str, Parameter],
    *,
    required: str,
    grant: Grant,
    convert: Convert = _as_given,
    unemulated: str = "",
    unconfirmed: str = "",
) -> Command:
    """A New- cmdlet: it answers with what it made, as PowerShell shows it."""

    def act(tenant: Tenant, given: Read) -> Outcome:
        names = {str(item.get("Name", "")).lower() for item in tenant.objects(reading.collection)}
        if str(given.get("Name", "")).lower() in names - {""}:
            raise errors.exists(given["Name"])
        item = convert(tenant, changed(tenant, {}, given))
        made = tenant.put(reading.collection, item | {"WhenCreatedUTC": stamp(tenant.clock)})
        return Outcome([reading.shape(tenant, made)])

    return Command(
        act=act,
        grant=grant,
        parameters={**parameters, **_FORCE},
        required=words(required),
        unemulated=frozenset(words(unemulated)),
        unconfirmed=f"{unconfirmed}; that the new object is in the answer".removeprefix("; "),
    )
