"""The Exchange Online admin API that runs cmdlets over HTTP."""
