"""What an administrator may accept, and what is refused by name."""

from __future__ import annotations

import pytest

from o365scan.api import OptionsError
from o365scan_entra.checks.app_credential_is_short_lived import Credentials
from o365scan_entra.checks.app_has_a_real_name import NamedApps
from o365scan_entra.checks.consent_of_a_user_is_expected import ExpectedConsents
from o365scan_entra.checks.own_app_is_for_this_tenant import SharedApps
from o365scan_entra.checks.redirect_uri_is_safe import KnownHosts as RedirectHosts
from o365scan_exchange.accepted import Mailboxes
from o365scan_exchange.checks.admin_audit_log_is_kept import KeptFor
from o365scan_exchange.checks.inbound_connector_is_expected import ExpectedConnectors
from o365scan_exchange.checks.legacy_protocols_are_off import ProtocolUsers
from o365scan_exchange.checks.mailbox_plan_gives_no_legacy_protocol import UnwantedProtocols
from o365scan_exchange.checks.outbound_connector_is_expected import KnownHosts
from o365scan_exchange.checks.transport_rule_is_harmless import ExpectedRules


@pytest.mark.parametrize("name", ["*", "*.com", "localhost", ""])
def test_a_certificate_that_would_accept_anyone_is_refused(name: str) -> None:
    with pytest.raises(OptionsError, match="certificates"):
        ExpectedConnectors(certificates=(name,))


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "relay.example.net"])
def test_an_address_that_would_accept_anyone_is_refused(text: str) -> None:
    with pytest.raises(OptionsError, match="addresses"):
        ExpectedConnectors(addresses=(text,))


@pytest.mark.parametrize("text", ["journal", "@", "journal@", "@localhost", "archive.example.net"])
def test_a_recipient_must_be_an_address_or_a_domain(text: str) -> None:
    with pytest.raises(OptionsError, match="recipients"):
        ExpectedRules(recipients=(text,))


@pytest.mark.parametrize("text", ["*", "*.com", "localhost", "0.0.0.0/0"])
def test_a_smart_host_that_would_accept_anyone_is_refused(text: str) -> None:
    with pytest.raises(OptionsError, match="smart_hosts"):
        ExpectedRules(smart_hosts=(text,))


def test_any_source_is_refused() -> None:
    with pytest.raises(OptionsError, match="addresses"):
        ExpectedRules(addresses=("0.0.0.0/0",))


def test_what_the_documentation_shows_is_taken() -> None:
    ExpectedConnectors(
        certificates=("mail.fabrikam.com", "*.relay.example.net"),
        addresses=("203.0.113.0/28", "2001:db8::/48"),
        organizations=("fabrikam.onmicrosoft.com",),
    )
    ExpectedRules(
        recipients=("journal@archive.example.net", "@records.example.org"),
        smart_hosts=("signatures.fabrikam.com", "*.gateway.example.net", "203.0.113.0/28"),
        addresses=("198.51.100.0/28",),
    )


@pytest.mark.parametrize("text", ["*", "*.com", "localhost", "0.0.0.0/0"])
def test_a_host_that_mail_may_leave_for_is_a_known_one(text: str) -> None:
    with pytest.raises(OptionsError, match="hosts"):
        KnownHosts(hosts=(text,))


@pytest.mark.parametrize("text", ["*@contoso.com", "@contoso.com", "scanner", ""])
def test_a_mailbox_is_named_whole(text: str) -> None:
    with pytest.raises(OptionsError, match="mailboxes"):
        Mailboxes(mailboxes=(text,))
    with pytest.raises(OptionsError, match="activesync"):
        ProtocolUsers(activesync=(text,))
    with pytest.raises(OptionsError, match="no_outlook_on_the_web"):
        ProtocolUsers(no_outlook_on_the_web=("RoomMailbox", text))


def test_a_protocol_is_for_some_or_not_for_others_and_not_both() -> None:
    with pytest.raises(OptionsError, match="activesync and no_activesync"):
        ProtocolUsers(activesync=(), no_activesync=("SharedMailbox",))


def test_a_protocol_that_no_plan_has_is_refused() -> None:
    with pytest.raises(OptionsError, match="MAPI"):
        UnwantedProtocols(protocols=("MAPI",))


def test_a_log_is_kept_for_a_day_at_least() -> None:
    with pytest.raises(OptionsError, match="days"):
        KeptFor(days=0)


def test_apps_are_accepted_by_their_id_and_not_by_a_name_that_anybody_can_give() -> None:
    for options in (Credentials, NamedApps, SharedApps):
        with pytest.raises(OptionsError, match="apps: 'Invoice reader' is not an app id"):
            options(apps=("Invoice reader",))
    with pytest.raises(OptionsError, match="accept: 'Invoice reader' is not an app id"):
        ExpectedConsents(accept={"Invoice reader": ("Mail.Read",)})


@pytest.mark.parametrize("host", ["*.devtunnels.ms", "https://a.devtunnels.ms", "a.devtunnels.ms/cb", ""])
def test_a_host_is_accepted_whole(host: str) -> None:
    with pytest.raises(OptionsError, match="is no host"):
        RedirectHosts(hosts=(host,))
