"""Whether Conditional Access stops what Microsoft Entra ID Protection rates as risky."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement

from .answers import State
from .everyone import MEMBER, Everybody, Wanted, judged, sign_in_policies
from .licences import P2, lacks, out_of_reach


def judged_by_risk(data: Data, wanted: Wanted, said: str, everybody: Everybody) -> Iterator[Judgement]:
    """A problem where nothing stops it, as info where there is no licence for such policies."""
    rules = data.once(sign_in_policies)
    yield from rules.unreadable
    coverage = rules.cover(MEMBER, wanted, everybody)
    if coverage.state is State.NO and lacks(data, P2):
        yield out_of_reach(P2, said)
    else:
        yield from judged(coverage, said)
