"""What Graph shows of a mailbox besides its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import errors
from mocktenant.graph.mail_rules import mailbox_of, rules_held

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.sources import Source
    from mocktenant.tenant import Tenant

_STATES = {"Disabled": "disabled", "Enabled": "alwaysEnabled", "Scheduled": "scheduled"}
_AUDIENCES = {"None": "none", "Known": "contactsOnly", "All": "all"}
_MESSAGES = {"internalReplyMessage": "InternalMessage", "externalReplyMessage": "ExternalMessage"}
"""Graph's name -> Exchange's; of the words above the other way round."""

_AWAY = "<html><body>I am away until Monday.</body></html>"
_PURPOSES = {"SharedMailbox": "shared", "RoomMailbox": "room", "EquipmentMailbox": "equipment"}


def of_mailbox(source: Source) -> Source:
    """A source that needs a mailbox. Raises GraphRefused where the user has none."""

    def found(tenant: Tenant, user: str) -> list[Object]:
        if mailbox_of(tenant, user) is None:
            raise errors.no_mailbox()
        return source(tenant, user)

    return found


def settings(tenant: Tenant, user: str) -> list[Object]:
    """The one object of a mailbox's settings: what was decided, and what is usual."""
    box = mailbox_of(tenant, user) or {}
    usual: Object = {
        "automaticRepliesSetting": _replies(tenant, box),
        "dateFormat": "M/d/yyyy",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "language": {"locale": "en-US", "displayName": "English (United States)"},
        "timeFormat": "h:mm tt",
        "timeZone": "Pacific Standard Time",
        "userPurpose": _PURPOSES.get(str(box.get("RecipientTypeDetails")), "user"),
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "Pacific Standard Time"},
        },
    }
    return [usual | tenant.collection("mailboxSettings").get(user, {})]


def decide_replies(tenant: Tenant, user: str, given: Object) -> None:
    """Automatic replies as Graph says them, into the state that Exchange shows too."""
    box = mailbox_of(tenant, user) or {}
    held = tenant.collection("autoReplyConfigurations").get(box["Guid"], {"Guid": box["Guid"]})
    new = {proper: given[name] for name, proper in _MESSAGES.items() if name in given}
    for name, proper, words in (
        ("status", "AutoReplyState", _STATES),
        ("externalAudience", "ExternalAudience", _AUDIENCES),
    ):
        if given.get(name) is not None:
            new[proper] = next(word for word, said in words.items() if said == given[name])
    tenant.put("autoReplyConfigurations", {**held, **new})


def _replies(tenant: Tenant, box: Object) -> Object:
    """Automatic replies; on is also who has the rules that answer, as Exchange shows it."""
    held = tenant.collection("autoReplyConfigurations").get(str(box.get("Guid")), {})
    away = any(
        str(rule.get("Name")).startswith("Microsoft.Exchange.OOF.") for rule in rules_held(tenant, box)
    )
    midnight = {"dateTime": tenant.clock.strftime("%Y-%m-%dT00:00:00.0000000"), "timeZone": "UTC"}
    return {
        "status": _STATES[held.get("AutoReplyState", "Enabled" if away else "Disabled")],
        "externalAudience": _AUDIENCES[held.get("ExternalAudience", "All")],
        **{name: held.get(proper, _AWAY if away else "") for name, proper in _MESSAGES.items()},
        "scheduledStartDateTime": midnight,
        "scheduledEndDateTime": midnight,
    }


def message_traces(tenant: Tenant, _parent: str = "") -> list[Object]:
    """The traces of the state, which holds them as Exchange's cmdlet shows them."""
    return [
        {
            "id": item["MessageTraceId"],
            "fromIP": item.get("FromIP"),
            "messageId": item.get("MessageId"),
            "receivedDateTime": item.get("Received"),
            "recipientAddress": item["RecipientAddress"],
            "senderAddress": item.get("SenderAddress"),
            "size": item.get("Size"),
            "status": _status(str(item.get("Status", ""))),
            "subject": item.get("Subject"),
            "toIP": item.get("ToIP"),
        }
        for item in tenant.objects("messageTraces")
    ]


def _status(text: str) -> str:
    return text[:1].lower() + text[1:]
