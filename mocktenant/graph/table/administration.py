"""What administrators set elsewhere: governance, SharePoint, reports, Intune."""

from __future__ import annotations

from functools import partial

from mocktenant.graph import errors
from mocktenant.graph.resources import Resource
from mocktenant.graph.sources import Stored, nothing
from mocktenant.graph.table.app_roles import DIRECTORY
from mocktenant.graph.table.kinds import paged, singleton

_listed = partial(paged, granted=False)
_CONFIGURATION = ("DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All")
_SERVICE = ("DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All")
_MANAGED = ("DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All")

ROWS: tuple[Resource, ...] = (
    _listed(
        "identityGovernance/accessReviews/definitions",
        "accessReviewScheduleDefinition",
        Stored("accessReviewDefinitions"),
        read=("AccessReview.Read.All", "AccessReview.ReadWrite.All"),
    ),
    _listed(
        "identityGovernance/appConsent/appConsentRequests",
        "appConsentRequest",
        Stored("appConsentRequests"),
        read=("ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"),
    ),
    _listed(
        "identityGovernance/termsOfUse/agreements",
        "agreement",
        Stored("termsOfUse"),
        read=("Agreement.Read.All", "Agreement.ReadWrite.All"),
    ),
    Resource(
        "directory/onPremisesSynchronization",
        "onPremisesDirectorySynchronization",
        Stored("onPremisesSynchronization"),
        read=("OnPremDirectorySynchronization.Read.All", "OnPremDirectorySynchronization.ReadWrite.All"),
        granted=False,
    ),
    _listed("contracts", "contract", Stored("contracts"), directory=True, read=DIRECTORY),
    singleton(
        "admin/sharepoint/settings",
        "sharepointSettings",
        Stored("sharepointSettings"),
        denial=errors.sharepoint_denied,
        read=("SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All"),
        granted=False,
    ),
    singleton(
        "admin/reportSettings",
        "adminReportSettings",
        Stored("adminReportSettings"),
        denial=errors.denied,
        read=("ReportSettings.Read.All", "ReportSettings.ReadWrite.All"),
        granted=False,
    ),
    singleton(
        "deviceManagement",
        "deviceManagement",
        Stored("deviceManagement"),
        denial=errors.denied,
        read=_SERVICE,
        granted=False,
    ),
    _listed("deviceManagement/managedDevices", "managedDevice", Stored("managedDevices"), read=_MANAGED),
    _listed(
        "deviceManagement/deviceCompliancePolicies",
        "deviceCompliancePolicy",
        Stored("deviceCompliancePolicies"),
        mixed=True,
        read=_CONFIGURATION,
    ),
    _listed(
        "deviceManagement/deviceCompliancePolicies/{id}/assignments",
        "deviceCompliancePolicyAssignment",
        nothing,
        read=_CONFIGURATION,
    ),
    _listed(
        "deviceManagement/deviceConfigurations",
        "deviceConfiguration",
        Stored("deviceConfigurations"),
        mixed=True,
        read=_CONFIGURATION,
    ),
    _listed(
        "deviceManagement/deviceEnrollmentConfigurations",
        "deviceEnrollmentConfiguration",
        Stored("deviceEnrollmentConfigurations"),
        mixed=True,
        read=_SERVICE,
    ),
)
