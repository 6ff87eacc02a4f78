"""Second factors that are easily stolen are off, and the app says what is being approved.

## What it looks at

The authentication methods policy:

- **Text messages and calls** (`Sms`, `Voice`): medium if on for all users, low if for chosen groups.
- **E-mail codes for members** (`Email`): low. Members reset their password with them, and sign in with something else;
  guests' one-time passcodes are a setting of their own.
- **Microsoft Authenticator**: its prompts should show the application and the place
  (`displayAppInformationRequiredState`, `displayLocationInformationRequiredState`) to everybody; otherwise low.
  *Default* leaves it to Microsoft. Number matching is enforced by Microsoft for everybody and is no setting any more.
- **Migration** (`policyMigrationState`): until it is complete the older policies for multifactor authentication and
  password reset count as well, and may allow what is off here: low. Null counts as complete (seen in tenants that
  never had the older policies; not documented).

## Why it matters

Text messages and calls are taken over by moving the number to another card, and read out to whoever asks nicely.
Prompts without context are approved out of habit when they come often enough.

## Remediation

Entra admin centre, Protection, Authentication methods, Policies: switch *SMS*, *Voice call* and *Email OTP* off once
people have registered a passkey or the app (see the registration report); *Microsoft Authenticator*, Configure: show
application name and geographic location, for all users. Then *Manage migration*: *Migration complete*. Or
`Update-MgPolicyAuthenticationMethodPolicyAuthenticationMethodConfiguration`.

## Options

```toml
[checks."entra.authentication-methods-are-strong"]
methods = ["Sms"]
```

`methods` are accepted: `Sms`, `Voice`, `Email`.

## Sources

- <https://learn.microsoft.com/entra/identity/authentication/concept-authentication-methods-manage>
- <https://learn.microsoft.com/entra/identity/authentication/how-to-mfa-additional-context>
- <https://learn.microsoft.com/graph/api/resources/authenticationmethodspolicy>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from o365scan.api import Fields, Judgement, Record, Severity, check, independently, problem, undecided
from o365scan_entra.datasets import authentication_methods_policy

_EVERYBODY = "all_users"
_WEAK = {
    "Sms": "Text messages are a second factor for",
    "Voice": "Calls are a second factor for",
    "Email": "Codes by e-mail reset the password of",
}
_CONTEXT = {
    "displayAppInformationRequiredState": "application",
    "displayLocationInformationRequiredState": "place",
}


@dataclass(frozen=True)
class Accepted:
    """Weak methods that are needed."""

    methods: tuple[str, ...] = ()


@check(
    "entra.authentication-methods-are-strong",
    severity=Severity.LOW,
    each=authentication_methods_policy,
    options=Accepted,
    attack=["T1621", "T1111", "T1566.002"],
    controls=[
        "SCuBA/MS.AAD.3.3v2",
        "SCuBA/MS.AAD.3.4v1",
        "SCuBA/MS.AAD.3.5v2",
        "CIS-M365-7.0/5.2.3.1",
        "CIS-M365-7.0/5.2.3.5",
        "CIS-M365-7.0/5.2.3.7",
    ],
)
def authentication_methods_are_strong(policy: Record, options: Accepted) -> Iterator[Judgement]:
    yield from independently(_migration(policy), _methods(policy, options))


def _migration(policy: Record) -> Iterator[Judgement]:
    state = policy.text("policyMigrationState", nullable=True)
    if state not in (None, "migrationComplete"):
        yield problem(
            f"The older policies still count beside this one ({state}).",
            policy.at("policyMigrationState"),
        )


def _methods(policy: Record, options: Accepted) -> Iterator[Judgement]:
    for method in policy.objects("authenticationMethodConfigurations"):
        id = method.text("id")
        state = method.text("state")
        if state not in ("enabled", "disabled"):
            yield undecided(f"Whether {id} is on can't be told: its state is {state!r}.", method.at("state"))
        if state != "enabled":
            continue
        if id in _WEAK and id not in options.methods:
            yield _weak(method)
        elif id == "MicrosoftAuthenticator":
            yield from _context(method)


def _weak(method: Fields) -> Judgement:
    id = method.text("id")
    targets = {each.text("id") for each in method.objects("includeTargets")}
    for_all = _EVERYBODY in targets
    return problem(
        f"{_WEAK[id]} {'all users' if for_all else 'some groups'}.",
        method.at("state"),
        method.at("includeTargets"),
        severity=Severity.MEDIUM if for_all and id != "Email" else Severity.LOW,
    )


def _context(method: Fields) -> Iterator[Judgement]:
    missing = [
        name for name in _CONTEXT
        if method.text(f"featureSettings/{name}/state") != "enabled"
        or method.text(f"featureSettings/{name}/includeTarget/id") != _EVERYBODY
    ]  # fmt: skip
    if missing:
        yield problem(
            f"Microsoft Authenticator does not show everybody the {_named(missing)} of a sign-in.",
            *(method.at(f"featureSettings/{name}") for name in missing),
        )


def _named(missing: list[str]) -> str:
    return " and the ".join(_CONTEXT[name] for name in missing)
