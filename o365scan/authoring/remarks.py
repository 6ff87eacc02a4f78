"""What a rule has to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass

from o365scan.authoring.subject import Subject


@dataclass(frozen=True)
class Remark:
    """One thing that is not as it should be. The texts come from a stranger's plugin: every sink neutralises them."""

    rule: str
    what: str
    where: str
    """A file with its line if there is one, else the name of the check, dataset or plugin."""
    to_do: str
    ends: bool = False
    """It would harm this process too, so nothing else is looked at."""


@dataclass(frozen=True)
class Rule:
    """One kind of question about a plugin, and what it found."""

    name: str
    asks: str
    """What holds if it has no remark, in a few words."""
    look: Callable[[Subject], Iterator[Remark]]
    over: Callable[[Subject], Sized]
    """What it looks at. Where that is empty nothing was looked at, which is not to say that it holds."""
