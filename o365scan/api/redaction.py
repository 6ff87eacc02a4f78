"""What must not leave the snapshot: credentials, whatever the dataset they turn up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

REDACTED = "[redacted]"

# Compared without case, hyphens and underscores: Graph writes secretText, token endpoints access_token.
_CREDENTIALS = frozenset(
    {
        "accesskey", "accesstoken", "apikey", "appsecret", "authorization", "bearertoken",
        "certificatepassword", "clientassertion", "clientsecret", "connectionstring", "currentpassword",
        "idtoken", "newpassword", "passphrase", "password", "primarykey", "privatekey", "refreshtoken",
        "sastoken", "secondarykey", "secret", "secrettext", "sharedaccesskey", "sharedkey", "sharedsecret",
        "symmetrickey", "totpsecret",
    }
)  # fmt: skip

_KEY_LISTS = frozenset({"keycredentials"})
"""Lists whose elements hold key material in a property called plainly `key`."""

_IDENTITY = frozenset({"key", "type", "id"})

_Paths = tuple[tuple[str, ...], ...]


def redacted(data: Mapping[str, Any], secrets: Iterable[str] = ()) -> dict[str, Any]:
    """A copy of a record with its properties sorted at every depth and its credentials replaced.

    `secrets` are paths as checks read them ("a/b"); a list on the way stands for each of its elements.
    A null stays null: it gives nothing away, and says that no credential is set.
    """
    paths = tuple(tuple(_names(path)) for path in secrets)
    return _object(data, paths, holder="")


def redacted_at(path: str, value: Any, secrets: Iterable[str] = ()) -> Any:
    """A copy of the value at `path` of a record with what is secret in it, or all of it, replaced."""
    names = _names(path)
    paths = tuple(tuple(_names(secret)) for secret in secrets)
    holder = ""
    for name in names:
        paths_here = tuple(each[1:] for each in paths if each[:1] == (name,))
        if () in paths_here or _is_credential(name, holder):
            return _hidden(value)
        paths, holder = paths_here, _folded(name)
    return _value(value, paths, holder)


def _object(data: Mapping[str, Any], paths: _Paths, holder: str) -> dict[str, Any]:
    copy = {}
    for name in sorted(data):
        below = tuple(path[1:] for path in paths if path[0] == name)
        secret = () in below or _is_credential(name, holder)
        copy[_apart(name)] = _hidden(data[name]) if secret else _value(data[name], below, _folded(name))
    return copy


def _value(value: Any, paths: _Paths, holder: str) -> Any:
    if isinstance(value, Mapping):
        return _object(value, paths, holder)
    if isinstance(value, list | tuple):
        return [_value(item, paths, holder) for item in value]
    return value


def _hidden(value: Any) -> str | None:
    return None if value is None else REDACTED


def _is_credential(name: str, holder: str) -> bool:
    folded = _folded(name)
    return folded in _CREDENTIALS or (folded == "key" and holder in _KEY_LISTS)


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _apart(name: str) -> str:
    """Keep a record's own "@key" and the like apart from the identity that the tree writes.

    Names are the tenant's to choose (open extensions): an object nested in a record could else imitate
    another object's first lines, which are all that GitHub tells alerts apart by.
    """
    return f"@{name}" if name.startswith("@") and name.lstrip("@") in _IDENTITY else name


def _names(path: str) -> list[str]:
    return [name.replace("~1", "/").replace("~0", "~") for name in path.split("/")]
