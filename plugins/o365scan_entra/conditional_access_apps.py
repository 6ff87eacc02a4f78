"""The applications that Conditional Access policies name: which stand for several, and which administer the tenant.

All are compared in lower case, as app ids may be written in either.
"""

from __future__ import annotations

EVERYTHING, NOTHING = "all", "none"
OFFICE, PORTALS = "office365", "microsoftadminportals"
AZURE = "797f4846-ba00-4fd7-ba43-dac1f8f63013"

_AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
_OFFICE_MEMBERS = {
    "00000002-0000-0ff1-ce00-000000000000": "Exchange Online",
    "00000003-0000-0ff1-ce00-000000000000": "SharePoint Online",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe": "Microsoft Teams",
}
#: Microsoft's list of what the group is made of, by id (learn.microsoft.com, Conditional Access: target resources).
#: The Entra admin centre signs in as the Azure portal, Defender and Purview as the Security and Compliance Center. An
#: earlier list has the Intune and Teams admin centres too, by name only.
_PORTAL_MEMBERS = {
    _AZURE_PORTAL: "the Azure portal",
    "497effe9-df71-4043-a8bb-14cf78c4b63b": "the Exchange admin center",
    "00000006-0000-0ff1-ce00-000000000000": "the Microsoft 365 admin center",
    "80ccca67-54bd-44ab-8625-4b79c4dc7775": "the Security and Compliance Center",
}
#: What administers the tenant beside them, or lets itself be administered through.
_OTHERS = {
    AZURE: "Azure management",
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "00000002-0000-0000-c000-000000000000": "the directory's older API",
    # It "controls access to the Microsoft Intune admin center and data sources", as Microsoft says. Enrolment is
    # another application, which is often excepted for good reason.
    "0000000a-0000-0000-c000-000000000000": "Microsoft Intune",
    # By its name in Microsoft's list of its own applications; whether it is of the group is not documented.
    "618dd325-23f6-4b6f-8380-4df78026e39b": "the Microsoft 365 Admin portal",
}

NAMES = {
    **_OFFICE_MEMBERS,
    **_PORTAL_MEMBERS,
    **_OTHERS,
    OFFICE: "Office 365",
    PORTALS: "the admin portals",
}
"""What people call the applications that are known."""
CORE = frozenset(_OFFICE_MEMBERS) | frozenset(_PORTAL_MEMBERS) | frozenset(_OTHERS)
"""An exception for one of these opens what administrators administer."""
GROUPS = frozenset({EVERYTHING, NOTHING, OFFICE, PORTALS})
"""What a policy may name that is no single application."""

_FAMILIES = {
    **dict.fromkeys(_OFFICE_MEMBERS, frozenset({OFFICE})),
    **dict.fromkeys(_PORTAL_MEMBERS, frozenset({PORTALS})),
    # Azure management is a group by itself, to which Microsoft counts the portal as well.
    _AZURE_PORTAL: frozenset({PORTALS, AZURE}),
}


def names_of(application: str) -> frozenset[str]:
    """All by which a policy may name an application: itself, and the groups that it is in."""
    return frozenset({application}) | _FAMILIES.get(application, frozenset())
