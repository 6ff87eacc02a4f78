"""The reports as somebody else reads them."""
