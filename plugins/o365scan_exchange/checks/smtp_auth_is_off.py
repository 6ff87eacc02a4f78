"""Mail can't be sent over SMTP with a password alone.

## What it looks at

Authenticated SMTP submission (SMTP AUTH): the organisation's switch (`Get-TransportConfig`,
`SmtpClientAuthenticationDisabled`) and each mailbox's own (`Get-CASMailbox`, the same name), where null inherits.

- If the organisation has it on, that is one finding, on the organisation, with the number of mailboxes that may use
  it and a few of them as evidence.
- If the organisation has it off, each mailbox that turns it on for itself is named, unless accepted. Of more than 25,
  or of at least as many as not, it is one finding.

A mailbox doesn't count whose owner's password is refused there for certain, by one of these:

- Security defaults, which refuse the older protocols to everybody.
- The authentication policy of the owner (`Get-User`, `AuthenticationPolicy`), or else the organisation's
  (`DefaultAuthenticationPolicy`): `AllowBasicAuthSmtp` is False. The other protocols of such a policy mean nothing any
  more, since Microsoft takes passwords there from nobody.
- An enforced Conditional Access policy that blocks the client app type `other` for all users and apps (or Exchange
  Online, or Office 365), single accounts excepted, under no further condition. One that spares groups or roles is
  not counted, since who is in them is not looked up here.

If that leaves no mailbox, the organisation's switch is low: it is these alone that keep passwords out, and each of
them is changed for other reasons. Where they could not be read, nobody's password is taken to be refused.

What it can't see: who uses it (sign-ins by the client app "Authenticated SMTP"). Unconfirmed: how `Get-User` writes
the policy (its name is expected; its other names are understood too).

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
from dataclasses import dataclass, field

from o365scan.api import Data, Judgement, Record, Severity, Undecidable, check, problem, undecided
from o365scan_exchange import smtp_passwords
from o365scan_exchange.accepted import Mailboxes, acceptance
from o365scan_exchange.datasets import client_access, transport_config
from o365scan_exchange.tally import Tally

_SETTING = "SmtpClientAuthenticationDisabled"


@dataclass
class _Found:
    """The mailboxes that may send with a password, and what refuses it to others that the switches allow."""

    tally: Tally = field(default_factory=Tally)
    refused: int = 0
    by: set[str] = field(default_factory=set)

    @property
    def keepers(self) -> str:
        """All that refuses passwords, for people."""
        return " and ".join(sorted(self.by))


@check(
    "exchange.smtp-auth-is-off",
    severity=Severity.MEDIUM,
    reads=[transport_config, client_access],
    optional=smtp_passwords.DATASETS,
    options=Mailboxes,
    attack=["T1110.003", "T1078.004"],
    controls=["SCuBA/MS.EXO.5.1v1", "CIS-M365-7.0/6.5.4"],
)
def smtp_auth_is_off(data: Data, options: Mailboxes) -> Iterator[Judgement]:
    switches = list(data[transport_config])
    if not switches:
        yield undecided("Get-TransportConfig shows no configuration, so what mailboxes inherit is unknown.")
        return
    on = [each for each in switches if not each.flag(_SETTING)]
    found = _mailboxes(data, options, inherited=bool(on))
    tally = found.tally
    for switch in on:
        yield _open(switch, found)
    if on:
        yield from tally.unknown.values()
        return
    yield from tally.judged(
        f"{tally.having:,} mailboxes may send over SMTP with a password, though the organisation has it off.",
        "may send over SMTP with a password, though the organisation has it off.",
        accept=acceptance,
    )


def _open(switch: Record, found: _Found) -> Judgement:
    tally = found.tally
    if found.refused and not tally.having:
        said = f"The organisation lets mail be sent over SMTP; that no password is taken is up to {found.keepers}."
    else:
        said = (
            f"Mail may be sent over SMTP with a password: {tally.having:,} of {tally.total:,} mailboxes may, as the"
            " organisation lets them."
        )
        if found.refused:
            said += f" {found.refused:,} more are kept from it by {found.keepers}."
    low = bool(found.refused) and not tally.having
    return problem(
        said, switch.at(_SETTING), *tally.evidence, severity=Severity.LOW if low else None, at=switch
    )


def _mailboxes(data: Data, options: Mailboxes, *, inherited: bool) -> _Found:
    found, refusals = _Found(), data.once(smtp_passwords.refusals)
    for mailbox in data[client_access]:
        try:
            off = mailbox.flag(_SETTING, nullable=True)
            allowed = inherited if off is None else not off
            allowed = allowed and not options.accept(mailbox)
        except Undecidable as cause:
            found.tally.doubt(cause)
            continue
        if allowed and (keeper := refusals.of(mailbox)) is not None:
            found.refused += 1
            found.by.add(keeper)
            allowed = False
        found.tally.count(mailbox, mailbox.at(_SETTING) if allowed else None)
    return found
