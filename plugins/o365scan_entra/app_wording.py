"""What is said of an app beside its rights: names in a row, what happened lately, what a reader wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from o365scan.api import IncompleteDataset, Record

from .app_credentials import said
from .app_permissions import Reach
from .app_profile import App
from .app_right import Right
from .app_signs import MailFlow, counted
from .applications import application_owners, federated_credentials
from .issuers import is_known_issuer
from .publishers import Owner, is_verified

_LONG = timedelta(days=2 * 366)
_NAMED = 6
_TRUSTED = 3
_MULTI_TENANT = ("AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount")


def names(found: Iterable[Right]) -> str:
    """The rights in a row; beyond the first few, how many more."""
    all_of_them = list(dict.fromkeys(right.said for right in found))
    more = len(all_of_them) - _NAMED
    listed = all_of_them[:_NAMED] + ([f"{more} more"] if more > 0 else [])
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def lately(app: App, mail: MailFlow | None = None) -> str:
    """What was added or changed within two weeks, or just after the consent, and where it signed in from."""
    happened = [f"{said(app.fresh, app.scan.now)} was added"] if app.fresh else []
    happened += [counted(mail.lately)] if mail is not None and mail.lately else []
    text = f" Within the last two weeks {' and '.join(happened)}." if happened else ""
    if mail is not None and mail.together:
        said_so = counted(mail.together)
        text += f" {said_so[0].upper()}{said_so[1:]} within three days of its being given that."
    return text + (str(app.new_ground) if app.new_ground else "")


def scanner_remark(app: App) -> str:
    """Whether it looks like a scanner that was given too much: else it only reads, with a role for reading."""
    if app.is_scanner:  # told for sure, by `remarks`
        return ""
    reader = any(right.reads_exchange for right in app.rights)
    if not reader or any(r.reach is not Reach.SHELL and not r.writes_exchange for r in app.privileges):
        return ""
    return " All else that it holds only reads, as with a scanner like this one: for that, the role to read is enough."


def beside_scope(app: App) -> str:
    """A scope in Exchange Online takes nothing away from a permission that was granted in Entra."""
    scoped = {right.name.removeprefix("Application ") for right in app.rights if right.limited}
    if scoped & {right.name for right in app.of(Reach.CONTENT, Reach.MAILBOXES)}:
        return " Its scoped role in Exchange Online doesn't limit that: the two add up."
    return ""


def remarks(app: App) -> Iterator[str]:
    """What a reader wants to know of the app, and no verdict rests on."""
    if app.is_scanner:
        yield "It is the scanner itself: this scan was made as it. `o365scan permissions` lists all that it needs."
    if app.is_off:
        yield "The app is disabled here: this is what enabling it would bring back."
    if app.owner is Owner.MICROSOFT_EMPLOYEE:
        yield "It is registered in a tenant of Microsoft's, where its employees register theirs too."
    if app.owner is Owner.ELSEWHERE and not is_verified(app.principal):
        yield "Its publisher is not verified."
    if app.application is not None:
        yield from _of_registration(app, app.application)
    if app.slumber is not None:
        yield str(app.slumber)


def _trusted(app: App, application: Record) -> Iterator[str]:
    """Whose tokens it takes, of services that give them to anyone's workloads: only the subject says whose."""
    view = app.scan.data.get(federated_credentials)
    found = list(view.of(application)) if view is not None else []
    known = [each for each in found if is_known_issuer(str(each.get("issuer")), app.scan.options.issuers)]
    for each in known[:_TRUSTED]:
        yield f"Whoever runs {each.get('subject')} at {each.get('issuer')} can sign in as it."
    if len(known) > _TRUSTED:
        yield f"So can {len(known) - _TRUSTED} more."


def _of_registration(app: App, application: Record) -> Iterator[str]:
    if application.get("signInAudience") in _MULTI_TENANT:
        yield "Other tenants can use the app too."
    usable = [each for each in app.registered if each.is_usable(app.scan.now)]
    if any(each.ends is None or each.ends - each.starts > _LONG for each in usable):
        yield "One of its credentials is valid for more than two years."
    yield from _trusted(app, application)
    try:
        owners = list(app.scan.data[application_owners].of(application))
    except IncompleteDataset:
        return
    if not owners:
        yield "It has no owner who could be asked."
    else:
        yield (
            f"Its owners ({', '.join(each.title for each in owners[:3])}{', …' if len(owners) > 3 else ''})"
            " can add credentials to it."
        )
