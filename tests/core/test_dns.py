"""Lookups against the mock tenant's resolver: real datagrams and streams, scripted faults."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from mocktenant import Fault, Server, Tenant
from o365scan.api import DnsLookup, DnsType, GapReason, O365ScanError, ServiceError
from o365scan.network import Network, ResolverAddress
from o365scan.transport import dns
from o365scan.transport.dns import Lookups
from o365scan.transport.errors import DnsFailed, DnsNotAsked, UnexpectedAnswer

Serving = Callable[[Tenant], Server]
#: A resolver that stays silent is not waited for: it would stay silent for ever.
BRIEF = 0.2


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=1)


@pytest.fixture
def names(tenant: Tenant, serving: Serving) -> Lookups:
    return Lookups(Network(serving(tenant).environment()))


@pytest.fixture
def impatient(tenant: Tenant, serving: Serving) -> Lookups:
    return Lookups(Network(serving(tenant).environment()), lifetime=BRIEF)


def put(tenant: Tenant, name: str, *values: object, type: str = "TXT") -> None:
    tenant.put("dnsRecords", {"Name": name, "Type": type, "Values": list(values)})


def asked(names: Lookups, name: str, type: DnsType = "TXT") -> Mapping[str, Any]:
    (row,) = names.rows(DnsLookup(name=name, type=type))
    return row


def texts(row: Mapping[str, Any]) -> list[str]:
    return [each["Text"] for each in row["Records"]]


def test_a_text_and_its_neighbours(names: Lookups) -> None:
    row = asked(names, "contoso.com")
    assert (row["Name"], row["Type"], row["Status"], row["CanonicalName"]) == (
        "contoso.com", "TXT", "NOERROR", "contoso.com",
    )  # fmt: skip
    assert len(texts(row)) == 2
    assert texts(row) == sorted(texts(row))


def test_hosts_that_take_mail_nearest_first(names: Lookups, tenant: Tenant) -> None:
    put(tenant, "contoso.com", "20 B.example.net", "10 z.example.net", "20 a.example.net", type="MX")
    assert asked(names, "contoso.com", "MX")["Records"] == [
        {"Preference": 10, "Exchange": "z.example.net"},
        {"Preference": 20, "Exchange": "a.example.net"},
        {"Preference": 20, "Exchange": "b.example.net"},
    ]


def test_a_null_mx_names_nobody(names: Lookups, tenant: Tenant) -> None:
    put(tenant, "contoso.com", "0 .", type="MX")
    assert asked(names, "contoso.com", "MX")["Records"] == [{"Preference": 0, "Exchange": ""}]


def test_absence_is_an_answer(names: Lookups) -> None:
    missing = asked(names, "gone.contoso.com")
    assert (missing["Status"], missing["Records"]) == ("NXDOMAIN", [])
    other = asked(names, "contoso.onmicrosoft.com", "MX")
    assert other["Status"] == "NOERROR"
    inner = asked(names, "_domainkey.contoso.com")
    assert (inner["Status"], inner["Records"]) == ("NOERROR", [])


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", "." * 3, "a." * 200 + "example"])
def test_what_can_be_no_name_is_absent_and_not_asked_for(names: Lookups, tenant: Tenant, name: str) -> None:
    assert asked(names, name)["Status"] == "NOTANAME"
    assert len(tenant.lookups) == 0


@pytest.mark.parametrize(
    ("name", "sent"),
    [("CONTOSO.com.", "contoso.com"), ("_DMARC.Bücher.example", "_dmarc.xn--bcher-kva.example")],
)
def test_names_are_asked_for_in_one_form(names: Lookups, tenant: Tenant, name: str, sent: str) -> None:
    put(tenant, sent, "x")
    assert asked(names, name)["Name"] == sent
    assert tenant.lookups[0].name == sent


def test_a_resolver_of_the_inside_is_not_believed(names: Lookups, tenant: Tenant) -> None:
    """It denies the internet's names as well, and would say so of every domain."""
    for key in list(tenant.collection("dnsRecords")):
        tenant.delete("dnsRecords", key)
    put(tenant, "intranet.example", "hello")
    with pytest.raises(DnsFailed, match="denies com too") as caught:
        asked(names, "contoso.com")
    assert caught.value.reason is GapReason.UNREACHABLE
    assert texts(asked(names, "intranet.example")) == ["hello"]


def test_whether_it_sees_the_internet_is_asked_once(names: Lookups, tenant: Tenant) -> None:
    asked(names, "contoso.com")
    assert "com" not in {each.name for each in tenant.lookups}
    for number in range(3):
        asked(names, f"{number}.example")
    assert [each.name for each in tenant.lookups if each.type == "NS"] == ["com"]


def test_a_denial_is_not_believed_while_that_fails(names: Lookups, tenant: Tenant) -> None:
    tenant.faults.add(Fault(dns="SERVFAIL", host="com", count=2))
    with pytest.raises(DnsFailed, match="NS of com"):
        asked(names, "gone.example")
    assert asked(names, "gone.example")["Status"] == "NXDOMAIN"


def test_strings_of_one_record_are_joined(names: Lookups, tenant: Tenant) -> None:
    put(tenant, "a.contoso.com", ["v=spf1 include:spf.prot", "ection.outlook.com -all"], "x" * 600)
    assert texts(asked(names, "a.contoso.com")) == [
        "v=spf1 include:spf.protection.outlook.com -all",
        "x" * 600,
    ]


def test_what_steers_a_terminal_is_kept_for_the_sinks_to_neutralise(names: Lookups, tenant: Tenant) -> None:
    put(tenant, "a.contoso.com", "v=spf1 \x1b[2J\u202e -all")
    assert texts(asked(names, "a.contoso.com")) == ["v=spf1 \x1b[2J\u202e -all"]


def test_aliases_are_followed(names: Lookups, tenant: Tenant) -> None:
    put(tenant, "_dmarc.contoso.com", "policy.example.net", type="CNAME")
    tenant.delete("dnsRecords", "_dmarc.contoso.com/TXT")
    put(tenant, "policy.example.net", "v=DMARC1; p=reject")
    row = asked(names, "_dmarc.contoso.com")
    assert (row["CanonicalName"], texts(row)) == ("policy.example.net", ["v=DMARC1; p=reject"])


def test_an_alias_of_nothing_is_absence(names: Lookups) -> None:
    assert asked(names, "selector1._domainkey.contoso.com")["Status"] == "NXDOMAIN"


@pytest.mark.parametrize("how", ["by its size", "by a fault"])
def test_what_is_cut_off_is_asked_for_over_tcp(names: Lookups, tenant: Tenant, how: str) -> None:
    wanted = [f"{number:04} " + "x" * 240 for number in range(40 if how == "by its size" else 1)]
    put(tenant, "a.contoso.com", *wanted)
    if how == "by a fault":
        tenant.faults.add(Fault(dns="truncated"))
    assert texts(asked(names, "a.contoso.com")) == wanted
    assert [(each.protocol, each.status) for each in tenant.lookups] == [
        ("udp", "truncated"),
        ("tcp", "NOERROR"),
    ]


def test_a_failure_that_passes(names: Lookups, tenant: Tenant) -> None:
    tenant.faults.add(Fault(dns="SERVFAIL"))
    assert asked(names, "contoso.com")["Status"] == "NOERROR"
    assert [each.status for each in tenant.lookups] == ["SERVFAIL", "NOERROR"]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("SERVFAIL", "said SERVFAIL"), ("REFUSED", "said REFUSED"), ("silent", "did not answer")],
)
def test_what_the_resolver_can_t_tell_is_an_error(
    names: Lookups, impatient: Lookups, tenant: Tenant, trouble: Any, said: str
) -> None:
    tenant.faults.add(Fault(dns=trouble, host="contoso.com", count=100))
    with pytest.raises(DnsFailed) as caught:
        asked(impatient if trouble == "silent" else names, "contoso.com")
    assert str(caught.value) == f"DNS TXT of contoso.com: 127.0.0.1 {said}"
    assert caught.value.reason is GapReason.UNREACHABLE
    assert "--resolver" in (caught.value.hint or "")
    assert asked(names, "contoso.onmicrosoft.com")["Status"] == "NOERROR"


def test_nobody_listens(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    names = Lookups(Network(server.environment()), lifetime=BRIEF)
    server.stop()
    with pytest.raises(DnsFailed):
        asked(names, "contoso.com")


def test_a_resolver_that_stays_silent_is_given_up(
    impatient: Lookups, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "PATIENCE", 3)
    tenant.faults.add(Fault(dns="silent", count=1000))
    requests = [DnsLookup(name=f"{number}.example") for number in range(6)]
    answers = [answer for _, answer in impatient.answers(requests)]
    assert all(isinstance(each, DnsFailed) for each in answers)
    assert {each.name for each in tenant.lookups} == {f"{number}.example" for number in range(3)}
    assert "none of the last 3 lookups" in str(answers[-1])


def test_silence_about_some_names_is_not_held_against_the_resolver(
    names: Lookups, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "PATIENCE", 2)
    tenant.faults.add(Fault(dns="silent", path="dead*", count=1000))
    for number in range(4):
        names._configured().lifetime = BRIEF
        with pytest.raises(DnsFailed, match="did not answer"):
            asked(names, f"dead{number}.example")
        names._configured().lifetime = dns.LIFETIME
        assert asked(names, f"{number}.example")["Status"] == "NXDOMAIN"


def test_one_failure_of_many_is_one_error(names: Lookups, tenant: Tenant) -> None:
    tenant.faults.add(Fault(dns="SERVFAIL", host="b.example", count=100))
    answers = dict(names.answers([DnsLookup(name=f"{each}.example") for each in "abc"]))
    assert [isinstance(answers[place], ServiceError) for place in range(3)] == [False, True, False]


def test_a_name_is_asked_for_once(names: Lookups, tenant: Tenant) -> None:
    for _ in range(3):
        asked(names, "contoso.com")
    assert len(tenant.lookups) == 1


def test_dns_is_turned_off(tenant: Tenant, serving: Serving) -> None:
    names = Lookups(Network({**serving(tenant).environment(), "O365SCAN_RESOLVER": "off"}))
    with pytest.raises(DnsNotAsked) as caught:
        asked(names, "contoso.com")
    assert caught.value.reason is GapReason.NOT_COLLECTED
    assert names.whom == "nobody is asked"
    assert len(tenant.lookups) == 0


def test_the_system_s_resolver_is_the_usual_one() -> None:
    assert Lookups(Network({})).whom == "the system's resolver is asked"


def after(row: Mapping[str, Any]) -> Iterator[str]:
    """The number before, twice, and the name itself again."""
    number = int(row["Name"].partition(".")[0])
    if number:
        yield from (f"{number - 1}.example", f"{number - 1}.EXAMPLE.", row["Name"])


def test_what_a_name_leads_to_is_asked_for_once_each(names: Lookups, tenant: Tenant) -> None:
    rows = names.rows(DnsLookup(name="3.example", then=after))
    assert [row["Name"] for row in rows] == [f"{number}.example" for number in (3, 2, 1, 0)]
    assert len([each for each in tenant.lookups if each.type == "TXT"]) == 4


def test_no_more_than_so_many_names(names: Lookups) -> None:
    assert len(names.rows(DnsLookup(name="9.example", then=after, most=3))) == 3


def test_an_error_on_the_way_is_an_error_of_the_whole(names: Lookups, tenant: Tenant) -> None:
    tenant.faults.add(Fault(dns="SERVFAIL", host="1.example", count=100))
    with pytest.raises(DnsFailed, match=r"1\.example"):
        names.rows(DnsLookup(name="3.example", then=after))


def test_a_plugin_s_mistake_is_an_error_of_its_lookup(names: Lookups) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"`then` raised ValueError"):
        names.rows(DnsLookup(name="contoso.com", then=after))


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        (" 192.0.2.53:5353 ", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:DB8::53]", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
    ],
)
def test_addresses_of_resolvers(text: str, host: str, port: int) -> None:
    assert ResolverAddress.parse(text) == ResolverAddress(host, port)
    assert ResolverAddress.parse(str(ResolverAddress(host, port))) == ResolverAddress(host, port)


@pytest.mark.parametrize(
    "text",
    ["", "dns.example.net", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2.53:x", "[2001:db8::53",
     "[2001:db8::53]5353", "192.0.2.256", "https://192.0.2.53/dns-query"],
)  # fmt: skip
def test_no_addresses_of_resolvers(text: str) -> None:
    with pytest.raises(O365ScanError, match="no address of a resolver"):
        ResolverAddress.parse(text)


def test_who_asks_no_dns_loads_none(unmeasured: None) -> None:
    code = "import sys, o365scan.transport.service, o365scan.cli.common, mocktenant.server; print('dns' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
