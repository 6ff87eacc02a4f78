"""Mailboxes as Graph shows them: settings, folders, rules; messages there are none."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import errors
from mocktenant.graph.mail_rules import folders_of, rules_of
from mocktenant.graph.mailboxes import message_traces, of_mailbox, settings
from mocktenant.graph.resources import PAGED, Resource, Write
from mocktenant.graph.sources import nothing
from mocktenant.graph.table.app_roles import MAILBOX, WRITE_MAILBOX
from mocktenant.graph.table.kinds import paged
from mocktenant.graph.writes import mail

_part = partial(Resource, denial=errors.mail_denied, missing=errors.no_item)
_list = partial(_part, page=10, largest=1000, options=PAGED, skips=True)
_MAIL = ("Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite")
_RULE_READ_ONLY = frozenset({"id", "hasError", "isReadOnly"})

ROWS: tuple[Resource, ...] = (
    _part(
        "users/{id}/mailboxSettings",
        "mailboxSettings",
        of_mailbox(settings),
        singleton=True,
        read=MAILBOX,
        granted=False,
        writes={"PATCH": Write(WRITE_MAILBOX, mail.update_settings, takes="mailboxSettings")},
    ),
    _list(
        "users/{id}/mailFolders",
        "mailFolder",
        of_mailbox(folders_of),
        keys=("id", "displayName"),
        read=_MAIL,
        granted=False,
        unconfirmed="folders are named by their display name too, as by their well-known names",
    ),
    _part(
        "users/{id}/mailFolders/inbox/messageRules",
        "messageRule",
        of_mailbox(rules_of),
        read=MAILBOX,
        granted=False,
        options=PAGED - {"$top", "$skiptoken"},
        writes={
            "POST": Write(
                WRITE_MAILBOX,
                mail.create_rule,
                takes="messageRule",
                needed=("displayName", "actions"),
                read_only=_RULE_READ_ONLY,
            ),
            "PATCH": Write(WRITE_MAILBOX, mail.update_rule, takes="messageRule", read_only=_RULE_READ_ONLY),
            "DELETE": Write(WRITE_MAILBOX, mail.delete_rule),
        },
    ),
    _list(
        "users/{id}/messages",
        "message",
        of_mailbox(nothing),
        read=_MAIL,
        granted=False,
        unconfirmed="always empty: mail itself is not emulated",
    ),
    _part(
        "users/{id}/calendar/calendarPermissions",
        "calendarPermission",
        of_mailbox(nothing),
        read=("Calendars.Read", "Calendars.ReadBasic.All", "Calendars.ReadWrite"),
        granted=False,
        unconfirmed="always empty",
    ),
    paged(
        "admin/exchange/tracing/messageTraces",
        "exchangeMessageTrace",
        message_traces,
        read=("ExchangeMessageTrace.Read.All",),
        granted=False,
    ),
)
