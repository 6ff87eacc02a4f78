"""What this plugin reads: all teams, the shared channels of each, the people in each of these.

The requests are one for all teams, one for each team, and one for each shared channel, of which most tenants have
few. Twenty go into one batch.
"""

from __future__ import annotations

from o365scan.api import GRAPH, Dataset, FanOut, GraphList, Permission

_REFERENCE = "https://learn.microsoft.com/graph/api/"

teams = Dataset(
    name="teams.teams",
    # Whatever is selected, the list sends id, displayName and description only.
    source=GraphList(path="/teams", select=("id", "displayName")),
    key="id",
    title="displayName",
    type="team",
    permission=Permission(api=GRAPH, app_roles=("Team.ReadBasic.All", "TeamSettings.Read.All")),
    reference=_REFERENCE + "teams-list",
    configuration=False,
)
"""Every team of the tenant."""

shared_channels = Dataset(
    name="teams.shared-channels",
    source=FanOut(
        over=teams,
        request=GraphList(
            path="/teams/{id}/channels",
            # Without a header of its own Graph writes "unknownFutureValue" for "shared" in the answer, so the
            # filter decides, and membershipType is not asked for. The e-mail address would make it slow.
            select=("id", "displayName", "createdDateTime"),
            filter="membershipType eq 'shared'",
        ),
    ),
    key="id",
    title="displayName",
    type="channel",
    permission=Permission(api=GRAPH, app_roles=("Channel.ReadBasic.All", "ChannelSettings.Read.All")),
    reference=_REFERENCE + "channel-list",
    configuration=False,
)
"""The shared channels that a team of this tenant owns. Those that others share with it (incomingChannels) are not
among them. Unconfirmed: v1.0's page says that $filter is taken, and beta's alone shows this one."""

channel_members = Dataset(
    name="teams.channel-members",
    source=FanOut(
        over=shared_channels,
        # A channel doesn't say whose it is: {@parent} is the team that it was read for.
        # No $select: tenantId belongs to a derived type (aadUserConversationMember).
        request=GraphList(path="/teams/{@parent}/channels/{id}/allMembers"),
    ),
    key="id",
    title="displayName",
    type="aadUserConversationMember",
    permission=Permission(api=GRAPH, app_roles=("ChannelMember.Read.All",)),
    reference=_REFERENCE + "channel-list-allmembers",
    configuration=False,
)
"""Who is in a shared channel: those added to it, and those in a team that it is shared with, of any tenant. Each says
which `tenantId` they come from."""
