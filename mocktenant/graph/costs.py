"""What a Graph request costs, and which of the services behind Graph it is counted by.

Resource units of the directory as documented; what is not listed costs 1.
"""

from __future__ import annotations

import re
from typing import Literal

Area = Literal["batch", "directory", "outlook", "protection", "reports", "security"]

_OUTLOOK = re.compile(
    r"(users|me)(/[^/]+)?/(mailfolders|messages|inferenceclassification|calendar|events|contacts|mailboxsettings)"
)
_AREAS: tuple[tuple[Area, re.Pattern[str]], ...] = (
    ("batch", re.compile(r"\$batch$")),
    ("outlook", _OUTLOOK),
    ("protection", re.compile("(identityprotection|identity/conditionalaccess)(/|$)")),
    ("reports", re.compile(r"auditlogs/|reports/|users/[^/]+/authentication/")),
    ("security", re.compile("security/")),
)
_COSTS = {
    "applications": 2,
    "applications/extensionproperties": 2,
    "contracts": 3,
    "directoryobjects/getbyids": 5,
    "domains/domainnamereferences": 4,
    "groups/members": 3,
    "groups/transitivemembers": 5,
    "ismemberof": 4,
    "checkmembergroups": 4,
    "checkmemberobjects": 4,
    "getmembergroups": 2,
    "getmemberobjects": 2,
    "users/licensedetails": 2,
    "memberof": 2,
    "ownedobjects": 2,
    "transitivememberof": 2,
    "oauth2permissiongrants": 2,
    "serviceprincipals/approleassignments": 2,
    "subscribedskus": 3,
    "users": 2,
}
"""Collection, or first and last segment of the path, or the last alone -> units."""

_FEW = 20


def area(path: str) -> Area:
    """The service behind Graph that a path (/v1.0/...) is counted by."""
    plain = _plain(path)
    return next((name for name, pattern in _AREAS if pattern.match(plain)), "directory")


def cost(path: str, query: dict[str, str]) -> int:
    """The resource units of a directory request, with what its options add and save."""
    parts = _plain(path).split("/")
    first, last = parts[0], parts[-1]
    # A lone segment is a list; of two or more the last may be an object's id, which is no key here.
    units = _COSTS.get(first, 1) if len(parts) == 1 else _COSTS.get(f"{first}/{last}", _COSTS.get(last, 1))
    if last == "getbyids" and "$select" in query:
        units -= 2  # 2 in all, as documented
    units -= "$select" in query
    units += "$expand" in query
    units -= _is_few(query.get("$top", ""))
    return max(units, 1)


def _is_few(top: str) -> bool:
    return top.isdecimal() and int(top) < _FEW


def _plain(path: str) -> str:
    """Without the version, in lower case."""
    return path.lower().strip("/").partition("/")[2]
