"""What a story changes, object by object: a change may be about every object of a kind, whoever they are.

A fixture can't name the people of a tenant, who come of its seed and size. So what was neglected for all of them is
told once: {"collection": "casMailboxes", "every": {}, "patch": {"ImapEnabled": true}}. `every` says which objects:
those that have these values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mocktenant.collection import Object
from mocktenant.shapes import KEYS, key_of


def steps(change: Object, held: Iterable[Object]) -> Iterator[Object]:
    """The changes of single objects that a change stands for; `held` are those that its collection holds now."""
    if "every" not in change:
        yield change
        return
    collection, wanted = change["collection"], change["every"].items()
    chosen = [one for one in held if all(name in one and one[name] == value for name, value in wanted)]
    for one in chosen:
        yield {"collection": collection, "key": key_of(KEYS[collection], one), "patch": change["patch"]}
