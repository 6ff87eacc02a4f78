"""A tenant as a scan recorded it: a snapshot of o365scan, served again."""
