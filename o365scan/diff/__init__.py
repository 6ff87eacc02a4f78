"""What changed in a tenant between two snapshots: object by object, property by property."""

from o365scan.diff.objects import Diff, DiffError, NotComparable, ObjectChange

__all__ = ["Diff", "DiffError", "NotComparable", "ObjectChange"]
