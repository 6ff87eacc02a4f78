"""A collection of the state: an immutable base that tenants share, and what one tenant changed of it.

Taking everything back is dropping the changes, whatever the tenant's size. Requests read it while others change
it: whoever walks it walks a copy, and `version` moves on only when a change is there to be seen, so that nobody
keeps what was before it as what came after.
"""

from __future__ import annotations

import threading
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
        self._lock = threading.RLock()
        self.version = 0

    def __getitem__(self, key: str) -> Object:
        with self._lock:
            if key in self._own:
                return self._own[key]
            if key in self._gone:
                raise KeyError(key)
            return self._base[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys())

    def __len__(self) -> int:
        with self._lock:
            added = sum(1 for key in self._own if key not in self._base or key in self._gone)
            return len(self._base) - len(self._gone) + added

    def _keys(self) -> list[str]:
        with self._lock:
            own = [key for key in self._own if key not in self._base or key in self._gone]
            return [*(key for key in self._base if key not in self._gone), *own]

    def objects(self) -> list[Object]:
        """The objects now; to be read only."""
        with self._lock:
            if not (self._own or self._gone):
                return list(self._base.values())
            return [self[key] for key in self._keys()]

    def where(self, name: str, value: str) -> list[Object]:
        """The objects whose property has a value, in any case.

        They are grouped once for all values, so the property must be one that never changes in place: a part
        of the key, or the owner.
        """
        with self._lock:
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
        with self._lock:
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
        with self._lock:
            self._own[key] = item
            self.version += 1

    def own(self, key: str) -> Object:
        """An object that may be changed in place: the tenant's own copy. Raises KeyError."""
        with self._lock:
            if key not in self._own:
                self._own[key] = deepcopy(self[key])
            self.version += 1
            return self._own[key]

    def remove(self, key: str) -> None:
        """Takes an object away. Raises KeyError."""
        with self._lock:
            _ = self[key]
            self._own.pop(key, None)
            if key in self._base:
                self._gone.add(key)
            self.version += 1

    def changes(self) -> dict[str, Any]:
        """What was put and taken away, as JSON: `put` are objects by key, `gone` keys of the base."""
        with self._lock:
            return {"put": dict(self._own), "gone": sorted(self._gone)}

    def change(self, changes: Mapping[str, Any]) -> None:
        """Replaces all changes by others, as `changes` gave them."""
        with self._lock:
            self._own = deepcopy(dict(changes["put"]))
            self._gone = set(changes["gone"]) & set(self._base)
            self.version += 1
