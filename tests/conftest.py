"""Shared by all tests: mock tenants served over TLS, and commands run as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from mocktenant import Server, Tenant, serve

pytest_plugins = ["pytester"]
#: Its tests run where it is installed: `test_packaging` sees to that.
collect_ignore = ["sample_plugin"]

Completed = subprocess.CompletedProcess[str]
Run = Callable[..., Completed]

#: Nothing of the developer's own credentials, proxies or CI leaks into a test.
_FOREIGN = ("AZURE_", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
            "CURL_CA_BUNDLE", "https_proxy", "http_proxy", "all_proxy", "no_proxy")  # fmt: skip


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            monkeypatch.delenv(name)


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    """`serving(tenant)` serves a tenant until the test ends."""
    with ExitStack() as stack:
        yield lambda tenant: stack.enter_context(serve(tenant))


@pytest.fixture
def baseline(serving: Callable[[Tenant], Server]) -> Server:
    """A served tenant that is well run."""
    return serving(Tenant("baseline", size=20))


@pytest.fixture
def o365scan(tmp_path: Path) -> Run:
    """`o365scan("scan", "--mock", "baseline")` runs the command in an empty folder."""
    return _runner("o365scan", tmp_path)


def _runner(program: str, folder: Path) -> Run:
    executable = Path(sys.executable).with_name(program)

    def run(
        *arguments: object, env: Mapping[str, str] | None = None, **kwargs: object
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable, *map(str, arguments)],
            cwd=folder, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=120, **kwargs,
        )  # type: ignore[call-overload,no-any-return]  # fmt: skip

    return run
