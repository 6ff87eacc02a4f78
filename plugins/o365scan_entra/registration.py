"""Whether somebody has a second factor: here, at the organisation they come from, or at an identity provider."""

from __future__ import annotations

from collections.abc import Collection

from o365scan.api import Data, IncompleteDataset, Record

from .answers import YES, Answer, State, read_of
from .directory import domains, federation
from .methods import admin_authentication_methods, registration_details
from .people import domain_of, lives_elsewhere
from .policies import cross_tenant_access, cross_tenant_partners

_TYPE = "#microsoft.graph."
#: A Temporary Access Pass is left out: it is a second factor for some hours.
_SECOND_FACTORS = frozenset(
    {
        "fido2AuthenticationMethod",
        "hardwareOathAuthenticationMethod",
        "microsoftAuthenticatorAuthenticationMethod",
        "passwordlessMicrosoftAuthenticatorAuthenticationMethod",
        "phoneAuthenticationMethod",
        "platformCredentialAuthenticationMethod",
        "softwareOathAuthenticationMethod",
        "windowsHelloForBusinessAuthenticationMethod",
    }
)
_NO_SECOND_FACTORS = frozenset(
    {
        "emailAuthenticationMethod",
        "passwordAuthenticationMethod",
        "qrCodePinAuthenticationMethod",
        "temporaryAccessPassAuthenticationMethod",
    }
)
_PASSKEYS = frozenset({"fido2AuthenticationMethod", "platformCredentialAuthenticationMethod"})
_PHISHING_RESISTANT = _PASSKEYS | {"windowsHelloForBusinessAuthenticationMethod"}
#: As the report names them. Certificates are in neither; unconfirmed: the last name, of macOS's platform credential.
_REPORTED_PASSKEYS = ("passkey", "fido")
_REPORTED_PHISHING_RESISTANT = (*_REPORTED_PASSKEYS, "windowshello", "macossecureenclavekey")

_IS_BELIEVED = "inboundTrust/isMfaAccepted"
_NONE = "no second factor is registered"


def registered(user: Record, data: Data, vouched_domains: Collection[str]) -> Answer:
    """Has the person registered a second factor, that they may use? Reads datasets as optional ones."""
    here = _registered_here(user, data)
    if lives_elsewhere(user):
        return here if here.state is State.YES else _registered_at_home(here, data)
    name = domain_of(user)
    try:
        domain = data.once(_domains_by_name).get(name)
    except IncompleteDataset as cause:
        said = f"whether {name} hands its sign-ins to an identity provider could not be read ({cause})"
        return Answer(State.OPEN, said, here.evidence)
    if domain is None:
        said = f"{name} is not among the domains, so who asks for a second factor there is not known"
        return Answer(State.OPEN, said, here.evidence)
    authentication = domain.get("authenticationType")
    if not authentication:
        said = f"who authenticates the people of {name} is missing from its record"
        return Answer(State.OPEN, said, here.evidence)
    return (
        _registered_at_provider(here, domain, data, vouched_domains)
        if authentication == "Federated"
        else here
    )


def _domains_by_name(data: Data) -> dict[str, Record]:
    return {each.key.lower(): each for each in data[domains]}


def has_passkey(user: Record, data: Data) -> Answer:
    """Does the account have a passkey or key, which works when telephones and services don't?"""
    return _has("passkey", _PASSKEYS, _REPORTED_PASSKEYS, user, data)


def has_phishing_resistant(user: Record, data: Data) -> Answer:
    """Has the person registered here what no false sign-in page can pass on? Certificates can't be seen."""
    return _has(
        "passkey or Windows Hello for Business",
        _PHISHING_RESISTANT,
        _REPORTED_PHISHING_RESISTANT,
        user,
        data,
    )


def _has(what: str, kinds: frozenset[str], reported: tuple[str, ...], user: Record, data: Data) -> Answer:
    methods = read_of(data, admin_authentication_methods, user)
    row = _row(user, data)
    in_report = any(each.lower().startswith(reported) for each in _reported(row))
    if in_report or any(_kind(each) in kinds for each in methods or ()):
        return YES
    if methods is None and row is None:
        return Answer(State.OPEN, f"whether it has a {what} could not be read")
    return Answer(State.NO, f"it has no {what}", (row.at("methodsRegistered"),) if row else ())


def _registered_here(user: Record, data: Data) -> Answer:
    row, methods = _row(user, data), read_of(data, admin_authentication_methods, user)
    if row is not None and row.flag("isMfaCapable"):
        return YES
    if row is None and methods is None:
        said = "whether a second factor is registered could not be read: neither the report nor the account's methods"
        return Answer(State.OPEN, said)
    evidence = (row.at("isMfaCapable"), row.at("isMfaRegistered")) if row else ()
    if row is not None and row.flag("isMfaRegistered"):
        return Answer(
            State.NO, "what is registered is not allowed by the authentication methods policy", evidence
        )
    kinds = {_kind(method) for method in methods or ()}
    if kinds & _SECOND_FACTORS:  # The report is up to a day behind.
        return YES
    if _is_third_party(row, kinds):
        return Answer(State.OPEN, "a method is registered that is a third party's, or not known", evidence)
    return Answer(State.NO, _NONE, evidence)


def _is_third_party(row: Record | None, kinds: set[str]) -> bool:
    return bool(kinds - _NO_SECOND_FACTORS) or any("external" in each.lower() for each in _reported(row))


def _registered_at_home(here: Answer, data: Data) -> Answer:
    unread = Answer(
        State.OPEN, f"{here.said}, and whether one at home is believed could not be read", here.evidence
    )
    try:
        default, partners = list(data[cross_tenant_access]), list(data[cross_tenant_partners])
    except IncompleteDataset:
        return unread
    if not default or any(_IS_BELIEVED not in each for each in default):
        return unread
    # A partner's entry without a setting of its own inherits the default. Which partner a guest comes from is not
    # in the directory.
    trusting = [each for each in (*default, *partners) if each.get(_IS_BELIEVED)]
    if not trusting:
        said = f"{here.said}, and one at home is not believed"
        return Answer(here.state, said, here.evidence)
    said = "a second factor would be registered at home, which can't be seen from here"
    return Answer(State.OPEN, said, tuple(each.at(_IS_BELIEVED) for each in trusting[:1]))


def _registered_at_provider(here: Answer, domain: Record, data: Data, vouched: Collection[str]) -> Answer:
    found = read_of(data, federation, domain)
    behaviour = found[0].get("federatedIdpMfaBehavior") if found else None
    if behaviour == "rejectMfaByFederatedIdp":
        return here
    accepted_here = behaviour == "acceptIfMfaDoneByFederatedIdp" and here.state is State.YES
    # What could not be read may be that the provider's factors are rejected: then those here decide.
    vouched_for = domain.key.lower() in vouched and (behaviour is not None or here.state is State.YES)
    if vouched_for or accepted_here:
        return YES
    said = f"a second factor would be registered at the identity provider of {domain.key}, unseen from here"
    shown = [found[0].at("federatedIdpMfaBehavior")] if found and behaviour is not None else []
    return Answer(State.OPEN, said, (domain.at("authenticationType"), *shown))


def _row(user: Record, data: Data) -> Record | None:
    report = data.get(registration_details)
    return report.get(user.key) if report is not None else None


def _reported(row: Record | None) -> tuple[str, ...]:
    return row.texts("methodsRegistered", nullable=True) if row is not None else ()


def _kind(method: Record) -> str:
    return method.text("@odata.type").removeprefix(_TYPE)
