"""What Exchange Online answered, given again to who asks the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mocktenant.collection import Object
from mocktenant.recorded.reading import Recorded, Recording, filled

_PAGING = frozenset({"resultsize"})


class Cmdlets:
    """The rows of each cmdlet by what it was asked."""

    def __init__(self, recording: Recording) -> None:
        self._rows: dict[str, list[Object]] = {}
        for dataset in recording.datasets.values():
            if dataset.source.get("kind") == "ExchangeCmdlet":
                self._add(dataset, recording)

    def rows(self, cmdlet: str, parameters: Mapping[str, Any]) -> list[Object] | None:
        """The rows of a request; None if it was not recorded, or not wholly."""
        return self._rows.get(_key(cmdlet, parameters))

    def _add(self, dataset: Recorded, recording: Recording) -> None:
        cmdlet, parameters = dataset.source["cmdlet"], dataset.source.get("parameters", {})
        if "over" not in dataset.source:
            if dataset.is_whole:
                self._rows[_key(cmdlet, parameters)] = [row for _, row in dataset.rows]
            return
        parents = recording.parents(dataset)
        for parent in dataset.answered:
            asked = {name: _asked(value, parents[parent]) for name, value in parameters.items()}
            self._rows[_key(cmdlet, asked)] = [row for of, row in dataset.rows if of == parent]


def _asked(value: Any, parent: Object) -> Any:
    return filled(value, parent) if isinstance(value, str) else value


def _key(cmdlet: str, parameters: Mapping[str, Any]) -> str:
    """A request regardless of the case of its names and of how many rows were wanted."""
    plain = {name.lower(): value for name, value in parameters.items() if name.lower() not in _PAGING}
    return f"{cmdlet.lower()} {json.dumps(plain, sort_keys=True, default=str).lower()}"
