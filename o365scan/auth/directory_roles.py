"""Entra directory roles that open Exchange Online to an app, by template id (the token's `wids`).

https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2 lists the supported roles,
https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference their ids.
"""

from __future__ import annotations

from collections.abc import Iterable

TEMPLATE_IDS = {
    "Compliance Administrator": "17315797-102d-40b4-93e0-432062caca18",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
}
_NAMES = {id: name for name, id in TEMPLATE_IDS.items()}

#: In `wids` of an app without any directory role.
NONE_MARKER = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"


def names(template_ids: Iterable[str]) -> tuple[str, ...]:
    """The roles' names; an id that is not in the table stands for itself."""
    return tuple(sorted(_NAMES.get(id, id) for id in template_ids if id != NONE_MARKER))
