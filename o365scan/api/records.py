"""Records as Microsoft sent them, read strictly, and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from .errors import MissingField, UnexpectedType
from .redaction import redacted_at

if TYPE_CHECKING:
    from .datasets import Dataset

#: Called with the path of each strict read; the case runner learns from it which fields matter.
ReadObserver = Callable[[str, str, str], None]


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


class Record:
    """One object of a dataset, immutable.

    `record["a/b"]` reads strictly: a missing field raises MissingField, and the verdict on the object
    becomes `open` unless a problem is proven anyway. `get` is for fields that Microsoft documents as
    absent at times. The typed readers (`flag`, `text`, `texts`, `number`) refuse values of another type,
    so that the text "False" never passes for a false flag. `parent` is the key of the record that a fan-out
    read this one for.
    """

    __slots__ = ("_data", "_observer", "dataset", "key", "parent")

    def __init__(
        self,
        dataset: Dataset,
        key: str,
        data: Mapping[str, Any],
        *,
        parent: str = "",
        observer: ReadObserver | None = None,
    ) -> None:
        self.dataset = dataset
        self.key = key
        self.parent = parent
        self._data = data
        self._observer = observer

    def __getitem__(self, path: str) -> Any:
        """The value at `path` ("a/b" reads b of a); objects come as read-only mappings, lists as tuples."""
        if self._observer is not None:
            self._observer(self.dataset.name, self.key, path)
        value = self._find(path)
        if value is _ABSENT:
            raise MissingField(self.dataset.name, self.key, path)
        return value

    def __contains__(self, path: str) -> bool:
        return self._find(path) is not _ABSENT

    def get(self, path: str, default: Any = None) -> Any:
        """The value at `path`, or `default` where the field is absent: for fields that no verdict rests on."""
        value = self._find(path)
        return default if value is _ABSENT else value

    def _find(self, path: str) -> Any:
        value: Any = self._data
        for escaped in path.split("/"):
            name = escaped.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, Mapping) or name not in value:
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
        raise UnexpectedType(self.dataset.name, self.key, path, wanted="true or false", found=value)

    @overload
    def text(self, path: str) -> str: ...
    @overload
    def text(self, path: str, *, nullable: Literal[True]) -> str | None: ...
    def text(self, path: str, *, nullable: bool = False) -> str | None:
        """A text; with `nullable`, None where the property is not set."""
        value = self[path]
        if isinstance(value, str) or (value is None and nullable):
            return value
        raise UnexpectedType(self.dataset.name, self.key, path, wanted="a text", found=value)

    def texts(self, path: str, *, nullable: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as one, and with `nullable` a null as none."""
        value = self[path]
        if isinstance(value, str):
            return (value,)
        if value is None and nullable:
            return ()
        if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
            return value
        raise UnexpectedType(self.dataset.name, self.key, path, wanted="a list of texts", found=value)

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
        raise UnexpectedType(self.dataset.name, self.key, path, wanted="a whole number", found=value)

    def at(self, path: str) -> Evidence:
        """Evidence: this field of this record; credentials in it are replaced. Raises MissingField."""
        found = self._find(path)
        if found is _ABSENT:
            raise MissingField(self.dataset.name, self.key, path)
        value = _plain(found)
        return Evidence(
            self.dataset.name, self.key, "/" + path, redacted_at(path, value, self.dataset.secrets)
        )

    @property
    def title(self) -> str:
        """What people call the object: its title field, else its key. Tenant data, hence hostile."""
        value = self._data.get(self.dataset.title)
        return value if isinstance(value, str) and value else self.key

    def plain(self) -> dict[str, Any]:
        """A copy as plain JSON values."""
        copy: dict[str, Any] = _plain(_frozen(self._data))
        return copy

    def __repr__(self) -> str:
        return f"<Record {self.dataset.name} {self.key}>"


class _ReadOnly(Mapping[str, Any]):
    """A nested object: a mapping that can't be written."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def __getitem__(self, name: str) -> Any:
        return _frozen(self._data[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return repr(self._data)


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value if isinstance(value, _ReadOnly) else _ReadOnly(value)
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
