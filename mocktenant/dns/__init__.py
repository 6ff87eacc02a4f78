"""The tenant's names in DNS, on a loopback port of its own: no client asks the internet about contoso.com."""
