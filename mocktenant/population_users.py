"""People as the directory knows them, the tenant itself, and who reports to whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mocktenant.population import Person, people_of, stamp

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object


def users(tenant: Base) -> list[Object]:
    """An account for everyone."""
    licences: list[Object] = [{"disabledPlans": [], "skuId": tenant.licence.of_people.sku}]
    return [_user(tenant, person, licences) for person in people_of(tenant)]


def managers(tenant: Base) -> list[Object]:
    """Who reports to whom; the first of all to nobody."""
    return [
        {"userId": person.id, "managerId": person.manager}
        for person in people_of(tenant)
        if person.manager is not None
    ]


def organization(tenant: Base) -> list[Object]:
    """The tenant's own row."""
    created = stamp(datetime(2024, 2, 12, 9, 20, 31, tzinfo=tenant.clock.tzinfo))
    return [
        {
            "id": tenant.tenant_id,
            "assignedPlans": [],
            "businessPhones": ["+1 425 555 0100"],
            "city": "Redmond",
            "countryLetterCode": "US",
            "createdDateTime": created,
            "defaultUsageLocation": "US",
            "displayName": "Contoso",
            "marketingNotificationEmails": [],
            "onPremisesSyncEnabled": None,
            "partnerTenantType": None,
            "postalCode": "98052",
            "preferredLanguage": "en",
            "privacyProfile": None,
            "provisionedPlans": [],
            "securityComplianceNotificationMails": [],
            "securityComplianceNotificationPhones": [],
            "state": "WA",
            "street": "1 Contoso Way",
            "technicalNotificationMails": ["it@contoso.com"],
            "tenantType": "AAD",
            "verifiedDomains": [_verified(domain) for domain in tenant.objects("domains")],
        }
    ]


def _user(tenant: Base, person: Person, licences: list[Object]) -> Object:
    """An account. What many have alike is one object for all: the state is shared and never changed in place."""
    guest, member = person.kind == "guest", person.kind == "member"
    upn = person.upn(tenant.domain)
    created = stamp(person.created)
    addresses = [f"SMTP:{person.mail}"]
    if not guest:
        addresses.append(f"smtp:{person.alias}@{tenant.domain}")
    return {
        "id": person.id,
        "accountEnabled": person.enabled and (member or guest),
        "assignedLicenses": licences if member else _NOTHING,
        "businessPhones": [person.phone] if member and person.phone else _NOTHING,
        "city": person.city,
        "companyName": "Contoso" if not guest else person.mail.rpartition("@")[2].partition(".")[0].title(),
        "country": person.country.name,
        "createdDateTime": created,
        "creationType": "Invitation" if guest else None,
        "department": person.department,
        "displayName": person.name,
        "externalUserState": "Accepted" if guest else None,
        "externalUserStateChangeDateTime": created if guest else None,
        "givenName": person.given,
        "jobTitle": person.job if member or guest else None,
        "lastPasswordChangeDateTime": created,
        "mail": person.mail,
        "mailNickname": upn.partition("@")[0],
        "officeLocation": person.office,
        "preferredLanguage": person.country.language if member else None,
        "proxyAddresses": addresses,
        "signInSessionsValidFromDateTime": created,
        "surname": person.family,
        "usageLocation": person.country.code if member else None,
        "userPrincipalName": upn,
        "userType": "Guest" if guest else "Member",
    }


_NOTHING: list[Object] = []


def _verified(domain: Object) -> Object:
    return {
        "capabilities": ", ".join(domain.get("supportedServices", [])),
        "isDefault": domain.get("isDefault", False),
        "isInitial": domain.get("isInitial", False),
        "name": domain["id"],
        "type": domain.get("authenticationType", "Managed"),
    }
