"""What takes no password over SMTP, whatever the switches of organisation and mailbox say.

Security defaults and Conditional Access refuse the older protocols, and an authentication policy says by
`AllowBasicAuthSmtp` whether its people may sign in there with a password. Only what is certain counts: what could
not be read, and a policy with exceptions that can't be followed, refuse nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from o365scan.api import Data, Record, View
from o365scan_entra.datasets import conditional_access_policies, security_defaults

from .datasets import authentication_policies, organization_config, users

DATASETS = (
    organization_config,
    authentication_policies,
    users,
    security_defaults,
    conditional_access_policies,
)

_ALL, _SMTP, _BLOCK = "All", "other", "block"
_EXCHANGE = frozenset({_ALL.lower(), "office365", "00000002-0000-0ff1-ce00-000000000000"})
_NAMES = ("Name", "Identity", "Id", "Guid", "DistinguishedName")
_JUDGED = frozenset({"users", "applications", "clientAppTypes"})


@dataclass(frozen=True)
class Refusals:
    """Whose password is refused."""

    everybody: bool
    """By security defaults."""
    spared: tuple[frozenset[str], ...]
    """Of each Conditional Access policy that blocks the older protocols for all: the ids that it spares."""
    refusing: frozenset[str]
    """All names of the authentication policies that take no password over SMTP."""
    default: str
    """The authentication policy of people who have none of their own, "" if there is none."""
    own: Mapping[str, str]
    """By id, of the accounts that were read: their authentication policy, "" if they have none of their own."""

    def of(self, mailbox: Record) -> str | None:
        """What refuses the password of a mailbox's owner; None if nothing does for certain."""
        if self.everybody:
            return "security defaults"
        id = mailbox.get("ExternalDirectoryObjectId")
        if not isinstance(id, str) or not id:
            return None
        if any(id.lower() not in spared for spared in self.spared):
            return "Conditional Access"
        own = self.own.get(id.lower())
        if own is not None and (own or self.default) in self.refusing:
            return "authentication policies"
        return None


def refusals(data: Data) -> Refusals:
    """So far as it was read; for `data.once`."""
    organizations = _rows(data.get(organization_config))
    defaults = [_lower(each.get("DefaultAuthenticationPolicy")) for each in organizations]
    return Refusals(
        everybody=any(each.get("isEnabled") is True for each in _rows(data.get(security_defaults))),
        spared=tuple(_spared(_rows(data.get(conditional_access_policies)))),
        refusing=frozenset(_refusing(_rows(data.get(authentication_policies)))),
        default=defaults[0] if len(defaults) == 1 else "",
        own=dict(_own(_rows(data.get(users)))),
    )


def _rows(view: View | None) -> Iterable[Record]:
    return view if view is not None else ()


def _lower(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""


def _refusing(policies: Iterable[Record]) -> Iterator[str]:
    for policy in policies:
        if policy.get("AllowBasicAuthSmtp") is False:
            yield from filter(None, (_lower(policy.get(name)) for name in _NAMES))


def _own(accounts: Iterable[Record]) -> Iterator[tuple[str, str]]:
    for account in accounts:
        id = _lower(account.get("ExternalDirectoryObjectId"))
        if id and "AuthenticationPolicy" in account:
            yield id, _lower(account.get("AuthenticationPolicy"))


def _spared(policies: Iterable[Record]) -> Iterator[frozenset[str]]:
    """Whom each policy spares that blocks the older protocols of Exchange Online for everybody else."""
    for policy in policies:
        spared = policy.get("conditions/users/excludeUsers")
        if isinstance(spared, tuple) and _blocks(policy):
            yield frozenset(_lower(each) for each in spared)


def _blocks(policy: Record) -> bool:
    """Is it enforced, on everybody but single accounts, without a condition that might not be met?"""
    conditions = policy.plain().get("conditions")
    if policy.get("state") != "enabled" or not isinstance(conditions, dict):
        return False
    controls = policy.get("grantControls/builtInControls")
    people, apps = conditions.get("users") or {}, conditions.get("applications") or {}
    others = [value for name, value in conditions.items() if name not in _JUDGED]
    exceptions = [
        value for name, value in people.items() if name.startswith("exclude") and name != "excludeUsers"
    ]
    return (
        isinstance(controls, tuple)
        and _BLOCK in controls
        and _ALL in (people.get("includeUsers") or ())
        and _SMTP in (conditions.get("clientAppTypes") or ())
        and _holds_exchange(apps)
        and all(map(_is_empty, (*others, *exceptions)))
    )


def _holds_exchange(apps: Mapping[str, Any]) -> bool:
    included = {_lower(each) for each in apps.get("includeApplications") or ()}
    excluded = {_lower(each) for each in apps.get("excludeApplications") or ()}
    return (
        bool(included & _EXCHANGE) and not excluded & _EXCHANGE and _is_empty(apps.get("applicationFilter"))
    )


def _is_empty(value: Any) -> bool:
    """Does a condition say nothing?"""
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value in (None, [], "none")
