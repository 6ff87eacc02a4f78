"""What this plugin reads."""

from o365scan.api import GRAPH, Dataset, GraphList, Permission

people = Dataset(
    name="people.users",
    source=GraphList(path="/users", select=("id", "displayName", "department", "userType"), page_size=50),
    key="id",
    title="displayName",
    type="user",
    permission=Permission(api=GRAPH, app_roles=("User.Read.All",)),
    reference="https://learn.microsoft.com/graph/api/user-list",
    configuration=False,
)
