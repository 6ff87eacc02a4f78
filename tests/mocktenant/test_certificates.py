"""Sign-in with a certificate: MSAL's own assertions, and everything that may be wrong with one."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from mocktenant import Server, Tenant, serve
from mocktenant.login.certificates import ClientCertificate, made

from .client import GRAPH, LOGIN, Client

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with serve(Tenant(size=1)) as running:
        yield running


@pytest.fixture
def client(shared: Server) -> Iterator[Client]:
    shared.tenant.reset()
    one = Client(shared)
    yield one
    one.session.close()


@pytest.fixture(scope="module")
def foreign() -> ClientCertificate:
    return made()


def named(certificate: ClientCertificate, algorithm: hashes.HashAlgorithm, *, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(certificate.certificate.fingerprint(algorithm)).decode()
    return text if padded else text.rstrip("=")


def assertion(
    client: Client,
    *,
    key: Any = None,
    header: dict[str, Any] | None = None,
    algorithm: str = "RS256",
    **changes: Any,
) -> str:
    """A good assertion but for what is changed; a claim of None is left out."""
    tenant, now = client.tenant, time.time()
    good = {
        "aud": f"{LOGIN}/{tenant.tenant_id}/oauth2/v2.0/token",
        "iss": tenant.client_id,
        "sub": tenant.client_id,
        "jti": str(uuid4()),
        "iat": now,
        "exp": now + 600,
    } | changes
    return jwt.encode(
        {name: value for name, value in good.items() if value is not None},
        key or tenant.certificate.private,
        algorithm=algorithm,
        headers=header or {"x5t": named(tenant.certificate, hashes.SHA1())},
    )


def asked(client: Client, token: str, **form: str) -> tuple[int, Any]:
    """Status, and the claims of the token or the refusal's number."""
    fields = {"client_secret": "", "client_assertion_type": JWT_BEARER, "client_assertion": token}
    answer = client.token_answer(scope=f"{GRAPH}/.default", **(fields | form))
    body = answer.json()
    if answer.status_code == 200:
        return 200, jwt.decode(body["access_token"], options={"verify_signature": False})
    return answer.status_code, body["error_codes"][0]


def msal_signs_in(client: Client, authority: str, credential: dict[str, Any], **keywords: Any) -> Any:
    app = msal.ConfidentialClientApplication(
        client.tenant.client_id,
        client_credential=credential,
        authority=authority,
        http_client=client.session,
        **keywords,
    )
    return app.acquire_token_for_client([f"{GRAPH}/.default"])


def test_msal_with_a_thumbprint(client: Client) -> None:
    own = client.tenant.certificate
    answer = msal_signs_in(
        client,
        f"{LOGIN}/{client.tenant.tenant_id}",
        {"thumbprint": own.thumbprint, "private_key": own.key_pem.decode()},
    )
    found = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (found["appidacr"], found["appid"]) == ("2", client.tenant.client_id)


def test_msal_with_a_public_certificate_says_ps256(client: Client) -> None:
    own = client.tenant.certificate
    answer = msal_signs_in(
        client,
        f"{LOGIN}/contoso.com",
        {"private_key": own.key_pem.decode(), "public_certificate": own.certificate_pem.decode()},
    )
    assert "access_token" in answer


def test_msal_with_a_pfx_directly(client: Client, tmp_path: Any) -> None:
    client.session.proxies = {}
    own = client.tenant.certificate
    file = tmp_path / "app.pfx"
    file.write_bytes(own.pfx)
    answer = msal_signs_in(
        client,
        f"{client.server.login_url}/{client.tenant.tenant_id}",
        {"private_key_pfx_path": str(file), "passphrase": own.password},
        instance_discovery=False,
    )
    assert "access_token" in answer


def test_a_token_got_with_a_certificate_opens_graph(client: Client) -> None:
    status, found = asked(client, assertion(client))
    assert (status, found["appidacr"]) == (200, "2")


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", ["x5t", "x5t#S256"])
def test_ways_to_name_the_key(client: Client, name: str, padded: bool) -> None:
    algorithm = hashes.SHA256() if "S256" in name else hashes.SHA1()
    header = {name: named(client.tenant.certificate, algorithm, padded=padded)}
    for signature in ("RS256", "PS256"):
        assert asked(client, assertion(client, header=header, algorithm=signature))[0] == 200


@pytest.mark.parametrize(
    "audience",
    [
        "{login}/{tenant}/oauth2/v2.0/token",
        "{login}/contoso.com/oauth2/v2.0/token",
        "{login}/{tenant}/oauth2/token",
        "{login}/{tenant}/v2.0",
        "{login}/{tenant}/",
        "https://login.windows.net/{tenant}/oauth2/v2.0/token",
    ],
)
def test_audiences_that_are_ours(client: Client, audience: str) -> None:
    said = audience.format(login=LOGIN, tenant=client.tenant.tenant_id)
    assert asked(client, assertion(client, aud=said))[0] == 200


def test_the_v1_endpoint_takes_certificates_too(client: Client) -> None:
    answer = client.token_answer(
        v1=True,
        resource=GRAPH,
        client_secret="",
        client_assertion=assertion(client),
        client_assertion_type=JWT_BEARER,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"exp": time.time() - 100_000}, 700024),
        ({"nbf": time.time() + 100_000}, 700024),
        ({"exp": None}, 50027),
        ({"exp": "soon"}, 50027),
        ({"exp": True}, 50027),
        ({"exp": float("inf")}, 50027),
        ({"nbf": [1]}, 50027),
        ({"aud": "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0"}, 700023),
        ({"aud": "https://elsewhere.example.com/contoso.com/oauth2/v2.0/token"}, 700023),
        ({"aud": "http://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"}, 700023),
        ({"aud": "https://login.microsoftonline.com/contoso.com/elsewhere"}, 700023),
        ({"aud": None}, 700023),
        ({"sub": "someone"}, 50048),
        ({"sub": "x", "iss": "x"}, 700021),
        ({"sub": None, "iss": None}, 700021),
        ({"header": {"x5t": "AAAA"}}, 700027),
        ({"header": {"x5t": "A"}}, 50027),
        ({"header": {"x5t#S256": "AAAA"}}, 700027),
        ({"header": {"typ": "JWT"}}, 50027),
        ({"algorithm": "RS384"}, 50027),
    ],
)
def test_wrong_assertions(client: Client, changes: dict[str, Any], number: int) -> None:
    status, got = asked(client, assertion(client, **changes))
    assert got == number
    assert status == 401


def test_skew_of_a_few_minutes_is_forgiven(client: Client) -> None:
    assert asked(client, assertion(client, exp=time.time() - 100, nbf=time.time() + 100))[0] == 200


@pytest.mark.parametrize("token", ["x.y.z", "no dots", "a.b", "e30.e30.AA"])
def test_malformed(client: Client, token: str) -> None:
    assert asked(client, token) == (401, 50027)


def test_claims_that_are_no_object(client: Client) -> None:
    own = client.tenant.certificate
    token = jwt.PyJWS().encode(b"[1]", own.private, "RS256", {"x5t": named(own, hashes.SHA1())})
    assert asked(client, token) == (401, 50027)


def test_a_key_of_someone_elses(client: Client, foreign: ClientCertificate) -> None:
    assert asked(client, assertion(client, key=foreign.private)) == (401, 700027)
    header = {"x5t": named(foreign, hashes.SHA1())}
    assert asked(client, assertion(client, key=foreign.private, header=header)) == (401, 700027)
    client.tenant.app.certificates.append(foreign.certificate_pem)
    assert asked(client, assertion(client, key=foreign.private, header=header))[0] == 200


def test_the_refusal_names_the_key(client: Client) -> None:
    fields = {
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion(client, header={"x5t": "AAAA"}),
    }
    answer = client.token_answer(client_secret="", **fields).json()
    assert "The key was not found., Thumbprint of key used by client: '000000'" in answer["error_description"]


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_another_type_of_assertion(client: Client, kind: str) -> None:
    assert asked(client, assertion(client), client_assertion_type=kind) == (400, 900144)


def test_an_expired_certificate(client: Client) -> None:
    old = made(starts=datetime.now(UTC) - timedelta(days=40))
    client.tenant.app.certificates.append(old.der)
    header = {"x5t": named(old, hashes.SHA1())}
    assert asked(client, assertion(client, key=old.private, header=header)) == (401, 700027)


def test_a_certificate_with_another_kind_of_key(client: Client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    client.tenant.app.certificates.append(certificate.public_bytes(serialization.Encoding.DER))
    x5t = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA1())).decode()
    assert asked(client, assertion(client, header={"x5t": x5t})) == (401, 700027)


def test_the_certificate_is_registered_when_read_and_stays(client: Client) -> None:
    fresh = Tenant(size=1)
    assert fresh.app.certificates == []
    own = fresh.certificate
    assert fresh.app.certificates == [own.der]
    assert fresh.certificate is own
    fresh.reset()
    assert fresh.app.certificates == [own.der]


def test_its_forms_agree() -> None:
    own = Tenant(size=1).certificate
    key, certificate, _ = pkcs12.load_key_and_certificates(own.pfx, own.password.encode())
    assert certificate is not None
    assert certificate.public_bytes(serialization.Encoding.DER) == own.der
    assert key is not None
    assert own.pem == own.key_pem + own.certificate_pem
    assert x509.load_pem_x509_certificate(own.pem).fingerprint(hashes.SHA1()).hex().upper() == own.thumbprint


def test_a_secret_wins_over_a_broken_assertion(client: Client) -> None:
    secret = client.tenant.client_secret
    status, found = asked(client, "x.y.z", client_secret=secret)
    assert (status, found["appidacr"]) == (200, "1")
