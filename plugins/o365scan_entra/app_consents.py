"""What single people let apps do in their name: mail and files, by app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from o365scan.api import Data, Evidence, Record, Undecidable, Undecided

from .app_permissions import of_resource
from .app_resources import EXCHANGE, GRAPH, SHAREPOINT
from .applications import delegated_grants, service_principals

#: By API, the first word of permissions for mail, files, chats and notes. Contacts are here for what they are
#: used for: the list of the next victims. Microsoft Graph's calendars and tasks are not.
_CONTENT = {
    GRAPH: frozenset(
        {
            "ChannelMessage", "Chat", "Contacts", "EAS", "EWS", "Files", "IMAP", "Mail", "Mail-Advanced",
            "MailboxFolder", "MailboxItem", "MailboxSettings", "Notes", "POP", "SMTP", "Sites",
        }
    ),
    EXCHANGE: frozenset(
        {
            "Contacts", "EAS", "EWS", "Exchange", "Files", "IMAP", "Mail", "MailboxSettings", "Notes", "POP", "SMTP",
            "full_access_as_user",
        }
    ),
    SHAREPOINT: frozenset({"AllFiles", "AllSites", "MyFiles", "Sites"}),
}  # fmt: skip

#: They show settings or names, not what anybody wrote.
_HARMLESS = frozenset(
    {
        "Chat.Create", "Files.SelectedOperations.Selected", "Mail.ReadBasic", "Mail.ReadBasic.Shared",
        "MailboxSettings.Read", "Sites.Selected",
    }
)  # fmt: skip


def is_content(api: str, scope: str) -> bool:
    """Does the delegated permission open somebody's mail, files, chats or notes, or let the app send as them?"""
    return scope not in _HARMLESS and scope.partition(".")[0] in _CONTENT.get(api, ())


@dataclass
class Consents:
    """What people consented to for one app: the scopes that matter, who, and the grants that say so."""

    scopes: dict[str, None] = field(default_factory=dict)
    people: dict[str, None] = field(default_factory=dict)
    grants: list[Record] = field(default_factory=list)
    lasting: bool = False
    """Was `offline_access` among it: does the app get in without the person?"""

    def evidence(self, most: int) -> Iterator[Evidence]:
        """What shows the first of them."""
        for grant in self.grants[:most]:
            yield grant.at("scope")
            yield grant.at("principalId")


@dataclass
class Consented:
    """The consents by the id of the app's principal, and the grants that can't be read."""

    apps: dict[str, Consents] = field(default_factory=dict)
    doubts: list[Undecided] = field(default_factory=list)


def consents(data: Data) -> Consented:
    """What people consented to for themselves. Raises Undecidable if the lists can't be read."""
    apis = {each.key: each.text("appId") for each in data[service_principals]}
    found = Consented()
    lasting: set[tuple[str, str]] = set()
    for grant in data[delegated_grants]:
        try:
            if _is_for_one(grant):
                lasting.update(_keep(grant, apis, found.apps))
        except Undecidable as cause:
            found.doubts.append(Undecided(str(cause), at=grant))
    for app, person in lasting:
        if app in found.apps and person in found.apps[app].people:
            found.apps[app].lasting = True
    return found


def _is_for_one(grant: Record) -> bool:
    kind = grant.text("consentType")
    if kind not in ("Principal", "AllPrincipals"):
        raise Undecidable(f"For whom this was consented is not known: {kind!r}.")
    return kind == "Principal"


def _keep(grant: Record, apis: dict[str, str], apps: dict[str, Consents]) -> Iterable[tuple[str, str]]:
    """Add what matters of the grant; gives the app and person if it lasts, which may be told for another API."""
    api = apis.get(grant.text("resourceId"))
    scopes = (grant.text("scope", nullable=True) or "").split()
    app, person = grant.text("clientId"), grant.text("principalId")
    wanted = [each for each in scopes if api is not None and is_content(api, each)]
    if wanted and api is not None:
        known = apps.setdefault(app, Consents())
        known.scopes.update(dict.fromkeys(of_resource(each, api) for each in wanted))
        known.people[person] = None
        known.grants.append(grant)
    return [(app, person)] if "offline_access" in scopes else []
