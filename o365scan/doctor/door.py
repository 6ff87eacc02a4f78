"""Signing in: by what, as which subject, by whose clock; and what was said to it."""

from __future__ import annotations

from dataclasses import dataclass

from o365scan.api import ServiceError
from o365scan.auth.discovery import github_subject
from o365scan.auth.github_oidc import Subject
from o365scan.auth.source import How
from o365scan.transport.service import Service


@dataclass(frozen=True)
class Door:
    """How the sign-in went. `subject` is whom GitHub's token is about; `ahead` are the seconds by which this machine's
    clock is ahead of the sign-in service's, None where the kind of credential asks no such service.

    `refused` is why nobody was let in, None where somebody was.
    """

    how: How
    subject: Subject | None
    ahead: float | None
    refused: ServiceError | None

    @property
    def trusts_pull_requests(self) -> bool:
        """Whether the app would trust whoever opens a pull request."""
        return self.subject is not None and self.subject.subject.endswith(":pull_request")


def sign_in(service: Service) -> Door:
    """Sign in to Graph; what goes wrong is in the answer, since the rest of it may say why."""
    how, subject, refused = service.tokens.how, None, None
    try:
        subject = github_subject(how)
        service.claims()
    except ServiceError as cause:
        refused = cause
    return Door(how, subject, service.sign_in_clock.ahead, refused)
