"""Accidents of strangers' checks, by the real command on a real distribution: each is stopped, the rest completes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from o365scan.snapshot import Snapshot
from tests.conftest import Run
from tests.core.shelf import Shelf
from tests.core.strange import filled, install

LIMITS = "[limits]\nmemory_mib = 300\nsaid_mib = 1\n"
#: What a scan of three things says where nothing happens to the second.
ALL = {"1": "fail", "2": "pass", "3": "pass"}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A snapshot of three things."""
    filled(Snapshot.create(tmp_path / "saved")).close()
    return tmp_path / "saved"


class Judged:
    """What the command said."""

    def __init__(self, code: int, stdout: str, stderr: str) -> None:
        self.code, self.stderr = code, stderr
        self.report: dict[str, Any] = json.loads(stdout)

    def verdicts(self, check: str) -> dict[str, str]:
        return {each["key"]: each["verdict"] for each in self.report["findings"] if each["check"] == check}

    @property
    def printed(self) -> dict[str, str]:
        said = {each["plugin"]: each["message"] for each in self.report["notices"]}
        return {plugin: message for plugin, message in said.items() if message.startswith("printed")}

    @property
    def failures(self) -> list[tuple[str, str, str]]:
        return [(each["plugin"], each["stage"], each["message"]) for each in self.report["failures"]]


Judge = Callable[..., Judged]


@pytest.fixture
def judge(shelf: Shelf, o365scan: Run, saved: Path) -> Judge:
    """`judge(code)` scans with a stranger's check that runs the code on the second thing."""

    def judge(body: str, *, config: str = LIMITS) -> Judged:
        install(shelf, body)
        (saved.parent / "o365scan.toml").write_text(config)
        result = o365scan("scan", "--snapshot", saved, "--check", "strange.*", "--json", "-")
        return Judged(result.returncode, result.stdout, result.stderr)

    return judge


ACCIDENTS = {
    "loop": ("while True: pass", "judged nothing for 3 seconds", "idle_seconds = 3"),
    "sleep": ("time.sleep(1000)", "judged nothing for 3 seconds", "idle_seconds = 3"),
    "slow": (
        "while True:\n    yield undecided('x')\n    time.sleep(0.1)",
        "took longer than 3 seconds",
        "seconds = 3",
    ),
    "endless": ("while True: yield undecided('x' * 1000)", "said more than 1 MiB"),
    "memory": ("x = [0]\nwhile True: x = x + x", "ran out of memory"),
    "exit": ("os._exit(0)", "ended its process: exit code 0"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "ended its process: SIGSEGV"),
    "killed": ("os.kill(os.getpid(), 9)", "ended its process: SIGKILL"),
    "garbage": ("for fd in range(3, 20):\n    try: os.write(fd, b'{]\\n')\n    except OSError: pass", "no judgement"),
    "a long line": ("os.write(3, b'x' * (17 * 2**20))", "said more than 1 MiB"),
    "closed": ("os.closerange(3, 50)", "ended its process"),
}  # fmt: skip


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_check_that_is_stopped_leaves_what_it_proved_and_harms_no_other(
    judge: Judge, accident: str
) -> None:
    body, said, *limit = ACCIDENTS[accident]
    judged = judge(body, config=LIMITS + "".join(limit))
    assert judged.code == 3
    assert judged.verdicts("strange.thing-is-fine") == {"1": "fail", "2": "open", "3": "open"}
    assert judged.verdicts("strange.thing-is-known") == {"1": "pass", "2": "pass", "3": "pass"}
    (failure,) = judged.failures
    assert failure[:2] == ("strange.thing-is-fine", "check")
    assert "the check was stopped: it " in failure[2]
    assert said in failure[2]


@pytest.mark.parametrize(
    "kind", ["KeyboardInterrupt", "SystemExit", "GeneratorExit", "BaseException", "ValueError"]
)
def test_whatever_a_check_raises_costs_that_object_alone(judge: Judge, kind: str) -> None:
    judged = judge(f"raise {kind}('x')")
    assert judged.code == 3
    assert judged.verdicts("strange.thing-is-fine") == {**ALL, "2": "open"}
    assert judged.failures == [
        ("strange.thing-is-fine", "check", f"the check crashed: {kind}: x at thing_is_fine:25")
    ]


PRINTS = {
    "in Python": (
        "print('a\\nb'); print('\\x1b[31mc', file=sys.stderr)",
        "printed 3 lines: a\\nb\\n\\x1b[31mc",
    ),
    "beneath it": ("os.write(1, b'raw\\xff\\n')", "printed 1 line: raw\\xff"),
    "by a program": ("os.system('echo hello; echo there >&2')", "printed 2 lines: hello\\nthere"),
    "without an end": ("os.write(2, b'no end')", "printed 1 line: no end"),
    "very much": ("for _ in range(100): os.write(1, b'y\\n' * 10_000)", "printed 1000000 lines: y\\ny"),
}


@pytest.mark.parametrize("how", PRINTS)
def test_what_a_check_prints_is_told_and_touches_no_output(judge: Judge, how: str) -> None:
    body, said = PRINTS[how]
    judged = judge(body)
    assert judged.code == 0
    assert judged.verdicts("strange.thing-is-fine") == ALL
    assert judged.failures == []
    ((check, message),) = judged.printed.items()
    assert check == "strange.thing-is-fine"
    assert message.startswith(said)
    assert len(message) < 400
    assert "\x1b" not in judged.stderr


def test_what_a_check_printed_before_it_was_stopped_is_told(judge: Judge) -> None:
    judged = judge("print('last words'); os._exit(3)")
    assert judged.printed == {"strange.thing-is-fine": "printed 1 line: last words"}


def test_a_check_that_reads_standard_input_finds_nothing_there(judge: Judge) -> None:
    assert judge("assert sys.stdin.read() == ''").verdicts("strange.thing-is-fine") == ALL


def test_what_one_check_does_to_records_is_not_seen_by_another(judge: Judge) -> None:
    judged = judge("thing._data['Name'] = thing.plain()['Name'] = 'x'; thing.at('List').value.clear()")
    assert judged.verdicts("strange.thing-is-fine") == ALL
    assert judged.verdicts("strange.thing-is-known") == {"1": "pass", "2": "pass", "3": "pass"}
    assert judged.failures == []


def test_a_stop_leaves_nothing_of_what_a_check_did(judge: Judge) -> None:
    """The next check of the same plugin gets a process of its own."""
    judged = judge("Record.text = None; os._exit(0)")
    assert judged.verdicts("strange.thing-is-known") == {"1": "pass", "2": "pass", "3": "pass"}


def test_what_is_no_data_stays_where_it_is(judge: Judge) -> None:
    judged = judge("yield problem('x', Evidence('strange.things', '2', '/Name', object()))")
    assert judged.verdicts("strange.thing-is-fine") == {**ALL, "2": "open"}
    assert "a judgement can't be handed over: a object is no data" in judged.failures[0][2]


def test_credentials_are_not_in_the_environment_of_a_check(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (
        "AZURE_CLIENT_ID",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "IDENTITY_HEADER",
        "MSI_SECRET",
        "CONTOSO_TOKEN",
        "X_KEY",
    )
    for name in names:
        monkeypatch.setenv(name, "seen")
    monkeypatch.setenv("HTTPS_PROXY", "http://scan:seen@proxy.example.com:8080")
    judged = judge("yield from (undecided('seen') for value in os.environ.values() if 'seen' in value)")
    assert judged.verdicts("strange.thing-is-fine") == ALL


@pytest.mark.parametrize(("variable", "verdict"), [("CONTOSO", "pass"), ("FABRIKAM", "open")])
def test_nor_are_those_that_the_configuration_names(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, variable: str, verdict: str
) -> None:
    monkeypatch.setenv("CONTOSO", "seen")
    config = f'[[tenants]]\nname = "contoso"\nclient_secret_env = "{variable}"\n'
    body = "yield from (undecided('seen') for value in os.environ.values() if value == 'seen')"
    assert judge(body, config=LIMITS + config).verdicts("strange.thing-is-fine") == {**ALL, "2": verdict}


ACCEPTING = """
import dataclasses

@dataclasses.dataclass(frozen=True)
class Options:
    names: tuple[str, ...] = ()

@check("strange.thing-is-wanted", severity=Severity.LOW, each=things, options=Options)
def thing_is_wanted(thing, options):
    while options.names:
        pass
    yield problem("Who wants it?", accept=Acceptance({"names": (thing.key,)}), signs=())
"""


def test_a_check_that_loops_over_what_is_proposed_holds_nobody_up(
    shelf: Shelf, o365scan: Run, saved: Path
) -> None:
    install(shelf, "pass", ACCEPTING)
    (saved.parent / "o365scan.toml").write_text("[limits]\nidle_seconds = 3\n")
    proposed = o365scan("adopt", "--snapshot", saved)
    assert proposed.returncode == 3  # nothing was collected for our own checks
    assert '#"1",' in proposed.stdout
