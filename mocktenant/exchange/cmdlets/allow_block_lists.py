"""The tenant's own lists of what to allow and what to block, whatever the filters say."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.cmdlet import NAMED, Cmdlet, Row
from mocktenant.exchange.grants import VIEW_HYGIENE
from mocktenant.exchange.objects import completed, template
from mocktenant.exchange.parameters import Choice, Read, Switch, Text
from mocktenant.tenant import Tenant
from mocktenant.words import words

LIST_TYPES = words("BulkSender FileHash IP Sender Url")


def _listed(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-TenantAllowBlockListItems."""
    changed = given.get("LastModifiedDateTime") or given.get("CreatedDateTime")
    defaults = template(
        "Identity Error EntryValueHash Value Notes Action=Block SubmissionID ListSubType=Tenant SysManaged=false "
        "CreatedDateTime LastModifiedDateTime LastUsedDate ExpirationDate RemoveAfter ModifiedBy "
        "ObjectState=Unchanged"
    )
    decided = {name: value for name, value in given.items() if name != "ListType"}
    return completed(defaults | {"Identity": given.get("Guid"), "LastModifiedDateTime": changed}, decided)


def _on_list(tenant: Tenant, given: Read) -> list[Object]:
    (kind,) = given["ListType"]
    return [
        item
        for item in tenant.objects("allowBlockListItems")
        if item["ListType"] == kind
        and _says(item, given)
        and ("Entry" not in given or str(item["Value"]).lower() == given["Entry"].lower())
        and (not given.get("NoExpiration") or item.get("ExpirationDate") is None)
    ]


def _says(item: Object, given: Read) -> bool:
    """Whether an entry allows or blocks, as asked for; without either it does not matter."""
    wanted = {name for name in ("Allow", "Block") if given.get(name)}
    subtypes = given.get("ListSubType", [item.get("ListSubType", "Tenant")])
    return (not wanted or item.get("Action", "Block") in wanted) and item.get(
        "ListSubType", "Tenant"
    ) in subtypes


def _spoofed(_tenant: Tenant, given: Object) -> Object:
    """A row of Get-TenantAllowBlockListSpoofItems."""
    pair = f"{given['SpoofedUser']};{given['SendingInfrastructure']}"
    defaults = template(
        "Identity SpoofedUser SendingInfrastructure SpoofType=External Action=Allow ObjectState=Unchanged"
    )
    return completed(
        defaults | {"Identity": pair}, {name: value for name, value in given.items() if name != "Guid"}
    )


def _spoof(row: Object, given: Read) -> bool:
    return row["Action"] in given.get("Action", [row["Action"]]) and row["SpoofType"] in given.get(
        "SpoofType", [row["SpoofType"]]
    )


ROWS: dict[str, Row] = {
    "Get-TenantAllowBlockListItems": Cmdlet(
        collection="allowBlockListItems",
        shape=_listed,
        parameters={
            "Allow": Switch(),
            "Block": Switch(),
            "Entry": Text(),
            "ListSubType": Choice(
                "Microsoft.Exchange.Management.FfoQuarantine.ListSubType[]",
                words("AdvancedDelivery Submission Tenant"),
            ),
            "ListType": Choice("Microsoft.Exchange.Management.FfoQuarantine.ListType", LIST_TYPES),
            "NoExpiration": Switch(),
        },
        required=("ListType",),
        key=None,
        source=_on_list,
        default_size=None,
        grant=VIEW_HYGIENE,
        unemulated=frozenset({"ExpirationDate", "OutputJson"}),
        unconfirmed="order of the properties",
    ),
    "Get-TenantAllowBlockListSpoofItems": Cmdlet(
        collection="allowBlockListSpoofItems",
        shape=_spoofed,
        parameters={
            **NAMED,
            "Action": Choice("Microsoft.Exchange.Management.FfoQuarantine.Action", ("Allow", "Block")),
            "SpoofType": Choice(
                "Microsoft.Exchange.Management.FfoQuarantine.SpoofType", ("External", "Internal")
            ),
        },
        keep=_spoof,
        default_size=None,
        grant=VIEW_HYGIENE,
        unconfirmed="all property names: no published answer has a row",
    ),
}
