"""What DNS says of the tenant's mail domains, as a careful administrator publishes it.

Names under onmicrosoft.com are Microsoft's: it publishes their MX and SPF records, and the customer adds DMARC's in
the admin centre (https://learn.microsoft.com/defender-office-365/email-authentication-dmarc-configure). What the
fixtures say of a name goes before this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant_fixtures import baseline_objects

if TYPE_CHECKING:
    from mocktenant.base import Base
    from mocktenant.collection import Object

_MICROSOFTS = ".onmicrosoft.com"
_MX = "mail.protection.outlook.com"
_SPF = "v=spf1 include:spf.protection.outlook.com -all"


def records(tenant: Base) -> list[Object]:
    """SPF, DMARC, MX and the keys of DKIM of every accepted domain."""
    said = {(each["Name"], each["Type"]) for each in baseline_objects("dnsRecords")}
    domains = [str(each["DomainName"]) for each in tenant.objects("acceptedDomains")]
    made = [each for domain in domains for each in _of_domain(domain)]
    made += [each for config in tenant.objects("dkimSigningConfigs") for each in _keys(config)]
    return [each for each in made if (each["Name"], each["Type"]) not in said]


def _of_domain(domain: str) -> list[Object]:
    host = domain.removesuffix(_MICROSOFTS) if domain.endswith(_MICROSOFTS) else domain
    return [
        _record(domain, "TXT", _SPF),
        _record(domain, "MX", f"0 {host.replace('.', '-')}.{_MX}"),
        _record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"),
    ]


def _keys(config: Object) -> list[Object]:
    named = ((place, config.get(f"Selector{place}CNAME")) for place in (1, 2))
    return [
        _record(f"selector{place}._domainkey.{config['Domain']}", "CNAME", str(target))
        for place, target in named
        if target
    ]


def _record(name: str, type: str, value: str) -> Object:
    return {"Name": name.lower(), "Type": type, "Values": [value]}
