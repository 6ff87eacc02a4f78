"""Azure Resource Manager, as far as signing in to the Azure CLI asks for it."""
