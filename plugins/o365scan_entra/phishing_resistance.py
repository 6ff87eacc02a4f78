"""Whether policies insist on a factor that can't be phished.

A policy that blocks, or that asks for an authentication strength of such factors alone, insists. Others are as good as
none, so the question is the one about multifactor authentication, asked of those policies only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from o365scan.api import Data, Record, Undecided

from .answers import State
from .conditional_access import ConditionalAccess
from .conditional_access_policy import Policy, Tri
from .holdings import Administrator
from .policies import authentication_strengths
from .requirement import having, person_of, readable_policies

_RESISTANT = frozenset({"fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"})
#: Every tenant's "Phishing-resistant MFA".
_BUILT_IN = {"00000000-0000-0000-0000-000000000004": tuple(_RESISTANT)}


@dataclass(frozen=True)
class PhishingResistance:
    """What the policies of a tenant insist on."""

    certain: ConditionalAccess
    possible: ConditionalAccess
    """With the policies of which it can't be told."""
    unreadable: tuple[Undecided, ...]

    def required_of(self, admin: Administrator, data: Data) -> State:
        """Is it required at every sign-in, with all that the person may activate or join in effect?"""
        person = person_of(admin, data)
        if not admin.active:
            person = reduce(having, admin.holdings, person)
        certain, possible = self.certain.requires_mfa(person), self.possible.requires_mfa(person)
        if certain.state is State.YES or possible.state is State.NO:
            return certain.state
        return State.OPEN


def phishing_resistance(data: Data) -> PhishingResistance:
    """For `data.once`."""
    policies, unreadable = readable_policies(data)
    known = _combinations(data)
    insists = [(policy, _insists(policy.record, known)) for policy in policies]
    incomplete = bool(unreadable)
    return PhishingResistance(
        _access([policy for policy, answer in insists if answer], incomplete),
        _access([policy for policy, answer in insists if answer is not False], incomplete),
        tuple(unreadable),
    )


def _access(policies: list[Policy], incomplete: bool) -> ConditionalAccess:
    return ConditionalAccess(policies, incomplete=incomplete)


def _combinations(data: Data) -> dict[str, tuple[str, ...]]:
    found = data.get(authentication_strengths) or ()
    return {**_BUILT_IN, **{each.key: each.texts("allowedCombinations") for each in found}}


def _insists(policy: Record, known: Mapping[str, tuple[str, ...]]) -> Tri:
    """None if the strength that it asks for can't be told."""
    if policy["grantControls"] is None:
        return False
    controls = policy.texts("grantControls/builtInControls")
    if "block" in controls:
        return True
    strength = policy["grantControls/authenticationStrength"]
    others = (
        *controls,
        *policy.texts("grantControls/customAuthenticationFactors"),
        *policy.texts("grantControls/termsOfUse"),
    )
    if strength is None or (others and policy.text("grantControls/operator", nullable=True) != "AND"):
        return False
    said = strength.get("allowedCombinations") or known.get(str(strength.get("id")))
    return _RESISTANT.issuperset(said) if said and isinstance(said, tuple) else None
