"""What has become of a risk: the values of `riskState`."""

from __future__ import annotations

CONFIRMED = "confirmedCompromised"
AT_RISK = {"atRisk": "at risk", CONFIRMED: "compromised, as an administrator confirmed"}
OVER = frozenset({"none", "confirmedSafe", "remediated", "dismissed"})
