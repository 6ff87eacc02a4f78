"""What can go wrong with a request; each names the reason a gap will carry."""

from __future__ import annotations

from o365scan.api import GapReason, ServiceError


class TransportError(ServiceError):
    """A request failed for good. `code` is the service's own word for it, where it gave one."""

    reason = GapReason.UNEXPECTED

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AccessDenied(TransportError):
    """401 after a fresh token, or 403: a permission or role is missing."""

    reason = GapReason.DENIED


class NotLicensed(TransportError):
    """The tenant's subscription does not include what was asked for."""

    reason = GapReason.NOT_LICENSED


class Throttled(TransportError):
    """Still throttled after waiting as the service told."""

    reason = GapReason.THROTTLED


class ServiceDown(TransportError):
    """5xx after several tries."""

    reason = GapReason.UNREACHABLE


class NotFound(TransportError):
    """404: the object asked for is not there."""


class UnexpectedAnswer(TransportError):
    """An answer that is not what the API documents: damaged, cut short, refused, or from elsewhere."""


class NotInCloud(TransportError):
    """The plugin that declares an API does not say where it lives in the tenant's cloud."""

    reason = GapReason.NOT_COLLECTED


class DnsFailed(TransportError):
    """The resolver could not tell: it failed (SERVFAIL), refused, or did not answer."""

    reason = GapReason.UNREACHABLE


class DnsNotAsked(TransportError):
    """DNS was not to be asked."""

    reason = GapReason.NOT_COLLECTED
