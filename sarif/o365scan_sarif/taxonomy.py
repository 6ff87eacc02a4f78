"""MITRE ATT&CK as a SARIF taxonomy, with the techniques that the rules of a run name."""

from __future__ import annotations

from collections.abc import Iterable

import sarif_om as om

from o365scan.api import ATTACK_VERSION

NAME = "MITRE ATT&CK"
GUID = "4b71d0a3-1fa9-5a1d-8c43-f9e13a1c6e66"
"""Ours for ATT&CK, for good; MITRE gives it none."""

_HOME = "https://attack.mitre.org/"


class Techniques:
    """The techniques used in one run. Its taxonomy is the run's only one, hence index 0."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._index = {technique: index for index, technique in enumerate(sorted(set(ids)))}

    def taxonomies(self) -> list[om.ToolComponent]:
        """The run's taxonomies: none if no rule names a technique."""
        if not self._index:
            return []
        return [
            om.ToolComponent(
                name=NAME,
                guid=GUID,
                version=ATTACK_VERSION,
                organization="The MITRE Corporation",
                information_uri=_HOME,
                short_description=om.MultiformatMessageString(
                    text="Techniques of adversaries, as MITRE ATT&CK describes them."
                ),
                taxa=[_taxon(technique) for technique in self._index],
            )
        ]

    def supported(self) -> list[om.ToolComponentReference]:
        """For the driver: the taxonomies that its rules refer to."""
        return [self._component()] if self._index else []

    def references(self, ids: Iterable[str]) -> list[om.ReportingDescriptorReference]:
        """For a result: its techniques."""
        return [
            om.ReportingDescriptorReference(
                id=technique, index=self._index[technique], tool_component=self._component()
            )
            for technique in sorted(set(ids))
        ]

    def relationships(self, ids: Iterable[str]) -> list[om.ReportingDescriptorRelationship]:
        """For a rule: its techniques."""
        return [
            om.ReportingDescriptorRelationship(target=target, kinds=["relevant"])
            for target in self.references(ids)
        ]

    def _component(self) -> om.ToolComponentReference:
        return om.ToolComponentReference(name=NAME, index=0, guid=GUID)


def _taxon(technique: str) -> om.ReportingDescriptor:
    return om.ReportingDescriptor(
        id=technique,
        help_uri=f"{_HOME}techniques/{technique.replace('.', '/')}/",
        short_description=om.MultiformatMessageString(text=f"ATT&CK technique {technique}."),
    )
