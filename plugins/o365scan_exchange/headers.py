"""Header fields that trace or authenticate mail, or steer its filtering. Names are compared without case."""

from __future__ import annotations

_TRACING = frozenset(
    {
        "authentication-results",
        "authentication-results-original",
        "dkim-signature",
        "domainkey-signature",
        "message-id",
        "received",
        "received-spf",
        "return-path",
        "x-originating-ip",
        "x-originatororg",
        "x-sender-ip",
    }
)
# X-MS- covers X-MS-Exchange-Organization-*, the cross-tenant and anti-spam stamps, and the correlation ids.
_TRACING_PREFIXES = ("arc-", "x-ms-", "x-forefront-", "x-microsoft-antispam", "x-eop")

_ATTESTING = frozenset(
    {"authentication-results", "dkim-signature", "received-spf", "x-forefront-antispam-report"}
)
_STEERING_PREFIXES = (
    "arc-",
    "x-ms-exchange-organization-",
    "x-ms-exchange-crosspremises-",
    "x-ms-exchange-crosstenant-",
    "x-microsoft-antispam",
)
# Both sort mail within the recipient's mailbox and leave filtering alone.
_SORTING = frozenset(
    {"x-ms-exchange-organization-bypassclutter", "x-ms-exchange-organization-bypassfocusedinbox"}
)
_SKIPPING = frozenset(
    {
        "x-ms-exchange-organization-skipsafeattachmentprocessing",
        "x-ms-exchange-organization-skipsafelinksprocessing",
    }
)


def normal_header(name: str) -> str:
    """A header field's name as it is compared."""
    return name.strip().rstrip(":").rstrip().lower()


def traces_mail(name: str) -> bool:
    """Does the field say where mail came from, or whether its sender was authenticated?"""
    name = normal_header(name)
    return name in _TRACING or name.startswith(_TRACING_PREFIXES)


def leads_replies(name: str) -> bool:
    """Does the field say where replies go?"""
    return normal_header(name) == "reply-to"


def skips_defender(name: str) -> bool:
    """Does the field exempt mail from Safe Links or Safe Attachments, as phishing exercises need it?"""
    return normal_header(name) in _SKIPPING


def steers_filtering(name: str) -> bool:
    """Does the service believe the field about a message's origin, authentication or filtering?"""
    name = normal_header(name)
    if name in _SORTING:
        return False
    return name in _ATTESTING or name.startswith(_STEERING_PREFIXES)
