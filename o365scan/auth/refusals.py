"""Answers that refuse a token, as errors that can be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from o365scan.auth.errors import SignInFailed
from o365scan.auth.wire import AADSTS

#: Trace ids and timestamps follow the first sentence.
_REST = re.compile(r"\s*(?:Trace ID|\r?\n)")
#: A JSON web token, or the beginning of one.
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_.+/=-]{8,}")
_LONGEST = 600


def refusal(answer: Mapping[str, Any]) -> SignInFailed:
    """The error that an OAuth answer without a token tells."""
    said = str(answer.get("error_description") or answer.get("error") or "no reason given")
    return refused(said)


def refused(said: str) -> SignInFailed:
    """The error that a text tells."""
    found = AADSTS.search(said)
    return SignInFailed(f"sign-in refused: {plain(said)}", code=found[1] if found else None)


def plain(said: str) -> str:
    """A text's first sentence, without anything that looks like a token."""
    sentence = _REST.split(said, maxsplit=1)[0].strip()
    return _TOKEN.sub("[token]", sentence)[:_LONGEST]
