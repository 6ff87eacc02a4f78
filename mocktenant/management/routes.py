"""The HTTP side of the Office 365 Management Activity API; nobody has subscribed until a test says so.

Codes and messages are those of the API's reference; that a missing permission is a 401, and its words, are
from callers' reports. The other statuses, the answer to a missing token and that to a path that does not
exist are unconfirmed, and so is how many blobs a page lists: the reference says that there is a limit, and no number.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from mocktenant import hosts
from mocktenant.collection import Object
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

PAGE = 100
"""Blobs on a page; unconfirmed."""
_DAY, _KEPT = timedelta(hours=24), timedelta(days=7)
_FEED = "/api/v1.0/<segment>/activity/feed"
_PERMISSIONS = ("ActivityFeed.Read", "ActivityFeed.ReadDlp")


class FeedRefused(Exception):
    """A status, a code and a message in the API's envelope."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def blueprint(tenant: Tenant) -> Blueprint:
    """Subscriptions, their content, and refusals."""
    routes = Blueprint("management", __name__)

    @routes.get(f"{_FEED}/subscriptions/list")
    def subscriptions(segment: str) -> Response:
        _admit(tenant, segment)
        return jsonify([_subscription(each) for each in tenant.objects("activitySubscriptions")])

    @routes.get(f"{_FEED}/subscriptions/content")
    def content(segment: str) -> Response:
        _admit(tenant, segment)
        kind = _subscribed(tenant)
        start, end = _window(tenant.clock)
        found = [each for each in tenant.objects("activityContent") if _is_within(each, kind, start, end)]
        found.sort(key=lambda each: str(each["contentCreated"]))
        begin = _page_begin()
        response = jsonify([_blob(segment, each) for each in found[begin : begin + PAGE]])
        if begin + PAGE < len(found):
            query = {
                "contentType": kind,
                "startTime": _text(start),
                "endTime": _text(end),
                "nextPage": begin + PAGE,
            }
            response.headers["NextPageUri"] = f"{_root(segment)}/subscriptions/content?{urlencode(query)}"
        return response

    @routes.get(f"{_FEED}/subscriptions/notifications")
    def notifications(segment: str) -> Response:
        _admit(tenant, segment)
        _subscribed(tenant)
        return jsonify([])  # there is no webhook that anything was sent to

    @routes.get(f"{_FEED}/audit/<path:name>")
    def blob(segment: str, name: str) -> Response:
        _admit(tenant, segment)
        found = tenant.collection("activityContent").get(name)
        if found is None:
            raise FeedRefused(404, "AF20050", f"The specified content ({name}) does not exist.")
        return jsonify(found["records"])

    _refusals(routes)
    return routes


def _subscription(item: Object) -> Object:
    return {"contentType": item["contentType"], "status": "enabled", "webhook": None} | item


def _subscribed(tenant: Tenant) -> str:
    """The content type that is asked for, as Microsoft spells it. Raises FeedRefused if nobody subscribed to it."""
    wanted = request.args.get("contentType")
    if wanted is None:
        raise FeedRefused(400, "AF20001", "Missing parameter: contentType.")
    kind = next((known for known in _CONTENT_TYPES if known.lower() == wanted.lower()), None)
    if kind is None:
        raise FeedRefused(400, "AF20020", "The specified content type is not valid.")
    held = tenant.collection("activitySubscriptions").get(kind)
    if held is None or _subscription(held)["status"] != "enabled":
        raise FeedRefused(400, "AF20022", "No subscription found for the specified content type.")
    return kind


def _window(now: datetime) -> tuple[datetime, datetime]:
    """The times that are asked for, by default the last 24 hours. Raises FeedRefused."""
    given = [request.args.get(name) for name in ("startTime", "endTime")]
    if given == [None, None]:
        return now - _DAY, now
    try:
        start, end = (datetime.fromisoformat(str(each)).replace(tzinfo=UTC) for each in given)
    except ValueError:
        raise FeedRefused(
            400, "AF20002", "Invalid parameter type: startTime, endTime. Expected type: datetime"
        ) from None
    if not timedelta(0) < end - start <= _DAY or start < now - _KEPT:
        text = "Start time and end time must both be specified (or both omitted) and must be less than or equal to 24 "
        raise FeedRefused(
            400, "AF20030", f"{text}hours apart, with the start time no more than 7 days in the past."
        )
    return start, end


def _is_within(item: Object, kind: str, start: datetime, end: datetime) -> bool:
    return item["contentType"] == kind and start <= datetime.fromisoformat(item["contentCreated"]) < end


def _page_begin() -> int:
    text = request.args.get("nextPage", "0")
    if not text.isdecimal():
        raise FeedRefused(400, "AF20031", "Invalid nextPage Input: " + text)
    return int(text)


def _blob(segment: str, item: Object) -> Object:
    told = {name: value for name, value in item.items() if name != "records"}
    return told | {"contentUri": f"{_root(segment)}/audit/{item['contentId']}"}


def _root(segment: str) -> str:
    return f"{hosts.origin(request.host, 'management')}/api/v1.0/{segment}/activity/feed"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


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
