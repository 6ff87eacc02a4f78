"""Inbox rules, as Get-InboxRule shows them.

There is no property that says hidden, and none that says when: a rule that Outlook and a plain
Get-InboxRule leave out is known only by the difference of the two lists.
"""

from __future__ import annotations

from typing import Any

from mocktenant import seeds
from mocktenant.collection import Object
from mocktenant.exchange import errors
from mocktenant.exchange.objects import completed
from mocktenant.exchange.parameters import Read
from mocktenant.exchange.recipients import find_mailbox, of_mailbox
from mocktenant.tenant import Tenant
from mocktenant.words import words

MOCK_ONLY = frozenset({"ClientSide", "Guid", "Hidden", "Mailbox", "Sweep"})
"""Properties of the state that are on no wire."""

_VALUES = words(
    "BodyContainsWords FlaggedForAction From FromAddressContainsWords FromSubscription HasClassification "
    "HeaderContainsWords MessageTypeMatches RecipientAddressContainsWords SentTo SubjectContainsWords "
    "SubjectOrBodyContainsWords WithImportance WithSensitivity WithinSizeRangeMaximum WithinSizeRangeMinimum "
    "ReceivedAfterDate ReceivedBeforeDate"
)
_FLAGS = words("HasAttachment MyNameInCcBox MyNameInToBox MyNameInToOrCcBox MyNameNotInToBox SentOnlyToMe")
CONDITIONS: dict[str, Any] = dict.fromkeys(_VALUES) | dict.fromkeys(_FLAGS, False)
"""Every condition with its unset value; all but the dates' exist again as `ExceptIf...`."""

ACTIONS: dict[str, Any] = {
    "ApplyCategory": None,
    "ApplySystemCategory": None,
    "CopyToFolder": None,
    "DeleteMessage": False,
    "DeleteSystemCategory": None,
    "ForwardAsAttachmentTo": None,
    "ForwardTo": None,
    "MarkAsRead": False,
    "MarkImportance": None,
    "MoveToFolder": None,
    "PinMessage": False,
    "RedirectTo": None,
    "SendTextMessageNotificationTo": [],
    "SoftDeleteMessage": False,
    "StopProcessingRules": False,
}
"""Every action with its unset value."""


def inbox_rules(tenant: Tenant, given: Read) -> list[Object]:
    """The rules of one mailbox that a request is shown, by priority. Raises Refusal without a mailbox."""
    if "Mailbox" not in given:
        raise errors.invalid("Invalid Operation")  # an app has no mailbox of its own
    box = find_mailbox(tenant, given["Mailbox"])
    if box is None:
        raise errors.no_mailbox()
    rules = rules_of_mailbox(tenant, box)
    hidden_too, sweeps = given.get("IncludeHidden", False), given.get("SweepRules", False)
    shown = [
        rule for rule in rules if (hidden_too or not rule.get("Hidden")) and bool(rule.get("Sweep")) == sweeps
    ]
    return sorted(shown, key=lambda rule: int(rule.get("Priority", 1)))[given.get("SkipCount", 0) :]


def rules_of_mailbox(tenant: Tenant, mailbox: Object) -> list[Object]:
    """All rules in the state that belong to a mailbox."""
    return of_mailbox(tenant, "inboxRules", mailbox)


def inbox_rule(tenant: Tenant, given: Object) -> Object:
    """A row of Get-InboxRule; one that is shaped already names no mailbox any more."""
    if "Mailbox" not in given:
        return given
    box = find_mailbox(tenant, str(given["Mailbox"])) or {"Guid": given["Mailbox"], "Name": given["Mailbox"]}
    number = given.get("RuleIdentity", rule_identity(str(given["Guid"])))
    defaults: Object = {
        "Description": _description(given),
        "Enabled": True,
        "Identity": f"{box['Guid']}\\{number}",
        "InError": False,
        "ErrorType": "NotApplicable",
        "Name": "",
        "Priority": 1,
        "RuleIdentity": number,
        "SupportedByTask": True,
        **CONDITIONS,
        **{f"ExceptIf{name}": value for name, value in CONDITIONS.items()},
        **ACTIONS,
        "MailboxOwnerId": box["Name"],
        "IsValid": True,
        "ObjectState": "Unchanged",
    }
    return completed(defaults, {name: value for name, value in given.items() if name not in MOCK_ONLY})


def rule_identity(guid: str) -> int:
    """A rule's number: always above 2^53, where a reader that takes it for a float goes wrong."""
    return seeds.rng(0, f"rule/{guid}").randrange(2**60, 2**64)


def _description(given: Object) -> str:
    """The rule in words; the service's wording differs, its parts and their order are the same."""
    conditions = [_said(given, name) for name in CONDITIONS if given.get(name)]
    actions = [_said(given, name) for name in ACTIONS if given.get(name)]
    exceptions = [_said(given, f"ExceptIf{name}") for name in CONDITIONS if given.get(f"ExceptIf{name}")]
    parts = [
        ("If the message:", conditions),
        ("Take the following actions:", actions),
        ("Except if the message:", exceptions),
    ]
    lines = [line for heading, said in parts if said for line in (heading, *said)]
    return "".join(f"{line}\r\n" for line in lines)


def _said(given: Object, name: str) -> str:
    value = given[name]
    text = " or ".join(f"'{item}'" for item in value) if isinstance(value, list) else f"'{value}'"
    return f"\t{name}" if value is True else f"\t{name}: {text}"
