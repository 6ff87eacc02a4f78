"""The mock tenant's resolver, asked by dnspython as any other resolver is."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
import requests

from mocktenant import Fault, Server, Tenant
from mocktenant.faults import FaultInvalid
from mocktenant.shapes import ObjectInvalid
from o365scan.scan import take
from o365scan.snapshot import Snapshot
from o365scan.testing import scanned

Serving = Callable[[Tenant], Server]
SECONDS = 10.0


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("baseline", size=1)


@pytest.fixture
def server(tenant: Tenant, serving: Serving) -> Server:
    return serving(tenant)


def ask(
    server: Server, name: str, type: str = "TXT", *, tcp: bool = False, payload: int | None = None
) -> dns.message.Message:
    host, _, port = server.dns_address.rpartition(":")
    query = dns.message.make_query(name, type, use_edns=payload is not None, payload=payload or 0)
    send = dns.query.tcp if tcp else dns.query.udp
    return send(query, host, SECONDS, port=int(port))


def said(answer: dns.message.Message) -> list[str]:
    return [str(record) for records in answer.answer for record in records]


def test_what_every_accepted_domain_has(server: Server, tenant: Tenant) -> None:
    for domain in (each["DomainName"] for each in tenant.objects("acceptedDomains")):
        assert any('"v=spf1 ' in text for text in said(ask(server, domain)))
        assert said(ask(server, domain, "MX"))
        assert '"v=DMARC1; p=reject' in said(ask(server, f"_dmarc.{domain}"))[0]


def test_keys_of_dkim_lead_where_exchange_says(server: Server, tenant: Tenant) -> None:
    config = next(each for each in tenant.objects("dkimSigningConfigs") if each["Domain"] == "contoso.com")
    assert said(ask(server, "selector1._domainkey.contoso.com", "CNAME")) == [f"{config['Selector1CNAME']}."]


@pytest.mark.parametrize("tcp", [False, True])
def test_names_and_types_that_are_not_there(server: Server, tcp: bool) -> None:
    assert ask(server, "nothing.example", tcp=tcp).rcode() == dns.rcode.NXDOMAIN
    assert ask(server, "CONTOSO.com", "A", tcp=tcp).rcode() == dns.rcode.NOERROR
    assert said(ask(server, "contoso.com", "A", tcp=tcp)) == []
    assert ask(server, "_domainkey.contoso.com", tcp=tcp).rcode() == dns.rcode.NOERROR


def test_it_answers_as_a_resolver_does(server: Server) -> None:
    answer = ask(server, "contoso.com")
    assert answer.flags & dns.flags.QR
    assert answer.flags & dns.flags.RA
    assert not answer.flags & dns.flags.TC


def test_a_datagram_is_as_large_as_the_client_takes(server: Server, tenant: Tenant) -> None:
    tenant.put(
        "dnsRecords", {"Name": "a.example", "Type": "TXT", "Values": ["x" * 200, "y" * 200, "z" * 200]}
    )
    plain = ask(server, "a.example")
    assert plain.flags & dns.flags.TC
    assert said(plain) == []
    assert len(said(ask(server, "a.example", payload=1232))) == 3
    assert len(said(ask(server, "a.example", tcp=True))) == 3


def test_records_come_in_the_order_of_the_state(server: Server, tenant: Tenant) -> None:
    wanted = [f'"{number}"' for number in (7, 3, 9, 1, 8, 2)]
    tenant.put(
        "dnsRecords", {"Name": "a.example", "Type": "TXT", "Values": [text.strip('"') for text in wanted]}
    )
    assert said(ask(server, "a.example")) == wanted


def test_a_longer_text_is_cut_into_strings(server: Server, tenant: Tenant) -> None:
    tenant.put("dnsRecords", {"Name": "a.example", "Type": "TXT", "Values": ["x" * 300, ["y", "z"]]})
    (records,) = ask(server, "a.example", tcp=True).answer
    assert sorted(list(map(len, each.strings)) for each in records) == [[1, 1], [255, 45]]


def test_state_changes_at_once(server: Server, tenant: Tenant) -> None:
    tenant.patch("dnsRecords", "_dmarc.contoso.com/TXT", {"Values": ["v=DMARC1; p=none"]})
    assert said(ask(server, "_dmarc.contoso.com")) == ['"v=DMARC1; p=none"']
    tenant.delete("dnsRecords", "_dmarc.contoso.com/TXT")
    assert ask(server, "_dmarc.contoso.com").rcode() == dns.rcode.NXDOMAIN
    tenant.reset()
    assert len(said(ask(server, "_dmarc.contoso.com"))) == 1
    assert len(tenant.lookups) == 1


def test_the_control_plane_writes_records_and_reads_lookups(server: Server) -> None:
    url = f"{server.control_url}/state/dnsRecords/_dmarc.contoso.com/TXT"
    assert requests.patch(url, json={"Values": ["v=DMARC1; p=none"]}, timeout=SECONDS).ok
    assert said(ask(server, "_dmarc.contoso.com")) == ['"v=DMARC1; p=none"']
    lookups = f"{server.control_url}/lookups"
    expected = {"name": "_dmarc.contoso.com", "type": "TXT", "protocol": "udp", "status": "NOERROR"}
    assert requests.get(lookups, timeout=SECONDS).json()["value"] == [expected]
    assert requests.delete(lookups, timeout=SECONDS).status_code == 204
    assert requests.get(lookups, timeout=SECONDS).json()["value"] == []


@pytest.mark.parametrize("trouble", ["SERVFAIL", "REFUSED"])
def test_planned_refusals(server: Server, tenant: Tenant, trouble: str) -> None:
    tenant.faults.add(Fault.from_json({"dns": trouble, "path": "*.contoso.com", "method": "txt"}))
    assert ask(server, "contoso.com").rcode() == dns.rcode.NOERROR
    assert ask(server, "_dmarc.contoso.com", "MX").rcode() == dns.rcode.NOERROR
    assert ask(server, "_dmarc.contoso.com").rcode() == dns.rcode.from_text(trouble)
    assert ask(server, "_dmarc.contoso.com").rcode() == dns.rcode.NOERROR


def test_planned_truncation_and_silence(server: Server, tenant: Tenant) -> None:
    tenant.faults.add(Fault(dns="truncated", count=2))
    assert ask(server, "contoso.com").flags & dns.flags.TC
    assert said(ask(server, "contoso.com", tcp=True))
    tenant.faults.add(Fault(dns="silent"))
    with pytest.raises(EOFError):  # over TCP the connection ends without an answer: nobody waits
        ask(server, "contoso.com", tcp=True)
    assert tenant.lookups[-1].status == "silent"


def test_faults_of_one_protocol_pass_the_other_by(server: Server, tenant: Tenant) -> None:
    tenant.faults.add(Fault(status=503, count=9))
    tenant.faults.add(Fault(dns="SERVFAIL", host="a.example", count=9))
    assert ask(server, "contoso.com").rcode() == dns.rcode.NOERROR
    assert len(list(tenant.faults)) == 2


@pytest.mark.parametrize(
    "fault", [{"dns": "NXDOMAIN"}, {"dns": "silent", "status": 503}, {"dns": "silent", "delay": 1}]
)
def test_faults_that_can_t_be_meant(fault: dict[str, object]) -> None:
    with pytest.raises(FaultInvalid, match="dns: "):
        Fault.from_json(fault)


def test_records_that_can_t_be(server: Server, tenant: Tenant) -> None:
    for missing in ("Name", "Type", "Values"):
        whole = {"Name": "a.example", "Type": "MX", "Values": ["10 mx.example.net"]}
        del whole[missing]
        with pytest.raises(ObjectInvalid, match=missing):
            tenant.put("dnsRecords", whole)
    tenant.put("dnsRecords", {"Name": "a.example", "Type": "MX", "Values": ["ten mx.example.net"]})
    assert ask(server, "a.example", "MX").rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize("wire", [b"", b"x", b"\x00" * 12, b"\xff" * 40])
def test_what_is_no_question_gets_no_answer(server: Server, wire: bytes) -> None:
    host, _, port = server.dns_address.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as stream:
        stream.sendall(struct.pack("!H", len(wire)) + wire)
        assert stream.recv(1) == b""
    assert said(ask(server, "contoso.com"))


def test_an_answer_is_no_question(server: Server) -> None:
    host, _, port = server.dns_address.rpartition(":")
    wire = dns.message.make_response(dns.message.make_query("contoso.com", "TXT")).to_wire()
    with socket.create_connection((host, int(port)), SECONDS) as stream:
        stream.sendall(struct.pack("!H", len(wire)) + wire)
        assert stream.recv(1) == b""


def test_several_questions_on_one_stream(server: Server) -> None:
    host, _, port = server.dns_address.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as stream:
        for name in ("contoso.com", "_dmarc.contoso.com"):
            dns.query.send_tcp(stream, dns.message.make_query(name, "TXT"))
            answer, _ = dns.query.receive_tcp(stream)
            assert said(answer)


def test_it_follows_the_tenant_that_is_served(server: Server) -> None:
    other = Tenant("baseline", size=1)
    other.delete("dnsRecords", "contoso.com/TXT")
    server.use(other)
    assert said(ask(server, "contoso.com")) == []
    assert len(other.lookups) == 1


def test_the_environment_leads_to_it(server: Server) -> None:
    environment = server.environment()
    assert environment["MOCKTENANT_DNS"] == environment["O365SCAN_RESOLVER"] == server.dns_address


def test_it_ends_with_the_server(tenant: Tenant, serving: Serving) -> None:
    server = serving(tenant)
    server.stop()
    host, _, port = server.dns_address.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), SECONDS)


def test_a_recorded_tenant_tells_what_was_told(
    server: Server, tenant: Tenant, serving: Serving, tmp_path: Path
) -> None:
    from o365scan.registry import load, plan
    from tests.core.test_transport import service_of

    tenant.put("dnsRecords", {"Name": "_dmarc.contoso.com", "Type": "CNAME", "Values": ["dmarc.example.net"]})
    tenant.delete("dnsRecords", "_dmarc.contoso.com/TXT")
    tenant.put("dnsRecords", {"Name": "dmarc.example.net", "Type": "TXT", "Values": ["v=DMARC1; p=none"]})
    tenant.faults.add(Fault(dns="SERVFAIL", host="contoso.onmicrosoft.com", method="MX", count=99))
    snapshot, registry = Snapshot.create(tmp_path / "saved"), load()
    take(service_of(server), plan(registry.select(["exchange.dmarc*", "exchange.spf*"])), registry, snapshot)
    snapshot.close()
    again = serving(Tenant.recorded(tmp_path / "saved"))
    assert said(ask(again, "_dmarc.contoso.com")) == ["dmarc.example.net.", '"v=DMARC1; p=none"']
    assert said(ask(again, "contoso.com", "MX")) == said(ask(server, "contoso.com", "MX"))
    assert ask(again, "_dmarc.com").rcode() == dns.rcode.NXDOMAIN
    assert ask(again, "contoso.onmicrosoft.com", "MX").rcode() == dns.rcode.REFUSED
    assert ask(again, "fabrikam.com").rcode() == dns.rcode.REFUSED
    report = scanned("exchange.dmarc*", environment=again.environment())
    assert [each.title for each in report.findings if each.verdict == "fail"] == ["contoso.com"]
