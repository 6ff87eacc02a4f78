"""Inbox rules made, changed and taken away; a mailbox's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph import errors, mail_rules
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.mailboxes import decide_replies, settings

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call


def create_rule(call: Call) -> Reply:
    """A rule in the inbox of a user."""
    user = call.parents[0]["id"]
    box = mail_rules.mailbox_of(call.tenant, user)
    if box is None:
        raise errors.no_mailbox()
    made = call.tenant.put(
        "inboxRules",
        {"Mailbox": box["Guid"], "Enabled": True, **mail_rules.written(call.tenant, user, call.body)},
    )
    return Reply(201, mail_rules.read(str(box["Guid"]), made))


def update_rule(call: Call) -> Reply:
    """A rule's properties; what Outlook can't express can't be changed from here either."""
    user, rule = call.parents[0]["id"], _rule(call)
    if not rule.get("SupportedByTask", True):
        raise errors.GraphRefused(400, "ErrorInvalidOperation", "The rule is read-only.")  # unconfirmed
    new = call.tenant.patch("inboxRules", rule["Guid"], mail_rules.written(call.tenant, user, call.body))
    return Reply(200, mail_rules.read(str(rule["Mailbox"]), new))


def delete_rule(call: Call) -> Reply:
    """A rule."""
    call.tenant.delete("inboxRules", _rule(call)["Guid"])
    return Reply()


def update_settings(call: Call) -> Reply:
    """A mailbox's settings; the answer holds them all."""
    user, body = call.parents[0]["id"], plain(call.body)
    replies = body.pop("automaticRepliesSetting", None)
    if replies:
        decide_replies(call.tenant, user, replies)
    if body:
        held = call.tenant.collection("mailboxSettings").get(user, {"userId": user})
        call.tenant.put("mailboxSettings", {**held, **body})
    return Reply(200, settings(call.tenant, user)[0])


def _rule(call: Call) -> Object:
    found = mail_rules.stored(call.tenant, call.parents[0]["id"], call.one["id"])
    if found is None:
        raise errors.no_item(call.one["id"])
    return found
