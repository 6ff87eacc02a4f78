"""Where a Microsoft cloud lives: its sign-in, Graph and Exchange Online hosts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Origins (scheme and host, no trailing slash) of one national cloud."""

    login: str
    graph: str
    exchange: str


GLOBAL = Cloud(
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    exchange="https://outlook.office365.com",
)
