"""Which plugins are let in: those that the configuration allows, and that are written for this o365scan.api."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from o365scan.api import API_VERSION, OptionsError

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

OWN = "o365scan"
"""The distribution whose plugins are always let in."""
_LIKE = (
    'Write "o365scan-teams" or "o365scan-teams==1.2.0": a distribution, and its versions as pip writes them.'
)
_LOWER_BOUNDS = (">", ">=", "==", "~=")


@dataclass(frozen=True)
class AllowList:
    """Distributions whose plugins may be loaded, by name and version; `source` is the file that says so."""

    source: str
    entries: tuple[Requirement, ...]

    @classmethod
    def parse(cls, entries: object, source: str) -> Self:
        """Of `plugins.allow` in o365scan.toml. Raises OptionsError for anything but names and version ranges."""
        where = f"{source}: plugins.allow"
        if not isinstance(entries, list) or not all(isinstance(each, str) for each in entries):
            raise OptionsError(f"{where} must be a list of texts", hint=_LIKE)
        return cls(source, tuple(_requirement(each, where) for each in entries))

    def refusal(self, distribution: str, version: str) -> str | None:
        """Why a distribution is not let in, None if it is."""
        from packaging.utils import canonicalize_name

        name = canonicalize_name(distribution)
        named = [each for each in self.entries if canonicalize_name(each.name) == name]
        if any(each.specifier.contains(version, prereleases=True) for each in named):
            return None
        if named:
            allowed = " or ".join(str(each) for each in named)
            return f"{distribution} {version} is not allowed: plugins.allow of {self.source} has {allowed}"
        near = difflib.get_close_matches(name, [each.name for each in self.entries], n=1, cutoff=0.7)
        meant = f"; did its entry {near[0]!r} mean it?" if near else ""
        return (
            f"{distribution} {version} is not allowed: plugins.allow of {self.source} does not name it{meant}"
        )


def _requirement(text: str, where: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(text)
    except InvalidRequirement as cause:
        raise OptionsError(f"{where}: {text!r} is no name of a distribution", hint=_LIKE) from cause
    if found.url or found.extras or found.marker:
        raise OptionsError(f"{where}: {text!r} says more than a name and versions", hint=_LIKE)
    return found


def misfit(wants: object) -> str | None:
    """Why a plugin for the API versions `wants` can't be used with this one, None if it can.

    `wants` is the plugin's `o365scan_api`: a range as pip writes it, None where it says nothing.
    """
    if wants is None:
        return None
    specifiers = _range(wants)
    if specifiers is None:
        return f"its o365scan_api is {wants!r}, which is no range of versions such as '>=1.0,<2'"
    if specifiers.contains(API_VERSION, prereleases=True):
        return None
    newer = "o365scan" if _begins_later(specifiers) else "the plugin"
    return f"it is written for o365scan.api {wants}, and this is {API_VERSION}: install a newer version of {newer}"


def _range(wants: object) -> SpecifierSet | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not isinstance(wants, str) or not wants.strip():
        return None
    try:
        return SpecifierSet(wants)
    except InvalidSpecifier:
        return None


def _begins_later(specifiers: SpecifierSet) -> bool:
    """Is this API older than anything that the range holds?"""
    from packaging.version import Version

    bounds = (each.version.removesuffix(".*") for each in specifiers if each.operator in _LOWER_BOUNDS)
    return any(Version(each) > Version(API_VERSION) for each in bounds)


def missing_names(cause: BaseException) -> str | None:
    """What to tell where an import failed for want of a name of o365scan.api, None for any other failure."""
    if isinstance(cause, ImportError) and cause.name == "o365scan.api":
        return f"{cause}: it is written for another version of o365scan.api than this, {API_VERSION}"
    return None
