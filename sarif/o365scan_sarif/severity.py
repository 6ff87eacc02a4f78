"""Severities in the words of SARIF and of GitHub."""

from __future__ import annotations

from o365scan.api import Severity

LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}

SCORE = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.1",
}
"""`security-severity`: a text, above 9.0 critical, from 7.0 high, from 4.0 medium, above 0.0 low (GitHub,
"SARIF support for code scanning"). GitHub has nothing below low."""
