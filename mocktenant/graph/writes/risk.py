"""What an administrator says of users at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocktenant.graph.calls import Reply
from mocktenant.graph.writes.stored import Act, now

if TYPE_CHECKING:
    from mocktenant.graph.calls import Call

COMPROMISED = {
    "riskLevel": "high",
    "riskState": "confirmedCompromised",
    "riskDetail": "adminConfirmedUserCompromised",
}
DISMISSED = {"riskLevel": "none", "riskState": "dismissed", "riskDetail": "adminDismissedAllRiskForUser"}


def says(verdict: dict[str, str]) -> Act:
    """A verdict about the users of a list; ids that are nobody's are passed over (unconfirmed)."""

    def act(call: Call) -> Reply:
        users = call.tenant.collection("users")
        for key in call.body["userIds"]:
            user = users.get(str(key).lower())
            if user is not None:
                held = call.tenant.collection("riskyUsers").get(user["id"], {})
                known = {
                    "id": user["id"],
                    "isDeleted": False,
                    "isProcessing": False,
                    "userDisplayName": user.get("displayName"),
                    "userPrincipalName": user.get("userPrincipalName"),
                }
                call.tenant.put(
                    "riskyUsers", {**held, **known, **verdict, "riskLastUpdatedDateTime": now(call)}
                )
        return Reply()

    return act
