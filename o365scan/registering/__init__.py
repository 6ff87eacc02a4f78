"""How an app is registered for scans: what it needs at the least, and scripts that grant just that. None is run."""
