"""Applications that policies except: what administrators reach without a second factor, told once a policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from o365scan.api import Acceptance, Judgement, Record, Severity, problem

from .conditional_access_policy import Policy


@dataclass
class Exempted:
    """What policies except, and how many administrators that concerns."""

    policies: dict[str, Record] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, policy: Policy, application: str) -> None:
        """One more administrator reaches the application."""
        self.policies[policy.record.key] = policy.record
        self.counts[policy.record.key, application] += 1

    def judged(self, accepted: Collection[str]) -> Iterator[Judgement]:
        """One problem for each policy and application, but for those that are `accepted`."""
        known = {each.lower() for each in accepted}
        for (key, application), count in sorted(self.counts.items()):
            if application not in known:
                policy = self.policies[key]
                yield problem(
                    f"The application {application} is excepted."
                    f" Administrators who reach it without a second factor: {count}.",
                    policy.at("conditions/applications/excludeApplications"),
                    severity=Severity.LOW,
                    at=policy,
                    accept=Acceptance({"applications": (application,)}),
                )
