"""What is read of when people signed in last."""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, GraphList, Permission

from .licences import P1_NAME

people_sign_ins = Dataset(
    name="entra.people-sign-ins",
    # A list for everybody: asked for person by person, ten requests a minute are the limit. With this property a
    # page holds 500 users at most.
    source=GraphList(path="/users", select=("id", "userPrincipalName", "signInActivity"), page_size=500),
    key="id",
    title="userPrincipalName",
    type="user",
    # Either alone is refused: one is for the list, the other for the property.
    permission=Permission(
        api=GRAPH,
        app_roles=("User.Read.All + AuditLog.Read.All", "Directory.Read.All + AuditLog.Read.All"),
    ),
    reference="https://learn.microsoft.com/graph/api/resources/signinactivity",
    licence=P1_NAME,
    configuration=False,
)
"""The last sign-ins of everybody, `signInActivity`; it is null, or left out, for who never signed in."""
