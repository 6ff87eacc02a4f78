"""What an app's rights amount to together, and how grave that is."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Acceptance, Evidence, Judgement, Severity, problem, undecided

from .app_permissions import Reach
from .app_profile import App
from .app_right import Right
from .app_signs import mail_flow
from .app_suspicion import signs
from .app_wording import beside_scope, lately, names, remarks, scanner_remark
from .publishers import Owner


def held(app: App) -> Iterator[Judgement]:
    """Each combination of rights that somebody should know of, unless all of them are accepted."""
    for right in app.of(Reach.UNKNOWN):
        yield undecided(
            f"It holds {right.said}, a right that this version doesn't know.",
            *right.evidence,
            at=app.principal,
        )
    if app.is_accepted:
        return
    rest = "".join(f" {remark}" for remark in remarks(app))
    for message, evidence, severity in _combinations(app):
        yield problem(
            message + rest,
            *evidence,
            severity=severity,
            at=app.principal,
            accept=_acceptance(app),
            signs=tuple(signs(app, severity)),
        )
        rest = ""


def _acceptance(app: App) -> Acceptance | None:
    """All its rights; none where something happened to it lately, or where what it is lowered a severity."""
    lowered = app.is_off or app.owner is Owner.MICROSOFT_EMPLOYEE
    if lowered or app.fresh or app.new_ground or app.of(Reach.UNKNOWN):
        return None
    return Acceptance({"accept": {app.id: tuple(dict.fromkeys(right.said for right in app.to_accept))}})


_Combination = tuple[str, tuple[Evidence, ...], Severity]


def _combinations(app: App) -> Iterator[_Combination]:
    yield from _exchange(app)
    if control := app.of(Reach.CONTROL):
        yield (
            f"It holds {names(control)}: enough to gain the rights of any administrator.{lately(app)}",
            app.evidence(control),
            app.weighed(Severity.HIGH),
        )
    yield from _verify(app)


def _exchange(app: App) -> Iterator[_Combination]:
    entry = app.of(Reach.SHELL, Reach.MAILBOXES)
    shell = app.of(Reach.SHELL)
    writing = tuple(right for right in app.rights if right.writes_exchange)
    if entry and writing:
        mail = mail_flow(app.scan.data, app.scan.now, tuple(right.since for right in entry if right.since))
        can = (
            "it can change how mail flows and open any mailbox."
            if shell
            else "it can open any mailbox, and only Exchange.ManageAsApp is missing for it to change how mail flows."
        )
        yield (
            f"It holds {names(entry)} together with {names(writing)}: {can}{lately(app, mail)}{scanner_remark(app)}",
            (*app.evidence((*entry, *writing)), *mail.changes),
            app.weighed(Severity.HIGH, joined=bool(mail.changes)),
        )
    elif shell and app.knows_roles and not any(right.reads_exchange for right in app.rights):
        yield (
            f"It holds {names(shell)} and no role in Exchange Online: it can do nothing there until it is given one.",
            app.evidence(shell),
            Severity.LOW,
        )
    elif writing and not entry and all(right.reach is Reach.EXCHANGE_ROLE for right in writing):
        yield (
            f"It is given {names(writing)}, and lacks Exchange.ManageAsApp, without which it can't use that.",
            app.evidence(writing),
            Severity.LOW,
        )


def _verify(app: App) -> Iterator[_Combination]:
    """What many products need, and an intruder would want: to be verified."""
    mailboxes = () if any(right.writes_exchange for right in app.rights) else app.of(Reach.MAILBOXES)
    if content := (*mailboxes, *app.of(Reach.CONTENT)):
        yield (
            f"Verify that it needs {names(content)}: everyone's mail, files, messages or recovery keys, with"
            f" nobody signed in.{beside_scope(app)}",
            app.evidence(content),
            app.weighed(Severity.MEDIUM),
        )
    if scoped := app.of(Reach.SCOPED):
        yield (
            f"Verify that it needs {names(scoped)}, and that the scope holds no other mailboxes: who is in a group or"
            " unit is not read, and a filter may select nearly all.",
            app.evidence(scoped),
            Severity.LOW,
        )
    if settings := _other_settings(app):
        yield (
            f"Verify that it needs {names(settings)}: changes to accounts, devices or settings.",
            app.evidence(settings),
            app.weighed(Severity.MEDIUM),
        )
    if delegated := app.of(Reach.DELEGATED):
        yield (
            f"Verify that it needs {names(delegated)}, consented for everybody: whoever signs in to it lends it"
            " these of their rights, administrators included.",
            app.evidence(delegated),
            app.weighed(Severity.MEDIUM),
        )


def _other_settings(app: App) -> tuple[Right, ...]:
    """The rights to change settings, but for the roles that were told about together with Exchange's permissions."""
    told = bool(app.of(Reach.SHELL, Reach.MAILBOXES))
    return tuple(right for right in app.of(Reach.CONFIGURATION) if not (told and right.writes_exchange))
