"""Applications and service principals: made, changed, deleted; their credentials."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mocktenant import seeds
from mocktenant.graph import errors
from mocktenant.graph.bodies import plain
from mocktenant.graph.calls import Reply
from mocktenant.graph.table.app_roles import WRITE_APPLICATIONS
from mocktenant.graph.writes.deleted import bury
from mocktenant.graph.writes.stored import Act, forget, now, stamp
from mocktenant.naming import UnknownObject

if TYPE_CHECKING:
    from mocktenant.collection import Object
    from mocktenant.graph.calls import Call

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SECRET_LIFE = timedelta(days=730)


_OWNERS = {
    "applications": ("applicationOwners", "applicationId"),
    "servicePrincipals": ("servicePrincipalOwners", "servicePrincipalId"),
}


def owned(collection: str, act: Act) -> Act:
    """What a caller that may only manage its own may do to those alone."""

    def checked(call: Call) -> Reply:
        relation, _ = _OWNERS[collection]
        about = call.parents[0] if call.parents else call.one
        pair = f"{about['id']}/{call.caller.object_id}"
        if _only_own(call) and pair not in call.tenant.collection(relation):
            raise errors.denied()
        return act(call)

    return checked


def _only_own(call: Call) -> bool:
    return call.caller.roles.isdisjoint(WRITE_APPLICATIONS)


def _own(call: Call, collection: str, made: Object) -> None:
    """An app that may only manage its own becomes the owner of what it makes."""
    relation, name = _OWNERS[collection]
    if _only_own(call):
        call.tenant.put(relation, {name: made["id"], "ownerId": call.caller.object_id})


def create(call: Call) -> Reply:
    """An application, with an app id of its own."""
    made = call.tenant.put(
        "applications",
        {
            "appId": call.tenant.next_guid("appId"),
            "createdDateTime": now(call),
            "publisherDomain": call.tenant.domain,
            "signInAudience": "AzureADMyOrg",
            **plain(call.body),
        },
    )
    _own(call, "applications", made)
    return Reply(201, made)


def of_its_own_name(call: Call) -> dict[str, Any]:
    """A federated credential's application. Raises GraphRefused for a name, or an issuer and subject, that it has.

    What is said is seen in https://github.com/Azure/azure-dev/issues/1482 and, of the subject,
    https://github.com/Azure/azure-workload-identity/issues/434.
    """
    id, made = call.parents[0]["id"], call.body
    for each in call.tenant.collection("federatedIdentityCredentials").where("applicationId", id):
        if each["name"] == made["name"]:
            text = f"FederatedIdentityCredential with name {made['name']} already exists."
            raise errors.GraphRefused(409, "Request_MultipleObjectsWithSameKeyValue", text)
        if (each["issuer"], each["subject"]) == (made["issuer"], made["subject"]):
            text = (
                f"The combination of issuer and subject must be unique for the application. Issuer {made['issuer']}"
                f" and Subject: {made['subject']} already exist."
            )
            raise errors.GraphRefused(400, "InvalidFederatedIdentityCredentialValue", text)
    return {"applicationId": id}


def create_principal(call: Call) -> Reply:
    """The service principal of an application. Raises GraphRefused for an app id that has one."""
    app_id = str(call.body["appId"])
    if any(app_id.lower() == str(sp.get("appId")).lower() for sp in call.tenant.objects("servicePrincipals")):
        text = f"The service principal cannot be created because the service principal name {app_id} is already in use."
        raise errors.GraphRefused(409, "Request_MultipleObjectsWithSameKeyValue", text)
    app = _application(call, app_id)
    made = call.tenant.put(
        "servicePrincipals",
        {
            "accountEnabled": True,
            "appDisplayName": app.get("displayName"),
            "appOwnerOrganizationId": call.tenant.tenant_id if app else None,
            "displayName": app.get("displayName"),
            "servicePrincipalNames": [app_id],
            "servicePrincipalType": "Application",
            "signInAudience": app.get("signInAudience", "AzureADMultipleOrgs"),
            **plain(call.body),
        },
    )
    _own(call, "servicePrincipals", made)
    return Reply(201, made)


def delete(call: Call) -> Reply:
    """An application and its service principal here, to the deleted items."""
    for principal in call.tenant.objects("servicePrincipals"):
        if principal.get("appId") == call.one["appId"]:
            _bury_principal(call, principal)
    bury(call, "applications", call.one)
    return Reply()


def delete_principal(call: Call) -> Reply:
    """A service principal, to the deleted items; what it was granted is gone (that it stays gone is unconfirmed)."""
    _bury_principal(call, call.one)
    return Reply()


def adds_password(collection: str) -> Act:
    """A new secret: told once, kept without its text."""

    def act(call: Call) -> Reply:
        given = call.body.get("passwordCredential") or {}
        source = seeds.rng(call.tenant.seed, f"secret/{call.tenant.next_guid('secret')}")
        text = "".join(source.choices(_LETTERS, k=37))
        secret = f"{text[:3]}8Q~{text[3:]}"
        made = {
            "customKeyIdentifier": None,
            "displayName": given.get("displayName"),
            "endDateTime": given.get("endDateTime") or stamp(call.tenant.clock + _SECRET_LIFE),
            "hint": secret[:3],
            "keyId": seeds.guid(source),
            "startDateTime": given.get("startDateTime") or now(call),
        }
        _let_in(call, str(made["keyId"]), secret)
        _replace(call, collection, "passwordCredentials", [*_held(call, "passwordCredentials"), made])
        context = {"@odata.context": f"{call.base}/$metadata#microsoft.graph.passwordCredential"}
        return Reply(200, body=context | made | {"secretText": secret})

    return act


def _let_in(call: Call, key_id: str, secret: str) -> None:
    """From now on the secret opens the app, as long as it is listed; an app without a principal can't sign in."""
    try:
        app = call.tenant.adopt_app(str(call.parents[0].get("appId")))
    except UnknownObject:
        return
    app.secrets[key_id] = secret


def removes_credential(collection: str, name: str) -> Act:
    """A secret or a certificate, by its key id. The proof that removeKey wants is not verified."""

    def act(call: Call) -> Reply:
        held = _held(call, name)
        left = [each for each in held if str(each["keyId"]).lower() != str(call.body["keyId"]).lower()]
        if len(left) == len(held):
            raise errors.bad_value("No credentials found to be removed.")  # wording unconfirmed
        _replace(call, collection, name, left)
        return Reply()

    return act


def _held(call: Call, name: str) -> list[Any]:
    return list(call.parents[0].get(name) or [])


def _replace(call: Call, collection: str, name: str, credentials: list[Any]) -> None:
    call.tenant.patch(collection, call.parents[0]["id"], {name: credentials})


def _application(call: Call, app_id: str) -> Object:
    held = call.tenant.objects("applications")
    return next((app for app in held if str(app.get("appId")).lower() == app_id.lower()), {})


def _bury_principal(call: Call, principal: Object) -> None:
    own = principal["id"]
    bury(call, "servicePrincipals", principal)
    forget(call, "appRoleAssignments", where=lambda one: own in (one["principalId"], one["resourceId"]))
    forget(call, "oauth2PermissionGrants", where=lambda one: own in (one["clientId"], one["resourceId"]))
