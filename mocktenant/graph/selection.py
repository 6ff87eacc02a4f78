"""$select: the properties that are wanted, and those that a type has and the tenant does not."""

from __future__ import annotations

from mocktenant.graph import errors
from mocktenant.graph.schema import MIXED, family, type_named
from mocktenant.words import words

NOT_HERE: dict[str, frozenset[str]] = {
    "user": frozenset(
        words(
            "aboutMe authorizationInfo birthday deviceEnrollmentLimit hireDate interests mailboxSettings mySite "
            "pastProjects preferredName print responsibilities schools skills"
        )
    ),
    "group": frozenset(
        words(
            "allowExternalSenders autoSubscribeNewMembers hideFromAddressLists hideFromOutlookClients "
            "isSubscribedByMail unseenConversationsCount unseenCount unseenMessagesCount"
        )
    ),
}
"""Type -> properties that it has and the tenant does not."""


def selected(type_name: str, text: str, *, beta: bool, mixed: bool = False) -> tuple[str, ...]:
    """The names of $select as the type spells them; of `mixed` objects any of their types may have one.

    Raises GraphRefused.
    """
    kind = family(type_name) if mixed and type_name != MIXED else type_named(type_name)
    names = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        proper = kind.get(name, beta=beta)
        if proper is None:
            raise errors.no_property(name, type_name)
        if proper.name in NOT_HERE.get(type_name, ()):
            raise errors.not_emulated(f"Property '{name}'")
        names.append(proper.name)
    return tuple(names)
