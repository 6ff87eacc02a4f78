"""The Office 365 Management Activity API, so far without a subscription to any content."""
