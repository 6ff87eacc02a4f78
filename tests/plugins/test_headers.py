"""Which header fields an intruder would remove, or write."""

from __future__ import annotations

import pytest

from o365scan_exchange.headers import skips_defender, steers_filtering, traces_mail


@pytest.mark.parametrize(
    ("name", "traces"),
    [
        ("Received", True),
        ("RECEIVED:", True),
        (" x-originating-ip ", True),
        ("ARC-Message-Signature", True),
        ("X-MS-Exchange-Organization-AuthAs", True),
        ("X-MS-Has-Attach", True),
        ("X-Forefront-Antispam-Report-Untrusted", True),
        ("X-Microsoft-Antispam-Message-Info", True),
        ("X-Fabrikam-Signature-Done", False),
        ("X-Received-By-Fabrikam", False),
        ("X-MSMail-Priority", False),
        ("Architecture", False),
        ("Reply-To", False),
        ("Subject", False),
        ("", False),
    ],
)
def test_traces_mail(name: str, traces: bool) -> None:
    assert traces_mail(name) is traces


@pytest.mark.parametrize(
    ("name", "steers"),
    [
        ("X-MS-Exchange-Organization-SCL", True),
        ("x-ms-exchange-crosstenant-authas", True),
        ("Authentication-Results", True),
        ("X-Forefront-Antispam-Report", True),
        ("X-MS-Exchange-Organization-BypassFocusedInbox", False),
        ("X-Auto-Response-Suppress", False),
        ("X-Fabrikam-SCL", False),
    ],
)
def test_steers_filtering(name: str, steers: bool) -> None:
    assert steers_filtering(name) is steers


def test_safe_links_is_told_from_what_else_steers_filtering() -> None:
    assert skips_defender("x-ms-exchange-organization-SkipSafeLinksProcessing")
    assert not skips_defender("X-MS-Exchange-Organization-SCL")
