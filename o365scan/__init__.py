"""o365scan: is our Microsoft 365 tenant safe, and has someone been in it?

Plugins import :mod:`o365scan.api` and nothing else of this package.
"""

__version__ = "0.1.0"
