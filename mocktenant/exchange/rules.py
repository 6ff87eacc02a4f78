"""Transport rules: some two hundred properties, nearly all empty.

Which condition, exception and action a rule has is derived from the properties that are set, as are
their .NET type names and the description; so a changed rule never contradicts itself.
"""

from __future__ import annotations

from typing import Any

from mocktenant.collection import Object
from mocktenant.exchange.objects import completed, distinguished_name, organization_id
from mocktenant.tenant import Tenant
from mocktenant.words import words

_NAMESPACE = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks"

LISTS = words(
    "From FromMemberOf SentTo SentToMemberOf BetweenMemberOf1 BetweenMemberOf2 ManagerAddresses "
    "SenderADAttributeContainsWords SenderADAttributeMatchesPatterns RecipientADAttributeContainsWords "
    "RecipientADAttributeMatchesPatterns RecipientInSenderList SenderInRecipientList AnyOfToHeader "
    "AnyOfToHeaderMemberOf AnyOfCcHeader AnyOfCcHeaderMemberOf AnyOfToCcHeader AnyOfToCcHeaderMemberOf "
    "SubjectContainsWords SubjectOrBodyContainsWords HeaderContainsWords FromAddressContainsWords "
    "SenderDomainIs RecipientDomainIs SubjectMatchesPatterns SubjectOrBodyMatchesPatterns "
    "HeaderMatchesPatterns FromAddressMatchesPatterns AttachmentNameMatchesPatterns "
    "AttachmentExtensionMatchesWords AttachmentPropertyContainsWords ContentCharacterSetContainsWords "
    "MessageContainsDataClassifications MessageContainsAllDataClassifications SenderIpRanges "
    "RecipientAddressContainsWords RecipientAddressMatchesPatterns AttachmentContainsWords "
    "AttachmentMatchesPatterns AnyOfRecipientAddressContainsWords AnyOfRecipientAddressMatchesPatterns"
)
_SCALARS = words(
    "FromScope SentToScope ManagerForEvaluatedUser SenderManagementRelationship ADComparisonAttribute "
    "ADComparisonOperator HasClassification HeaderContainsMessageHeader HeaderMatchesMessageHeader SCLOver "
    "AttachmentSizeOver MessageSizeOver WithImportance MessageTypeMatches"
)
_FLAGS = words(
    "HasNoClassification HasSenderOverride AttachmentIsUnsupported AttachmentProcessingLimitExceeded "
    "AttachmentHasExecutableContent AttachmentIsPasswordProtected"
)

CONDITIONS: dict[str, Any] = dict.fromkeys(LISTS) | dict.fromkeys(_SCALARS) | dict.fromkeys(_FLAGS, False)
"""Every condition property with its unset value; each exists again as `ExceptIf...`."""

_IN_BOTH = (
    "HeaderContainsMessageHeader",
    "HeaderMatchesMessageHeader",
    "ManagerForEvaluatedUser",
    "ADComparisonOperator",
)
"""Halves of a condition whose other half carries the type name."""

ACTIONS: dict[str, Any] = {
    "PrependSubject": None,
    "SetAuditSeverity": None,
    "ApplyClassification": None,
    "ApplyHtmlDisclaimerLocation": None,
    "ApplyHtmlDisclaimerText": None,
    "ApplyHtmlDisclaimerFallbackAction": None,
    "ApplyRightsProtectionTemplate": None,
    "ApplyRightsProtectionCustomizationTemplate": None,
    "SetSCL": None,
    "SetHeaderName": None,
    "SetHeaderValue": None,
    "RemoveHeader": None,
    "AddToRecipients": None,
    "CopyTo": None,
    "BlindCopyTo": None,
    "AddManagerAsRecipientType": None,
    "ModerateMessageByUser": None,
    "ModerateMessageByManager": False,
    "RedirectMessageTo": None,
    "RejectMessageEnhancedStatusCode": None,
    "RejectMessageReasonText": None,
    "DeleteMessage": False,
    "Disconnect": False,
    "Quarantine": False,
    "SmtpRejectMessageRejectText": None,
    "SmtpRejectMessageRejectStatusCode": None,
    "LogEventText": None,
    "StopRuleProcessing": False,
    "SenderNotificationType": None,
    "GenerateIncidentReport": None,
    "IncidentReportContent": None,
    "RouteMessageOutboundConnector": None,
    "RouteMessageOutboundRequireTls": False,
    "ApplyOME": False,
    "RemoveOME": False,
    "RemoveOMEv2": False,
    "RemoveRMSAttachmentEncryption": False,
    "GenerateNotification": None,
}
"""Every action property with its unset value. Unconfirmed: that SetSCL is text on the wire."""

_ACTION_TYPES = {
    "AddManagerAsRecipientType": "AddManagerAsRecipientTypeAction",
    "AddToRecipients": "AddToRecipientAction",
    "ApplyClassification": "ApplyClassificationAction",
    "ApplyHtmlDisclaimerText": "ApplyHtmlDisclaimerAction",
    "ApplyOME": "ApplyOMEAction",
    "ApplyRightsProtectionTemplate": "RightsProtectMessageAction",
    "BlindCopyTo": "BlindCopyToAction",
    "CopyTo": "CopyToAction",
    "DeleteMessage": "DeleteMessageAction",
    "Disconnect": "DisconnectAction",
    "GenerateIncidentReport": "GenerateIncidentReportAction",
    "GenerateNotification": "GenerateNotificationAction",
    "LogEventText": "LogEventAction",
    "ModerateMessageByManager": "ModerateMessageByManagerAction",
    "ModerateMessageByUser": "ModerateMessageByUserAction",
    "PrependSubject": "PrependSubjectAction",
    "Quarantine": "QuarantineAction",
    "RedirectMessageTo": "RedirectMessageAction",
    "RejectMessageReasonText": "RejectMessageAction",
    "RemoveHeader": "RemoveHeaderAction",
    "RemoveOME": "RemoveOMEAction",
    "RemoveOMEv2": "RemoveOMEv2Action",
    "RouteMessageOutboundConnector": "RouteMessageOutboundConnectorAction",
    "RouteMessageOutboundRequireTls": "RouteMessageOutboundRequireTlsAction",
    "SetAuditSeverity": "SetAuditSeverityAction",
    "SetHeaderName": "SetHeaderAction",
    "SetSCL": "SetSclAction",
}
"""Action property -> type name. Seen on the wire: PrependSubject, SetAuditSeverity and RightsProtectMessage, in the
order of `ACTIONS`; the others follow their pattern."""


def transport_rule(tenant: Tenant, given: Object) -> Object:
    """A row of Get-TransportRule. It says when the rule changed, and never when it was made.

    Seen on the wire: what is unset is null, also where a list would be; WhenChanged ends in `+00:00`, not in Z
    as other cmdlets' times do. Unconfirmed: recipients as lists of addresses.
    """
    conditions, exceptions, actions = _types(given)
    text = _description(given)
    defaults: Object = {
        "Priority": 0,
        "DlpPolicy": None,
        "DlpPolicyId": "00000000-0000-0000-0000-000000000000",
        "Comments": None,
        "CreatedBy": None,
        "LastModifiedBy": None,
        "ManuallyModified": False,
        "ActivationDate": None,
        "ExpiryDate": None,
        "Description": text,
        "RuleVersion": "14.0.0.0",
        "Size": 240 + len(text),
        "Conditions": conditions or None,
        "Exceptions": exceptions or None,
        "Actions": actions,
        "State": "Enabled",
        "Mode": "Enforce",
        "IsRuleConfigurationSupported": True,
        "RuleConfigurationUnsupportedReason": None,
        "RuleErrorAction": "Ignore",
        "SenderAddressLocation": "Header",
        "RecipientAddressType": "Resolved",
        "RuleSubType": "None",
        "RegexSize": 0,
        "UseLegacyRegex": False,
        **CONDITIONS,
        **{f"ExceptIf{name}": value for name, value in CONDITIONS.items()},
        **ACTIONS,
        "Identity": given["Name"],
        "DistinguishedName": distinguished_name(
            tenant, str(given["Name"]), "CN=TransportVersioned,CN=Rules,CN=Transport Settings"
        ),
        "Guid": given["Guid"],
        "ImmutableId": given["Guid"],
        "OrganizationId": organization_id(tenant),
        "Name": given["Name"],
        "IsValid": True,
        "WhenChanged": None,
        "ExchangeVersion": "0.1 (8.0.535.0)",
        "ObjectState": "Unchanged",
    }
    return completed(defaults, given)


def _types(given: Object) -> tuple[list[str], list[str], list[str]]:
    """The .NET type names of what is set: conditions, exceptions, actions."""
    conditions = [f"{_NAMESPACE}.{_predicate(name)}" for name in CONDITIONS if _stands(given, name)]
    exceptions = [
        f"{_NAMESPACE}.{_predicate(name)}" for name in CONDITIONS if _stands(given, name, prefix="ExceptIf")
    ]
    actions = [
        f"{_NAMESPACE}.{_ACTION_TYPES[name]}" for name in ACTIONS if name in _ACTION_TYPES and given.get(name)
    ]
    return conditions, exceptions, actions


def _stands(given: Object, name: str, prefix: str = "") -> bool:
    return bool(given.get(prefix + name)) and name not in _IN_BOTH


def _predicate(name: str) -> str:
    """A condition's type name: `...ContainsWords` and `...MatchesPatterns` lose their last word."""
    for word in ("Words", "Patterns"):
        if name.endswith((f"Contains{word}", f"Matches{word}")):
            name = name.removesuffix(word)
    return f"{name}Predicate"


def _description(given: Object) -> str:
    """The rule in words; the service's wording differs, its parts and their order are the same."""
    parts = [
        ("If the message:", [name for name in CONDITIONS if given.get(name)], ""),
        ("Take the following actions:", [name for name in ACTIONS if given.get(name)], ""),
        ("Except if the message:", [name for name in CONDITIONS if given.get(f"ExceptIf{name}")], "ExceptIf"),
    ]
    lines = []
    for heading, names, prefix in parts:
        if names:
            lines.append(heading)
            lines += [f"\t{name}: {_shown(given[prefix + name])}" for name in names]
    return "".join(f"{line}\r\n" for line in lines)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " or ".join(f"'{item}'" for item in value)
    return "yes" if value is True else f"'{value}'"
