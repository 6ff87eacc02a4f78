"""Sign-in without a secret: GitHub's token of a job, and what the application trusts."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import jwt
import msal
import pytest

from mocktenant import Fault
from mocktenant.github.issuer import URL, Job
from mocktenant.issuers import Issuer
from mocktenant.login.assertions import TYPE

from .client import GRAPH, LOGIN, Client

AUDIENCE = "api://AzureADTokenExchange"


def trust(client: Client, **changes: Any) -> None:
    app = client.tenant.app
    good = {
        "id": "github",
        "applicationId": app.application_id,
        "name": "github",
        "issuer": URL,
        "subject": client.tenant.github.job.subject,
        "audiences": [AUDIENCE],
    }
    client.tenant.put("federatedIdentityCredentials", good | changes)


def job_token(client: Client, audience: str | None = AUDIENCE) -> str:
    """What a workflow does: it asks at the address in its environment."""
    variables = client.tenant.github.environment()
    suffix = "" if audience is None else f"&audience={audience}"
    answer = client.session.get(
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"] + suffix,
        headers={"Authorization": f"bearer {variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
    )
    assert answer.status_code == 200
    assert answer.json()["count"] == len(answer.json()["value"])
    return str(answer.json()["value"])


def asked(client: Client, token: str) -> tuple[int, Any]:
    """Status, and the claims of the token or the refusal's body."""
    answer = client.token_answer(
        scope=f"{GRAPH}/.default", client_secret="", client_assertion_type=TYPE, client_assertion=token
    )
    body = answer.json()
    if answer.status_code == 200:
        return 200, jwt.decode(body["access_token"], options={"verify_signature": False})
    return answer.status_code, body


def test_a_job_signs_in(fresh: Client) -> None:
    trust(fresh)
    status, found = asked(fresh, job_token(fresh))
    assert (status, found["appidacr"], found["appid"]) == (200, "2", fresh.tenant.client_id)


def test_msal_asks_for_the_assertion_itself(fresh: Client) -> None:
    trust(fresh)
    app = msal.ConfidentialClientApplication(
        fresh.tenant.client_id,
        authority=f"{LOGIN}/{fresh.tenant.tenant_id}",
        client_credential={"client_assertion": lambda: job_token(fresh)},
        http_client=fresh.session,
    )
    assert "access_token" in app.acquire_token_for_client([f"{GRAPH}/.default"])


def test_the_job_token_verifies_against_githubs_published_keys(fresh: Client) -> None:
    known = fresh.session.get(f"{URL}/.well-known/openid-configuration").json()
    assert known["issuer"] == URL
    (key,) = fresh.session.get(known["jwks_uri"]).json()["keys"]
    token = job_token(fresh, None)
    found = jwt.decode(
        token, jwt.PyJWK(key).key, algorithms=["RS256"], audience="https://github.com/contoso", issuer=URL
    )
    assert set(found) <= set(known["claims_supported"])
    assert found["exp"] - found["iat"] == 300
    assert found["repository"] == fresh.tenant.github.environment()["GITHUB_REPOSITORY"]


@pytest.mark.parametrize(
    ("job", "subject"),
    [
        (Job(), "repo:contoso/tenant-scan:ref:refs/heads/main"),
        (Job(environment="m365-readonly"), "repo:contoso/tenant-scan:environment:m365-readonly"),
        (Job(event="pull_request"), "repo:contoso/tenant-scan:pull_request"),
        (
            Job(immutable=True, owner_id=1, repository_id=2),
            "repo:contoso@1/tenant-scan@2:ref:refs/heads/main",
        ),
    ],
)
def test_subjects(fresh: Client, job: Job, subject: str) -> None:
    fresh.tenant.github.job = job
    found = jwt.decode(job_token(fresh), options={"verify_signature": False})
    assert (found["sub"], found.get("environment")) == (subject, job.environment)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"issuer": URL + "/"}, 700211),
        ({"subject": "repo:Contoso/tenant-scan:ref:refs/heads/main"}, 700213),
        ({"audiences": ["api://azureadtokenexchange"]}, 700212),
    ],
)
def test_one_field_that_differs_is_named(fresh: Client, changes: dict[str, Any], number: int) -> None:
    trust(fresh, **changes)
    status, body = asked(fresh, job_token(fresh))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [number])
    assert "case-sensitive comparison" in body["error_description"]


def test_no_single_field_is_to_blame(fresh: Client) -> None:
    trust(fresh, audiences=["other"])
    trust(fresh, id="second", subject="other")
    assert asked(fresh, job_token(fresh))[1]["error_codes"] == [70021]


def test_an_app_that_trusts_nobody(fresh: Client) -> None:
    assert asked(fresh, job_token(fresh))[1]["error_codes"] == [70025]
    fresh.tenant.app.application_id = ""
    assert asked(fresh, job_token(fresh))[1]["error_codes"] == [70025]


def test_five_minutes_and_a_little_later_it_is_too_old(fresh: Client) -> None:
    trust(fresh)
    fresh.tenant.timer.stop()
    token = job_token(fresh)
    fresh.tenant.timer.advance(599)
    assert asked(fresh, token)[0] == 200
    fresh.tenant.timer.advance(10)
    assert asked(fresh, token)[1]["error_codes"] == [700024]


def test_a_token_of_another_key(fresh: Client) -> None:
    trust(fresh)
    good = jwt.decode(job_token(fresh), options={"verify_signature": False})
    forged = Issuer("https://issuer.example.com").sign(good)
    assert asked(fresh, forged)[1]["error_codes"] == [700027]
    kept = job_token(fresh).rpartition(".")[0]
    assert asked(fresh, f"{kept}.{forged.rpartition('.')[2]}")[1]["error_codes"] == [700027]


def test_an_issuer_that_nobody_can_reach(fresh: Client) -> None:
    other = Issuer("https://issuer.example.com")
    trust(fresh, issuer=other.url, subject="job")
    now = time.time()
    token = other.sign({"iss": other.url, "sub": "job", "aud": [AUDIENCE], "exp": now + 60})
    assert asked(fresh, token)[1]["error_codes"] == [501661]
    fresh.tenant.issuers[other.url] = other
    assert asked(fresh, token)[0] == 200


def test_the_token_service_knows_its_job_only(fresh: Client) -> None:
    url = fresh.tenant.github.environment()["ACTIONS_ID_TOKEN_REQUEST_URL"]
    assert fresh.session.get(url).status_code == 401
    assert fresh.session.get(url, headers={"Authorization": "bearer x"}).status_code == 401
    assert fresh.session.get(url.replace("idtoken", "idtokens")).status_code == 404


def test_github_can_fail_too(fresh: Client) -> None:
    fresh.tenant.faults.add(Fault(host="token.actions.githubusercontent.com", status=503))
    answer = fresh.session.get(f"{URL}/.well-known/jwks")
    assert (answer.status_code, answer.text) == (503, "")


def test_reset_brings_the_first_job_back(fresh: Client) -> None:
    fresh.tenant.github.job = replace(fresh.tenant.github.job, ref="refs/tags/v1")
    assert jwt.decode(job_token(fresh), options={"verify_signature": False})["ref_type"] == "tag"
    before = fresh.tenant.github.environment()
    fresh.tenant.reset()
    assert fresh.tenant.github.environment() == before | {"GITHUB_REF": "refs/heads/main"}
