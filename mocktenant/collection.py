"""A collection of the state: an immutable base that tenants share, and what one tenant changed of it.

Taking everything back is dropping the changes, whatever the tenant's size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NoReturn

Object = dict[str, Any]


class Shared(dict[str, Any]):
    """An object of the base. Others see it too, so it refuses to be changed; what is inside it must not be either."""

    __slots__ = ()

    def _refuse(self, *_arguments: object, **_named: object) -> NoReturn:
        raise TypeError("objects of the state are shared: change one with put, patch, or as find gives it")

    __setitem__ = __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> Object:
        return {name: deepcopy(value, memo) for name, value in self.items()}

    def __copy__(self) -> Object:
        return dict(self)

    copy = __copy__

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[Object]]:
        return dict, (dict(self),)


class Collection(Mapping[str, Object]):
    """Objects by key, in the base's order, then as they were added. `version` counts the changes."""

    def __init__(self, base: Mapping[str, Object]) -> None:
        self._base = base
        self._own: dict[str, Object] = {}
        self._gone: set[str] = set()
        self._grouped: dict[str, tuple[int, dict[str, list[Object]]]] = {}
        self._named: dict[str, dict[str, str]] = {}
        self.version = 0

    def __getitem__(self, key: str) -> Object:
        if key in self._own:
            return self._own[key]
        if key in self._gone:
            raise KeyError(key)
        return self._base[key]

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._base if key not in self._gone)
        yield from (key for key in self._own if key not in self._base or key in self._gone)

    def __len__(self) -> int:
        added = sum(1 for key in self._own if key not in self._base or key in self._gone)
        return len(self._base) - len(self._gone) + added

    def objects(self) -> list[Object]:
        """The objects now; to be read only."""
        return list(self.values() if self._own or self._gone else self._base.values())

    def where(self, name: str, value: str) -> list[Object]:
        """The objects whose property has a value, in any case.

        They are grouped once for all values, so the property must be one that never changes in place: a part
        of the key, or the owner.
        """
        version, groups = self._grouped.get(name, (-1, {}))
        if version != self.version:
            version, groups = self.version, {}
            for item in self.objects():
                groups.setdefault(str(item[name]).lower(), []).append(item)
            self._grouped[name] = (version, groups)
        return groups.get(value.lower(), [])

    def named(self, kind: str, value: str, names: Callable[[Object], Iterable[str]]) -> Object | None:
        """An object by one of its names, those changed here first; None if there is none.

        `kind` tells different `names` apart. The base's names are gathered once, so that asking for one object
        after the other never takes the square of their number.
        """
        for item in self._own.values():
            if value in names(item):
                return item
        if kind not in self._named:
            found: dict[str, str] = {}
            for key, item in self._base.items():
                for name in names(item):
                    found.setdefault(name, key)
            self._named[kind] = found
        held = self._named[kind].get(value)
        return None if held is None or held in self._gone or held in self._own else self._base[held]

    def put(self, key: str, item: Object) -> None:
        """Adds an object or replaces the one with its key, in its place."""
        self.version += 1
        self._own[key] = item

    def own(self, key: str) -> Object:
        """An object that may be changed in place: the tenant's own copy. Raises KeyError."""
        self.version += 1
        if key not in self._own:
            self._own[key] = deepcopy(self[key])
        return self._own[key]

    def remove(self, key: str) -> None:
        """Takes an object away. Raises KeyError."""
        _ = self[key]
        self.version += 1
        self._own.pop(key, None)
        if key in self._base:
            self._gone.add(key)

    def changes(self) -> dict[str, Any]:
        """What was put and taken away, as JSON: `put` are objects by key, `gone` keys of the base."""
        return {"put": self._own, "gone": sorted(self._gone)}

    def change(self, changes: Mapping[str, Any]) -> None:
        """Replaces all changes by others, as `changes` gave them."""
        self.version += 1
        self._own = deepcopy(dict(changes["put"]))
        self._gone = set(changes["gone"]) & set(self._base)
