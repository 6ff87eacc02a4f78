"""Faults that are known by name: what the services are seen to do.

The Exchange host that a redirect leads to has the form of Microsoft's; which tenants are sent there, and
the words of a busy server, are unconfirmed.
"""

from __future__ import annotations

from typing import Any

_GRAPH, _EXCHANGE, _LOGIN = "graph.microsoft.com", "outlook.office365.com", "login.microsoftonline.com"
_TRANSIENT = "Microsoft.Exchange.Data.Storage.StorageTransientException"
_HTML = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1></body></html>"
)

PREFIX_HOST = "eurpr01.outlook.office365.com"
"""A host of Exchange's back end, to which some tenants are redirected."""

PRESETS: dict[str, dict[str, Any]] = {
    "graph-throttled": {"host": _GRAPH, "status": 429, "retry_after": 10},
    "graph-unavailable": {"host": _GRAPH, "status": 503, "retry_after": 5},
    "graph-gateway-page": {"host": _GRAPH, "status": 502, "body": _HTML},
    "protection-throttled": {"host": _GRAPH, "path": "/*/identityProtection/*", "status": 429},
    "outlook-throttled": {
        "host": _GRAPH,
        "path": "/*/users/*/mail*",
        "status": 429,
        "retry_after": 5,
    },
    "batch-item-throttled": {"batched": True, "status": 429, "retry_after": 5},
    "exchange-throttled": {"host": _EXCHANGE, "status": 429, "retry_after": 12},
    "exchange-crowded": {"host": _EXCHANGE, "status": 429},
    "exchange-busy": {
        "host": _EXCHANGE,
        "status": 503,
        "headers": {"X-ExceptionType": _TRANSIENT},
        "body": {
            "error": {
                "code": "ServiceUnavailable",
                "message": "Error executing cmdlet",
                "details": [
                    {
                        "code": "Context",
                        "target": "",
                        "message": f"Ex1A2B3C|{_TRANSIENT}|The server is busy. Please try again later.",
                    }
                ],
            }
        },
    },
    "exchange-moved": {
        "host": _EXCHANGE,
        "status": 302,
        "headers": {"Location": f"https://{PREFIX_HOST}/adminapi/"},
        "body": "",
    },
    "sign-in-throttled": {"host": _LOGIN, "path": "*/token", "aadsts": 50196},
    "sign-in-down": {"host": _LOGIN, "path": "*/token", "aadsts": 90033},
    "sign-in-blocked": {"host": _LOGIN, "path": "*/token", "aadsts": 53003},
    "connection-reset": {"reset": "before"},
    "answer-lost": {"reset": "after"},
}
"""Name -> the fields of a fault. Each hits once unless `count` says otherwise."""
