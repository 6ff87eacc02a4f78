"""How mail is let in, signed and copied: what is read of it beside connectors and mail flow rules."""

from __future__ import annotations

from o365scan.api import Dataset, ExchangeCmdlet

from .readers import CONFIGURATION_READER, REFERENCE, RULE_READER

connection_filters = Dataset(
    name="exchange.connection-filters",
    source=ExchangeCmdlet(cmdlet="Get-HostedConnectionFilterPolicy"),
    key="Guid",
    title="Name",
    type="HostedConnectionFilterPolicy",
    permission=RULE_READER,
    reference=REFERENCE + "get-hostedconnectionfilterpolicy",
)
"""From which addresses mail is taken without a look at it. There is one: the default policy."""

content_filters = Dataset(
    name="exchange.content-filters",
    source=ExchangeCmdlet(cmdlet="Get-HostedContentFilterPolicy"),
    key="Guid",
    title="Name",
    type="HostedContentFilterPolicy",
    permission=RULE_READER,
    reference=REFERENCE + "get-hostedcontentfilterpolicy",
)
"""Anti-spam policies, the default and the preset ones included."""

dkim_signing = Dataset(
    name="exchange.dkim-signing",
    source=ExchangeCmdlet(cmdlet="Get-DkimSigningConfig"),
    key="Guid",
    title="Domain",
    type="DkimSigningConfig",
    permission=RULE_READER,
    reference=REFERENCE + "get-dkimsigningconfig",
)
"""Which domains' mail is signed. A domain for which nobody ever set it up has no object here."""

journal_rules = Dataset(
    name="exchange.journal-rules",
    source=ExchangeCmdlet(cmdlet="Get-JournalRule"),
    key="Guid",
    title="Name",
    type="JournalRule",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-journalrule",
)
"""Where copies of all mail, or of some people's, are sent."""
