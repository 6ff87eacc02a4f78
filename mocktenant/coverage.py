"""What is emulated, as a page for people: `python -m mocktenant.coverage` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mocktenant import hosts
from mocktenant.exchange import coverage as exchange
from mocktenant.graph import coverage as graph
from mocktenant.licences import PRESETS
from mocktenant.login.errors import CODES
from mocktenant.management.routes import PAGE as BLOBS

PAGE = Path(__file__).with_name("COVERAGE.md")

_HEAD = """# What the mock tenant emulates

Made from its tables by `python -m mocktenant.coverage`; a test keeps it fresh.
"""

_DNS = """## DNS

A resolver on 127.0.0.1, UDP and TCP at one port (`MOCKTENANT_DNS`), with the records of the collection `dnsRecords`:
SPF, DMARC, MX and DKIM's keys of each accepted domain. Whatever else is asked for does not exist. EDNS, truncation,
CNAMEs and empty names above others are as in real zones; wildcards, referrals and DNSSEC are not there. Faults:
`{"dns": "SERVFAIL"}` (`REFUSED`, `silent`, `truncated`) with `host` or `path` for the name, `method` for the type;
`/_mock/lookups` lists what was asked. A served snapshot answers what the scan asked, and refuses all else.
"""

_MANAGEMENT = """## Office 365 Management Activity API

`subscriptions/list`, `subscriptions/content` (24 hours at the most, `NextPageUri`) and `audit/<contentId>` below
`/api/v1.0/<tenant id>/activity/feed`, for apps with `ActivityFeed.Read`, of the collections `activitySubscriptions`
and `activityContent`. Nobody has subscribed until a test says so. `start`, `stop` and notifications are not there, and
`DLP.All` takes no role of its own.
"""

_GITHUB = """## GitHub

For a job of GitHub Actions: its token service and OIDC issuer; of the REST API `GET /repos/{owner}/{repo}`, and of code
scanning `alerts`, `sarifs` and `sarifs/{id}` for the one repository that `/_mock/github` names, by the job's token and
permissions. A log is unpacked and refused for what GitHub refuses (limits, no location, two runs of one category);
alerts open and close by tool, category, rule, path and line hash.
"""

_DIFFERENCES = """## Known differences

- Sign-in is for apps. People, refresh tokens, device codes and consent pages are refused with Microsoft's words.
  Graph's tokens have no `nonce` in their header, so that a test may verify them.
- Graph's consistency is immediate: what was written is read at once, with or without `ConsistencyLevel`,
  and an account's name, addresses, block and end show in its mailbox without the minutes that Microsoft takes.
- `delta` gives everything again after any change. `$batch` takes relative addresses only.
- Every holder of a directory role counts as an administrator where Graph protects administrators; Microsoft's finer
  table of who may touch whom is not emulated.
- Messages, hunting results and Exchange's roles through Graph are empty lists.
- OPATH filters of Exchange are comparisons joined by `-and`; a role is in force at once, without an hour's delay.
- Data goes by its own clock, sign-in by the wall's. A served snapshot is read-only and refuses what it has not.
- A list that a test declares (`Tenant.declare`, `PUT /_mock/collections/{name}`) is read in both versions with all
  options of a paged list, 100 rows a page, and its properties are those that its objects have: whether Microsoft's
  list takes an option, its documentation says. It can't be written through Graph.
- The limits of `throttle = "realistic"` are the documented ones; the shape of their windows is not documented.
"""


def page() -> str:
    """The whole page."""
    doubts = sorted(
        {*graph.doubts(), *exchange.doubts(), *_of_sign_in(), *_of_dns(), *_of_management(), *_of_github()}
    )
    listed = "\n".join(f"- `{what}`: {text}" for what, text in doubts)
    parts = (
        _HEAD,
        _hosts(),
        graph.section(),
        exchange.section(),
        _sign_in(),
        _licences(),
        _MANAGEMENT,
        _DNS,
        _GITHUB,
        _DIFFERENCES,
    )
    unconfirmed = f"## Unconfirmed\n\nBeliefs that nobody has checked against a live tenant:\n\n{listed}\n"
    return "\n".join((*parts, unconfirmed))


def _hosts() -> str:
    rows = "".join(f"| `{host}` | {service} |\n" for host, service in sorted(hosts.SERVICES.items()))
    return f"## Hosts\n\n| host | service |\n| --- | --- |\n{rows}"


def _sign_in() -> str:
    rows = "".join(
        f"| AADSTS{number} | {code.status} | `{code.error}` |\n" for number, code in sorted(CODES.items())
    )
    return (
        "## Sign-in\n\nv1 and v2 endpoints: client secret (body, Basic), certificate (RS256, PS256; `x5t`,"
        " `x5t#S256`, `x5c`) and federated assertion.\n\n| refusal | status | error |\n| --- | --- | --- |\n"
        f"{rows}"
    )


def _of_sign_in() -> Iterator[tuple[str, str]]:
    for number, code in CODES.items():
        if not code.confirmed:
            yield f"AADSTS{number}", "its sentence or status"


def _of_dns() -> Iterator[tuple[str, str]]:
    yield (
        "MX of the initial domain",
        "that its host is named by the tenant alone, contoso.mail.protection.outlook.com",
    )


def _of_management() -> Iterator[tuple[str, str]]:
    yield (
        "/activity/feed/subscriptions/content",
        f"that a page lists {BLOBS} blobs, and the codes of bad times",
    )


def _of_github() -> Iterator[tuple[str, str]]:
    yield (
        "/code-scanning/sarifs",
        "statuses and words of refusals but those that users quote; that `processing_status` is never `pending`",
    )


def _licences() -> str:
    rows = "".join(
        f"| {one.name} | {', '.join(sorted(one.entra)) or 'none'} | {one.of_people.part} |\n"
        for one in PRESETS.values()
    )
    return f"## Licences\n\n| preset | Entra ID | product of people |\n| --- | --- | --- |\n{rows}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
