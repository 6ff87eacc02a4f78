"""What a Conditional Access policy excludes still exists.

## What it looks at

The people and groups that each policy excludes by id, held against the directory as it is now. An id that no user or
group has any more is a leftover of something deleted. Policies that are switched off are left out; roles and
applications are not looked at. One finding a policy, low.

## Why it matters

A list of exceptions that nobody tends grows until nobody knows what it means. And deleted users and Microsoft 365
groups come back with the same id when they are restored, within 30 days: excepted from the start.

## Remediation

Entra admin centre, Protection, Conditional Access, the policy, Users, Exclude: the portal shows such entries as
unknown. Remove them, or `Update-MgIdentityConditionalAccessPolicy` with the list without them. Check on that occasion
that what the group was there for is not needed, and is not done another way.

## Sources

- <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups>
- <https://learn.microsoft.com/entra/fundamentals/users-restore>
- <https://learn.microsoft.com/graph/api/resources/conditionalaccessusers>
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import Data, Dataset, Judgement, Record, Severity, check, problem
from o365scan_entra.conditional_access_policy import DISABLED
from o365scan_entra.datasets import conditional_access_policies, groups, users

_WORDS = frozenset({"all", "none", "guestsorexternalusers"})
_SIDES: tuple[tuple[str, Dataset, str], ...] = (
    ("conditions/users/excludeUsers", users, "user"),
    ("conditions/users/excludeGroups", groups, "group"),
)


@check(
    "entra.exclusion-still-exists",
    severity=Severity.LOW,
    each=conditional_access_policies,
    reads=[users, groups],
    attack=["T1556.009"],
)
def exclusion_still_exists(policy: Record, data: Data) -> Iterator[Judgement]:
    if policy.text("state") == DISABLED or policy["conditions/users"] is None:
        return
    for path, dataset, what in _SIDES:
        named = {id.lower() for id in policy.texts(path)} - _WORDS
        gone = sorted(named - _ids(data, dataset)) if named else []
        if gone:
            ending = "s that exist" if len(gone) > 1 else " that exists"
            yield problem(
                f"It excludes {', '.join(gone)}: no {what}{ending} any more.",
                policy.at(path),
            )


def _ids(data: Data, dataset: Dataset) -> frozenset[str]:
    return data.once(_user_ids if dataset is users else _group_ids)


def _user_ids(data: Data) -> frozenset[str]:
    return frozenset(each.key.lower() for each in data[users])


def _group_ids(data: Data) -> frozenset[str]:
    return frozenset(each.key.lower() for each in data[groups])
