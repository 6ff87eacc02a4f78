"""Run unmodified third-party clients against a served mock tenant, and hold what they got against the truth.

    run.py [--all] [--nothing-listening] [CLIENT ...]

Each client is installed into a folder of its own under .venv/conformance and led to the tenant by the
environment alone. With --nothing-listening the same runs while nobody listens: every operation must fail
then, or it would prove nothing. Exit code: 0 as it should be, 1 not so.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clients import CLIENTS, MODELS_BETA, MODELS_V1, REGISTERED, THROTTLED, Client
from install import installed
from paths import grant_everything, requests
from truth import TRUTHS

from mocktenant import Address, Fault, Tenant, serve
from mocktenant.commands.inherited import inside
from mocktenant.listen import hosts_lines

PROBES = Path(__file__).with_name("probes")
SIZE = 1_100
"""Accounts: more than the largest page, 999."""

MAPPED = Address("127.77.0.1", 443)
"""Where the tenant listens for clients that the hosts file leads to it."""

ADMINISTRATOR = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
)
"""What it takes to register apps, and to grant them roles."""

WITH_HOSTS = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"')
"""Runs a command with a hosts file of its own, the machine's being untouched; takes root."""

AT_ONCE = 2
"""Clients that are installed and run at the same time."""

SECONDS = 300
"""A client that takes longer has failed."""


@dataclass(frozen=True)
class Cell:
    """One client, one operation: nothing is wrong, or what is."""

    client: str
    operation: str
    wrong: str | None


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Unmodified clients against the mock tenant.")
    parser.add_argument("--all", action="store_true", help="the heavy clients too")
    parser.add_argument("--nothing-listening", action="store_true", help="every operation must fail")
    parser.add_argument("names", nargs="*", metavar="CLIENT", help="only these")
    asked = parser.parse_args(arguments)
    chosen = [
        client
        for client in CLIENTS
        if client.name in asked.names or (not asked.names and (asked.all or not client.heavy))
    ]
    # With nobody there, clients spend their time waiting between attempts.
    with ThreadPoolExecutor(len(chosen) if asked.nothing_listening else AT_ONCE) as pool:
        runs = [pool.submit(run, client, silent=asked.nothing_listening) for client in chosen]
        cells = [cell for each in runs for cell in each.result()]
    return told(cells, silent=asked.nothing_listening)


def run(client: Client, *, silent: bool) -> list[Cell]:
    """Installs and runs one client."""
    began = time.monotonic()
    folder = installed(client)
    ready = time.monotonic()
    tenant = Tenant(size=SIZE)
    grant_everything(tenant)
    tenant.faults.add(Fault(path=client.throttled_path, status=429, retry_after=1))
    with tempfile.TemporaryDirectory() as home, led(client, tenant, Path(home), silent=silent) as environment:
        prepared = prepare(client, tenant, Path(home))
        results = probed(client, folder, Path(home), environment | prepared)
        cells = [
            Cell(client.name, name, wrong(tenant, client, name, results.get(name)))
            for name in client.operations
        ]
    done = time.monotonic()
    print(f"{client.name}: {ready - began:.0f} s to install, {done - ready:.0f} s to run", file=sys.stderr)
    return cells


@contextmanager
def led(client: Client, tenant: Tenant, home: Path, *, silent: bool) -> Iterator[dict[str, str]]:
    """The environment that leads to the tenant, which is served meanwhile or, if `silent`, has gone."""
    authority = home / "ca.pem"
    with serve(tenant, ca_file=authority, listen=[MAPPED] if client.mapped else []) as server:
        variables = {
            name: value.replace(str(server.ca_file), str(authority))
            for name, value in server.environment().items()
            if not (client.mapped and name == "HTTPS_PROXY")
        }
        if not silent:
            yield variables
            return
    with socket.socket() as nobody:
        # Bound and not listening: refused, and nobody else gets the port meanwhile.
        nobody.bind(("127.0.0.1", server.port))
        yield variables


def prepare(client: Client, tenant: Tenant, home: Path) -> dict[str, str]:
    """Files that probes need, and the variables that name them."""
    certificate, paths, registration = home / "app.pem", home / "paths.json", home / "register.sh"
    certificate.write_bytes(tenant.certificate.pem)
    if REGISTERED in client.operations:
        tenant.app_roles |= set(ADMINISTRATOR)
        setup = [sys.executable, "-m", "o365scan", "setup", "--name", "o365scan CI", "--format", "azure-cli"]
        with registration.open("w") as script:
            subprocess.run([*setup, "--repo", "contoso/tenant-scan", "--by-name"], stdout=script, check=True)
    judged = {MODELS_V1: "v1.0", MODELS_BETA: "beta"}
    versions = [version for operation, version in judged.items() if operation in client.operations]
    paths.write_text(json.dumps({each: list(map(asdict, requests(tenant, each))) for each in versions}))
    return {
        "HOME": str(home),
        "CONFORMANCE_CERTIFICATE": str(certificate),
        "CONFORMANCE_THUMBPRINT": tenant.certificate.thumbprint,
        "CONFORMANCE_PATHS": str(paths),
        "CONFORMANCE_REGISTRATION": str(registration),
    }


def probed(client: Client, folder: Path, home: Path, variables: dict[str, str]) -> dict[str, Any]:
    """What the client's probe tells, by operation; an operation is missing if the probe did not reach it."""
    environment = inside(os.environ, variables) | {"CONFORMANCE_CLIENT": str(folder)}
    command = [interpreter(client, folder), str(PROBES / client.probe[0]), *client.probe[1:]]
    if client.mapped:
        hosts = home / "hosts"
        hosts.write_text("\n".join([Path("/etc/hosts").read_text(), *hosts_lines([MAPPED]), ""]))
        command = [*WITH_HOSTS, str(hosts), *command]
    try:
        done = subprocess.run(
            command, cwd=home, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        return {"": {"error": f"not done after {late.timeout} s"}}
    if done.returncode:
        print(done.stderr[-2_000:], file=sys.stderr)
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"operation"')]
    return {result["operation"]: result for result in results}


def interpreter(client: Client, folder: Path) -> str:
    """What runs the client's probe."""
    if client.probe[0].endswith(".mjs"):
        own = next(iter(folder.glob("node_modules/node-*/bin/node")), None)
        return "node" if client.mapped or own is None else str(own)
    return sys.executable if client.is_node else str(folder / "bin" / "python")


def wrong(tenant: Tenant, client: Client, operation: str, result: dict[str, Any] | None) -> str | None:
    """What is not as it should be."""
    if result is None:
        return "the probe did not come so far"
    if "error" in result:
        return str(result["error"])
    expected = TRUTHS[operation](tenant, client)
    if result["got"] != expected:
        return f"got {json.dumps(but(result['got'], expected))}, expected {json.dumps(but(expected, result['got']))}"
    statuses = [entry.status for entry in tenant.journal if entry.path == client.throttled_path]
    if operation == THROTTLED and statuses[:2] != [429, 200]:
        return f"asked and was answered {statuses}"
    return None


def but(one: Any, other: Any) -> Any:
    """What of one value is not the same in the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: value for name, value in one.items() if name not in other or other[name] != value}
    return one


def told(cells: Sequence[Cell], *, silent: bool) -> int:
    """Prints the table; gives the exit code."""
    bad = [cell for cell in cells if (cell.wrong is None) == silent]
    for cell in cells:
        print(f"{cell.client:<28} {cell.operation:<32} {'ok' if cell.wrong is None else 'failed'}")
    print()
    for cell in bad:
        what = "ok although nothing listens" if silent else cell.wrong or ""
        print(f"{cell.client}, {cell.operation}: {what[:4_000]}")
    wanted = "failed, as they must with nothing listening" if silent else "ok"
    print(f"{len(cells) - len(bad)} of {len(cells)} {wanted}")
    return 1 if bad or not cells else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
