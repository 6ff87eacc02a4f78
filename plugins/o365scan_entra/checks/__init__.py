"""One check a module; the module's name is the check's."""
