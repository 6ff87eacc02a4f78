"""What is read of people's authentication methods; of single people only if they are administrators."""

from __future__ import annotations

from o365scan.api import GRAPH, Data, Dataset, FanOut, GraphList, GraphObject, Permission, Record

from .administrators import READS, administrators
from .directory import users
from .licences import P1_NAME

_REFERENCE = "https://learn.microsoft.com/graph/api/"

registration_details = Dataset(
    name="entra.registration-details",
    source=GraphList(path="/reports/authenticationMethods/userRegistrationDetails", page_size=999),
    key="id",
    title="userPrincipalName",
    type="userRegistrationDetails",
    permission=Permission(api=GRAPH, app_roles=("AuditLog.Read.All",)),
    reference=_REFERENCE + "authenticationmethodsroot-list-userregistrationdetails",
    licence=P1_NAME,
    configuration=False,
)
"""Who has registered a second factor that policy allows. Disabled users are left out."""


def _is_admin(user: Record, data: Data) -> bool:
    return user.key in data.once(administrators).people


admin_authentication_methods = Dataset(
    name="entra.admin-authentication-methods",
    source=FanOut(
        over=users,
        request=GraphList(path="/users/{id}/authentication/methods"),
        where=_is_admin,
        reads=READS,
    ),
    key="id",
    title="id",
    type="authenticationMethod",
    permission=Permission(
        api=GRAPH, app_roles=("UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All")
    ),
    reference=_REFERENCE + "authentication-list-methods",
    configuration=False,
    secrets=("phoneNumber", "emailAddress", "password", "secretKey", "temporaryAccessPass"),
)
"""The methods of each administrator, passwords included; `@odata.type` says what one is."""

admin_mfa_requirements = Dataset(
    name="entra.admin-mfa-requirements",
    source=FanOut(
        over=users,
        request=GraphObject(path="/users/{id}/authentication/requirements", version="beta"),
        where=_is_admin,
        reads=READS,
    ),
    key="",
    title="",
    type="strongAuthenticationRequirements",
    permission=Permission(api=GRAPH, app_roles=("Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod")),
    reference=_REFERENCE + "authentication-get?view=graph-rest-beta",
    configuration=False,
)
"""The older setting of single users, `perUserMfaState`; Microsoft Graph has it in beta only."""

admin_memberships = Dataset(
    name="entra.admin-memberships",
    source=FanOut(
        over=users,
        request=GraphList(path="/users/{id}/transitiveMemberOf", select=("id", "displayName"), page_size=999),
        where=_is_admin,
        reads=READS,
    ),
    key="id",
    title="displayName",
    type="directoryObject",
    permission=Permission(
        api=GRAPH, app_roles=("User.Read.All", "GroupMember.Read.All", "Directory.Read.All")
    ),
    reference=_REFERENCE + "user-list-transitivememberof",
    configuration=False,
)
"""The groups that each administrator is in, nested ones included: policies include and exclude them."""
