"""The HTTP side of the Office 365 Management Activity API, in a tenant where nobody has subscribed.

Codes and messages are those of the API's reference; that a missing permission is a 401, and its words, are
from callers' reports. The other statuses, the answer to a missing token and that to a path that does not
exist are unconfirmed.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.journal import NOTES
from mocktenant.login.tokens import TokenRefused, verify
from mocktenant.tenant import Tenant

_CONTENT_TYPES = (
    "Audit.AzureActiveDirectory",
    "Audit.Exchange",
    "Audit.SharePoint",
    "Audit.General",
    "DLP.All",
)

_FEED = "/api/v1.0/<segment>/activity/feed"
_PERMISSIONS = ("ActivityFeed.Read", "ActivityFeed.ReadDlp")


class FeedRefused(Exception):
    """A status, a code and a message in the API's envelope."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def blueprint(tenant: Tenant) -> Blueprint:
    """The empty list of subscriptions, and refusals."""
    routes = Blueprint("management", __name__)

    @routes.get(f"{_FEED}/subscriptions/list")
    def subscriptions(segment: str) -> Response:
        _admit(tenant, segment)
        return jsonify([])

    @routes.get(f"{_FEED}/subscriptions/content")
    @routes.get(f"{_FEED}/subscriptions/notifications")
    def content(segment: str) -> Response:
        _admit(tenant, segment)
        wanted = request.args.get("contentType")
        if wanted is None:
            raise FeedRefused(400, "AF20001", "Missing parameter: contentType.")
        if wanted.lower() not in {known.lower() for known in _CONTENT_TYPES}:
            raise FeedRefused(400, "AF20020", "The specified content type is not valid.")
        raise FeedRefused(400, "AF20022", "No subscription found for the specified content type.")

    @routes.get(f"{_FEED}/audit/<path:name>")
    def blob(segment: str, name: str) -> Response:
        _admit(tenant, segment)
        raise FeedRefused(404, "AF20050", f"The specified content ({name}) does not exist.")

    _refusals(routes)
    return routes


def _refusals(routes: Blueprint) -> None:
    @routes.app_errorhandler(404)
    @routes.app_errorhandler(405)
    def absent(_error: Exception) -> tuple[Response, int]:
        url = f"{hosts.origin(request.host, 'management')}{request.path}"
        return jsonify(Message=f"No HTTP resource was found that matches the request URI '{url}'."), 404

    @routes.errorhandler(FeedRefused)
    def refused(refusal: FeedRefused) -> tuple[Response, int]:
        return jsonify(refusal.body), refusal.status

    @routes.errorhandler(TokenRefused)
    def unauthenticated(_refusal: TokenRefused) -> tuple[Response, int]:
        return jsonify(Message="Authorization has been denied for this request."), 401


def _admit(tenant: Tenant, segment: str) -> None:
    """Lets in a caller that may read the feed of this tenant. Raises TokenRefused, FeedRefused."""
    claims = verify(tenant, request.headers.get("Authorization"), "management")
    request.environ[NOTES]["client_id"] = claims["appid"]
    if not _is_guid(segment):
        raise FeedRefused(400, "AF20013", f"The tenant ID passed in the URL ({segment}) is not a valid GUID.")
    if segment.lower() != tenant.tenant_id:
        text = (
            f"The tenant ID passed in the URL ({segment}) does not match the tenant ID passed in the access "
            f"token ({tenant.tenant_id})."
        )
        raise FeedRefused(400, "AF20010", text)
    held = claims.get("roles", [])
    used = next((role for role in _PERMISSIONS if role in held), None)
    if used is None:
        text = f"The permission set ({' '.join(held)}) sent in the request does not include the expected permission."
        raise FeedRefused(401, "AF10001", text)
    request.environ[NOTES]["permission"] = used


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
