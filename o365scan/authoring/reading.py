"""What datasets ask for: people grant it on the word of the plugin, so it must exist, and be no more than reading."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from o365scan.api import Dataset, DnsLookup, FanOut, Unlicensed
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject

_MICROSOFT = ("microsoft.com",)
#: What DNS means is not Microsoft's to say.
_STANDARDS = ("rfc-editor.org", "ietf.org")
_WRITES = re.compile(r"ReadWrite|FullControl|\.Write\b|\.Send\b")


@cache
def _known() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(
        (files("o365scan.authoring") / "data/permissions.json").read_text("utf-8")
    )
    return table


def permissions(subject: Subject) -> Iterator[Remark]:
    """App roles and directory roles are ones that exist, and the least of them does not write."""
    for dataset in subject.datasets:
        where = f"dataset {dataset.name}"
        for what, to_do in _of(dataset, subject.vouched):
            yield Remark("permissions", what, where, to_do)


def _of(dataset: Dataset, vouched: Collection[str]) -> Iterator[tuple[str, str]]:
    permission, known = dataset.permission, _known()
    app_roles = known["app_roles"].get(permission.api)
    for role in _named(permission.app_roles):
        if role not in vouched and (app_roles is None or role not in app_roles):
            yield _unknown(permission.api, role, app_roles)
    for role in _named(permission.directory_roles):
        if role not in vouched and role not in known["directory_roles"]:
            said = f"There is no directory role {role!r} that is known."
            yield said, _meant(role, known["directory_roles"])
    for role in _named(permission.app_roles[:1]):
        if _WRITES.search(role):
            said = f"{role} comes first, so everybody is asked to grant it, and it writes."
            yield said, "Name the least permission that reads first."


def _unknown(api: str, role: str, known: Collection[str] | None) -> tuple[str, str]:
    if known is None:
        return f"Whether {api} has an app role {role} is unknown: no list of its is shipped.", _vouch(role)
    return f"{api} has no app role {role} that is known.", _meant(role, known)


def _named(entries: tuple[str, ...]) -> Iterator[str]:
    for entry in entries:
        yield from (role.strip() for role in entry.split("+"))


def _meant(role: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(role, known, n=1, cutoff=0.8)
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"{meant}The list is of {_known()['date']}. {_vouch(role)}"


def _vouch(role: str) -> str:
    return f'If you know that it exists: --vouch "{role}".'


def licences(subject: Subject) -> Iterator[Remark]:
    """A licence is told in the words that people buy it by."""
    for dataset in subject.datasets:
        where = f"dataset {dataset.name}"
        if dataset.licence is not None and len(dataset.licence.split()) < 2:
            what = f"Its licence is {dataset.licence!r}, which nobody could buy."
            yield Remark("licences", what, where, 'Name it as Microsoft does: "Microsoft Entra ID P1".')
        if dataset.licence is None and dataset.unlicensed is Unlicensed.EMPTY:
            what = "It says what it means that a licence is missing, and names none."
            yield Remark("licences", what, where, "Name the licence, or leave `unlicensed` out.")


def references(subject: Subject) -> Iterator[Remark]:
    """A dataset's reference is Microsoft's own page; of what DNS says, a standard will do."""
    for dataset in subject.datasets:
        source = dataset.source.request if isinstance(dataset.source, FanOut) else dataset.source
        allowed = _MICROSOFT + (_STANDARDS if isinstance(source, DnsLookup) else ())
        if not _is_below(dataset.reference, allowed):
            what = f"Its reference {dataset.reference!r} is no page of Microsoft's."
            to_do = "Link the page on the resource or cmdlet below https://learn.microsoft.com/."
            yield Remark("references", what, f"dataset {dataset.name}", to_do)


def _is_below(link: str, hosts: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    known = any(host == each or host.endswith(f".{each}") for each in hosts)
    return parts.scheme == "https" and known and parts.path not in ("", "/")
