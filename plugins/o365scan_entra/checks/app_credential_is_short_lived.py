"""Apps sign in with few credentials, none of them for years.

## What it looks at

The secrets and certificates of each app that is registered in this tenant. Of those that have not expired:

| what | severity |
|---|---|
| a secret that is valid for more than two years in all, or has no end | medium |
| a certificate that is valid for more than two years in all, or has no end | low |
| more than two secrets: one is in use, one is its successor, and nobody knows who has the others | low |

Those that have expired and are still listed are info: they open nothing, and hide what is new.

One finding an app. Federated credentials are no secrets, and are left out. Credentials on service principals, new
ones, and those of Microsoft's apps are judged by `entra.app-privilege-is-justified`.

## Why it matters

A secret is a password without a second factor, and it is written down: in scripts, pipelines, tickets, on the laptop
of whoever has left. The longer it is valid, the longer a lost one opens the app; one among five goes unnoticed when an
intruder adds it. Tools that add a secret to stay in ask for decades.

## Remediation

1. Find out which is in use: the app's sign-ins (Enterprise applications, the app, Sign-in logs, Service principal
   sign-ins) name the credential's key id.
2. Make a new one, a certificate or better a federated credential or a managed identity, that is valid for a year at
   most; give it to the program; then remove the others: in the Microsoft Entra admin centre go to App
   registrations, the app, Certificates & secrets; or `Remove-MgApplicationPassword -ApplicationId <id> -KeyId <keyId>`.
3. Let a policy limit what comes next: `entra.app-credentials-are-governed`.

## Options

```toml
[checks."entra.app-credential-is-short-lived"]
secret_days = 730
certificate_days = 730
secrets = 2
apps = ["b0000000-0000-4000-8000-000000000006"]
```

How long credentials may be valid, how many secrets an app may have, and ids of apps that are known to need more.

## Sources

- <https://learn.microsoft.com/entra/identity-platform/security-best-practices-for-app-registration>
- <https://learn.microsoft.com/graph/api/resources/passwordcredential>
- <https://learn.microsoft.com/graph/api/resources/keycredential>
- <https://attack.mitre.org/techniques/T1098/001/>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from o365scan.api import Judgement, Record, Severity, Undecided, check, independently, problem
from o365scan_entra.app_credentials import Credential, evidence_of, legible, said
from o365scan_entra.app_options import refuse_other_than_app_ids
from o365scan_entra.datasets import applications


@dataclass(frozen=True)
class Credentials:
    """How many credentials, and for how long; and the apps that are known to need more."""

    secret_days: int = 730
    certificate_days: int = 730
    secrets: int = 2
    apps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_other_than_app_ids("apps", self.apps)

    def knows(self, application: Record) -> bool:
        """Has somebody accepted the app's credentials?"""
        return application.text("appId").lower() in {each.lower() for each in self.apps}

    def is_long(self, credential: Credential) -> bool:
        """Is it valid for longer than it may be?"""
        days = self.secret_days if credential.kind == "secret" else self.certificate_days
        # A leap day more is no more.
        return credential.ends is None or credential.ends - credential.starts > timedelta(days=days + 1)


@check(
    "entra.app-credential-is-short-lived",
    severity=Severity.MEDIUM,
    each=applications,
    options=Credentials,
    attack=["T1098.001", "T1552.001"],
)
def app_credential_is_short_lived(
    application: Record, options: Credentials, now: datetime
) -> Iterator[Judgement]:
    if options.knows(application):
        return
    found, illegible = legible(application)
    usable = [each for each in found if each.is_usable(now)]
    yield from independently(
        _long(usable, options, now),
        _many([each for each in usable if each.kind == "secret"], options, now),
        _left([each for each in found if not each.is_usable(now)]),
        map(Undecided.by, illegible),
    )


def _long(usable: list[Credential], options: Credentials, now: datetime) -> Iterator[Judgement]:
    found = [each for each in usable if options.is_long(each)]
    if found:
        ends = ", ".join("no end" if each.ends is None else f"{each.ends:%Y-%m-%d}" for each in found)
        yield problem(
            f"It can sign in for years with {said(found, now)}; valid until: {ends}.",
            *evidence_of(found),
            severity=Severity.MEDIUM if any(each.kind == "secret" for each in found) else Severity.LOW,
        )


def _many(secrets: list[Credential], options: Credentials, now: datetime) -> Iterator[Judgement]:
    if len(secrets) > options.secrets:
        yield problem(
            f"It has {len(secrets)} secrets that are valid: {said(secrets, now)}.",
            *evidence_of(secrets),
            severity=Severity.LOW,
        )


def _left(expired: list[Credential]) -> Iterator[Judgement]:
    if expired:
        what = "credential that has" if len(expired) == 1 else "credentials that have"
        yield problem(
            f"It still lists {len(expired)} {what} expired.", *evidence_of(expired), severity=Severity.INFO
        )
