"""Checks as SARIF rules. Every evaluated one is listed, fired or not: that is how GitHub learns what ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sarif_om as om

from o365scan.api import Check, Documentation, Finding, Severity

from .severity import LEVEL, SCORE
from .taxonomy import Techniques
from .text import sentence, shortened

DESCRIPTION_LIMIT = 1024
TAG_LIMIT = 10
_FIRST = "Remediation"
_WHY = "Why it matters"


@dataclass(frozen=True)
class RuleSource:
    """What a rule is made of: a check, or what a held failure still says of a check that did not run."""

    id: str
    severity: Severity
    documentation: Documentation
    attack: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()

    @classmethod
    def of_check(cls, check: Check) -> RuleSource:
        return cls(check.id, check.severity, check.documentation, check.attack, check.controls)

    @classmethod
    def of_held(cls, finding: Finding) -> RuleSource:
        """A rule for a failure of an earlier scan whose check is not part of this one."""
        condition = finding.check.partition(".")[2].replace("-", " ")
        why = "This check was not part of the latest scan; its earlier results are kept."
        documentation = Documentation.parse(f"{condition.capitalize()}\n\n## {_WHY}\n\n{why}")
        return cls(finding.check, finding.severity, documentation)

    @property
    def area(self) -> str:
        return self.id.partition(".")[0]


def sources(
    ran: Iterable[Check], known: Iterable[Check], findings: Iterable[Finding]
) -> dict[str, RuleSource]:
    """The rules by id, in order of id: of the checks that ran, and of findings kept from earlier scans.

    `known` are all checks installed: a finding kept from an earlier scan is still explained by its check.
    """
    found = {item.check: RuleSource.of_held(item) for item in findings}
    found |= {check.id: RuleSource.of_check(check) for check in known if check.id in found}
    found |= {check.id: RuleSource.of_check(check) for check in ran}
    return dict(sorted(found.items()))


def descriptor(rule: RuleSource, techniques: Techniques) -> om.ReportingDescriptor:
    """The rule, as GitHub shows it beside an alert."""
    title, markdown = rule.documentation.title, _help(rule.documentation)
    why = rule.documentation.sections.get(_WHY, title)
    return om.ReportingDescriptor(
        id=rule.id,
        name=_pascal(rule.id.partition(".")[2]),
        short_description=om.MultiformatMessageString(text=shortened(sentence(title), DESCRIPTION_LIMIT)),
        full_description=om.MultiformatMessageString(
            text=shortened(_flat(why), DESCRIPTION_LIMIT), markdown=shortened(why, DESCRIPTION_LIMIT)
        ),
        help=om.MultiformatMessageString(text=markdown, markdown=markdown),
        default_configuration=om.ReportingConfiguration(level=LEVEL[rule.severity]),
        relationships=techniques.relationships(rule.attack) or None,
        properties={
            "tags": list(_tags(rule)),
            "precision": "high",
            "security-severity": SCORE[rule.severity],
        },
    )


def _help(documentation: Documentation) -> str:
    """The sections, what to do about it first."""
    sections = documentation.sections
    order = sorted(sections, key=lambda name: name != _FIRST)  # stable: the others stay as written
    return "\n\n".join(f"## {name}\n\n{sections[name]}" for name in order) or documentation.title


def _tags(rule: RuleSource) -> Iterator[str]:
    attack = (f"attack/{technique.lower()}" for technique in rule.attack)
    controls = (control.lower() for control in rule.controls)
    unique = dict.fromkeys(("security", rule.area, *attack, *controls))
    yield from list(unique)[:TAG_LIMIT]


def _pascal(condition: str) -> str:
    return "".join(part.capitalize() for part in condition.split("-"))


def _flat(markdown: str) -> str:
    return sentence(" ".join(markdown.replace("`", "'").split()))
