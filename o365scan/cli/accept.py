"""o365scan accept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from o365scan.accepted import literal, names, signs_of
from o365scan.api import HEADER, AcceptedRisk, Check, Finding, O365ScanError, Severity, Verdict, visible
from o365scan.cli.common import choose_saved, plugins, refuse_two_tenants, snapshot_of
from o365scan.cli.config_option import choose_config
from o365scan.cli.configured import Configured, choose_tenant_by_name
from o365scan.cli.exit_codes import ExitCode

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
#: Further away than this nobody remembers why.
_LONG = timedelta(days=400)


class NothingToAccept(O365ScanError):
    """No failure is there that the acceptance would be of, or one that it must not be of."""


class _Expiry(click.ParamType):  # type: ignore[type-arg]  # generic in its types only from 8.3 on
    """A day, or a number of days from today."""

    name = "DATE|DAYSd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        today = datetime.now(UTC).date()
        if found := _DAYS.fullmatch(value):
            day = today + timedelta(days=int(found[1]))
        else:
            try:
                day = date.fromisoformat(value)
            except ValueError:
                self.fail("neither a day such as 2027-01-31 nor a number of them such as 90d", param, ctx)
        if day < today:
            self.fail(f"{day} is over", param, ctx)
        return day


def _said(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("it says nothing")
    return value


@click.command(short_help="Accept a risk until a day, with who answers for it.")
@click.argument("check")
@click.argument("object")
@click.option(
    "--reason", required=True, callback=_said, help="Why it is accepted; it stands in every report."
)
@click.option("--owner", required=True, callback=_said, help="Who answers for it.")
@click.option(
    "--expires", required=True, type=_Expiry(), help="The last day on which it holds, or 90d from today."
)
@click.option(
    "--severity", type=click.Choice([each.value for each in Severity]),
    help="The gravest that is accepted.  [as it is seen, else the check's own]",
)  # fmt: skip
@click.option("--despite-signs", is_flag=True, help="What looks like an intruder's was looked into.")
@click.option("--glob", "is_glob", is_flag=True, help="CHECK and OBJECT are patterns, and not a name each.")
@click.option("--dry-run", is_flag=True, help="Write nothing: show what it would accept, and the entry.")
@choose_tenant_by_name
@choose_saved
@click.option("--mock", metavar="SCENARIO", help="A mock tenant instead of a snapshot.")
@click.option("--mock-size", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--mock-seed", type=int, default=42, show_default=True)
@choose_config
def command(
    check: str,
    object: str,
    reason: str,
    owner: str,
    expires: date,
    severity: str | None,
    despite_signs: bool,
    is_glob: bool,
    dry_run: bool,
    tenant: str | None,
    saved: Path | None,
    config: Path | None,
    **mock: Any,
) -> ExitCode:
    """Accept a risk until a day: adds an entry to o365scan.toml, and leaves the rest of it as it is.

    CHECK is the check's id, OBJECT the object's name or key as reports show it. With a tenant to look at (--snapshot,
    --mock) the object must fail there today: the entry then names its key, which nobody can imitate, and accepts it as
    grave as it is and no graver. What bears a sign of an intruder takes --despite-signs. Before a name that begins with
    a hyphen write --.

    \b
    Examples:
      o365scan accept exchange.smtp-auth-is-off scanner@contoso.com \\
          --reason 'The scanner on floor 2' --owner mail@contoso.com \\
          --expires 90d --snapshot tenant.o365scan
      o365scan accept 'exchange.*' 'Test *' --glob --dry-run \\
          --reason Laboratory --owner lab@contoso.com \\
          --expires 2027-01-31 --snapshot tenant.o365scan
    """
    from o365scan.config.writing import add, entry_of, with_entry

    refuse_two_tenants(saved)
    chosen = Configured.of(config, tenant, saved=saved, live=not saved and not mock["mock"], named=False)
    checks = _checks(check, is_glob=is_glob)
    risk = AcceptedRisk(
        check=check,
        object=object if is_glob else literal(object),
        reason=reason,
        owner=owner,
        expires=expires,
        severity=Severity(severity) if severity else None,
        despite_signs=despite_signs,
        tenant=_tenant(chosen),
    )
    found: Sequence[Finding] = ()
    remark = ""
    if saved is not None or mock["mock"] is not None:
        found = _named(
            risk,
            _judged(chosen, checks, saved, {"resolver": None, "no_dns": False, "mock_with": (), **mock}),
            object,
            is_glob=is_glob,
        )
        risk, remark = _as_seen(risk, found, is_glob=is_glob)
    elif risk.severity is None and not is_glob:
        risk = _with(risk, severity=checks[0].severity)
    entry = entry_of(risk, remark)
    with_entry(
        chosen.config, chosen.config.source.text, entry
    )  # refused now, and where nothing is written too
    path = config or Path(chosen.config.source.name)
    if not dry_run:
        add(path, entry)
    _tell(entry, found, expires, "" if dry_run else f"Added to {path}.")
    return ExitCode.DONE


def _checks(pattern: str, *, is_glob: bool) -> tuple[Check, ...]:
    """The checks that are meant. Raises UnknownCheck with near matches."""
    return plugins().select([pattern]) if is_glob else (plugins().check(pattern),)


def _tenant(chosen: Configured) -> str | None:
    """The tenant that it is of, where the file has any. Raises UsageError where it isn't clear which."""
    if chosen.tenant is not None:
        return chosen.tenant.name
    if chosen.config.tenants:
        names = ", ".join(each.name for each in chosen.config.tenants)
        raise click.UsageError(
            f"--tenant NAME: of which tenant is it? {chosen.config.source.name} has {names}."
        )
    return None


def _judged(
    chosen: Configured, checks: tuple[Check, ...], saved: Path | None, mock: dict[str, Any]
) -> tuple[Finding, ...]:
    from o365scan.containment.judging import Containment
    from o365scan.scan import judge

    options = chosen.options()
    with (
        snapshot_of(saved, checks, None, mock, quiet=False) as snapshot,
        Containment(plugins(), chosen.limits, chosen.config.secrets) as judging,
    ):
        return judge(snapshot, checks, plugins(), options, judging).findings


def _named(risk: AcceptedRisk, findings: Sequence[Finding], object: str, *, is_glob: bool) -> list[Finding]:
    """The failures that it would be of. Raises NothingToAccept."""
    about = [each for each in findings if names(risk, each)]
    failed = [each for each in about if each.verdict is Verdict.FAIL]
    if not failed:
        raise _nothing(risk, about, findings, object)
    keys = sorted({each.key for each in failed})
    if not is_glob and len(keys) > 1:
        raise NothingToAccept(
            f"{len(keys)} objects are called {object!r}: which is meant?",
            hint=f"Name one by its key: {', '.join(keys[:10])}.",
        )
    signs = {each.title: signs_of(each) for each in failed if signs_of(each)}
    if signs and not risk.despite_signs:
        title, said = next(iter(signs.items()))
        raise NothingToAccept(
            f"{title!r} bears a sign of an intruder: {'; '.join(said)}",
            hint="Find out whose it is first, and not by mail. If you know: --despite-signs.",
        )
    return failed


def _nothing(
    risk: AcceptedRisk, about: Sequence[Finding], findings: Sequence[Finding], object: str
) -> NothingToAccept:
    from o365scan.config import nearest

    if about:
        verdicts = ", ".join(sorted({each.verdict for each in about}))
        hint = "What could not be decided can't be accepted." if Verdict.OPEN in verdicts else None
        return NothingToAccept(f"{risk.check} does not fail for {object!r}: {verdicts}", hint=hint)
    failing = [
        each.title
        for each in findings
        if each.verdict is Verdict.FAIL and fnmatchcase(each.check, risk.check)
    ]
    near = nearest(object, failing)
    hint = f"Did you mean {near!r}?" if near else f"{len(failing)} other object(s) fail it."
    return NothingToAccept(f"{risk.check} finds nothing that is called {object!r}", hint=hint)


def _as_seen(risk: AcceptedRisk, found: Sequence[Finding], *, is_glob: bool) -> tuple[AcceptedRisk, str]:
    """The acceptance as narrow as what was seen: no graver, and by its key where it is one object."""
    worst = max((each.severity for each in found), key=lambda each: each.rank)
    risk = _with(risk, severity=risk.severity or worst)
    one = found[0]
    if is_glob or one.key == HEADER:
        return risk, ""
    return _with(risk, object=literal(one.key)), one.title


def _with(risk: AcceptedRisk, **change: Any) -> AcceptedRisk:
    from dataclasses import replace

    return replace(risk, **change)


def _tell(entry: str, found: Sequence[Finding], expires: date, done: str) -> None:
    """The entry to standard output, all else beside it."""
    for each in found:
        said = f"accepts  {each.severity}  {each.check}  {visible(each.title, 120)}: {visible(each.message, 300)}"
        click.echo(said, err=True)
    if expires - datetime.now(UTC).date() > _LONG:
        click.echo(
            f"{expires} is far away: whoever answers for it should look again within a year.", err=True
        )
    click.echo(entry, nl=False)
    if done:
        click.echo(done, err=True)
