"""The commands of `mocktenant` that have a file of their own, and what commands share."""
