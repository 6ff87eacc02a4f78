"""Changes to inbox rules, and what comes with them.

Any of them deletes the rules that only Outlook holds for the mailbox: `ClientSide` ones in the state. Unless
told otherwise a person is asked first; taking a rule away or turning it off always asks. Unconfirmed: the questions,
and that a rule of Outlook's own is in the list before it is deleted.
"""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.changes import DONE, changed, lists, numbers, question, switches, texts
from mocktenant.exchange.cmdlet import Act, Command, Outcome, Row, found, reads
from mocktenant.exchange.cmdlets import inbox_rules, mailbox_settings
from mocktenant.exchange.grants import MAILBOX_OPTIONS
from mocktenant.exchange.inbox_rules import ACTIONS, CONDITIONS, inbox_rule, rules_of_mailbox
from mocktenant.exchange.mailboxes import mailbox
from mocktenant.exchange.parameters import Number, Parameter, Read, Switch, Text
from mocktenant.exchange.recipients import find_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

_RULE = reads(inbox_rules.ROWS, "Get-InboxRule")
_SWEEP = reads(mailbox_settings.ROWS, "Get-SweepRule")
_RECIPIENTS = words("ForwardAsAttachmentTo ForwardTo RedirectTo")
_SEVERAL = {
    *words(
        "ApplyCategory BodyContainsWords From FromAddressContainsWords HeaderContainsWords "
        "RecipientAddressContainsWords SentTo SubjectContainsWords SubjectOrBodyContainsWords"
    ),
    *_RECIPIENTS,
}
_SIZES = words("WithinSizeRangeMaximum WithinSizeRangeMinimum")
_BLOB = "Rules that were made in Outlook and run only there will be deleted from the mailbox"


def _property(name: str, unset: object) -> Parameter:
    if isinstance(unset, bool):
        return Switch()
    if name in _SIZES:
        return numbers(name)[name]
    return (lists if name in _SEVERAL else texts)(name)[name]


_PROPERTIES: dict[str, Parameter] = {
    "Name": Text(),
    "Priority": Number(),
    **{name: _property(name, unset) for name, unset in (CONDITIONS | ACTIONS).items()},
    **{f"ExceptIf{name}": _property(name, unset) for name, unset in CONDITIONS.items()},
}
_NAMED: dict[str, Parameter] = {"Identity": Text(), "Mailbox": Text()}
_ALWAYS = switches("AlwaysDeleteOutlookRulesBlob Force")


def _box(tenant: Tenant, given: Read) -> Object:
    if "Mailbox" not in given:
        raise errors.invalid("Invalid Operation")  # an app has no mailbox of its own
    box = find_mailbox(tenant, given["Mailbox"])
    if box is None:
        raise errors.no_mailbox()
    return box


def _rule(tenant: Tenant, given: Read) -> Object:
    """The rule that is meant, hidden or not. Raises Refusal."""
    asked = {"Mailbox": _box(tenant, given)["Guid"], "IncludeHidden": True, "Identity": given["Identity"]}
    return found(tenant, _RULE, asked)[0]


def _drop_outlooks(tenant: Tenant, box: Object) -> None:
    for rule in _outlooks(tenant, box):
        tenant.delete("inboxRules", rule["Guid"])


def _outlooks(tenant: Tenant, box: Object) -> list[Object]:
    rules = rules_of_mailbox(tenant, box)
    return [rule for rule in rules if rule.get("ClientSide")]


def _asks(tenant: Tenant, given: Read) -> str | None:
    """The question where Outlook's own rules are at stake and nobody has said that they may go."""
    at_stake = _outlooks(tenant, _box(tenant, given)) and not given.get("AlwaysDeleteOutlookRulesBlob")
    return f"{_BLOB}. Do you want to continue?" if at_stake else None


def _properties(tenant: Tenant, now: Object, given: Read) -> Object:
    changes = changed(tenant, now, {name: value for name, value in given.items() if name in _PROPERTIES})
    del changes["WhenChangedUTC"]  # a rule has no time
    for name in changes.keys() & set(_RECIPIENTS):
        changes[name] = [_recipient(tenant, item) for item in changes[name]] or None
    return changes


def _recipient(tenant: Tenant, given: str) -> str:
    """A recipient as a rule shows it: one of the directory by its old address, another by SMTP."""
    if "[" in given:
        return given
    box = find_mailbox(tenant, given)
    if box is None:
        return f'"{given}" [SMTP:{given}]'
    shown = mailbox(tenant, box)
    return f'"{shown["DisplayName"]}" [EX:{shown["LegacyExchangeDN"]}]'


def _new(tenant: Tenant, given: Read) -> Outcome:
    box = _box(tenant, given)
    _drop_outlooks(tenant, box)
    rules = rules_of_mailbox(tenant, box)
    usual: Object = {"Mailbox": box["Guid"], "Priority": 1 + len(rules)}
    made = tenant.put("inboxRules", usual | _properties(tenant, {}, given))
    return Outcome([inbox_rule(tenant, made)])


def _set(tenant: Tenant, given: Read) -> Outcome:
    rule = _rule(tenant, given)
    _drop_outlooks(tenant, _box(tenant, given))
    tenant.patch("inboxRules", rule["Guid"], _properties(tenant, inbox_rule(tenant, rule), given))
    return DONE


def _turned(on: bool) -> Act:
    def act(tenant: Tenant, given: Read) -> Outcome:
        rule = _rule(tenant, given)
        tenant.patch("inboxRules", rule["Guid"], {"Enabled": on})
        _drop_outlooks(tenant, _box(tenant, given))
        return DONE

    return act


def _remove(tenant: Tenant, given: Read) -> Outcome:
    rule = _rule(tenant, given)
    tenant.delete("inboxRules", rule["Guid"])
    _drop_outlooks(tenant, _box(tenant, given))
    return DONE


def _remove_sweep(tenant: Tenant, given: Read) -> Outcome:
    item = found(tenant, _SWEEP, {"Mailbox": _box(tenant, given)["Guid"], "Identity": given["Identity"]})[0]
    tenant.delete("sweepRules", item["Guid"])
    return DONE


def _command(
    act: Act, parameters: dict[str, Parameter], *, required: str = "Identity", **more: Any
) -> Command:
    return Command(
        act=act,
        parameters=parameters | _ALWAYS,
        required=words(required),
        grant=MAILBOX_OPTIONS,
        unconfirmed="the questions; which rules of Outlook's are listed",
        **more,
    )


ROWS: dict[str, Row] = {
    "Disable-InboxRule": _command(_turned(False), _NAMED, ask=question("Disabling the Inbox rule")),
    "Enable-InboxRule": _command(_turned(True), _NAMED, ask=_asks),
    "New-InboxRule": _command(
        _new,
        _PROPERTIES | {"Mailbox": Text()},
        required="Name",
        ask=_asks,
        unemulated=frozenset({"FromMessageId", "ValidateOnly"}),
    ),
    "Remove-InboxRule": _command(_remove, _NAMED, ask=question("Removing the Inbox rule")),
    "Remove-SweepRule": Command(
        act=_remove_sweep,
        ask=question("Removing the Sweep rule"),
        parameters=_NAMED | switches("Force"),
        required=("Identity",),
        grant=MAILBOX_OPTIONS,
        unconfirmed="the question",
    ),
    "Set-InboxRule": _command(_set, _PROPERTIES | _NAMED, ask=_asks),
}
