"""What Microsoft's tools call its clouds.

https://learn.microsoft.com/cli/azure/manage-clouds-azure-cli,
https://learn.microsoft.com/powershell/microsoftgraph/authentication-commands (-Environment).
"""

from __future__ import annotations

from o365scan.sign_in import CloudName

#: `az cloud set --name`. It knows one cloud of the US government, whose Graph is GCC High's: `az ad` does not reach
#: that of the DoD, and `az rest` has no token for it.
AZURE_CLI = {
    CloudName.GLOBAL: "AzureCloud",
    CloudName.GCCH: "AzureUSGovernment",
    CloudName.CHINA: "AzureChinaCloud",
}
#: `Connect-MgGraph -Environment`.
POWERSHELL = {
    CloudName.GLOBAL: "Global",
    CloudName.GCCH: "USGov",
    CloudName.DOD: "USGovDoD",
    CloudName.CHINA: "China",
}
