"""Hold a SARIF log against what GitHub code scanning does with it.

    sarif_gate.py LOG --repo CHECKOUT [--full] [--multitool PATH] [--schema PATH]

Three gates, of which none is enough by itself: the JSON schema; Sarif.Multitool with its GitHub rules, read
from its output log because its exit code says nothing; and what neither sees, namely GitHub's limits, what
it would reject, hide or merge, and whether fingerprints are those of the files in the checkout.

Multitool and schema come with the npm package @microsoft/sarif-multitool-linux; the schema beside the
multitool is used unless another is named. With --full the log is one for other readers of SARIF: what
GitHub would make of its passes, and of several results in one place, is no problem. Problems go to stdout.
Exit code: 0 none, 1 some, 2 could not run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]

CONFIG = Path(__file__).with_name("gh.config.xml")
SCHEMA_NAME = "sarif-2.1.0.json"

# docs.github.com, "SARIF support for code scanning": rejected above.
MOST_BYTES = 10_000_000
MOST = {"runs": 20, "rules": 25_000, "extensions": 100}
# Stored or shown up to, which is what we keep to.
MOST_RESULTS, MOST_TAGS, MOST_NAME, MOST_DESCRIPTION = 5_000, 10, 255, 1_024

# Control and format characters, lone surrogates, line and paragraph separators.
_DECEIVING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

LINE_HASH = "primaryLocationLineHash"
OBJECT_RULE = "o365scanObjectRule/v1"
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_CLEAN_URI = re.compile(
    r"(?!\.\.?(/|$))[A-Za-z0-9._~%!$&'()*+,;=@-]+(/(?!\.\.?(/|$))[A-Za-z0-9._~%!$&'()*+,;=@-]+)*"
)


class CannotRun(Exception):
    """A gate could not be held at all."""


# --- what the schema and the multitool say -------------------------------------------------------------


def schema_problems(log: Json, schema: Path) -> Iterator[str]:
    """Where the log departs from the JSON schema."""
    import jsonschema

    rules = json.loads(schema.read_text("utf-8-sig"))
    for error in jsonschema.validators.validator_for(rules)(rules).iter_errors(log):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def multitool_problems(path: Path, multitool: Path) -> Iterator[str]:
    """The multitool's errors and warnings, its own troubles included."""
    for run in _multitool_log(path, multitool)["runs"]:
        for result in run.get("results", []):
            region = result.get("locations", [{}])[0].get("physicalLocation", {}).get("region", {})
            said = result["message"].get("text") or result["message"].get("arguments")
            yield f"{result['ruleId']} (line {region.get('startLine', '?')}): {said}"
        for notice in _notices(run):
            # WRN999 tells of the rules that the configuration turns off.
            if not notice.get("descriptor", {}).get("id", "").startswith("WRN999"):
                yield f"multitool: {notice['message']['text'][:300]}"


def _multitool_log(path: Path, multitool: Path) -> Json:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.sarif")
        command = [
            str(multitool), "validate", str(path), "--rule-kind", "Sarif;Ghas", "--config", str(CONFIG),
            "--level", "Error;Warning", "--max-file-size-in-kb", "400000",
            "--quiet", "true", "--log", "ForceOverwrite", "--output", str(out),
        ]  # fmt: skip
        environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        except OSError as cause:
            raise CannotRun(f"{multitool}: {cause}") from cause
        if done.returncode or not out.exists():
            raise CannotRun(f"{multitool}: exit code {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
        log: Json = json.loads(out.read_text("utf-8-sig"))
        return log


# --- the log and its runs ------------------------------------------------------------------------------


def log_problems(log: Json, size: int) -> Iterator[str]:
    """What GitHub would refuse of the file as a whole; `size` in bytes, packed."""
    if log.get("version") != "2.1.0" or not log.get("$schema"):
        yield "version is not 2.1.0, or $schema is missing"
    if not 0 < len(log["runs"]) <= MOST["runs"]:
        yield f"{len(log['runs'])} runs: GitHub takes 1 to {MOST['runs']}"
    if size > MOST_BYTES:
        yield f"{size} bytes packed: GitHub takes {MOST_BYTES}"
    categories = Counter((run["tool"]["driver"]["name"], _category(run)) for run in log["runs"])
    yield from (
        f"category {name!r} stands in {count} runs" for (_, name), count in categories.items() if count > 1
    )


def run_problems(run: Json) -> Iterator[str]:
    """What is wrong with a run beside its rules and results."""
    if not _category(run):
        yield "automationDetails.id names no category: it must end in '/'"
    if "results" not in run:
        yield "no results: a clean run has an empty list"
    if len(run.get("results", [])) > MOST_RESULTS:
        yield f"{len(run['results'])} results: GitHub stores {MOST_RESULTS}"
    if len(run["tool"].get("extensions", [])) > MOST["extensions"]:
        yield f"more than {MOST['extensions']} extensions"
    if any(not invocation.get("executionSuccessful") for invocation in run.get("invocations", [])):
        yield "executionSuccessful is not true: the upload may fail, and should not be tried"
    yield from (f"{time!r} is not a time in UTC" for time in _times(run) if not _UTC.fullmatch(time))
    states = Counter("baselineState" in result for result in run.get("results", []))
    if len(states) > 1:
        yield "baselineState on some results and not on others (SARIF 3.27.24)"
    yield from _reference_problems(run)


def _reference_problems(run: Json) -> Iterator[str]:
    driver = run["tool"]["driver"]
    for notice in _notices(run):
        if not _refers(notice.get("descriptor"), driver.get("notifications", [])):
            yield f"a notification's descriptor {notice.get('descriptor')} does not resolve"
        if "associatedRule" in notice and not _refers(notice["associatedRule"], driver.get("rules", [])):
            yield f"a notification's rule {notice['associatedRule']} does not resolve"
    for reference in driver.get("supportedTaxonomies", []):
        if _taxonomy(run, reference) is None:
            yield f"supported taxonomy {reference} does not resolve"


def _times(run: Json) -> Iterator[str]:
    for invocation in run.get("invocations", []):
        yield from (invocation[name] for name in ("startTimeUtc", "endTimeUtc") if name in invocation)
    yield from (notice["timeUtc"] for notice in _notices(run) if "timeUtc" in notice)


def _notices(run: Json) -> Iterator[Json]:
    for invocation in run.get("invocations", []):
        yield from invocation.get("toolExecutionNotifications", [])
        yield from invocation.get("toolConfigurationNotifications", [])


def _category(run: Json) -> str:
    category: str = run.get("automationDetails", {}).get("id", "").rpartition("/")[0]
    return category


# --- rules ---------------------------------------------------------------------------------------------


def rule_problems(run: Json) -> Iterator[str]:
    """What is wrong with the rules of a run."""
    rules = run["tool"]["driver"].get("rules", [])
    if len(rules) > MOST["rules"]:
        yield f"{len(rules)} rules: GitHub takes {MOST['rules']}"
    counted = Counter(rule["id"] for rule in rules)
    yield from (f"rule {id} stands there {count} times" for id, count in counted.items() if count > 1)
    for rule in rules:
        problems = (*_text_problems(rule), *_property_problems(rule), *_relation_problems(rule, run))
        yield from (f"{rule['id']}: {problem}" for problem in problems)


def _text_problems(rule: Json) -> Iterator[str]:
    if not rule.get("name") or len(rule["name"]) > MOST_NAME or rule["name"] == rule["id"]:
        yield f"name {rule.get('name')!r} is empty, too long, or the id"
    for name in ("shortDescription", "fullDescription"):
        if not 0 < len(rule.get(name, {}).get("text", "")) <= MOST_DESCRIPTION:
            yield f"{name} is empty or longer than {MOST_DESCRIPTION}"
    if not rule.get("help", {}).get("text"):
        yield "no help text"
    if rule.get("defaultConfiguration", {}).get("level") not in ("error", "warning", "note"):
        yield "defaultConfiguration.level is not stated"


def _property_problems(rule: Json) -> Iterator[str]:
    properties = rule.get("properties", {})
    tags = properties.get("tags", [])
    if len(tags) > MOST_TAGS:
        yield f"{len(tags)} tags: GitHub shows {MOST_TAGS}"
    if "security" not in tags:
        yield "no tag 'security': GitHub would not show its severity"
    if not _is_score(properties.get("security-severity")):
        yield f"security-severity {properties.get('security-severity')!r} is no text from 0.1 to 10.0"
    if properties.get("precision") not in ("very-high", "high", "medium", "low"):
        yield f"precision is {properties.get('precision')!r}"


def _relation_problems(rule: Json, run: Json) -> Iterator[str]:
    for relation in rule.get("relationships", []):
        if not _is_taxon(relation["target"], run):
            yield f"taxon {relation['target'].get('id')} does not resolve"


def _is_score(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d+\.\d+", value)) and 0.0 < float(value) <= 10.0


# --- results -------------------------------------------------------------------------------------------


def result_problems(run: Json, repo: Path, *, full: bool = False) -> Iterator[str]:
    """What is wrong with the results of a run, the files that they point to included."""
    files = Files(repo)
    identities: Counter[tuple[str | None, str, str | None]] = Counter()
    for number, result in enumerate(run.get("results", [])):
        problems = [
            *_kind_problems(result), *([] if full else _alert_problems(result)),
            *_rule_problems(result, run), *_taxa_problems(result, run),
            *_message_problems(result), *_location_problems(result, files),
        ]  # fmt: skip
        yield from (f"results[{number}]: {problem}" for problem in problems)
        identities[_identity(result, full=full)] += 1
    for (rule, uri, _), count in identities.items():
        if count > 1:
            yield f"{count} results of {rule} in {uri} are one alert: same fingerprint"


def _kind_problems(result: Json) -> Iterator[str]:
    kind, level = result.get("kind", "fail"), result.get("level")
    if level is None:
        yield "no level: readers disagree on what that means"
    if (kind == "fail") == (level == "none"):
        yield f"kind {kind} with level {level} (SARIF 3.27.10)"
    score = result.get("properties", {}).get("security-severity", "0.1")
    if not _is_score(score):
        yield f"security-severity {score!r} is no text from 0.1 to 10.0"


def _alert_problems(result: Json) -> Iterator[str]:
    kind = result.get("kind", "fail")
    if kind != "fail":
        yield f"kind {kind}: GitHub would open an alert"
    if result.get("suppressions"):
        yield "suppressed: GitHub would open an alert"
    if result.get("baselineState") == "absent":
        yield "absent: GitHub would open an alert"


def _rule_problems(result: Json, run: Json) -> Iterator[str]:
    rules = run["tool"]["driver"].get("rules", [])
    reference = {"id": result.get("ruleId"), "index": result.get("ruleIndex", -1)}
    if not _refers(reference, rules):
        yield f"ruleId {reference['id']} and ruleIndex {reference['index']} name no rule of the driver"


def _taxa_problems(result: Json, run: Json) -> Iterator[str]:
    yield from (
        f"taxon {taxon.get('id')} does not resolve"
        for taxon in result.get("taxa", [])
        if not _is_taxon(taxon, run)
    )


def _message_problems(result: Json) -> Iterator[str]:
    text = result.get("message", {}).get("text", "")
    if not text or any(unicodedata.category(character) in _DECEIVING for character in text):
        yield "the message is empty or holds control characters"
    if re.search(r"\]\(|<[A-Za-z/!]|(?<![A-Za-z0-9_])@\w|!\[", text):
        yield f"the message holds markup: {text[:80]!r}"


def _location_problems(result: Json, files: Files) -> Iterator[str]:
    if len(result.get("locations", [])) != 1:
        yield f"{len(result.get('locations', []))} locations: GitHub uses one"
        return
    uri, region = _place(result)
    if not _CLEAN_URI.fullmatch(uri):
        yield f"uri {uri!r} is not relative to the repository: GitHub rejects the file"
        return
    hashes = files.hashes(uri)
    if hashes is None:
        yield f"{uri} is not a regular file of the checkout"
        return
    start: int = region.get("startLine", 0)
    end: int = region.get("endLine", start)
    if not 1 <= start <= end <= len(hashes):
        yield f"lines {start} to {end} are not in {uri}"
        return
    said = result.get("partialFingerprints", {}).get(LINE_HASH)
    if said != hashes[start - 1]:
        yield f"{LINE_HASH} is {said}, and {hashes[start - 1]} in {uri}"


def _identity(result: Json, *, full: bool) -> tuple[str | None, str, str | None]:
    """What makes two results one: to GitHub the place, to others the object and whether it fails."""
    fingerprints = result.get("partialFingerprints", {})
    if full:
        return result.get("ruleId"), result.get("kind", "fail"), fingerprints.get(OBJECT_RULE)
    return result.get("ruleId"), _place(result)[0], fingerprints.get(LINE_HASH)


def _place(result: Json) -> tuple[str, Json]:
    where = (result.get("locations") or [{}])[0].get("physicalLocation", {})
    return where.get("artifactLocation", {}).get("uri", ""), where.get("region", {})


# --- references and files ------------------------------------------------------------------------------


def _refers(reference: Json | None, targets: Sequence[Json]) -> bool:
    """Whether id and index of a reference name one and the same element."""
    said = reference or {}
    index: int = said.get("index", -1)
    return 0 <= index < len(targets) and bool(targets[index]["id"] == said.get("id"))


def _is_taxon(reference: Json, run: Json) -> bool:
    taxonomy = _taxonomy(run, reference.get("toolComponent", {}))
    return taxonomy is not None and _refers(reference, taxonomy.get("taxa", []))


def _taxonomy(run: Json, reference: Json) -> Json | None:
    taxonomies: list[Json] = run.get("taxonomies", [])
    index = reference.get("index", -1)
    if 0 <= index < len(taxonomies) and taxonomies[index].get("guid") == reference.get("guid"):
        return taxonomies[index]
    return None


class Files:
    """The files of a checkout, as GitHub hashes their lines."""

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._hashes: dict[str, list[str] | None] = {}

    def hashes(self, uri: str) -> list[str] | None:
        """The fingerprint of each line; None for what is no regular file."""
        if uri not in self._hashes:
            path = self._repo / unquote(uri)
            regular = path.is_file() and not path.is_symlink()
            self._hashes[uri] = list(line_hashes(path.read_bytes().decode("utf-8"))) if regular else None
        return self._hashes[uri]


def line_hashes(text: str) -> Iterator[str]:
    """GitHub's fingerprint of each line, by a rolling hash.

    Written anew and not shared with the reporter, so that one's mistake is not the other's: the hash of 100
    UTF-16 units, blanks skipped, runs along the file, and counts when it has passed a line's beginning.
    """
    size, base, modulus = 100, 37, 2**64
    leaving = pow(base, size, modulus)
    window = deque([0] * size, size)
    value, fresh = 0, True
    begins: deque[bool] = deque([False] * size, size)
    seen: Counter[int] = Counter()
    for unit in (*_units(text), 0xFFFF, *[None] * size):
        if begins[0]:
            seen[value] += 1
            yield f"{value:x}:{seen[value]}"
        entering = unit or 0
        value = (value * base + entering - window[0] * leaving) % modulus
        window.append(entering)
        begins.append(fresh and unit is not None)
        fresh = unit == 0x0A


def _units(text: str) -> Iterator[int]:
    raw = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le", "surrogatepass")
    for low, high in zip(raw[::2], raw[1::2], strict=True):
        if (unit := low | high << 8) not in (0x20, 0x09):
            yield unit


# --- the command ---------------------------------------------------------------------------------------


def own_problems(log: Json, size: int, repo: Path, *, full: bool = False) -> Iterator[str]:
    """What neither schema nor multitool sees."""
    yield from log_problems(log, size)
    for number, run in enumerate(log["runs"]):
        problems = (*run_problems(run), *rule_problems(run), *result_problems(run, repo, full=full))
        yield from (f"runs[{number}]: {problem}" for problem in problems)


def problems_of(
    path: Path, repo: Path, multitool: Path | None, schema: Path | None, *, full: bool = False
) -> Iterator[str]:
    """All problems of a log. Raises CannotRun."""
    try:
        raw = path.read_bytes()
    except OSError as cause:
        raise CannotRun(f"{path}: {cause.strerror}") from cause
    try:
        log = json.loads(raw)
    except ValueError as cause:
        yield f"not JSON: {cause}"
        return
    if schema is not None:
        yield from (broken := list(schema_problems(log, schema)))
        if broken:
            return  # the other gates assume its shape, and the multitool is silent on such a file
    if multitool is not None:
        yield from multitool_problems(path, multitool)
    try:
        yield from own_problems(log, len(gzip.compress(raw)), repo, full=full)
    except (AttributeError, KeyError, TypeError) as cause:  # seen only where the schema was not asked first
        yield f"not of SARIF's shape: {cause!r}"


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("--repo", type=Path, required=True, help="the checkout that holds the evidence")
    parser.add_argument(
        "--full", action="store_true", help="it is no log for GitHub, and holds every verdict"
    )
    parser.add_argument("--multitool", type=Path, help="the Sarif.Multitool executable")
    parser.add_argument("--schema", type=Path, help="sarif-2.1.0.json")
    said = parser.parse_args(arguments)
    schema = said.schema or (said.multitool.with_name(SCHEMA_NAME) if said.multitool else None)
    try:
        problems = list(problems_of(said.log, said.repo, said.multitool, schema, full=said.full))
    except (CannotRun, OSError) as cause:
        say(f"{said.log}: could not be checked: {cause}")
        return 2
    for problem in problems:
        say(f"{said.log}: {problem}")
    say(f"{said.log}: {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
