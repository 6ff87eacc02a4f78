"""What kind of account a user is, as far as its own record tells."""

from __future__ import annotations

from o365scan.api import Record

#: Licences of Teams Rooms, shared devices, and resource accounts of calling: a device signs in, with a password.
_ROOM_LICENCES = frozenset(
    {
        "4cde982a-ede4-4409-9ae6-b003453c8ea6",  # Microsoft Teams Rooms Pro
        "6af4b3d6-14bb-4a2a-960c-6c902aad34f3",  # Microsoft Teams Rooms Basic
        "6070a4c8-34c6-4937-8dfb-39bbc6397a60",  # Microsoft Teams Rooms Standard
        "295a8eb0-f78d-45c7-8b5b-1eed5ed02dff",  # Microsoft Teams Shared Devices
        "440eaaa8-b3e0-484b-a8be-62870b9ba70a",  # Phone System - Virtual User
    }
)


def is_agent(user: Record) -> bool:
    """Is it the user account of an agent identity? Nobody signs in to it."""
    return user.get("identityParentId") is not None


def is_room(user: Record) -> bool:
    """Is it the account of a meeting room, a shared telephone or a call queue? Its licence says so."""
    return any(each.text("skuId") in _ROOM_LICENCES for each in user.objects("assignedLicenses"))


def external_type(user: Record) -> str | None:
    """The type of outsider, in the words of Conditional Access; None for a member of the organisation.

    Whether somebody was invited is told by `externalUserState` or the name, since `userType` may be changed.
    """
    invited = user.get("externalUserState") is not None or "#EXT#" in user.text("userPrincipalName")
    if user.text("userType", nullable=True) == "Guest":
        return "b2bCollaborationGuest" if invited else "internalGuest"
    return "b2bCollaborationMember" if invited else None


def lives_elsewhere(user: Record) -> bool:
    """Does the person sign in at another organisation?"""
    return external_type(user) not in (None, "internalGuest")


def domain_of(user: Record) -> str:
    """The domain of the name that the person signs in with."""
    return user.text("userPrincipalName").rpartition("@")[2].lower()
