"""What the directory says of an app that signs in: whether it is there, enabled, and what it was granted."""

from __future__ import annotations

from datetime import datetime

from mocktenant.apps import App, adopted, made
from mocktenant.collection import Object
from mocktenant.naming import UnknownObject
from mocktenant.registration import RESOURCES, application, service_principal
from mocktenant.tenant import Tenant


def registered(tenant: Tenant, name: str, app_roles: set[str], directory_roles: set[str]) -> App:
    """A new app, known to sign-in and put into the directory. Raises UnknownDirectoryRole."""
    app = made(tenant.seed, name, len(tenant.apps), app_roles, directory_roles)
    tenant.put("applications", application(app, tenant.clock, tenant.domain))
    tenant.put("servicePrincipals", service_principal(app, tenant.tenant_id))
    tenant.apps[app.client_id] = app
    return app


def adopted_from_directory(tenant: Tenant, key: str) -> App:
    """The app of a service principal by id, appId or name. Raises UnknownObject."""
    principals = tenant.objects("servicePrincipals")
    found = next(
        (sp for sp in principals if key.lower() in _lower(sp, "id", "appId") or key == sp.get("displayName")),
        None,
    )
    if found is None:
        raise UnknownObject(f"no app {key!r} in servicePrincipals")
    known = tenant.apps.get(str(found["appId"]).lower())
    if known is not None:
        return known
    app = adopted(tenant.seed, _by_app_id(tenant, str(found["appId"])), found)
    tenant.apps[app.client_id] = app
    return app


def principal(tenant: Tenant, app: App) -> Object | None:
    """The service principal of an app, None once it is deleted."""
    return tenant.collection("servicePrincipals").get(app.object_id)


def may_sign_in(tenant: Tenant, app: App) -> bool:
    """Whether an app is there and enabled, as its tokens' bearers are looked at."""
    found = principal(tenant, app)
    return app.enabled and found is not None and found.get("accountEnabled") is not False


def is_deleted(tenant: Tenant, app: App) -> bool:
    """Whether the service principal or the application object was taken away."""
    if principal(tenant, app) is None:
        return True
    return bool(app.application_id) and app.application_id not in tenant.collection("applications")


def secrets(tenant: Tenant, app: App) -> list[tuple[str, bool]]:
    """The secrets that open an app, each with whether its time is over.

    One whose keyId is not, or no longer, listed in the directory is not among them.
    """
    known = dict(app.secrets)
    unlisted: list[tuple[str, bool]] = []
    if app.secret_key:
        known[app.secret_key] = app.client_secret
    else:
        unlisted.append((app.client_secret, app.secret_expired))
    listed = [*_credentials(tenant.collection("applications").get(app.application_id))]
    listed += _credentials(principal(tenant, app))
    return unlisted + [
        (known[each["keyId"]], app.secret_expired or _is_past(each.get("endDateTime"), tenant.clock))
        for each in listed
        if each.get("keyId") in known
    ]


def lacks(tenant: Tenant, service: str) -> bool:
    """Whether the tenant has no service principal of an API that declares app roles here."""
    return service in RESOURCES and _api(tenant, service) is None


def app_roles(tenant: Tenant, app: App, service: str) -> list[str]:
    """The app roles of a service's API that an app holds, sorted: its own and those assigned in the directory."""
    resource = _api(tenant, service) or {}
    names = {role["id"]: role["value"] for role in resource.get("appRoles", [])}
    assigned = {
        names[each["appRoleId"]]
        for each in tenant.collection("appRoleAssignments").where("principalId", app.object_id)
        if each["resourceId"] == resource.get("id") and each["appRoleId"] in names
    }
    return sorted({*app.roles_for(service), *assigned})


def directory_roles(tenant: Tenant, app: App) -> list[str]:
    """The template ids of the directory roles that an app holds for the whole tenant, its own first."""
    assigned = {
        str(each["roleDefinitionId"])
        for each in tenant.collection("roleAssignments").where("principalId", app.object_id)
        if each.get("directoryScopeId", "/") == "/"
    }
    return list(dict.fromkeys([*app.template_ids(), *sorted(assigned)]))


def federated_credentials(tenant: Tenant, app: App) -> list[Object]:
    """The federated identity credentials of an app's application object."""
    if not app.application_id:
        return []
    return tenant.collection("federatedIdentityCredentials").where("applicationId", app.application_id)


def _api(tenant: Tenant, service: str) -> Object | None:
    wanted = RESOURCES.get(service)
    return next((sp for sp in tenant.objects("servicePrincipals") if sp.get("appId") == wanted), None)


def _credentials(item: Object | None) -> list[Object]:
    return list((item or {}).get("passwordCredentials") or [])


def _is_past(end: object, now: datetime) -> bool:
    return isinstance(end, str) and datetime.fromisoformat(end) <= now


def _by_app_id(tenant: Tenant, app_id: str) -> Object | None:
    return next((each for each in tenant.objects("applications") if each.get("appId") == app_id), None)


def _lower(item: Object, *names: str) -> list[str]:
    return [str(item.get(name)).lower() for name in names]
