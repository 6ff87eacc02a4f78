"""By which protocols mailboxes are reached: what is read of them."""

from __future__ import annotations

from o365scan.api import Dataset, ExchangeCmdlet

from .readers import CONFIGURATION_READER, REFERENCE

_ALL = {"ResultSize": "Unlimited"}

client_access = Dataset(
    name="exchange.client-access",
    source=ExchangeCmdlet(cmdlet="Get-CASMailbox", parameters=_ALL),
    key="Guid",
    title="PrimarySmtpAddress",
    type="CASMailbox",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-casmailbox",
    configuration=False,
)
"""Each mailbox's ways in. `SmtpClientAuthenticationDisabled` and `EwsEnabled` inherit if they are null.

`Guid` is that of the mailbox, as in `mailboxes`.
"""

client_access_plans = Dataset(
    name="exchange.client-access-plans",
    source=ExchangeCmdlet(cmdlet="Get-CASMailboxPlan", parameters=_ALL),
    key="Guid",
    title="DisplayName",
    type="CASMailboxPlan",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-casmailboxplan",
)
"""Which ways in a new mailbox gets, by its plan, which comes of its licence."""

authentication_policies = Dataset(
    name="exchange.authentication-policies",
    source=ExchangeCmdlet(cmdlet="Get-AuthenticationPolicy"),
    key="Guid",
    title="Name",
    type="AuthenticationPolicy",
    permission=CONFIGURATION_READER,
    reference=REFERENCE + "get-authenticationpolicy",
)
"""Where a password alone is taken. `AllowBasicAuthSmtp` is all that still matters: the rest is gone."""
