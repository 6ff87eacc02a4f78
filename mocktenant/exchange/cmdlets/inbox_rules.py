"""Inbox rules."""

from __future__ import annotations

from mocktenant.exchange.cmdlet import LISTED, Cmdlet, Row
from mocktenant.exchange.grants import held_by
from mocktenant.exchange.inbox_rules import inbox_rule, inbox_rules
from mocktenant.exchange.parameters import Number, Switch, Text
from mocktenant.permissions import GLOBAL_READER, SECURITY_READER

ROWS: dict[str, Row] = {
    "Get-InboxRule": Cmdlet(
        collection="inboxRules",
        shape=inbox_rule,
        parameters={
            **LISTED,
            "BypassScopeCheck": Switch(),
            "IncludeHidden": Switch(),
            "Mailbox": Text(),
            "SkipCount": Number(),
            "SweepRules": Switch(),
        },
        identity=("Identity", "RuleIdentity", "Name"),
        source=inbox_rules,
        # As measured on a live tenant; the documentation says that it doesn't work for a Global Reader, which
        # nobody has tried without the other role.
        grant=held_by("Mail Recipients", "User Options", together=(GLOBAL_READER, SECURITY_READER)),
        unemulated=frozenset({"DescriptionTimeFormat", "DescriptionTimeZone"}),
        unconfirmed="whether every rule without a name is listed with IncludeHidden; who may run it",
    ),
}
