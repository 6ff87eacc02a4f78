"""What about an app's rights looks like an intruder's, beside how far they reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from o365scan.api import Severity

from .app_credentials import moment
from .app_profile import App
from .publishers import Owner, is_verified

_NEW = timedelta(days=90)
"""Intruders prepare: an app that may do most is taken for known when it has been there as long as that."""


def signs(app: App, severity: Severity) -> Iterator[str]:
    """The signs; that it is new, or of nobody who is known, is one where its rights are grave."""
    if app.fresh:
        yield "a credential was added within two weeks"
    if app.new_ground:
        yield "it signed in from where it never had"
    if severity is Severity.CRITICAL and not (app.fresh or app.new_ground):
        yield "mail flow was changed when it was given that"
    if severity.rank >= Severity.HIGH.rank:
        if app.owner is Owner.ELSEWHERE and not is_verified(app.principal):
            yield "its publisher is not verified"
        yield from _youth(app)


def _youth(app: App) -> Iterator[str]:
    created = moment(app.application.get("createdDateTime")) if app.application is not None else None
    since = [each for each in (created, *(right.since for right in app.to_accept)) if each is not None]
    if not since:
        yield "nothing tells since when it holds that"
    elif (last := max(since)) >= app.scan.now - _NEW:
        yield f"it was made, or given a right, within three months ({last:%Y-%m-%d})"
