"""A file that holds, and whatever can be wrong with one: what is said of it, and what to do."""

from __future__ import annotations

GOOD = """\
[scan]
checks = ["test.*"]
min_severity = "low"
framework = ["cis"]

[checks."test.thing-is-enabled"]
accept = ["a"]

[[tenants]]
name = "contoso"
tenant_id = "contoso.onmicrosoft.com"
client_id = "11111111-2222-4333-8444-555555555555"
auth = "certificate"
cloud = "gcch"
certificate_file = "app.pem"

[[tenants]]
name = "fabrikam"
client_secret_env = "FABRIKAM_SECRET"
[tenants.scan]
exclude = ["test.thing-is-*"]
min_severity = "high"
[tenants.checks."test.thing-is-enabled"]
accept = ["b", "c"]

[[accepted]]
check = "test.*"
object = "Thing *"
reason = "Known"
owner = "owner@contoso.com"
expires = 2027-01-31

[[accepted]]
check = "test.thing-is-enabled"
object = "[*]"
reason = "Known"
owner = "owner@contoso.com"
expires = 2027-01-31
severity = "high"
tenant = "fabrikam"

[limits]
seconds = 7
memory_mib = 64

[plugins]
allow = ["o365scan-teams==1.2.0"]
"""

_RISK = """\
[[accepted]]
check = "test.*"
object = "x"
reason = "y"
owner = "z"
expires = 2027-01-31
"""
_ENABLED = '[checks."test.thing-is-enabled"]\n'
_TENANT = '[[tenants]]\nname = "a"\n'

#: By what is wrong: the text, what is said after "o365scan.toml:", and a part of the hint.
BAD: dict[str, tuple[str, str, str | None]] = {
    "no TOML": ("[scan]\nchecks = [1\nx", "3:1: no TOML: Unclosed array", None),
    "no end": ('x = "', "1: no TOML: Unterminated string", None),
    "a key twice": (
        "[limits]\nseconds = 1\nseconds = 2\n\n",
        "3:12: no TOML: the key stands there already",
        None,
    ),
    "a table twice": ("[limits]\n[limits]\n", "2:8: no TOML: Cannot declare ('limits',) twice", None),
    "an unknown table": ("\n[check]", "2: check: not known. Did you mean checks?", None),
    "nothing near": (
        "[zzz]",
        "1: zzz: not known",
        "Known: accepted, checks, limits, plugins, scan, tenants.",
    ),
    "checks no table": ("checks = 1", "1: checks: Expected a table, got `int`", None),
    "a check no table": ("[checks]\na = 1", "2: checks.a: Expected a table, got `int`", None),
    "an unknown check": (
        '\n[checks."test.thing-enabled"]',
        '2: checks."test.thing-enabled": there is no such check. Did you mean test.thing-is-enabled?',
        None,
    ),
    "an unknown option": (
        f"{_ENABLED}accpt = []",
        '2: checks."test.thing-is-enabled".accpt: not known. Did you mean accept?',
        None,
    ),
    "an option of another type": (
        f'{_ENABLED}accept = "a"',
        '2: checks."test.thing-is-enabled".accept: Expected a list, got `str`',
        None,
    ),
    "an element of another type": (
        f'{_ENABLED}accept = [\n  "a",\n  1,\n]',
        '4: checks."test.thing-is-enabled".accept[1]: Expected `str`, got `int`',
        None,
    ),
    "no options": (
        '[checks."test.thing-has-a-friend"]\nx = 1',
        '1: checks."test.thing-has-a-friend": this check takes no options',
        None,
    ),
    "a tenant's option": (
        f'{_TENANT}[tenants.checks."test.thing-is-enabled"]\naccept = 1',
        '4: tenants[0].checks."test.thing-is-enabled".accept: Expected a list, got `int`',
        None,
    ),
    "limits no table": ("limits = 1", "1: limits: Expected a table, got `int`", None),
    "an unknown limit": ("[limits]\nsecond = 1", "2: limits.second: not known. Did you mean seconds?", None),
    "a limit of another type": (
        "[limits]\nseconds = '1'",
        "2: limits.seconds: Expected `float`, got `str`",
        None,
    ),
    "half a MiB": ("[limits]\nmemory_mib = 1.5", "2: limits.memory_mib: Expected `int`, got `float`", None),
    "no memory": ("[limits]\nmemory_mib = 0", "2: limits.memory_mib: Expected `int` >= 1", None),
    "an endless limit": (
        "[limits]\nseconds = inf",
        "2: limits.seconds: must be more than nought, and finite",
        None,
    ),
    "a limit that is no number": (
        "[limits]\nidle_seconds = nan",
        "2: limits.idle_seconds: Expected `float` > 0.0",
        None,
    ),
    "plugins without allow": ("[plugins]", "1: plugins: lacks allow", None),
    "plugins no table": ("plugins = 7", "1: plugins: Expected a table, got `int`", None),
    "a severity that is no text": (
        "[scan]\nmin_severity = 7",
        "2: scan.min_severity: Expected `str`, got `int`",
        None,
    ),
    "allow no list": ('[plugins]\nallow = "x"', "2: plugins.allow: Expected a list, got `str`", None),
    "allow no distribution": (
        '[plugins]\nallow = ["a b"]',
        "2: plugins.allow: 'a b' is no name of a distribution",
        "Write",
    ),
    "a severity that is none": (
        '[scan]\nmin_severity = "hi"',
        "2: scan.min_severity: no such value. Did you mean high?",
        "Known: critical, high,",
    ),
    "globs no list": ('[scan]\nexclude = "x"', "2: scan.exclude: Expected a list, got `str`", None),
    "no name": (_TENANT + '[[tenants]]\nclient_id = "x"', "3: tenants[1]: lacks name", None),
    "an empty name": ('[[tenants]]\nname = " "', "2: tenants[0].name: must not be empty", None),
    "a name with a slash": (
        '[[tenants]]\nname = "../a"',
        "2: tenants[0].name: has characters that it may not have, or too many",
        None,
    ),
    "a name that ends in a line": (
        '[[tenants]]\nname = "a\\n"',
        "2: tenants[0].name: has characters that it may not have, or too many",
        None,
    ),
    "a tenant that is none": (f'{_TENANT}tenant_id = ""', "3: tenants[0].tenant_id: must not be empty", None),
    "an app that is none": (f'{_TENANT}client_id = " "', "3: tenants[0].client_id: must not be empty", None),
    "a file that is none": (
        f'{_TENANT}client_secret_file = ""',
        "3: tenants[0].client_secret_file: must not be empty",
        None,
    ),
    "a variable that is none": (
        f'{_TENANT}client_secret_env = ""',
        "3: tenants[0].client_secret_env: must not be empty",
        None,
    ),
    "two of one name": (
        '[[tenants]]\nname = "a"\n\n[[tenants]]\nname = "A"',
        "5: tenants[1].name: stands at o365scan.toml:2 already",
        None,
    ),
    "two of one id": (
        f'{_TENANT}tenant_id = "x"\n[[tenants]]\nname = "b"\ntenant_id = "X"',
        "6: tenants[1].tenant_id: stands at o365scan.toml:3 already",
        None,
    ),
    "a secret": (
        f'{_TENANT}client_secret = "hush"',
        "3: tenants[0].client_secret: a secret has no place in this file",
        "name that: client_secret_file or client_secret_env",
    ),
    "a secret by another name": (
        f'{_TENANT}password = "hush"',
        "3: tenants[0].password: a secret has no place in this file",
        "Put it into a file or an environment variable",
    ),
    "a secret for a variable's name": (
        f'{_TENANT}client_secret_env = "hush~1"',
        "3: tenants[0].client_secret_env: is no name of an environment variable",
        "the secret itself has no place",
    ),
    "a secret for a kind": (
        f'{_TENANT}auth = "hush"',
        "3: tenants[0].auth: no such value",
        "Known: client-secret,",
    ),
    "a misspelt reference": (
        f'{_TENANT}client_secret_fil = "x"',
        "3: tenants[0].client_secret_fil: not known. Did you mean client_secret_file?",
        None,
    ),
    "a misspelt glob of a tenant": (
        f"{_TENANT}scan.chcks = []",
        "3: tenants[0].scan.chcks: not known. Did you mean checks?",
        None,
    ),
    "no expiry": (_RISK.replace("expires = 2027-01-31\n", ""), "1: accepted[0]: lacks expires", None),
    "no reason": (_RISK.replace('"y"', '"  "'), "4: accepted[0].reason: must not be empty", None),
    "an hour": (
        _RISK.replace("-31", "-31T10:00:00"),
        "6: accepted[0].expires: Expected `date`, got `datetime`",
        None,
    ),
    "no day": (
        _RISK.replace("2027-01-31", '"soon"'),
        "6: accepted[0].expires: Invalid RFC3339 encoded date",
        None,
    ),
    "a risk twice": (_RISK + _RISK, "7: accepted[1]: stands at o365scan.toml:1 already", None),
    "a risk of no check": (
        _RISK.replace("test.*", "test.thing-is-enable"),
        "2: accepted[0].check: there is no such check as 'test.thing-is-enable'. Did you mean test.thing-is-enabled?",
        None,
    ),
    "a risk of no tenant": (
        f'{_TENANT}{_RISK}tenant = "b"',
        "9: accepted[0].tenant: there is no tenant of this name",
        None,
    ),
    "accepted no list": ("accepted = {}", "1: accepted: Expected a list, got a table", None),
}

#: What a JSON schema can't say: what is no TOML, spans several keys, or is known of checks alone.
ONLY_THE_READER = frozenset(
    {
        "no TOML", "no end", "a key twice", "a table twice", "two of one name", "two of one id", "a risk twice",
        "a risk of no check", "a risk of no tenant", "allow no distribution", "an endless limit",
        "a limit that is no number",
    }
)  # fmt: skip
