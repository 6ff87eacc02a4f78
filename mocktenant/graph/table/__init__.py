"""The resources that Graph serves here, one row each; a file for each subject."""

from __future__ import annotations

from collections.abc import Mapping

from mocktenant.graph.resources import BOTH, Resource
from mocktenant.graph.table import (
    administration,
    applications,
    authentication,
    conditional_access,
    directory_objects,
    groups,
    logs,
    mail,
    organization,
    people,
    policies,
    roles,
    security,
)

RESOURCES: tuple[Resource, ...] = (
    *organization.ROWS,
    *people.ROWS,
    *authentication.ROWS,
    *groups.ROWS,
    *directory_objects.ROWS,
    *roles.ROWS,
    *conditional_access.ROWS,
    *policies.ROWS,
    *applications.ROWS,
    *logs.ROWS,
    *security.ROWS,
    *mail.ROWS,
    *administration.ROWS,
)
"""Every row."""

Pattern = tuple[str, ...]

BY_PATTERN: Mapping[str, Mapping[Pattern, Resource]] = {
    version: {row.pattern: row for row in RESOURCES if version in row.versions} for version in sorted(BOTH)
}
"""Version -> path, as lower-case segments -> row."""

LEAST = frozenset(
    role
    for row in RESOURCES
    if row.granted
    for roles in (row.read, *row.scoped.values())
    for entry in roles[:1]
    for role in entry.split(" + ")
)
"""What an app needs to read all of Graph that the scanner's app is granted of its own accord."""
