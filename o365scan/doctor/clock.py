"""This machine's clock against that of the sign-in service.

An assertion is good for minutes: Entra refuses one from the future or the past (AADSTS700024), and allows five minutes
between the clocks. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

from __future__ import annotations

from enum import StrEnum

#: Seconds.
WORTH_A_WORD, TOO_FAR = 60.0, 300.0


class Grade(StrEnum):
    """How far off it is."""

    RIGHT = "right"
    OFF = "off"
    WRONG = "wrong"


def grade(ahead: float) -> Grade:
    """How `ahead` seconds (negative: behind) are to be taken."""
    if abs(ahead) > TOO_FAR:
        return Grade.WRONG
    return Grade.OFF if abs(ahead) > WORTH_A_WORD else Grade.RIGHT
