"""GitHub's fingerprint of a line: what it knows an alert by, beside path and rule.

The `upload-sarif` action computes it for results that lack it, and warns about those that differ; uploads
through the REST API need it in the log. The algorithm is that of github/codeql-action, src/fingerprints.ts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator

LINE_HASH = "primaryLocationLineHash"
OBJECT_RULE = "o365scanObjectRule/v1"

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_END = "\uffff"
_LINE_END = re.compile("\r\n?")
_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")
_BLANK = str.maketrans("", "", " \t")


def line_hashes(text: str, lines: Collection[int]) -> dict[int, str]:
    """The fingerprints of some lines of a file, by line number from 1.

    A polynomial hash of the 100 UTF-16 units from the start of the line on, without spaces and tabs, line
    ends as LF, 65535 for the end of the file and zeros behind it; ":n" counts equal ones down the file.
    """
    wanted = {line: window for line, window in _windows(text) if line in lines}
    watched = set(wanted.values())
    count: Counter[str] = Counter()
    hashes = {}
    for line, window in _windows(text):
        if window in watched:
            count[window] += 1
            if line in wanted:
                hashes[line] = f"{_hash(window):x}:{count[window]}"
    return hashes


def object_rule(tenant: str, rule: str, dataset: str, key: str) -> str:
    """Our own fingerprint, for readers that don't know GitHub's: the rule and the object, wherever it is."""
    return hashlib.sha256(json.dumps([tenant, rule, dataset, key]).encode("ascii")).hexdigest()


def _windows(text: str) -> Iterator[tuple[int, str]]:
    units = _units(text)
    start, line = 0, 1
    while True:
        yield line, units[start : start + _WINDOW]
        found = units.find("\n", start)
        if found < 0:
            return
        start, line = found + 1, line + 1


def _units(text: str) -> str:
    """The text as one character per UTF-16 unit, without what the hash skips."""
    plain = _LINE_END.sub("\n", text).translate(_BLANK)
    return _BEYOND_16_BITS.sub(_surrogates, plain) + _END


def _surrogates(match: re.Match[str]) -> str:
    above = ord(match.group()) - 0x10000
    return chr(0xD800 + (above >> 10)) + chr(0xDC00 + (above & 0x3FF))


def _hash(window: str) -> int:
    value = 0
    for unit in window.ljust(_WINDOW, "\0"):
        value = (value * _BASE + ord(unit)) & _MASK
    return value
