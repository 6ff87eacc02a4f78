"""How a probe tells what its client got: one line of JSON an operation. Only the standard library."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

Operations = Mapping[str, Callable[[], Any]]


def report(operations: Operations) -> None:
    """Runs each operation; what it gives back is what the client got."""
    for name, operation in operations.items():
        began = time.monotonic()
        try:
            got = operation()
            told = {"got": asyncio.run(got) if inspect.iscoroutine(got) else got}
        except Exception as error:  # noqa: BLE001 - whatever stopped the client is the result
            told = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"operation": name, "seconds": time.monotonic() - began, **told}), flush=True)


def claims(token: str) -> dict[str, Any]:
    """Who a token says that it is for, and how the app proved itself."""
    body = token.split(".")[1]
    read = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return {name: read[name] for name in ("appid", "appidacr")}


def refusal(kind: type[Exception], call: Callable[[], Any], pattern: str = r"AADSTS\d+") -> dict[str, Any]:
    """The class of the exception that a call must end with, and the code that stands in it."""
    try:
        got = call()
    except kind as error:
        found = re.search(pattern, str(error))
        return {"class": type(error).__name__, "code": found[0] if found else str(error)}
    return {"class": None, "code": repr(got)}


def throttled(call: Callable[[], Any]) -> dict[str, Any]:
    """What a call gave back in the end, and whether it had waited as it was told to."""
    began = time.monotonic()
    got = call()
    return {"got": got, "waited": time.monotonic() - began >= 1}
