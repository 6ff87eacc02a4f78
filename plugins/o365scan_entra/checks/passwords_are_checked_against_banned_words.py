"""New passwords are checked against words of the organisation's own, on premises too.

## What it looks at

The *Password Rule Settings* of the directory: whether a list of the organisation's own is enforced
(`EnableBannedPasswordCheck`, `BannedPasswordList`) and not empty; and, where a directory on premises is synchronised,
whether passwords are checked there (`EnableBannedPasswordCheckOnPremises`) in the mode *Enforce*. *Audit* only writes
to a log. Settings that nobody ever changed are not listed: there is no list then.

Microsoft's own list of weak passwords applies in the cloud in any case. A list of one's own takes Microsoft Entra ID
P1; without it, that is said as info. That the agents are installed on the domain controllers can't be read.

## Why it matters

*Contoso2026!* has all kinds of characters and is the first thing to be tried. Spraying takes the names of company,
products, places and seasons, and Microsoft doesn't know them.

## Remediation

Entra admin centre, Protection, Authentication methods, Password protection: *Enforce custom list* Yes, with names of
company, brands, places and products; *Enable password protection on Windows Server Active Directory* Yes, *Mode*
Enforced, after its agents are installed. Or `Update-MgGroupSetting` with the same values.

## Without the licence

Without Microsoft Entra ID P1 only Microsoft's own list applies. A second factor for everybody, which security
defaults ask for, is worth more than any list.

## Sources

- <https://learn.microsoft.com/entra/identity/authentication/concept-password-ban-bad>
- <https://learn.microsoft.com/entra/identity/authentication/concept-password-ban-bad-on-premises>
- <https://learn.microsoft.com/graph/api/resources/groupsetting>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Evidence, Fields, Judgement, Record, Severity, check, problem, undecided
from o365scan_entra.datasets import group_settings, organization, subscribed_skus
from o365scan_entra.licences import P1, lacks, out_of_reach
from o365scan_entra.password_rules import password_rules, values

_NONE = "No words of the organisation's own are banned"


@check(
    "entra.passwords-are-checked-against-banned-words",
    severity=Severity.LOW,
    each=organization,
    reads=[group_settings],
    optional=[subscribed_skus],
    attack=["T1110.001", "T1110.003"],
    controls=["CIS-M365-7.0/5.2.3.2", "CIS-M365-7.0/5.2.3.3"],
)
def passwords_are_checked_against_banned_words(tenant: Record, data: Data) -> Iterator[Judgement]:
    unlicensed = lacks(data, P1)
    setting = password_rules(data)
    if setting is None:
        yield _wrong(_NONE, unlicensed=unlicensed)
        return
    told = values(setting)
    yield from _list(setting, told, unlicensed)
    if tenant.flag("onPremisesSyncEnabled", nullable=True):
        yield from _on_premises(setting, told, unlicensed)


def _list(setting: Record, told: dict[str, Fields], unlicensed: bool) -> Iterator[Judgement]:
    switch, words = told.get("EnableBannedPasswordCheck"), told.get("BannedPasswordList")
    if switch is None or words is None:
        yield undecided("Whether a list of one's own is enforced is not told.", at=setting)
    elif not _is_on(switch) or not words.text("value").strip():
        wrong = words if _is_on(switch) else switch
        yield _wrong(_NONE, wrong.at("value"), at=setting, unlicensed=unlicensed)


def _on_premises(setting: Record, told: dict[str, Fields], unlicensed: bool) -> Iterator[Judgement]:
    switch = told.get("EnableBannedPasswordCheckOnPremises")
    mode = told.get("BannedPasswordCheckOnPremisesMode")
    if switch is None or mode is None:
        yield undecided("Whether passwords are checked on premises is not told.", at=setting)
    elif not _is_on(switch) or mode.text("value").lower() != "enforce":
        how = "only audited" if _is_on(switch) else "not checked"
        said = f"Passwords of the directory on premises are {how} against banned words"
        yield _wrong(said, switch.at("value"), mode.at("value"), at=setting, unlicensed=unlicensed)


def _wrong(said: str, *evidence: Evidence, unlicensed: bool, at: Record | None = None) -> Judgement:
    return out_of_reach(P1, said, *evidence, at=at) if unlicensed else problem(f"{said}.", *evidence, at=at)


def _is_on(switch: Fields) -> bool:
    return switch.text("value").lower() == "true"
