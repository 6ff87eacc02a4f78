"""A mock tenant in this process, reached as a live one is: over TLS, through its proxy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from o365scan.api import O365ScanError


def scenario_names() -> list[str]:
    """The scenarios that a mock tenant can be. Raises O365ScanError if it is not installed."""
    try:
        import mocktenant_fixtures
    except ImportError as cause:
        raise _not_installed(cause) from cause
    return list(mocktenant_fixtures.scenario_names())


@contextmanager
def mock_tenant(
    scenario: str, *, seed: int = 42, size: int = 200, files: Iterable[Path] = ()
) -> Iterator[Mapping[str, str]]:
    """Serve a scenario; yields the environment that leads to it (proxy, CA file, credentials).

    `files` bring what it has not by itself. Raises O365ScanError if the mock tenant is not installed, knows no such
    scenario, or can't hold what a file brings.
    """
    try:
        import flask  # noqa: F401 - the extra's first stone

        from mocktenant import Tenant, UnknownScenario, serve
        from mocktenant.brought import BroughtInvalid, bring
    except ImportError as cause:
        raise _not_installed(cause) from cause
    try:
        tenant = Tenant(scenario, seed=seed, size=size)
    except UnknownScenario as cause:
        raise O365ScanError(str(cause), hint="mocktenant scenarios lists them.") from cause
    try:
        for each in files:
            bring(tenant, each)
    except BroughtInvalid as cause:
        hint = "By collection, it says where Graph serves it, or lists its objects."
        raise O365ScanError(str(cause), hint=hint) from cause
    with serve(tenant) as server:
        yield server.environment()


def _not_installed(cause: ImportError) -> O365ScanError:
    return O365ScanError(
        f"the mock tenant is not installed ({cause.name} is missing)",
        hint="Install it with: pip install 'o365scan[mock]'",
    )
