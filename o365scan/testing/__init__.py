"""For authors of checks: the runner of case files, and the assertion that findings are exactly those expected.

A case file holds good records, and one-line patches (RFC 6902) with the verdict that each must cause:

    {"check": "area.condition",
     "records": {"area.things": [{...}]},
     "cases": [{"name": "switched off", "verdict": "fail", "severity": "high",
                "patch": [{"op": "replace", "path": "/area.things/0/Enabled", "value": false}]},
               {"name": "without the licence", "verdict": "open", "unlicensed": ["area.things"]}]}

`options` beside `records` are those of every case without some of its own. A case may also say what the `message` is to
hold, and which `object` (a record's key) it is about, if not the first record.

`unlicensed` names datasets that the service says the tenant has no licence for, and `licence` what a problem is then
to name. Where lacking the licence means that there are no such objects, the dataset is empty.
Where a problem says by which options it is accepted, these must accept it. The runner adds cases of its own: each
dataset denied, and each strictly read field removed or, if it is a list or an object, of another type, must be `open`.
No case may crash the check.

Each case becomes a test of pytest's by one line in a file of tests, beside its folder `cases`:

    from pathlib import Path

    from o365scan.testing import case_test

    test_case = case_test(Path(__file__).with_name("cases"))

and a scan of a mock tenant is compared with what it must find, no fewer and no more (`mock_tenant` is a fixture that
comes with `pip install 'o365scan[mock]'`):

    def test_nothing_is_wrong_in_a_well_run_tenant(mock_tenant: Tenant) -> None:
        assert_findings(scanned("area.*").findings, [])

`python -m o365scan.testing FOLDER [CHECK...]` judges the cases that are written down and lists them with their
verdicts.
"""

from .case import NOW, PARENT, SCANNER, TENANT, Case
from .files import CaseFileInvalid, case_test, cases, listing
from .scans import assert_findings, scanned

__all__ = [
    "NOW",
    "PARENT",
    "SCANNER",
    "TENANT",
    "Case",
    "CaseFileInvalid",
    "assert_findings",
    "case_test",
    "cases",
    "listing",
    "scanned",
]
