"""Who uses which mailbox and how: protocols, delegates, shared calendars, phones; and a little of the mail they send.

Each person's are drawn by a generator of their own, and delegates come from those before in line, so that growth
changes nobody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mocktenant import seeds
from mocktenant.folder_names import folder_names
from mocktenant.population import Person, people_of
from mocktenant.population_mail import stamp

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_PHONES = (
    ("Outlook for iOS and Android", "iOS 26.1", "Outlook-iOS/2.0"),
    ("Outlook for iOS and Android", "Android 16", "Outlook-Android/2.0"),
)
_WITH_PHONE = 0.6
_WITH_SHARED_CALENDAR = 0.2
_WITH_ASSISTANT = 0.03
_TRACED = 300
_LOOK_BACK = 40
"""Only the first people's mail is traced, and delegates are of the forty before: neither grows with the tenant."""


def protocols(tenant: Base) -> list[Object]:
    """POP and IMAP are turned off for everybody."""
    return [
        {"Guid": person.mailbox_guid, "ImapEnabled": False, "PopEnabled": False}
        for person in people_of(tenant)
        if person.kind != "guest"
    ]


def mailbox_permissions(tenant: Base) -> list[Object]:
    """Shared mailboxes are opened by two or three colleagues."""
    return [
        {"Mailbox": person.mailbox_guid, "User": delegate.mail, "AccessRights": ["FullAccess"]}
        for person, delegates in _shared(tenant)
        for delegate in delegates
    ]


def recipient_permissions(tenant: Base) -> list[Object]:
    """The first of them sends as the shared mailbox too."""
    return [
        {"Mailbox": person.mailbox_guid, "Trustee": delegates[0].mail}
        for person, delegates in _shared(tenant)
        if delegates
    ]


def folder_permissions(tenant: Base) -> list[Object]:
    """Some let a colleague read their calendar; a few have an assistant who keeps it."""
    found: list[Object] = []
    people = people_of(tenant)
    for person in people:
        if person.kind != "member":
            continue
        source = seeds.Source(tenant.seed, "calendar", person.index)
        shared, assisted = source.random() < _WITH_SHARED_CALENDAR, source.random() < _WITH_ASSISTANT
        before = _before(people, person)
        if not before or not (shared or assisted):
            continue
        grant: Object = {
            "Mailbox": person.mailbox_guid,
            "Folder": folder_names({"Languages": [person.country.language]})["Calendar"],
            "User": source.choice(before).mail,
        }
        right: Object = {"AccessRights": ["Editor"], "SharingPermissionFlags": "Delegate"}
        found.append(grant | (right if assisted else {"AccessRights": ["Reviewer"]}))
    return found


def mobile_devices(tenant: Base) -> list[Object]:
    """Most have Outlook on a phone."""
    found: list[Object] = []
    for person in people_of(tenant):
        source = seeds.Source(tenant.seed, "phone", person.index)
        if person.kind != "member" or source.random() >= _WITH_PHONE:
            continue
        model, system, agent = source.choice(_PHONES)
        first = stamp(person.created + timedelta(days=source.randint(1, 30)))
        found.append(
            {
                "Guid": seeds.guid(source),
                "Mailbox": person.mailbox_guid,
                "DeviceId": f"{source.getrandbits(64):016X}",
                "DeviceModel": model,
                "DeviceOS": system,
                "DeviceType": "Outlook",
                "DeviceUserAgent": agent,
                "ClientVersion": "1.0",
                "FriendlyName": model,
                "FirstSyncTime": first,
                "WhenCreatedUTC": first,
                "WhenChangedUTC": first,
            }
        )
    return found


def message_traces(tenant: Base) -> list[Object]:
    """A few messages of the last two days between people and to the partner."""
    found: list[Object] = []
    people = people_of(tenant)[:_TRACED]
    for person in people:
        before = _before(people, person)
        if person.kind != "member" or not before:
            continue
        source = seeds.rng(tenant.seed, "trace", person.index)
        for recipient in (source.choice(before).mail, "accounts@fabrikam.com"):
            sent = tenant.clock - timedelta(seconds=source.randint(600, 170_000))
            trace = seeds.guid(source)
            found.append(
                {
                    "MessageTraceId": trace,
                    "MessageId": f"<{trace}@contoso.com>",
                    "Received": stamp(sent),
                    "SenderAddress": person.mail,
                    "RecipientAddress": recipient,
                    "Subject": source.choice(("Minutes", "Invoice", "Weekly report", "Itinerary")),
                    "FromIP": "198.51.100.20",
                    "Size": source.randint(9_000, 900_000),
                }
            )
    return found


def _shared(tenant: Base) -> list[tuple[Person, list[Person]]]:
    """Shared mailboxes, each with its two or three delegates."""
    people = people_of(tenant)
    found = []
    for person in people:
        if person.kind == "shared":
            source, before = seeds.rng(tenant.seed, "delegates", person.index), _before(people, person)
            found.append((person, source.sample(before, min(len(before), source.randint(2, 3)))))
    return found


def _before(people: tuple[Person, ...], person: Person) -> list[Person]:
    """Colleagues who were there before."""
    near = people[max(0, person.index - _LOOK_BACK) : person.index]
    return [other for other in near if other.kind == "member" and other.enabled]
