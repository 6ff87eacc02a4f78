"""A plain client of the mock tenant: requests through its proxy, trusting its authority only."""

from __future__ import annotations

from typing import Any

import requests

from mocktenant import Server

GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"
LOGIN = "https://login.microsoftonline.com"
MANAGEMENT = "https://manage.office.com"


class Client:
    """Everything a test asks, with the server's own credentials unless told otherwise."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.tenant = server.tenant
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"https": server.proxy_url}
        self.session.verify = str(server.ca_file)
        self.anchor = f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{self.tenant.tenant_id}"

    def token_answer(self, segment: str | None = None, *, v1: bool = False, **form: str) -> requests.Response:
        """One token request; form fields override the good ones, and an empty one is left out."""
        api = "resource" if v1 else "scope"
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.tenant.client_id,
            "client_secret": self.tenant.client_secret,
            api: EXCHANGE if v1 else f"{EXCHANGE}/.default",
        } | form
        path = "oauth2/token" if v1 else "oauth2/v2.0/token"
        return self.session.post(
            f"{LOGIN}/{segment or self.tenant.tenant_id}/{path}", data={k: v for k, v in fields.items() if v}
        )

    def token(self, resource: str = EXCHANGE) -> str:
        answer = self.token_answer(scope=f"{resource}/.default")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def graph(
        self, path: str, *, token: str | None = None, method: str = "GET", **headers: str
    ) -> requests.Response:
        bearer = self.token(GRAPH) if token is None else token
        url = path if path.startswith("https:") else f"{GRAPH}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, url, headers={"Authorization": f"Bearer {bearer}"} | named)

    def invoke(
        self,
        cmdlet: str,
        parameters: dict[str, Any] | None = None,
        *,
        url: str | None = None,
        token: str | None = None,
        stream: bool = False,
        **headers: str,
    ) -> requests.Response:
        bearer = self.token() if token is None else token
        named = {"X-AnchorMailbox": self.anchor} | {n.replace("_", "-"): v for n, v in headers.items()}
        return self.session.post(
            url or f"{EXCHANGE}/adminapi/beta/{self.tenant.tenant_id}/InvokeCommand",
            json={"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters or {}}},
            headers={"Authorization": f"Bearer {bearer}"} | named,
            stream=stream,
        )

    def control(self, method: str, path: str, **keywords: Any) -> requests.Response:
        return self.session.request(method, f"{self.server.control_url}{path}", **keywords)
