"""Which credential it is: the kind that is named, else what the options name, else the first that the environment has.

The order is that of the Azure SDKs: client secret, certificate, a federated token's file, GitHub's job, a managed
identity where the platform says that it has one, and the Azure CLI last.
"""

from __future__ import annotations

from o365scan.auth import (
    azure_cli,
    certificate,
    client_secret,
    federated_token,
    github_oidc,
    managed_identity,
)
from o365scan.auth.errors import CredentialsMissing, CredentialUnusable
from o365scan.auth.source import FIRST_WAIT, Assertion, How, TokenSource, Wanted, Way
from o365scan.cloud import CLOUDS
from o365scan.network import Network
from o365scan.sign_in import Kind, SignIn

#: Every kind, in the order in which they are looked for.
WAYS = {
    way.kind: way
    for way in (
        client_secret.WAY,
        certificate.WAY,
        federated_token.WAY,
        github_oidc.WAY,
        managed_identity.WAY,
        azure_cli.WAY,
    )
}
_MOCK = "Set one, or try the mock tenant: o365scan scan --mock baseline"


def tokens_of(
    sign_in: SignIn,
    network: Network,
    *,
    assertion: Assertion | None = None,
    first_wait: float = FIRST_WAIT,
) -> TokenSource:
    """Tokens by the credential that is named or found; nobody is asked yet.

    `assertion` gives another issuer's token for the app, anew for every request; where it is there, it is what the app
    signs in with. `first_wait` is the first step in seconds of the back-off from a sign-in service in trouble. Raises
    CredentialsMissing, or CredentialUnusable.
    """
    wanted = Wanted(
        sign_in=sign_in,
        cloud=CLOUDS[sign_in.cloud],
        network=network,
        first_wait=first_wait,
        assertion=assertion,
    )
    way = _chosen(wanted)
    where = way.where(wanted)
    if missing := [*_missing_of_app(way, wanted), *([] if where else [way.needs(wanted)])]:
        raise CredentialsMissing(
            f"{way.kind}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there", hint=_MOCK
        )
    if way.is_app:
        _refuse_other_cloud(wanted)
    return way.tokens(wanted, str(where))


def github_subject(how: How) -> github_oidc.Subject | None:
    """Whom GitHub's token is about, for sign-ins that show one; asks GitHub. Raises SignInFailed or Unreachable."""
    if how.kind is not Kind.GITHUB_OIDC or how.assertion is None:
        return None
    return github_oidc.Subject.of(how.assertion())


def _chosen(wanted: Wanted) -> Way:
    """The way to go. Raises CredentialsMissing where there is none, CredentialUnusable where the options name two."""
    if wanted.sign_in.auth is not None:
        return WAYS[wanted.sign_in.auth]
    if wanted.assertion is not None:
        return WAYS[Kind.FEDERATED_TOKEN]
    named = [way for way in WAYS.values() if way.named(wanted.sign_in)]
    if len(named) > 1:
        kinds = " and ".join(way.kind for way in named)
        raise CredentialUnusable(
            f"two credentials are named: {kinds}", hint="Name one, or choose with --auth."
        )
    if named:
        return named[0]
    for way in WAYS.values():
        if way.where(wanted) is not None:
            return way
    looked = "; ".join(f"{way.kind}: {way.needs(wanted)}" for way in WAYS.values())
    apart = " (not looked for, since a client id is named)" if wanted.client_id else ""
    raise CredentialsMissing(f"no credentials were found. Looked for {looked}{apart}", hint=_MOCK)


def _missing_of_app(way: Way, wanted: Wanted) -> list[str]:
    if not way.is_app:
        return []
    needed = {
        "AZURE_TENANT_ID (or --tenant-id)": wanted.tenant,
        "AZURE_CLIENT_ID (or --client-id)": wanted.client_id,
    }
    return [name for name, value in needed.items() if not value]


def _refuse_other_cloud(wanted: Wanted) -> None:
    """The SDKs' variable for the cloud must not be passed over in silence. Raises CredentialUnusable."""
    named = (wanted.variable("AZURE_AUTHORITY_HOST") or "").strip().rstrip("/")
    host = named if not named or "://" in named else f"https://{named}"
    if host and host.lower() not in (wanted.cloud.login, *wanted.cloud.login_aliases):
        fitting = [
            cloud.name for cloud in CLOUDS.values() if host.lower() in (cloud.login, *cloud.login_aliases)
        ]
        choose = f"Choose --cloud {' or '.join(fitting)}, or c" if fitting else "C"
        raise CredentialUnusable(
            f"AZURE_AUTHORITY_HOST is {host}, and the cloud {wanted.cloud.name} signs in at {wanted.cloud.login}",
            hint=f"{choose}orrect or unset AZURE_AUTHORITY_HOST.",
        )
