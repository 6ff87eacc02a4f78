"""How many mailboxes a filter of Exchange Online selects."""

from __future__ import annotations

import pytest

from o365scan_entra.recipient_filter import Share, share

GROUP = "MemberOfGroup -eq 'CN=Invoices,OU=contoso.onmicrosoft.com'"


@pytest.mark.parametrize(
    ("text", "people", "shared"),
    [
        ("", Share.ALL, Share.ALL),
        ("   ", Share.ALL, Share.ALL),
        ("Name -like '*'", Share.ALL, Share.ALL),
        ("ALIAS -NE $null", Share.ALL, Share.ALL),
        ("Alias -ne $null -and Name -like '*'", Share.ALL, Share.ALL),
        ('EmailAddresses -like "*"', Share.ALL, Share.ALL),
        ("RecipientType -eq 'UserMailbox'", Share.ALL, Share.ALL),
        ("RecipientTypeDetails -eq 'UserMailbox'", Share.ALL, Share.NONE),
        ("RecipientTypeDetails -eq UserMailbox", Share.ALL, Share.NONE),
        ("RecipientTypeDetails -like 'User*'", Share.ALL, Share.NONE),
        ("RecipientTypeDetails -ne 'UserMailbox'", Share.NONE, Share.ALL),
        ("-not(RecipientTypeDetails -eq 'SharedMailbox')", Share.ALL, Share.NONE),
        ("!(RecipientTypeDetails -eq 'SharedMailbox')", Share.ALL, Share.NONE),
        (f"({GROUP}) -or (Alias -ne $null)", Share.ALL, Share.ALL),
        (f"({GROUP}) -and (RecipientTypeDetails -eq 'UserMailbox')", Share.PART, Share.NONE),
        (GROUP, Share.PART, Share.PART),
        (f"{GROUP} -or PrimarySmtpAddress -eq 'a@contoso.com'", Share.PART, Share.PART),
        (f"{GROUP} -and UsageLocation -eq 'FR'", Share.PART, Share.PART),
        ("CustomAttribute1 -eq 'O''Brien'", Share.PART, Share.PART),
        ("ExtensionCustomAttribute5 -eq 'invoices'", Share.PART, Share.PART),
        ("Alias -eq $null", Share.NONE, Share.NONE),
        # What may hold for everybody, or nearly.
        (f"-not({GROUP})", Share.UNKNOWN, Share.UNKNOWN),
        ("CustomAttribute1 -eq ''", Share.UNKNOWN, Share.UNKNOWN),
        ("CustomAttribute1 -eq $null", Share.UNKNOWN, Share.UNKNOWN),
        ("CustomAttribute1 -ne 'private'", Share.UNKNOWN, Share.UNKNOWN),
        ("HiddenFromAddressListsEnabled -eq $false", Share.UNKNOWN, Share.UNKNOWN),
        ("Company -eq 'Contoso'", Share.UNKNOWN, Share.UNKNOWN),
        ("Alias -like '*a*'", Share.UNKNOWN, Share.UNKNOWN),
        ("Title -like '*'", Share.UNKNOWN, Share.UNKNOWN),
        ("WhenCreated -gt '2001-01-01'", Share.UNKNOWN, Share.UNKNOWN),
        (f"{GROUP} -or Alias -like '*a*'", Share.UNKNOWN, Share.UNKNOWN),
        # What is not read.
        (f"{GROUP} -or Alias -ne $null -and Name -like '*'", Share.UNKNOWN, Share.UNKNOWN),
        ("(Alias -ne $null", Share.UNKNOWN, Share.UNKNOWN),
        ("Alias -ne $null)", Share.UNKNOWN, Share.UNKNOWN),
        ("Alias -ne", Share.UNKNOWN, Share.UNKNOWN),
        ("Alias", Share.UNKNOWN, Share.UNKNOWN),
        ("-and", Share.UNKNOWN, Share.UNKNOWN),
        ("Alias -eq {broken}", Share.UNKNOWN, Share.UNKNOWN),
        ("(" * 5000, Share.UNKNOWN, Share.UNKNOWN),
    ],
)
def test_the_share_of_a_kind_of_mailbox(text: str, people: Share, shared: Share) -> None:
    assert (share(text, "UserMailbox"), share(text, "SharedMailbox")) == (people, shared)
