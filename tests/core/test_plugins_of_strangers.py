"""What is let in of strangers' plugins, and what is shown of them. Real distributions on the path."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mocktenant import Server, Tenant
from o365scan.admission import misfit
from o365scan.api import API_VERSION, deprecation
from o365scan.api.deprecation import DEPRECATED, Deprecated
from tests.conftest import Completed, Run
from tests.core.shelf import HEAD, Shelf

#: A plugin with a dataset of another API, and a check of it.
ACTIVITY = (
    '''"""Somebody collects the audit log.

## What it looks at
x
## Why it matters
x
## Remediation
x
## Sources
x
"""
'''
    + HEAD
    + """
o365scan_api = ">=1.0,<2"
management = Api(name="Office 365 Management APIs", origin="https://manage.office.com")
subscriptions = Dataset(
    name="activity.subscriptions",
    source=ApiList(api=management, path="/api/v1.0/{@tenant}/activity/feed/subscriptions/list", items=None),
    key="contentType", title="contentType", type="subscription", reference="https://example.com/",
    permission=Permission(api=management.name, app_roles=("ActivityFeed.Read",)),
)

@check("activity.subscription-is-enabled", severity=Severity.LOW, each=subscriptions)
def subscription_is_enabled(subscription):
    if subscription["status"] != "enabled":
        yield problem("The subscription is not enabled.", subscription.at("status"))

@hookimpl
def o365scan_apis(): return [management]
@hookimpl
def o365scan_datasets(): return [subscriptions]
@hookimpl
def o365scan_checks(): return [subscription_is_enabled]
"""
)
SILENT = "@hookimpl\ndef o365scan_datasets(): return []"
#: Leaves a trace when it is imported.
TRACED = (
    "import pathlib; pathlib.Path(__file__).with_suffix('.imported').touch()\no365scan_api = '>=1.0,<2'\n"
)


def plain(result: Completed) -> str:
    return " ".join(result.stdout.split())


def document(o365scan: Run, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(o365scan("plugins", "--json", *arguments).stdout)
    return found


@pytest.fixture
def server(serving: Callable[[Tenant], Server]) -> Server:
    tenant = Tenant("baseline", size=5)
    tenant.app_roles.add("ActivityFeed.Read")
    tenant.put("activitySubscriptions", {"contentType": "Audit.Exchange"})
    tenant.put("activitySubscriptions", {"contentType": "Audit.General", "status": "disabled"})
    return serving(tenant)


@pytest.fixture
def activity(shelf: Shelf) -> Shelf:
    shelf.add("o365scan-activity", ACTIVITY, entry_point="activity", version="1.4.2", head="")
    return shelf


def test_another_api_is_scanned_as_any(activity: Shelf, o365scan: Run, server: Server) -> None:
    scanned = o365scan("scan", "--check", "activity.*", "--json", "-", "-q", env=server.environment())
    assert scanned.returncode == 0, scanned.stderr
    report = json.loads(scanned.stdout)
    assert {each["title"]: each["verdict"] for each in report["findings"]} == {
        "Audit.Exchange": "pass",
        "Audit.General": "fail",
    }
    assert (report["failures"], report["notices"], report["gaps"]) == ([], [], [])


def test_without_its_role_it_is_undecided(activity: Shelf, o365scan: Run, server: Server) -> None:
    server.tenant.app_roles.discard("ActivityFeed.Read")
    scanned = o365scan("scan", "--check", "activity.*", env=server.environment())
    assert scanned.returncode == 3
    assert "Reading it needs ActivityFeed.Read (Office 365 Management APIs)." in plain(scanned)
    assert "Nothing failed, 0 passed, 1 could not be decided" in plain(scanned)


def test_every_command_knows_the_api(activity: Shelf, o365scan: Run, server: Server) -> None:
    chosen = ("--check", "activity.*")
    (row,) = json.loads(o365scan("permissions", *chosen, "--json").stdout)
    assert (row["api"], row["appRoles"]) == ("Office 365 Management APIs", ["ActivityFeed.Read"])
    plan = plain(o365scan("scan", "--explain-plan", *chosen))
    assert "GET https://manage.office.com/api/v1.0/{@tenant}/activity/feed/subscriptions/list" in plan
    assert "at least 6 requests, sign-in included" in plan
    assert o365scan("doctor", *chosen, env=server.environment()).returncode == 0
    server.tenant.app_roles.discard("ActivityFeed.Read")
    examined = o365scan("doctor", *chosen, env=server.environment())
    assert examined.returncode == 3
    assert "az ad sp show --id https://manage.office.com " in examined.stdout
    assert (
        "missing the app role ActivityFeed.Read of Office 365 Management APIs, for activity.subscriptions, which"
        in plain(examined)
    )


def test_a_snapshot_holds_it_and_says_what_was_asked(activity: Shelf, o365scan: Run, server: Server) -> None:
    kept = activity.folder.parent / "kept"
    o365scan("collect", kept, "--check", "activity.*", env=server.environment())
    o365scan("snapshot", "export", kept, kept.with_suffix(".folder"))
    manifest = json.loads((kept.with_suffix(".folder") / "manifest.json").read_text())
    source = manifest["datasets"]["activity.subscriptions"]["source"]
    assert source["kind"] == "ApiList"
    assert source["api"]["origin"] == "https://manage.office.com"
    judged = o365scan("scan", "--snapshot", kept, "--check", "activity.*", "--json", "-", "-q")
    assert len(json.loads(judged.stdout)["findings"]) == 2


def test_what_a_plugin_asks_is_shown(activity: Shelf, o365scan: Run) -> None:
    listed = o365scan("plugins")
    assert listed.returncode == 0
    assert "activity o365scan-activity 1.4.2 1 check, 1 dataset" in plain(listed)
    assert "asks Office 365 Management APIs (manage.office.com) with ActivityFeed.Read" in plain(listed)
    told = document(o365scan)
    (row,) = [each for each in told["plugins"] if each["name"] == "activity"]
    assert (told["api"], row["api"], row["version"]) == (API_VERSION, ">=1.0,<2", "1.4.2")
    assert row["apis"] == [
        {
            "name": "Office 365 Management APIs",
            "host": "manage.office.com",
            "permissions": ["ActivityFeed.Read (Office 365 Management APIs)"],
        }
    ]
    hosts = {api["host"] for each in told["plugins"] for api in each["apis"]}
    assert hosts == {"graph.microsoft.com", "outlook.office365.com", "the resolver", "manage.office.com"}


def test_a_declaration_without_use_is_shown(shelf: Shelf, o365scan: Run) -> None:
    shelf.add(
        "o365scan-idle",
        "@hookimpl\ndef o365scan_apis(): return [Api(name='Azure', origin='https://management.azure.com')]",
    )
    said = "declares Azure (management.azure.com), and asks it nothing"
    assert said in plain(o365scan("plugins"))


def test_two_plugins_may_declare_one_api(activity: Shelf, o365scan: Run) -> None:
    code = (
        "@hookimpl\ndef o365scan_apis(): return [Api(name='Office 365 Management APIs', origin='https://{}')]"
    )
    activity.add("o365scan-same", code.format("manage.office.com"))
    assert o365scan("plugins").returncode == 0
    activity.add("o365scan-unlike", code.format("management.azure.com"))
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert "Office 365 Management APIs is already taken by another plugin" in plain(listed)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "def o365scan_apis(): return [management]",
            "def o365scan_apis(): return []",
            "which its plugin does not declare in o365scan_apis",
        ),
        (
            "api=management.name, app",
            "api=GRAPH, app",
            "(manage.office.com), and names a permission of Microsoft Graph",
        ),
        (
            "def o365scan_datasets(): return [subscriptions]",
            "def o365scan_datasets(): return []",
            "activity.subscription-is-enabled reads activity.subscriptions, which no plugin brings",
        ),
        ("https://manage.office.com", "https://graph.microsoft.com", "is the core's own"),
        (
            "https://manage.office.com",
            "https://collector.example.com",
            "is not among the hosts of Microsoft's",
        ),
    ],
)
def test_what_is_not_declared_is_refused(
    shelf: Shelf, o365scan: Run, server: Server, old: str, new: str, message: str
) -> None:
    assert old in ACTIVITY
    shelf.add("o365scan-activity", ACTIVITY.replace(old, new), entry_point="activity", head="")
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert message in plain(listed)
    scanned = o365scan("scan", "--check", "activity.*", env=server.environment())
    assert scanned.returncode == 2
    assert "there is no check 'activity.*'" in scanned.stderr
    assert "manage.office.com" not in {entry.host for entry in server.tenant.journal}


def test_a_check_may_not_bring_a_dataset_under_a_taken_name(shelf: Shelf, o365scan: Run) -> None:
    code = ACTIVITY.replace("activity.subscriptions", "exchange.accepted-domains").replace(
        "def o365scan_datasets(): return [subscriptions]", "def o365scan_datasets(): return []"
    )
    shelf.add("o365scan-activity", code, entry_point="activity", head="")
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert "reads exchange.accepted-domains, which no plugin brings in o365scan_datasets" in plain(listed)


def allow(shelf: Shelf, *entries: str, name: str = "o365scan.toml") -> None:
    (shelf.folder.parent / name).write_text(f"[plugins]\nallow = {json.dumps(entries)}\n")


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ((), "plugins.allow of o365scan.toml does not name it"),
        (("O365Scan_Traced",), None),
        (("o365scan-traced==1.0",), None),
        (("o365scan-traced>=0.9,<2",), None),
        (("o365scan-traced==1.1",), "plugins.allow of o365scan.toml has o365scan-traced==1.1"),
        (("o365scan-traced==1.1", "o365scan-traced~=1.0"), None),
        (("o365scan-traces",), "did its entry 'o365scan-traces' mean it?"),
        (("other-dist",), "does not name it"),
    ],
)
def test_the_allow_list(shelf: Shelf, o365scan: Run, entries: tuple[str, ...], refusal: str | None) -> None:
    module = shelf.add("o365scan-traced", TRACED + SILENT, entry_point="traced")
    allow(shelf, *entries)
    listed = o365scan("plugins")
    assert "entra o365scan" in plain(listed)
    assert listed.returncode == (0 if refusal is None else 3)
    assert module.with_suffix(".imported").exists() == (refusal is None)
    if refusal is not None:
        assert "plugin traced (allow): o365scan-traced 1.0 is not allowed" in plain(listed)
        assert refusal in plain(listed)


def test_a_refused_plugin_is_in_the_report_and_the_exit_code(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("o365scan-traced", TRACED + SILENT, entry_point="traced")
    allow(shelf, name="mine.toml")
    scan = ("scan", "--mock", "baseline", "--mock-size", "5", "--check", "exchange.*connector*")
    assert o365scan(*scan).returncode == 0
    for config in (("--config", "mine.toml"), ("--config=mine.toml",)):
        scanned = o365scan(*scan, *config, "--json", "-", "-q")
        assert scanned.returncode == 3
        (failure,) = json.loads(scanned.stdout)["failures"]
        assert (failure["plugin"], failure["stage"]) == ("traced", "allow")
        assert "plugins.allow of mine.toml" in failure["message"]


def test_a_refused_reporter_adds_no_option(shelf: Shelf, o365scan: Run) -> None:
    """`--config` counts before the command line is read: reporters add options to it."""
    shelf.add(
        "o365scan-paper",
        "@hookimpl\ndef o365scan_reporters(): return [Reporter(name='paper', help='x', write=print)]",
    )
    allow(shelf, name="mine.toml")
    assert "--paper" in o365scan("scan", "--help").stdout
    assert "--paper" not in o365scan("scan", "--config", "mine.toml", "--help").stdout
    assert "No such option" in o365scan("scan", "--paper", "x", "--config", "mine.toml").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[plugin]\nallow = []", "o365scan.toml:1: plugin: not known. Did you mean plugins?"),
        ("[plugins]\nalow = []", "o365scan.toml:2: plugins.alow: not known. Did you mean allow?"),
        ("[plugins]", "o365scan.toml:1: plugins: lacks allow"),
        ("plugins = 7", "o365scan.toml:1: plugins: Expected a table, got `int`"),
        ("[plugins]\nallow = 'x'", "o365scan.toml:2: plugins.allow: Expected a list, got `str`"),
        ("[plugins]\nallow = [7]", "o365scan.toml:2: plugins.allow[0]: Expected `str`, got `int`"),
        ("[plugins]\nallow = ['a b']", "o365scan.toml:2: plugins.allow: 'a b' is no name of a distribution"),
        ("[plugins]\nallow = ['a[b]']", "o365scan.toml:2: plugins.allow: 'a[b]' says more than a name"),
        ("[plugins]\nallow = ['a @ https://example.com/a.whl']", "says more than a name and versions"),
        ("[plugins]\nallow = ['a==x']", "'a==x' is no name of a distribution"),
    ],
)
def test_an_allow_list_that_is_none_lets_nothing_happen(
    shelf: Shelf, o365scan: Run, text: str, said: str
) -> None:
    module = shelf.add("o365scan-traced", TRACED + SILENT)
    (shelf.folder.parent / "o365scan.toml").write_text(text)
    for command in ("plugins", "checks", "scan"):
        result = o365scan(command)
        assert result.returncode == 2
        assert said in " ".join(result.stderr.split())
    assert not module.with_suffix(".imported").exists()


def test_a_near_key_is_named(shelf: Shelf, o365scan: Run) -> None:
    (shelf.folder.parent / "o365scan.toml").write_text("[plugins]\nalow = []")
    assert "Did you mean allow?" in o365scan("plugins").stderr


@pytest.mark.parametrize(
    ("wants", "why"),
    [
        (">=1.0,<2", None),
        ("==1.*", None),
        ("~=1.0", None),
        (">=2,<3", "install a newer version of o365scan"),
        ("~=2.1", "install a newer version of o365scan"),
        ("==2.*", "install a newer version of o365scan"),
        (">1.1", "install a newer version"),
        (">=0.3,<1", "install a newer version of the plugin"),
        ("<1", "install a newer version of the plugin"),
        ("1.0", "no range of versions"),
        ("", "no range of versions"),
        (7, "no range of versions"),
        (None, None),
    ],
)
def test_which_versions_fit(wants: object, why: str | None) -> None:
    said = misfit(wants)
    assert said is None if why is None else said is not None and why in said


def test_a_plugin_for_another_major_is_refused_before_its_hooks(shelf: Shelf, o365scan: Run) -> None:
    called = "pathlib.Path(__file__).with_suffix('.called').touch()"
    module = shelf.add(
        "o365scan-future",
        f"import pathlib\no365scan_api = '>=2,<3'\n@hookimpl\ndef o365scan_checks(): {called}; return []\n"
        "def o365scan_new_hook(): pass",
        entry_point="future",
        version="7.1",
    )
    listed = o365scan("plugins")
    assert listed.returncode == 3
    assert (
        "plugin future (version): o365scan-future 7.1: it is written for o365scan.api >=2,<3, and this is"
        f" {API_VERSION}: install a newer version of o365scan" in plain(listed)
    )
    assert "o365scan_new_hook" not in listed.stdout
    assert not module.with_suffix(".called").exists()


def test_a_name_of_another_version_is_told_apart(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("o365scan-future", "from o365scan.api import NameOfTheFuture", entry_point="future")
    listed = plain(o365scan("plugins"))
    assert "cannot import name 'NameOfTheFuture' from 'o365scan.api'" in listed
    assert f"it is written for another version of o365scan.api than this, {API_VERSION}" in listed


def test_a_plugin_that_does_not_say_is_used_and_told(shelf: Shelf, o365scan: Run) -> None:
    shelf.add("o365scan-silent", SILENT, entry_point="silent")
    listed = o365scan("plugins")
    assert listed.returncode == 0
    assert "plugin silent, for its author: it does not say which o365scan.api it is written for" in plain(
        listed
    )


def test_ours_say_it(o365scan: Run) -> None:
    told = document(o365scan)
    assert {each["api"] for each in told["plugins"] if each["distribution"] == "o365scan"} == {">=1.0,<2"}
    assert told["notices"] == []


@pytest.fixture
def old_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name on its way out, for as long as a test takes."""
    monkeypatch.setitem(DEPRECATED, "OldSeverity", Deprecated("the old one", "Severity", "2.0"))
    monkeypatch.setattr(deprecation, "_uses", set())
    return "OldSeverity"


MESSAGE = "o365scan.api.OldSeverity goes with version 2.0 of o365scan.api: use Severity instead"


@pytest.mark.filterwarnings("ignore:o365scan.api.OldSeverity:DeprecationWarning")
def test_a_deprecated_name_works_and_is_told_to_the_author(
    shelf: Shelf, o365scan: Run, old_name: str
) -> None:
    shelf.add(
        "o365scan-aged",
        f"o365scan_api = '>=1.0'\nfrom o365scan.api import {old_name}\nassert {old_name} == 'the old one'\n{SILENT}",
        entry_point="aged",
    )
    listed = o365scan("plugins")
    assert listed.returncode == 0
    assert f"plugin aged, for its author: {MESSAGE}" in plain(listed)
    scan = ("scan", "--mock", "baseline", "--mock-size", "5", "--check", "exchange.*connector*")
    scanned = o365scan(*scan, "--json", "j", "--sarif", "s")
    assert scanned.returncode == 0
    assert f"plugin aged, for its author: {MESSAGE}" in plain(scanned)
    folder = shelf.folder.parent
    assert json.loads((folder / "j").read_text())["notices"] == [{"plugin": "aged", "message": MESSAGE}]
    (run,) = json.loads((folder / "s").read_text())["runs"]
    (told,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert (told["descriptor"]["id"], told["level"]) == ("plugin-notice", "note")
    assert "use Severity instead" in told["message"]["text"]


@pytest.mark.filterwarnings("ignore:o365scan.api.OldSeverity:DeprecationWarning")
def test_a_deprecated_name_is_told_when_it_is_used_late(shelf: Shelf, o365scan: Run, old_name: str) -> None:
    """In a check, while it judges: no import shows it."""
    late = ACTIVITY.replace(
        'if subscription["status"]', f'import o365scan.api\n    o365scan.api.{old_name}\n    if subscription["status"]'
    ).replace("each=subscriptions)", "each=domains)").replace('subscription["status"]', '"x"')  # fmt: skip
    late = late.replace(
        "@check(", "from o365scan_exchange.datasets import accepted_domains as domains\n@check(", 1
    )
    also = "from o365scan.api.deprecation import DEPRECATED, Deprecated\n"
    also += f"DEPRECATED['{old_name}'] = Deprecated('the old one', 'Severity', '2.0')\n@check("
    late = late.replace("@check(", also, 1)  # where it is judged, too
    shelf.add("o365scan-aged", late, entry_point="aged", head="")
    assert MESSAGE not in plain(o365scan("plugins"))
    scanned = o365scan(
        "scan", "--mock", "baseline", "--mock-size", "5", "--check", "activity.*", "--json", "-", "-q"
    )
    assert json.loads(scanned.stdout)["notices"] == [{"plugin": "aged", "message": MESSAGE}]


def test_a_deprecated_name_warns_its_user(old_name: str) -> None:
    from o365scan import api

    with pytest.warns(DeprecationWarning, match="use Severity instead") as caught:
        assert getattr(api, old_name) == "the old one"
    assert caught[0].filename == __file__
    assert [each.module for each in deprecation.uses()] == [__name__]
    assert old_name not in api.__all__
    with pytest.raises(AttributeError, match="has no attribute 'NeverThere'"):
        _ = api.NeverThere


def test_nothing_is_deprecated_that_was_not_announced() -> None:
    assert DEPRECATED == {}
