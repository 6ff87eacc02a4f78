"""Changes to mail flow: connectors, mail flow rules, remote domains, journaling, outbound spam."""

from __future__ import annotations

from mocktenant.collection import Object
from mocktenant.exchange.changes import (
    DONE,
    changed,
    fixed,
    lists,
    maker,
    nullable_switches,
    numbers,
    question,
    remover,
    setter,
    switches,
    target,
    texts,
)
from mocktenant.exchange.cmdlet import Command, Outcome, Row, reads
from mocktenant.exchange.cmdlets import connectors, domains, mail_security, organization, transport_rules
from mocktenant.exchange.grants import CONNECTORS, HYGIENE, held_by
from mocktenant.exchange.parameters import Number, One, Parameter, Read, Switch, Text
from mocktenant.exchange.rules import ACTIONS, CONDITIONS, LISTS
from mocktenant.tenant import Tenant
from mocktenant.words import words

_RULES = held_by("Transport Rules")
_JOURNALING = held_by("Journaling")
_DETAIL = "errors of values that contradict each other"


_INBOUND = reads(connectors.ROWS, "Get-InboundConnector")
_OUTBOUND = reads(connectors.ROWS, "Get-OutboundConnector")
_RULE = reads(transport_rules.ROWS, "Get-TransportRule")
_JOURNAL = reads(organization.ROWS, "Get-JournalRule")

_SOURCES = One(
    "Microsoft.Exchange.Data.Directory.TenantConnectorSource", words("AdminUI Default HybridWizard Migrated")
)
_TYPES = One("Microsoft.Exchange.Data.Directory.TenantConnectorType", words("OnPremises Partner"))

_IN: dict[str, Parameter] = {
    "Name": Text(),
    "ConnectorType": _TYPES,
    "ConnectorSource": _SOURCES,
    **texts("Comment TlsSenderCertificateName"),
    **switches(
        "CloudServicesMailEnabled EFSkipLastIP EFTestMode Enabled RequireTls RestrictDomainsToCertificate "
        "RestrictDomainsToIPAddresses TreatMessagesAsInternal"
    ),
    **lists(
        "AssociatedAcceptedDomains ClientHostNames EFSkipIPs EFSkipMailGateway EFUsers ScanAndDropRecipients"
    ),
    **lists("SenderDomains SenderIPAddresses TrustedOrganizations"),
}
_OUT: dict[str, Parameter] = {
    "Name": Text(),
    "ConnectorType": _TYPES,
    "ConnectorSource": _SOURCES,
    "MtaStsMode": One("Microsoft.Exchange.Data.MtaStsMode", words("None Opportunistic")),
    "SmtpDaneMode": One("Microsoft.Exchange.Data.SmtpDaneMode", words("Mandatory None Opportunistic")),
    "TlsSettings": One(
        "Microsoft.Exchange.Data.TlsAuthLevel", words("CertificateValidation DomainValidation EncryptionOnly")
    ),
    **texts("Comment TlsDomain"),
    **switches(
        "AllAcceptedDomains CloudServicesMailEnabled Enabled IsTransportRuleScoped IsValidated "
        "RouteAllMessagesViaOnPremises SenderRewritingEnabled TestMode UseMXRecord"
    ),
    **lists("RecipientDomains SmartHosts ValidationRecipients"),
}
_REMOTE: dict[str, Parameter] = {
    "Name": Text(),
    "AllowedOOFType": One(
        "Microsoft.Exchange.Data.AllowedOOFType", words("External ExternalLegacy InternalLegacy None")
    ),
    "ContentType": One("Microsoft.Exchange.Data.ContentType", words("MimeHtml MimeHtmlText MimeText")),
    **texts("CharacterSet NonMimeCharacterSet LineWrapSize"),
    **switches(
        "AutoForwardEnabled AutoReplyEnabled DeliveryReportEnabled DisplaySenderName IsInternal "
        "MeetingForwardNotificationEnabled NDREnabled NDRDiagnosticInfoEnabled TargetDeliveryDomain "
        "TrustedMailInboundEnabled TrustedMailOutboundEnabled UseSimpleDisplayName"
    ),
    **nullable_switches("TNEFEnabled"),
}
_SPAM: dict[str, Parameter] = {
    "ActionWhenThresholdReached": One(
        "Microsoft.Exchange.Data.OutboundRecipientLimitsExceededAction",
        words("Alert BlockUser BlockUserForToday"),
    ),
    "AutoForwardingMode": One("Microsoft.Exchange.Data.AutoForwardingMode", words("Automatic Off On")),
    **texts("AdminDisplayName"),
    **switches("BccSuspiciousOutboundMail NotifyOutboundSpam"),
    **lists("BccSuspiciousOutboundAdditionalRecipients NotifyOutboundSpamRecipients"),
    **dict.fromkeys(
        words("RecipientLimitExternalPerHour RecipientLimitInternalPerHour RecipientLimitPerDay"),
        Number(0, 10_000),
    ),
}


def _property(name: str, unset: object) -> Parameter:
    """The parameter that sets a condition or action of a rule: a flag, a text, or several of them."""
    if isinstance(unset, bool):
        return Switch()
    return (lists if name in _SEVERAL else texts)(name)[name]


_SEVERAL = {*LISTS, *words("AddToRecipients BlindCopyTo CopyTo ModerateMessageByUser RedirectMessageTo")}

_PROPERTIES: dict[str, Parameter] = {
    "Name": Text(),
    "Mode": One("Microsoft.Exchange.MessagingPolicies.Rules.RuleMode", words("Audit AuditAndNotify Enforce")),
    "Priority": Number(),
    "RuleErrorAction": One(
        "Microsoft.Exchange.MessagingPolicies.Rules.RuleErrorAction", words("Defer Ignore")
    ),
    "SenderAddressLocation": One(
        "Microsoft.Exchange.MessagingPolicies.Rules.SenderAddressLocation",
        words("Envelope Header HeaderOrEnvelope"),
    ),
    **texts("Comments ActivationDate ExpiryDate"),
    **{name: _property(name, unset) for name, unset in (CONDITIONS | ACTIONS).items()},
    **{f"ExceptIf{name}": _property(name, unset) for name, unset in CONDITIONS.items()},
}


def _ruled(tenant: Tenant, changes: Object) -> Object:
    """A rule says when it changed under another name, and an empty list is none."""
    kept = {name: value or None if isinstance(value, list) else value for name, value in changes.items()}
    kept.pop("WhenChangedUTC", None)
    if "Enabled" in kept:
        kept["State"] = "Enabled" if kept.pop("Enabled") else "Disabled"
    return kept | {"WhenChanged": tenant.clock.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00")}


def _new_rule(tenant: Tenant, given: Read) -> Outcome:
    place = min(
        given.get("Priority", len(tenant.objects("transportRules"))), len(tenant.objects("transportRules"))
    )
    _move(tenant, place, 1)
    item = _ruled(tenant, changed(tenant, {}, given)) | {"Priority": place}
    return Outcome([_RULE.shape(tenant, tenant.put("transportRules", item))])


def _set_rule(tenant: Tenant, given: Read) -> Outcome:
    """With a Priority the rule goes to that place, and those between move up or down."""
    item = target(tenant, _RULE, {"Identity": given["Identity"]})
    changes = _ruled(tenant, changed(tenant, _RULE.shape(tenant, item), given))
    if "Priority" in given:
        changes["Priority"] = place = min(given["Priority"], len(tenant.objects("transportRules")) - 1)
        tenant.patch("transportRules", item["Guid"], {"Priority": -1})
        _move(tenant, int(item.get("Priority", 0)), -1)
        _move(tenant, place, 1)
    tenant.patch("transportRules", item["Guid"], changes)
    return DONE


def _removed_rule(tenant: Tenant, given: Read) -> Outcome:
    item = target(tenant, _RULE, given)
    tenant.delete("transportRules", item["Guid"])
    _move(tenant, int(item["Priority"]), -1)
    return DONE


def _move(tenant: Tenant, place: int, by: int) -> None:
    """Makes room at a priority, or closes the gap there: no two rules share one."""
    for item in tenant.objects("transportRules"):
        if int(item.get("Priority", 0)) >= place:
            tenant.patch("transportRules", item["Guid"], {"Priority": int(item.get("Priority", 0)) + by})


def _state(state: str, *, asks: bool) -> Command:
    def act(tenant: Tenant, given: Read) -> Outcome:
        item = target(tenant, _RULE, given)
        tenant.patch("transportRules", item["Guid"], _ruled(tenant, {"State": state}))
        return DONE

    return Command(
        act=act,
        ask=question("Disabling the transport rule") if asks else None,
        grant=_RULES,
        parameters={"Identity": Text(), "Force": Switch(), "Mode": Text()},
        required=("Identity",),
        unconfirmed="the question",
    )


ROWS: dict[str, Row] = {
    "Disable-JournalRule": fixed(
        _JOURNAL, {"Enabled": False}, grant=_JOURNALING, ask=question("Disabling the journal rule")
    ),
    "Disable-TransportRule": _state("Disabled", asks=True),
    "Enable-JournalRule": fixed(_JOURNAL, {"Enabled": True}, grant=_JOURNALING),
    "Enable-TransportRule": _state("Enabled", asks=False),
    "New-InboundConnector": maker(
        _INBOUND, _IN, required="Name SenderDomains", grant=CONNECTORS, unconfirmed=_DETAIL
    ),
    "New-OutboundConnector": maker(_OUTBOUND, _OUT, required="Name", grant=CONNECTORS, unconfirmed=_DETAIL),
    "New-TransportRule": Command(
        act=_new_rule,
        grant=_RULES,
        parameters=_PROPERTIES | switches("Enabled Force"),
        required=("Name",),
        unemulated=frozenset(words("DlpPolicy RuleSubType UseLegacyRegex")),
        unconfirmed=f"{_DETAIL}; that the new object is in the answer",
    ),
    "Remove-InboundConnector": remover(_INBOUND, "Removing the inbound connector", grant=CONNECTORS),
    "Remove-JournalRule": remover(_JOURNAL, "Removing the journal rule", grant=_JOURNALING),
    "Remove-OutboundConnector": remover(_OUTBOUND, "Removing the outbound connector", grant=CONNECTORS),
    "Remove-TransportRule": Command(
        act=_removed_rule,
        ask=question("Removing the transport rule"),
        grant=_RULES,
        parameters={"Identity": Text(), "Force": Switch()},
        required=("Identity",),
        unconfirmed="the question",
    ),
    "Set-HostedOutboundSpamFilterPolicy": setter(
        reads(mail_security.ROWS, "Get-HostedOutboundSpamFilterPolicy"),
        _SPAM,
        grant=HYGIENE,
        unconfirmed=_DETAIL,
    ),
    "Set-InboundConnector": setter(_INBOUND, _IN, grant=CONNECTORS, unconfirmed=_DETAIL),
    "Set-JournalRule": setter(
        _JOURNAL,
        texts("JournalEmailAddress Name Recipient")
        | {"Scope": One("Microsoft.Exchange.Management.JournalRuleScope", words("External Global Internal"))},
        grant=_JOURNALING,
    ),
    "Set-OutboundConnector": setter(_OUTBOUND, _OUT, grant=CONNECTORS, unconfirmed=_DETAIL),
    "Set-RemoteDomain": setter(
        reads(domains.ROWS, "Get-RemoteDomain"),
        _REMOTE | numbers("MessageCountThreshold"),
        grant=CONNECTORS,
        unemulated="ByteEncoderTypeFor7BitCharsets PreferredInternetCodePageForShiftJis RequiredCharsetCoverage",
    ),
    "Set-TransportRule": Command(
        act=_set_rule,
        grant=_RULES,
        parameters=_PROPERTIES | {"Identity": Text(), "Force": Switch()},
        required=("Identity",),
        unemulated=frozenset(words("DlpPolicy RuleSubType UseLegacyRegex")),
        unconfirmed=_DETAIL,
    ),
}
