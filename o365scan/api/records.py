"""Records as Microsoft sent them, read strictly, and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, overload

from .errors import MissingField, UnexpectedType
from .redaction import redacted_at

if TYPE_CHECKING:
    from .datasets import Dataset

#: Called with the path of each strict read; the case runner learns from it which fields matter.
ReadObserver = Callable[[str, str, str], None]
"""Told of each strict read: dataset, key of the record, path of the field. For the runner of cases."""


@dataclass(frozen=True)
class Evidence:
    """A pointer into a record: why a flag was raised.

    `pointer` is a JSON Pointer (RFC 6901) into the record, `value` the JSON value found there.
    """

    dataset: str
    key: str
    pointer: str
    value: Any


_ABSENT: Any = object()


def _refuse_setting(_record: object, name: str, _value: object) -> NoReturn:
    raise AttributeError(f"records are never changed: {name} can't be set")


def _refuse_deleting(_record: object, name: str) -> NoReturn:
    raise AttributeError(f"records are never changed: {name} can't be deleted")


_set = object.__setattr__


class Fields:
    """The fields of a record, or of an object in one of its lists (`objects`); immutable.

    `fields["a/b"]` reads strictly: a missing field raises MissingField, and the verdict on the object
    becomes `open` unless a problem is proven anyway. `get` is for fields that Microsoft documents as
    absent at times. The typed readers (`flag`, `text`, `texts`, `number`, `objects`) refuse values of another
    type, so that the text "False" never passes for a false flag. `dataset` and `key` are the record's.
    """

    __slots__ = ("_at", "_below", "_data", "_observer", "dataset", "key")

    dataset: Dataset
    key: str
    _data: Mapping[str, Any]
    _observer: ReadObserver | None
    _at: str
    _below: str
    __setattr__ = _refuse_setting
    __delattr__ = _refuse_deleting

    def __init__(
        self,
        dataset: Dataset,
        key: str,
        data: Mapping[str, Any],
        *,
        observer: ReadObserver | None = None,
        at: str = "",
        below: str = "",
    ) -> None:
        """`at` is where in the record these fields are ("List/0/"), `below` the same without places in lists."""
        _set(self, "dataset", dataset)
        _set(self, "key", key)
        _set(self, "_data", data if isinstance(data, (dict, _ReadOnly)) else dict(data))
        _set(self, "_observer", observer)
        _set(self, "_at", at)
        _set(self, "_below", below)

    def __getitem__(self, path: str) -> Any:
        """The value at `path` ("a/b" reads b of a); objects come as read-only mappings, lists as tuples."""
        if self._observer is not None:
            self._observer(self.dataset.name, self.key, self._at + path)
        value = self._find(path)
        if value is _ABSENT:
            raise MissingField(self.dataset.name, self.key, self._at + path)
        return value

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __contains__(self, path: str) -> bool:
        return self._find(path) is not _ABSENT

    def get(self, path: str, default: Any = None) -> Any:
        """The value at `path`, or `default` where the field is absent: for fields that no verdict rests on."""
        value = self._find(path)
        return default if value is _ABSENT else value

    def _find(self, path: str) -> Any:
        value: Any = self._data
        for escaped in path.split("/"):
            name = escaped.replace("~1", "/").replace("~0", "~") if "~" in escaped else escaped
            # Not Mapping: asking an abstract class costs more than all the rest, and this runs for every read.
            if not isinstance(value, (dict, _ReadOnly)) or name not in value:
                return _ABSENT
            value = value[name]
        return _frozen(value)

    @overload
    def flag(self, path: str) -> bool: ...
    @overload
    def flag(self, path: str, *, nullable: Literal[True]) -> bool | None: ...
    def flag(self, path: str, *, nullable: bool = False) -> bool | None:
        """A true or false; with `nullable`, None is Microsoft's "not configured, inherit"."""
        value = self[path]
        if isinstance(value, bool) or (value is None and nullable):
            return value
        raise self._unexpected(path, "true or false", value)

    @overload
    def text(self, path: str) -> str: ...
    @overload
    def text(self, path: str, *, nullable: Literal[True]) -> str | None: ...
    def text(self, path: str, *, nullable: bool = False) -> str | None:
        """A text; with `nullable`, None where the property is not set."""
        value = self[path]
        if isinstance(value, str) or (value is None and nullable):
            return value
        raise self._unexpected(path, "a text", value)

    def texts(self, path: str, *, nullable: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as one, and with `nullable` a null as none."""
        value = self[path]
        if isinstance(value, str):
            return (value,)
        if value is None and nullable:
            return ()
        if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
            return value
        raise self._unexpected(path, "a list of texts", value)

    @overload
    def number(self, path: str) -> int: ...
    @overload
    def number(self, path: str, *, nullable: Literal[True]) -> int | None: ...
    def number(self, path: str, *, nullable: bool = False) -> int | None:
        """A whole number; Exchange sends some of them as text."""
        value = self[path]
        if value is None and nullable:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            return int(value)
        raise self._unexpected(path, "a whole number", value)

    def objects(self, path: str, *, nullable: bool = False) -> tuple[Fields, ...]:
        """A list of objects, each read as strictly as this one; with `nullable` a null counts as none."""
        value = self[path]
        if value is None and nullable:
            return ()
        if not isinstance(value, tuple) or not all(isinstance(item, _ReadOnly) for item in value):
            raise self._unexpected(path, "a list of objects", value)
        return tuple(
            Fields(
                self.dataset,
                self.key,
                item,
                observer=self._observer,
                at=f"{self._at}{path}/{index}/",
                below=f"{self._below}{path}/",
            )
            for index, item in enumerate(value)
        )

    def at(self, path: str) -> Evidence:
        """Evidence: this field of this record; credentials in it are replaced. Raises MissingField."""
        found = self._find(path)
        if found is _ABSENT:
            raise MissingField(self.dataset.name, self.key, self._at + path)
        value = redacted_at(self._below + path, _plain(found), self.dataset.secrets)
        return Evidence(self.dataset.name, self.key, f"/{self._at}{path}", value)

    def _unexpected(self, path: str, wanted: str, found: object) -> UnexpectedType:
        return UnexpectedType(self.dataset.name, self.key, self._at + path, wanted=wanted, found=found)


class Record(Fields):
    """One object of a dataset. `parent` is the key of the record that a fan-out read this one for."""

    __slots__ = ("parent",)

    parent: str

    def __init__(
        self,
        dataset: Dataset,
        key: str,
        data: Mapping[str, Any],
        *,
        parent: str = "",
        observer: ReadObserver | None = None,
    ) -> None:
        super().__init__(dataset, key, data, observer=observer)
        _set(self, "parent", parent)

    @property
    def title(self) -> str:
        """What people call the object: its title field, else its key; its dataset if it is the only one of that.

        Tenant data, hence hostile.
        """
        value = self._data.get(self.dataset.title)
        if isinstance(value, str) and value:
            return value
        return self.key if self.dataset.key or self.parent else self.dataset.name

    def plain(self) -> dict[str, Any]:
        """A copy as plain JSON values."""
        copy: dict[str, Any] = _plain(_frozen(self._data))
        return copy

    def __repr__(self) -> str:
        return f"<Record {self.dataset.name} {self.key}>"


class _ReadOnly(Mapping[str, Any]):
    """A nested object: a mapping that can't be written."""

    __slots__ = ("_data",)

    _data: Mapping[str, Any]
    __setattr__ = _refuse_setting
    __delattr__ = _refuse_deleting

    def __init__(self, data: Mapping[str, Any]) -> None:
        _set(self, "_data", data)

    def __getitem__(self, name: str) -> Any:
        return _frozen(self._data[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        return repr(self._data)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return _ReadOnly(value)
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
