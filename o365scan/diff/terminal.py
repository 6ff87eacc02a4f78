"""The differences for people: a page of them, or all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

from o365scan.api import visible
from o365scan.diff.objects import Diff, Kind, ObjectChange
from o365scan.diff.properties import ABSENT, PropertyChange, text_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: Lines that a first page has for objects, objects of each dataset at most, and properties of each object.
PAGE, OBJECTS, PROPERTIES = 60, 8, 6
#: Characters of a value, and members of a list.
VALUE, MEMBERS = 60, 4
NOT_COMPARABLE = 10
_MARK = {Kind.ADDED: ("+", "green"), Kind.REMOVED: ("-", "red"), Kind.CHANGED: ("~", "yellow")}


class Terminal:
    """Call `begin`, `add` for each object, `end`. Tenant data is made visible, never read as markup."""

    def __init__(self, console: Console, *, everything: bool) -> None:
        self._console = console
        self._everything = everything
        self._dataset = ""
        #: What the first page may show: so few of each dataset that any tenant's fit into memory.
        self._kept: dict[str, list[ObjectChange]] = {}

    def begin(self, diff: Diff) -> None:
        for part in _heading(diff):
            self._print(part)

    def add(self, change: ObjectChange) -> None:
        name = change.dataset.name
        if not self._everything:
            kept = self._kept.setdefault(name, [])
            kept.extend([change] if len(kept) < OBJECTS else [])
            return
        if name != self._dataset:
            self._dataset = name
            self._print(_text(""))
            self._print(_text(name, "bold"))
        for line in _object(change, everything=True):
            self._print(line)

    def end(self, diff: Diff) -> None:
        page = [] if self._everything else self._page(diff)
        for part in (*page, *_blind(diff, everything=self._everything), _text("")):
            self._print(part)
        self._print(_summary(diff))

    def _page(self, diff: Diff) -> list[Text]:
        """As many objects of each dataset as leave room for all datasets, one at least."""
        lines: list[Text] = []
        for most in range(OBJECTS, 0, -1):
            lines = [line for name in self._kept for line in self._of_dataset(name, diff.counts[name], most)]
            if len(lines) <= PAGE:
                break
        return lines

    def _of_dataset(self, name: str, counted: Counter[Kind], most: int) -> Iterator[Text]:
        yield _text("")
        yield _text(name, "bold").append(f"  {_counts(counted)}", style="dim not bold")
        shown = self._kept[name][:most]
        for change in shown:
            yield from _object(change, everything=False)
        if (left := counted.total() - len(shown)) > 0:
            yield _text(f"  and {left} more (--verbose shows them)", "dim")

    def _print(self, text: Text) -> None:
        self._console.print(text, highlight=False)


def _text(said: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(said, style=style)


def _heading(diff: Diff) -> Iterator[Text]:
    before, after = diff.before.manifest, diff.after.manifest
    tenant = after.tenant
    times = " to ".join(f"{each.collected_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for each in (before, after))
    yield _text(visible(tenant.name or tenant.id, 80), "bold").append(f"  from {times}", style="dim not bold")
    if before.tenant.id != tenant.id:
        yield _text(f"  two tenants: {before.tenant.id} and {tenant.id}", "magenta")
    if before.collected_at > after.collected_at:
        yield _text("  the first snapshot is the later one: read it backwards", "magenta")


def _object(change: ObjectChange, *, everything: bool) -> Iterator[Text]:
    mark, style = _MARK[change.kind]
    text = _text(f"  {mark} {visible(change.title, 120)}", style=style)
    if change.parent and change.parent_title != change.title:
        text.append(f"  of {visible(change.parent_title, 120)}", style="dim")
    if everything and change.key != change.title:
        text.append(f"  {visible(change.key, 120)}", style="dim")
    yield text
    shown = change.properties if everything else change.properties[:PROPERTIES]
    for each in shown:
        yield _text(f"      {visible(each.pointer, 200)}  {_said(each, everything=everything)}")
    if len(shown) < len(change.properties):
        yield _text(f"      and {len(change.properties) - len(shown)} properties more", style="dim")


def _said(change: PropertyChange, *, everything: bool) -> str:
    if change.added or change.removed:
        return "  ".join(
            f"{mark} {_members(members, everything=everything)}"
            for mark, members in (("+", change.added), ("-", change.removed))
            if members
        )
    values = (_value(each, everything=everything) for each in (change.before, change.after))
    return " → ".join(values)


def _members(members: tuple[Any, ...], *, everything: bool) -> str:
    shown = members if everything else members[:MEMBERS]
    more = f" and {len(members) - len(shown)} more" if len(shown) < len(members) else ""
    return ", ".join(_value(each, everything=everything) for each in shown) + more


def _value(value: Any, *, everything: bool) -> str:
    """A value as JSON, which shows a text from a number and is ASCII where a character would act."""
    return "(absent)" if value is ABSENT else visible(_json(value), 2000 if everything else VALUE)


def _json(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else text_of(value)


def _blind(diff: Diff, *, everything: bool) -> Iterator[Text]:
    found = diff.not_comparable
    if found:
        yield _text("")
        yield _text("Not comparable", style="bold magenta")
    shown = found if everything else found[:NOT_COMPARABLE]
    for each in shown:
        title = diff.title_of_parent(diff.datasets[each.dataset], each.parent) if each.parent else ""
        of = f" of {visible(title, 120)}" if title else ""
        yield _text(f"  {visible(each.dataset, 120)}{of}: {visible(each.reason)}")
    if len(shown) < len(found):
        yield _text(f"  and {len(found) - len(shown)} more (--verbose shows them)", style="dim")
    if diff.asked_otherwise:
        said = ", ".join(diff.asked_otherwise)
        yield _text(
            f"Read by another request, so properties may be there or not for that: {said}", style="dim"
        )


def _summary(diff: Diff) -> Text:
    counted: Counter[Kind] = sum(diff.counts.values(), Counter())
    datasets = sum(1 for each in diff.counts.values() if each)
    said = f"{_counts(counted)} in {datasets} dataset{'' if datasets == 1 else 's'}"
    text = _text(said if counted else "Nothing that can be compared has changed", "bold")
    if found := len(diff.not_comparable):
        text.append(f", {found} not comparable", style="bold magenta")
    if quiet := diff.quiet.total():
        text.append(
            f" · {quiet} differ in volatile properties only (--volatile shows them)", style="dim not bold"
        )
    return text


def _counts(counted: Counter[Kind]) -> str:
    return ", ".join(f"{counted[kind]} {kind}" for kind in Kind if counted[kind])
