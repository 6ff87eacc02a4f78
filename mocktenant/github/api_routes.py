"""GitHub's REST API as far as a job needs it: its repository, and code scanning.

https://docs.github.com/en/rest/code-scanning/code-scanning. A log is judged while it is received: its status is
`complete` or `failed` at once, where GitHub says `pending` for some seconds.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request

from mocktenant.github.issuer import API
from mocktenant.github.logs import MOST_BYTES
from mocktenant.github.scanning import Alert
from mocktenant.tenant import Tenant

_SHA = re.compile(r"[0-9a-f]{40}")
_REF = re.compile(r"refs/(heads/.+|tags/.+|pull/\d+/(merge|head))")
_NOT_ENABLED = "Code Security must be enabled for this repository to use code scanning."
_WRITE = "security-events: write"
_READ = "security-events: read", _WRITE
_MOST_UNPACKED = 512 * 1024 * 1024

Answer = tuple[Response, int]


def blueprint(tenant: Tenant) -> Blueprint:
    """The repository of the job that runs, for who holds the job's token."""
    routes = Blueprint("github_api", __name__)

    @routes.errorhandler(404)
    def nothing(_error: Exception) -> Answer:
        return _refused(404, "Not Found")

    _repository(routes, tenant)
    _scanning(routes, tenant)
    return routes


def _repository(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/repos/<owner>/<name>")
    @_for_the_job(tenant)
    def repository() -> Answer:
        job = tenant.github.job
        return jsonify(
            id=job.repository_id,
            name=job.repository.partition("/")[2],
            full_name=job.repository,
            private=job.visibility != "public",
            visibility=job.visibility,
            owner={"login": job.owner, "id": job.owner_id},
            default_branch="main",
        ), 200


def _scanning(routes: Blueprint, tenant: Tenant) -> None:
    @routes.get("/repos/<owner>/<name>/code-scanning/alerts")
    @_for_the_job(tenant, *_READ)
    def alerts() -> Answer:
        found = tenant.github.code_scanning
        if not found.uploads:
            return _refused(404, "no analysis found")
        wanted = request.args.get("state")
        shown = [_shown(each) for each in found.alerts.values() if wanted in (None, each.state)]
        return jsonify(shown[: request.args.get("per_page", 30, type=int)]), 200

    @routes.post("/repos/<owner>/<name>/code-scanning/sarifs")
    @_for_the_job(tenant, _WRITE)
    def receive() -> Answer:
        return _received(tenant)

    @routes.get("/repos/<owner>/<name>/code-scanning/sarifs/<id>")
    @_for_the_job(tenant, *_READ)
    def status(id: str) -> Answer:
        upload = tenant.github.code_scanning.uploads.get(id)
        if upload is None:
            return _refused(404, "Not Found")
        done = {"processing_status": "failed" if upload.errors else "complete"}
        return jsonify(done | ({"errors": list(upload.errors)} if upload.errors else {})), 200


def _for_the_job(
    tenant: Tenant, *permissions: str
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Refuses who holds no token of the job, another repository, and a job that was granted none of the permissions."""

    def around(answer: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(answer)
        def asked(owner: str, name: str, **more: str) -> Answer:
            github = tenant.github
            kind, _, given = request.headers.get("Authorization", "").partition(" ")
            if not given:
                return _refused(404, "Not Found")  # a private repository is none to strangers
            good = hmac.compare_digest(given.encode(), github.job_token.encode())
            if kind.lower() not in ("bearer", "token") or not good:
                return _refused(401, "Bad credentials")
            if f"{owner}/{name}".lower() != github.job.repository.lower():
                return _refused(404, "Not Found")
            if permissions and not github.job.may(*permissions):
                return _refused(403, "Resource not accessible by integration")
            if permissions and not github.job.has_code_scanning:
                return _refused(403, _NOT_ENABLED)
            return answer(**more)

        return asked

    return around


def _received(tenant: Tenant) -> Answer:
    github = tenant.github
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        return _refused(400, "Problems parsing JSON")
    commit_sha, ref, packed = (given.get(name) for name in ("commit_sha", "ref", "sarif"))
    if not (isinstance(commit_sha, str) and _SHA.fullmatch(commit_sha)):
        return _refused(422, "commit_sha is not 40 hexadecimal digits")
    if not (isinstance(ref, str) and _REF.fullmatch(ref)):
        return _refused(422, "ref is not a full reference, such as refs/heads/main")
    if not isinstance(packed, str):
        return _refused(422, "sarif is missing")
    if len(packed) * 3 // 4 > MOST_BYTES:
        return _refused(413, "Payload Too Large")
    if not github.code_scanning.knows(commit_sha):
        return _refused(404, "commit not found")
    try:
        log = _unpacked(packed)
    except ValueError as cause:
        return _refused(400, f"Invalid SARIF. {cause}")
    upload = github.code_scanning.receive(tenant.next_guid("sarif"), commit_sha, ref, log)
    url = f"{API}/repos/{github.job.repository}/code-scanning/sarifs/{upload.id}"
    return jsonify(id=upload.id, url=url), 202


def _unpacked(packed: str) -> Any:
    """The log of what was packed by gzip and written in base64. Raises ValueError."""
    try:
        raw = base64.b64decode(packed, validate=True)
    except binascii.Error as cause:
        raise ValueError(f"it is no base64: {cause}") from cause
    try:
        text = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(raw, _MOST_UNPACKED)
        return json.loads(text)
    except zlib.error as cause:
        raise ValueError(f"it is not packed by gzip: {cause}") from cause


def _shown(alert: Alert) -> dict[str, Any]:
    return {
        "number": alert.number,
        "state": alert.state,
        "rule": {"id": alert.rule, "security_severity_level": _level(alert.severity)},
        "tool": {"name": alert.tool},
        "most_recent_instance": {
            "ref": alert.ref,
            "category": alert.category,
            "commit_sha": alert.commit_sha,
            "message": {"text": alert.message},
            "location": {"path": alert.path, "start_line": alert.start_line},
        },
    }


def _level(severity: str | None) -> str | None:
    """docs.github.com: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low."""
    if severity is None:
        return None
    score = float(severity)
    return "critical" if score > 9 else "high" if score >= 7 else "medium" if score >= 4 else "low"


def _refused(status: int, message: str) -> Answer:
    return jsonify(
        message=message, documentation_url="https://docs.github.com/rest", status=str(status)
    ), status
