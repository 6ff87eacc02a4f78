"""The text of an evidence file: a JSON array of objects, each beginning with its identity.

GitHub tells alerts apart by path, rule and a hash of the first 100 characters, blanks left out, from the
line that a result points at. An object's first lines are therefore its identity and nothing else: whatever
is edited, added or removed below or around it, the hash stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from o365scan.api import HEADER, Dataset, EvidenceFile, O365ScanError, Place, Record
from o365scan.api.redaction import redacted

HEADER_TYPE = "dataset"

# Characters that reorder, hide or break text on its way to a reader: controls, bidirectional overrides,
# zero-width and tag characters, line and paragraph separators, lone surrogates.
_INVISIBLE = re.compile(
    "[\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class EvidenceError(O365ScanError):
    """The evidence tree can't be written as it must be, or what stands there can't be read."""


def identity(tenant: str, dataset: str, key: str) -> str:
    """An object's `@key`: SHA-256 of the JSON array of tenant id, dataset name and key."""
    return hashlib.sha256(json.dumps([tenant, dataset, key]).encode("ascii")).hexdigest()


def header_text(tenant: str, dataset: Dataset) -> str:
    """The object that stands for the dataset as a whole; nothing in it changes with the tenant's state."""
    return _pretty(
        {
            "@key": identity(tenant, dataset.name, HEADER),
            "@type": HEADER_TYPE,
            "@id": dataset.name,
            "objects": dataset.type,
            "reference": dataset.reference,
            "source": str(dataset.source),
        }
    )


def object_text(tenant: str, record: Record) -> str:
    """A record: its identity, then its properties sorted and redacted.

    Raises EvidenceError for a record that JSON can't hold or that has no key.
    """
    dataset = record.dataset
    if record.key == HEADER:
        raise EvidenceError(f"{dataset.name}: a record has no key")
    own = redacted(record.plain(), dataset.secrets)
    first = {
        "@key": identity(tenant, dataset.name, record.key),
        "@type": dataset.type,
        "@id": record.key,
    }
    try:
        return _pretty(first | own)
    except (TypeError, ValueError) as cause:
        raise EvidenceError(f"{dataset.name}: a record is not JSON: {cause}") from cause


def evidence_file(uri: str, objects: Mapping[str, str]) -> EvidenceFile:
    """Put objects (text by key, the header under HEADER) together: the header first, the rest by key."""
    places = {}
    line = 2
    for key in sorted(objects):
        last = line + objects[key].count("\n")
        places[key] = Place(uri, line, last)
        line = last + 1
    text = "[\n" + ",\n".join(objects[key] for key in sorted(objects)) + "\n]\n"
    return EvidenceFile(uri, text, places)


def read_objects(tenant: str, dataset: str, text: str) -> dict[str, str]:
    """The objects of an evidence file written earlier: their exact text by key.

    Raises EvidenceError if it is not one, or of another tenant or dataset.
    """
    objects = {}
    for block in _blocks(text, dataset):
        key = _key_of(tenant, dataset, block)
        if key in objects:
            raise _damaged(dataset, "an object stands there twice")
        objects[key] = block
    if HEADER not in objects:
        raise _damaged(dataset, "its header object is missing")
    return objects


def json_text(value: Any) -> str:
    """Indented JSON, readable in any script, with the characters escaped that would deceive a reader.

    Raises ValueError for NaN and infinities.
    """
    return _INVISIBLE.sub(_escape, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def _pretty(value: dict[str, Any]) -> str:
    return json_text([value])[2:-2]  # as the element of an array, without the brackets' lines


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]


def _blocks(text: str, dataset: str) -> Iterator[str]:
    lines = text.split("\n")
    if lines[0] != "[" or lines[-2:] != ["]", ""]:
        raise _damaged(dataset, "it is not a list of objects")
    block: list[str] = []
    for line in lines[1:-2]:
        # Only an object's own last line ends at this depth: a line break inside a text is always escaped.
        ended = line in ("  }", "  },")
        block.append("  }" if ended else line)
        if ended:
            yield "\n".join(block)
            block = []
    if block:
        raise _damaged(dataset, "an object does not end")


def _key_of(tenant: str, dataset: str, block: str) -> str:
    try:
        found = json.loads(block)
    except ValueError as cause:
        raise _damaged(dataset, str(cause)) from cause
    for key in (HEADER, found.get("@id")):  # JSON that ends in a brace is an object
        if isinstance(key, str) and identity(tenant, dataset, key) == found.get("@key"):
            return key
    raise _damaged(dataset, "an object's @key does not fit its @id")


def _damaged(dataset: str, why: str) -> EvidenceError:
    return EvidenceError(
        f"the evidence of {dataset} is damaged: {why}",
        hint="Restore the evidence folder from version control; it is written by o365scan alone.",
    )
