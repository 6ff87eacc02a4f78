"""Shared by all tests: mock tenants served over TLS, and commands run as a user runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO
from unittest.mock import patch

import pytest

from mocktenant import Server, Tenant, serve
from o365scan.cli import main
from o365scan.cli.common import plugins

pytest_plugins = ["pytester"]
#: Its tests run where it is installed: `test_packaging` sees to that.
collect_ignore = ["sample_plugin"]

Completed = subprocess.CompletedProcess[str]
Run = Callable[..., Completed]

#: Nothing of the developer's own credentials, proxies or CI leaks into a test.
_FOREIGN = ("ACTIONS_ID_", "AZURE_", "IDENTITY_", "IMDS_", "MSI_", "O365SCAN_", "HTTPS_PROXY", "HTTP_PROXY",
            "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "https_proxy",
            "http_proxy", "all_proxy", "no_proxy")  # fmt: skip
#: Nor what is said of the terminal that the tests run on.
_OF_TERMINALS = {"CI", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _OF_TERMINALS:
            monkeypatch.delenv(name)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that the test starts say nothing of coverage, which costs them a tenth of a second to begin and half
    their time: for tests that run at length what others have measured.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


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
    """`o365scan("scan", "--mock", "baseline")` runs the command in an empty folder, in this process: all of
    `main`, with files for its streams, and without a new interpreter's start. `test_packaging` runs the program.
    """

    def run(*arguments: object, env: Mapping[str, str] | None = None, stdin: str = "") -> Completed:
        with ExitStack() as stack:
            streams = [stack.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(3)]
            streams[0].write(stdin)
            streams[0].seek(0)
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                stack.enter_context(patch.object(sys, name, stream))
            stack.enter_context(patch.object(sys, "argv", ["o365scan", *map(str, arguments)]))
            stack.enter_context(patch.dict(os.environ, env or {}))
            stack.enter_context(chdir(tmp_path))
            stack.callback(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
            plugins.cache_clear()
            stack.callback(plugins.cache_clear)
            with pytest.raises(SystemExit) as ended:
                main()
            return Completed(sys.argv, int(ended.value.code or 0), *map(_written, streams[1:]))

    return run


def _written(stream: TextIO) -> str:
    stream.seek(0)
    return stream.read()
