"""Many tenants: each is scanned by a process of its own, on this machine or on a cluster; the tenant is the unit.

Microsoft throttles by app and tenant, so that tenants don't slow each other down, and one tenant gains nothing from a
second machine. A task carries names and references only: credentials are resolved where the tenant is scanned.
"""
