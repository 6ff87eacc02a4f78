"""Mailboxes are reached by no protocol that nobody needs.

## What it looks at

Each mailbox's protocols (`Get-CASMailbox`): POP (`PopEnabled`) and IMAP (`ImapEnabled`); and ActiveSync
(`ActiveSyncEnabled`) and Outlook on the web (`OWAEnabled`) where the options say who may have them, or who need not.
Microsoft gives all of them to everybody and has no switch for the tenant, so what is judged is that default:

- If more than 25 mailboxes have one, or at least as many as don't, it is one finding on the list as a whole: a count,
  with a few mailboxes as evidence.
- In a tenant that has taken it from most, those that still have it are named one by one: somebody has given it to
  them, or a new mailbox was missed. `exchange.mailbox-plan-gives-no-legacy-protocol` sees to the latter.

SMTP and Exchange Web Services have switches for the organisation and checks of their own.

What it can't see: whether anybody uses it (sign-ins by the client apps "IMAP4" and "POP3").

## Why it matters

POP and IMAP fetch a whole mailbox and leave little in its log. Passwords alone are no longer taken there, but an app
that a person consented to, or a stolen token, may use them; IMAP is how intruders copy a mailbox, and turning it on
for one mailbox is a known step of theirs.

## Remediation

In Exchange Online PowerShell:

1. See that nobody needs it: in the Microsoft Entra admin centre, Sign-in logs, filter by client app.
2. `Get-CASMailbox -ResultSize Unlimited | Set-CASMailbox -PopEnabled $false -ImapEnabled $false`, without those that
   are accepted below.
3. The same for the plans, or every new mailbox has it again: `Get-CASMailboxPlan | Set-CASMailboxPlan -PopEnabled
   $false -ImapEnabled $false`.
4. Where a single mailbox has it and most don't, ask who turned it on: `Set-CASMailbox` in the audit log.

## Options

```toml
[checks."exchange.legacy-protocols-are-off"]
mailboxes = ["tickets@contoso.com"]
activesync = ["reception@contoso.com"]
no_activesync = ["SharedMailbox", "RoomMailbox"]
no_outlook_on_the_web = ["SharedMailbox", "kiosk@contoso.com"]
```

`mailboxes` may have POP and IMAP: primary addresses, whole. ActiveSync and Outlook on the web are looked at if an
option says for whom. `activesync` and `outlook_on_the_web` name all who may have it, which suits few: nobody else
may. `no_activesync` and `no_outlook_on_the_web` name those who need not have it: addresses, or kinds of mailboxes as
Exchange calls them (`RecipientTypeDetails` of `Get-Mailbox`; of a mailbox that is not listed there it is undecided).
Devices of meeting rooms, such as Teams Rooms, may use either for their own mailbox.

## Sources

- <https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox>
- <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4/pop3-and-imap4>
- <https://attack.mitre.org/techniques/T1114/002/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Acceptance, Data, Judgement, OptionsError, Record, Severity, Undecidable, check
from o365scan_exchange.accepted import acceptance, addresses
from o365scan_exchange.datasets import client_access, mailboxes
from o365scan_exchange.tally import Tally

_KINDS = frozenset(
    {
        "DiscoveryMailbox",
        "EquipmentMailbox",
        "LegacyMailbox",
        "LinkedMailbox",
        "RoomMailbox",
        "SchedulingMailbox",
        "SharedMailbox",
        "TeamMailbox",
        "UserMailbox",
    }
)


@dataclass(frozen=True)
class _Rule:
    """Who may have a protocol, or who need not: what one option says of one protocol."""

    name: str
    setting: str
    option: str
    may: frozenset[str] | None = None
    """The addresses of all who may have it; None where the rule says who need not."""
    need_not: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def is_about(self, mailbox: Record, data: Data) -> bool:
        """Should the mailbox not have it? Raises Undecidable where its kind decides and isn't known."""
        address = mailbox.text("PrimarySmtpAddress").lower()
        if self.may is not None:
            return address not in self.may
        return address in self.need_not or (bool(self.kinds) and _kind(mailbox, data) in self.kinds)

    def accept(self, mailbox: Record) -> Acceptance | None:
        """The entry that lets one more have it; none where the rule says who need not."""
        return acceptance(mailbox, self.option) if self.may is not None else None

    def of_many(self, tally: Tally) -> str:
        """What is said of most of those that the rule is about."""
        if self.may is None:
            return f"{tally.having:,} of {tally.total:,} mailboxes that need no {self.name} can be reached by it."
        usual = ", as Microsoft lets everybody" if tally.having >= tally.without else ""
        return f"{tally.having:,} of {tally.total:,} mailboxes can be reached by {self.name}{usual}."

    def of_one(self, tally: Tally) -> str:
        """What is said of a single one of them, after its name."""
        if self.may is None:
            return f"needs no {self.name}, and can be reached by it."
        return f"can be reached by {self.name}, unlike {tally.without:,} others."


@dataclass(frozen=True)
class ProtocolUsers:
    """Who may use which protocol, and who need not; None where an option says nothing."""

    mailboxes: tuple[str, ...] = ()
    activesync: tuple[str, ...] | None = None
    outlook_on_the_web: tuple[str, ...] | None = None
    no_activesync: tuple[str, ...] = ()
    no_outlook_on_the_web: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for option in ("activesync", "outlook_on_the_web"):
            if getattr(self, option) is not None and getattr(self, f"no_{option}"):
                raise OptionsError(f"{option} and no_{option}: say who may, or who need not, and not both")
        for _ in self.rules():
            pass

    def rules(self) -> Iterator[_Rule]:
        """What is to be looked at. Raises OptionsError that names the value."""
        either = addresses(self.mailboxes, "mailboxes")
        yield _Rule("POP", "PopEnabled", "mailboxes", either)
        yield _Rule("IMAP", "ImapEnabled", "mailboxes", either)
        yield from self._rules("ActiveSync", "ActiveSyncEnabled", "activesync")
        yield from self._rules("Outlook on the web", "OWAEnabled", "outlook_on_the_web")

    def _rules(self, name: str, setting: str, option: str) -> Iterator[_Rule]:
        may, need_not = getattr(self, option), getattr(self, f"no_{option}")
        if may is not None:
            yield _Rule(name, setting, option, addresses(may, option))
        if need_not:
            kinds = frozenset(text for text in need_not if text in _KINDS)
            named = addresses((text for text in need_not if text not in kinds), f"no_{option}")
            yield _Rule(name, setting, option, None, named, kinds)


@check(
    "exchange.legacy-protocols-are-off",
    severity=Severity.MEDIUM,
    reads=[client_access],
    optional=[mailboxes],
    options=ProtocolUsers,
    attack=["T1114.002"],
)
def legacy_protocols_are_off(data: Data, options: ProtocolUsers) -> Iterator[Judgement]:
    for rule in options.rules():
        tally = _tally(data, rule)
        yield from tally.judged(rule.of_many(tally), rule.of_one(tally), accept=rule.accept)


def _tally(data: Data, rule: _Rule) -> Tally:
    tally = Tally()
    for mailbox in data[client_access]:
        try:
            on = mailbox.flag(rule.setting)
            about = rule.is_about(mailbox, data)
        except Undecidable as cause:
            tally.doubt(cause)
            continue
        if about or rule.may is not None:
            tally.count(mailbox, mailbox.at(rule.setting) if on and about else None)
    return tally


def _kind(mailbox: Record, data: Data) -> str:
    known = data.get(mailboxes)
    found = known.get(mailbox.key) if known is not None else None
    if found is None:
        raise Undecidable(
            "The kinds of some mailboxes are not known, by which an option goes: Get-Mailbox doesn't list them."
        )
    return found.text("RecipientTypeDetails")
