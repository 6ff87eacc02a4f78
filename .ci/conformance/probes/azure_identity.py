"""azure-identity: its credentials find everything in the environment."""

from __future__ import annotations

import os

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential, DefaultAzureCredential
from reporting import claims, refusal, report

GRAPH = "https://graph.microsoft.com/.default"
TENANT, CLIENT = os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"]
DOMAIN = os.environ["MOCKTENANT_DOMAIN"]
CERTIFICATE = os.environ["CONFORMANCE_CERTIFICATE"]
SECRET = os.environ["AZURE_CLIENT_SECRET"]

report(
    {
        "sign in, secret": lambda: claims(DefaultAzureCredential().get_token(GRAPH).token),
        "sign in, certificate": lambda: claims(
            CertificateCredential(TENANT, CLIENT, CERTIFICATE).get_token(GRAPH).token
        ),
        "sign in, tenant by domain": lambda: claims(
            ClientSecretCredential(DOMAIN, CLIENT, SECRET).get_token(GRAPH).token
        ),
        "wrong secret": lambda: refusal(
            ClientAuthenticationError,
            lambda: ClientSecretCredential(TENANT, CLIENT, "wrong").get_token(GRAPH),
        ),
    }
)
