"""Mail can't be sent over SMTP with a password alone.

## What it looks at

Authenticated SMTP submission (SMTP AUTH): the organisation's switch (`Get-TransportConfig`,
`SmtpClientAuthenticationDisabled`) and each mailbox's own (`Get-CASMailbox`, the same name), where null inherits.

- If the organisation has it on, that is one finding, on the organisation, with the number of mailboxes that may use
  it and a few of them as evidence. It is low if the organisation's default authentication policy
  (`DefaultAuthenticationPolicy`, `AllowBasicAuthSmtp`) takes no password there: clients then need modern
  authentication.
- If the organisation has it off, each mailbox that turns it on for itself is named, unless accepted. Of more than 25,
  or of at least as many as not, it is one finding.

What it can't see: security defaults, which turn SMTP AUTH off too; an authentication policy assigned to single
people; and who uses it (sign-ins by the client app "Authenticated SMTP").

## Why it matters

SMTP AUTH with a password asks for no second factor. A stolen or guessed password is enough to send mail as its owner,
and password spraying goes for this protocol because it still answers. Microsoft turns it off for existing tenants at
the end of 2026, from where an administrator may turn it on again.

## Remediation

1. See who uses it: in the Exchange admin centre, Reports, Mail flow, "SMTP AUTH clients".
2. Turn it off for the organisation: `Set-TransportConfig -SmtpClientAuthenticationDisabled $true`.
3. Printers and old applications keep it for their own mailbox alone:
   `Set-CASMailbox -Identity <mailbox> -SmtpClientAuthenticationDisabled $false`; accept those below. Better: a relay
   connector, or a client that speaks OAuth.
4. For a mailbox that needs none: `Set-CASMailbox -Identity <mailbox> -SmtpClientAuthenticationDisabled $null`.

## Options

```toml
[checks."exchange.smtp-auth-is-off"]
mailboxes = ["scanner@contoso.com"]
```

`mailboxes` may send over SMTP: their primary addresses, whole.

## Sources

- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission>
- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox>
- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online>
- <https://attack.mitre.org/techniques/T1110/003/>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Judgement, Severity, Undecidable, check, problem
from o365scan_exchange.accepted import Mailboxes
from o365scan_exchange.datasets import (
    authentication_policies,
    client_access,
    organization_config,
    transport_config,
)
from o365scan_exchange.tally import Tally

_SETTING = "SmtpClientAuthenticationDisabled"


@check(
    "exchange.smtp-auth-is-off",
    severity=Severity.MEDIUM,
    reads=[transport_config, client_access],
    optional=[organization_config, authentication_policies],
    options=Mailboxes,
    attack=["T1110.003", "T1078.004"],
    controls=["SCuBA/MS.EXO.5.1v1", "CIS-M365-7.0/6.5.4"],
)
def smtp_auth_is_off(data: Data, options: Mailboxes) -> Iterator[Judgement]:
    on = [each for each in data[transport_config] if not each.flag(_SETTING)]
    found = _mailboxes(data, options, inherited=bool(on))
    for switch in on:
        yield problem(
            f"Mail may be sent over SMTP with a password: {found.having:,} of {found.total:,} mailboxes may,"
            " as the organisation lets them.",
            switch.at(_SETTING),
            *found.evidence,
            severity=Severity.LOW if _takes_no_password(data) else None,
            at=switch,
        )
    if on:
        yield from found.unknown.values()
        return
    yield from found.judged(
        f"{found.having:,} mailboxes may send over SMTP with a password, though the organisation has it off.",
        "may send over SMTP with a password, though the organisation has it off.",
    )


def _mailboxes(data: Data, options: Mailboxes, *, inherited: bool) -> Tally:
    tally = Tally()
    for mailbox in data[client_access]:
        try:
            off = mailbox.flag(_SETTING, nullable=True)
            allowed = inherited if off is None else not off
            accepted = allowed and options.accept(mailbox)
            tally.count(mailbox, mailbox.at(_SETTING) if allowed and not accepted else None)
        except Undecidable as cause:
            tally.doubt(cause)
    return tally


def _takes_no_password(data: Data) -> bool:
    """Does the policy of everybody who has no other take no password over SMTP, so far as it was read?"""
    organizations, policies = data.get(organization_config), data.get(authentication_policies)
    if organizations is None or policies is None:
        return False
    names = {each.get("DefaultAuthenticationPolicy") for each in organizations}
    chosen = [policy for policy in policies if {policy.get("Name"), policy.get("Identity")} & names]
    return bool(chosen) and all(policy.get("AllowBasicAuthSmtp") is False for policy in chosen)
