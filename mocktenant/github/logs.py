"""What GitHub code scanning says of a SARIF log: the reasons for which it refuses one as a whole.

Limits: docs.github.com, "SARIF support for code scanning". The sentences about locations, categories and severities
are those that users quote in the issues of github/codeql-action (2456, 2459, 1738); the others are worded here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

MOST_BYTES = 10 * 1024 * 1024
"""Packed; the documentation says 10 MB, and which MB is unconfirmed."""
MOST = {"runs": 20, "results": 25_000, "rules": 25_000, "extensions": 100}
MOST_LOCATIONS, MOST_TAGS = 1_000, 20


def errors(log: Any) -> list[str]:
    """Why the log is refused; none if it is taken."""
    if not isinstance(log, dict):
        return ["SARIF is not an object"]
    try:
        return list(_of_log(log))
    except (AttributeError, KeyError, TypeError, ValueError) as cause:
        return [f"SARIF is not of the schema's shape: {cause!r}"]


def category(run: Json) -> str:
    """What comes before the last `/` of the run's automationDetails.id; empty without one."""
    return str(run.get("automationDetails", {}).get("id", "")).rpartition("/")[0]


def _of_log(log: Json) -> Iterator[str]:
    if log.get("version") != "2.1.0":
        yield "SARIF version must be 2.1.0"
    runs = log["runs"]
    if not runs:
        yield "1 item required; only 0 were supplied: runs"
    if len(runs) > MOST["runs"]:
        yield f"rejecting SARIF, as there are more runs than allowed ({len(runs)} > {MOST['runs']})"
    categories = Counter((run["tool"]["driver"]["name"], category(run)) for run in runs)
    if any(count > 1 for count in categories.values()):
        yield "rejecting SARIF, as it holds multiple runs with the same category"
    for run in runs:
        yield from _of_run(run)


def _of_run(run: Json) -> Iterator[str]:
    driver = run["tool"]["driver"]
    counts = {
        "results": len(run["results"]),
        "rules": len(driver.get("rules", [])),
        "extensions": len(run["tool"].get("extensions", [])),
    }
    for what, count in counts.items():
        if count > MOST[what]:
            yield f"rejecting SARIF, as there are more {what} per run than allowed ({count} > {MOST[what]})"
    for rule in driver.get("rules", []):
        yield from _of_rule(rule)
    for result in run["results"]:
        yield from _of_result(result)


def _of_rule(rule: Json) -> Iterator[str]:
    properties = rule.get("properties", {})
    if "security-severity" in properties and not _is_score(properties["security-severity"]):
        yield "could not convert rules: invalid security severity value"
    if len(properties.get("tags", [])) > MOST_TAGS:
        yield f"rejecting SARIF, as there are more tags per rule than allowed ({MOST_TAGS})"
    for name in ("shortDescription", "fullDescription", "help"):
        if not rule.get(name, {}).get("text"):
            yield f"rule {rule['id']} has no {name}.text"


def _is_score(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(score := float(value)) and 0.0 <= score <= 10.0
    except ValueError:
        return False


def _of_result(result: Json) -> Iterator[str]:
    if not result["message"].get("text"):
        yield "a result has no message.text"
    locations = result.get("locations")
    if not locations:
        yield "locationFromSarifResult: expected at least one location"
        return
    if len(locations) > MOST_LOCATIONS:
        yield f"rejecting SARIF, as there are more locations per result than allowed ({MOST_LOCATIONS})"
    physical = locations[0].get("physicalLocation")
    if physical is None:
        yield "locationFromSarifResult: expected a physical location"
    elif not physical.get("artifactLocation", {}).get("uri"):
        yield "locationFromSarifResult: expected artifact location"
    elif scheme := urlsplit(physical["artifactLocation"]["uri"]).scheme:
        yield f'SARIF URI scheme "{scheme}" did not match the checkout URI scheme "file"'
