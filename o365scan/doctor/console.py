"""A diagnosis on the terminal. Whatever the tenant, a token or a service says is shown as hostile text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from o365scan.api import visible
from o365scan.auth.claims import Claims
from o365scan.doctor.clock import Grade, grade
from o365scan.doctor.probes import State
from o365scan.registering import powershell

if TYPE_CHECKING:
    from rich.console import Console

    from o365scan.doctor.audit import Audit
    from o365scan.doctor.diagnosis import Diagnosis
    from o365scan.doctor.door import Door
    from o365scan.doctor.missing import Missing, Trouble

#: So many checks are named; --json has all.
SHOWN = 6

Line = tuple[str, str, str]
"""A label, what it says, and its style."""

_BAD, _WARNING, _GOOD, _DIM = "magenta", "yellow", "green", "dim"
_WHAT = {
    State.DENIED: "denied, although the token says nothing against it",
    State.NOT_FOUND: "not there",
    State.NOT_LICENSED: "not licensed, it says",
    State.UNREACHABLE: "not reachable",
    State.THROTTLED: "throttled",
    State.UNEXPECTED: "not answered as documented",
}


def show_door(door: Door, out: Console) -> None:
    """How the sign-in went, where it went no further."""
    _grid([*_of_door(door, ""), *_clock(door)], out)


def show(found: Diagnosis, out: Console) -> None:
    """Everything, the bad last."""
    from rich.text import Text

    _grid([*_identity(found), *_granted(found), *_state(found)], out)
    out.print()
    wrong = [*_wrong(found)]
    _grid([*_licences(found), *wrong], out)
    if found.missing:
        _commands(found, out)
    if found.is_well:
        tried = len(found.datasets) - len(found.untried)
        out.print(
            Text(f"All that {len(found.datasets)} datasets need is granted; {tried} were tried.", style=_GOOD)
        )
    elif found.missing:
        out.print(
            Text("After a grant it takes minutes, at times hours, until new tokens carry it.", style=_DIM)
        )


def _grid(lines: list[Line], out: Console) -> None:
    """Labels in a column of their own, texts folded beside it."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=9)
    table.add_column(overflow="fold")
    for label, said, style in lines:
        table.add_row(Text(label, style=style), Text(said, style=style))
    out.print(table)


def _identity(found: Diagnosis) -> Iterator[Line]:
    name = (
        visible(found.tenant.name)
        if found.tenant.name
        else "name not readable (Organization.Read.All opens it)"
    )
    yield "Tenant", f"{found.tenant.id}  {name}", ""
    app = found.app
    yield "App", f"{app.app_id}  {visible(app.app_name or '')}".rstrip(), ""
    first = found.endings[0] if found.endings else None
    several = f", the first of {len(found.endings)} to end" if len(found.endings) > 1 else ""
    ends = (
        f"; ends {first.ends:%Y-%m-%d}, in {first.days} days ({visible(first.name)}{several})"
        if first
        else ""
    )
    yield from _of_door(found.door, ends, _WARNING if first and first.soon else "")
    if found.is_delegated:
        said = f"{visible(app.user or 'not named')}: a scope opens only what the person's own roles allow too"
        yield "Person", f"{said}; what a person may read is told by no token, so it is only tried", ""


def _of_door(door: Door, ends: str, style: str = "") -> Iterator[Line]:
    yield "Sign-in", f"{visible(str(door.how))}{ends}", style
    if door.subject is None:
        return
    kind = (
        "immutable"
        if door.subject.is_immutable
        else "by name: whoever gets the repository's name next has it too"
    )
    yield "Subject", f"{visible(door.subject.subject)} ({kind})", ""
    said = f"of {visible(door.subject.issuer)} for {visible(door.subject.audience)}"
    yield "", f"{said}: the federated credential of the app must name these three, letter by letter", ""
    if door.trusts_pull_requests:
        yield "", "Never trust this one: whoever opens a pull request could sign in with it.", _BAD


def _granted(found: Diagnosis) -> Iterator[Line]:
    for api, claims in found.claims.items():
        yield "Granted", f"{visible(api)}: {_roles(claims)}", ""
    yield "", f"Directory roles: {', '.join(found.directory_roles) or 'none'}", ""


def _roles(claims: Claims) -> str:
    if claims.is_delegated:
        return f"scopes of a person's sign-in: {visible(', '.join(sorted(claims.scopes)), 4000)}"
    return visible(", ".join(sorted(claims.roles)), 4000) or "no app role granted"


def _state(found: Diagnosis) -> Iterator[Line]:
    yield from _clock(found.door)
    if found.audit is not None:
        yield "Audit", *_audit(found.audit)
    yield "DNS", found.resolver, ""


def _clock(door: Door) -> Iterator[Line]:
    if door.ahead is None:
        return
    graded = grade(door.ahead)
    side = "ahead of" if door.ahead > 0 else "behind"
    said = f"{abs(door.ahead):.0f} s {side} Microsoft's"
    if graded is Grade.RIGHT:
        yield "Clock", "right", ""
    elif graded is Grade.OFF:
        yield "Clock", f"{said}: set it right before sign-in fails", _WARNING
    else:
        yield "Clock", f"{said}: certificates and federated tokens are refused; set it right", _BAD


def _audit(audit: Audit) -> tuple[str, str]:
    words = {True: "on", False: "off", None: "not readable"}
    said = f"the unified audit log is {words[audit.unified_log]}, auditing of mailboxes is {words[audit.mailboxes]}"
    return said, _WARNING if False in (audit.unified_log, audit.mailboxes) else ""


def _licences(found: Diagnosis) -> Iterator[Line]:
    for each in found.licences:
        if each.bought is False:
            said = f"{each.name}, not bought. Checks that can't pass without it: {_some(each.checks)}"
            yield "licence", said, _DIM
        elif each.bought is None:
            yield "licence", f"{each.name}: nothing tells whether it is bought", _DIM


def _wrong(found: Diagnosis) -> Iterator[Line]:
    for api, cause in found.refused.items():
        yield "no token", f"{visible(api)}: {visible(str(cause))}. {visible(cause.hint or '')}".rstrip(), _BAD
    for missing, _ in found.missing:
        yield "missing", _missing(missing), _BAD
    for trouble in found.troubles:
        yield trouble.state.value, _trouble(trouble, delegated=found.is_delegated), _BAD
    for dataset, said in found.elsewhere:
        yield "unknown", f"{dataset}: it takes {visible(said)}, which no token shows", _BAD
    if found.dns is not None:
        yield "missing", f"DNS: {visible(str(found.dns))}. {visible(found.dns.hint or '')}".rstrip(), _BAD
    for failure in found.failures:
        yield "plugin", f"{visible(failure.plugin)}: {visible(failure.message)}", "red"


def _missing(missing: Missing) -> str:
    kind = "the directory role" if missing.api is None else "the app role"
    of = "" if missing.api is None else f" of {visible(missing.api)}"
    instead = f" (or {' or '.join(map(visible, missing.instead))})" if missing.instead else ""
    return f"{kind} {visible(missing.role)}{of}{instead}, for {_whom(missing.datasets, missing.checks)}"


def _trouble(trouble: Trouble, *, delegated: bool) -> str:
    hint = trouble.hint
    if trouble.state is State.DENIED and delegated:
        hint = "An app of its own can be granted it: o365scan setup prints its registration."
    elif trouble.state is State.DENIED:
        hint = "A grant of today may not have got there yet; or a role group, a scope or a policy stands in the way."
    said = f"{visible(trouble.api)}: {_WHAT[trouble.state]}, for {_whom(trouble.datasets, trouble.checks)}."
    return f"{said} The first said: {visible(trouble.said).rstrip('.')}. {visible(hint or '')}".rstrip()


def _whom(datasets: tuple[str, ...], checks: tuple[str, ...]) -> str:
    return f"{', '.join(datasets)}, which {_some(checks)} read{'s' if len(checks) == 1 else ''}"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _commands(found: Diagnosis, out: Console) -> None:
    """Each on a line of its own, never folded: they are there to be copied."""
    from rich.text import Text

    made = [commands for _, commands in found.missing if commands is not None]
    if made:
        out.print()
        who = "To grant it, as Global Administrator or Privileged Role Administrator:"
        out.print(Text(who))
        by_cli = [each.azure_cli for each in made if each.azure_cli is not None]
        for line in ["# Azure CLI, in bash", *by_cli] if by_cli else []:
            out.print(Text(line), soft_wrap=True)
        out.print(Text("# Microsoft Graph PowerShell"))
        out.print(Text(powershell.connect(found.cloud)), soft_wrap=True)
        for each in made:
            out.print(Text(each.powershell), soft_wrap=True)
    for missing, commands in found.missing:
        if commands is None:
            out.print(Text(f"Grant {visible(missing.role)} by hand: there is no command for it.", style=_DIM))
    out.print()
