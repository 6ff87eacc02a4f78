"""What a test with a tenant of its own costs: start, stop, another tenant, back to the beginning."""

from __future__ import annotations

from serving import GRAPH, asked, connected, token_of
from timing import said, timed

from mocktenant import Tenant, serve

_ACCOUNTS = 200


def main() -> None:
    """Prints the figures."""

    def start_and_stop() -> None:
        with serve(Tenant(size=_ACCOUNTS)):
            pass

    print(said("start a server and stop it", timed(start_and_stop, 50)))
    with serve(Tenant(size=_ACCOUNTS)) as server:
        print(
            said("another tenant on a running server", timed(lambda: server.use(Tenant(size=_ACCOUNTS)), 200))
        )
        line = connected(server.port, str(server.ca_file))

        def another_asked() -> None:
            other = Tenant(size=_ACCOUNTS)
            server.use(other)
            facts = {
                "tenant_id": other.tenant_id,
                "client_id": other.client_id,
                "client_secret": other.client_secret,
            }
            asked(line, "GET", "/v1.0/domains", token_of(line, facts, GRAPH))

        print(said("the same, a token and a small list", timed(another_asked, 100)))
        line.close()
    tenant = Tenant(size=_ACCOUNTS)

    def change_and_reset() -> None:
        tenant.patch("users", next(iter(tenant.collection("users"))), {"department": "Moved"})
        tenant.reset()

    print(said("a change, and back to the beginning", timed(change_and_reset, 500)))

    def story() -> None:
        tenant.apply("oauth-spam-campaign")
        tenant.reset()

    print(said("a story, and back to the beginning", timed(story, 100)))
    print(said("saved and restored", timed(lambda: tenant.restore(tenant.save()), 200)))


if __name__ == "__main__":
    main()
