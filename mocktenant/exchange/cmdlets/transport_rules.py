"""Mail flow rules."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import LISTED, Cmdlet, Row, of_state
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.parameters import Choice
from mocktenant.exchange.rules import transport_rule

STATES = Choice("Microsoft.Exchange.MessagingPolicies.Rules.RuleState", ("Enabled", "Disabled"))

ROWS: dict[str, Row] = {
    "Get-TransportRule": Cmdlet(
        collection="transportRules",
        shape=transport_rule,
        parameters={**LISTED, "State": STATES},
        keep=of_state,
        order=lambda row: int(row["Priority"]),
        grant=held_by("View-Only Configuration", "Transport Rules", "Security Admin", "Security Reader"),
        unemulated=frozenset({"DlpPolicy", "ExcludeConditionActionDetails", "Filter"}),
    ),
}
