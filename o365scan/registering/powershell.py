"""A registration as a script for Microsoft Graph PowerShell, and single grants as commands of it.

https://learn.microsoft.com/powershell/module/microsoft.graph.applications/,
https://learn.microsoft.com/powershell/module/microsoft.graph.identity.governance/new-mgrolemanagementdirectoryroleassignment
"""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.auth.directory_roles import TEMPLATE_IDS
from o365scan.cloud import Cloud
from o365scan.registering.clouds import POWERSHELL
from o365scan.registering.github import ISSUER, LONGEST, Workflow
from o365scan.registering.needs import APP_IDS
from o365scan.registering.plan import Registration, in_a_line

_SCOPES = (
    "'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'"
)


def quoted(text: str) -> str:
    """A literal: in single quotes nothing is expanded, and a single quote of any kind is written twice."""
    return "'" + "".join(each * 2 if each in "'\u2018\u2019\u201a\u201b" else each for each in text) + "'"


def app_role(resource: str, role: str, *, principal: str) -> str:
    """The commands that grant an app role of an API; `principal` is the id of the app's service principal."""
    return (
        f"$api = Get-MgServicePrincipal -Filter {quoted(_filter(resource))}; "
        f"New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {principal} -PrincipalId {principal} "
        f"-ResourceId $api.Id -AppRoleId ($api.AppRoles | Where-Object {{ $_.Value -eq {quoted(role)} "
        "-and $_.AllowedMemberTypes -contains 'Application' }).Id"
    )


def directory_role(role: str, *, principal: str) -> str:
    """The command that assigns a directory role. Raises KeyError for one whose template id is not known."""
    return (
        f"New-MgRoleManagementDirectoryRoleAssignment -PrincipalId {principal} "
        f"-RoleDefinitionId {TEMPLATE_IDS[role]} -DirectoryScopeId '/'"
    )


def connect(cloud: Cloud) -> str:
    """How an administrator signs in."""
    return f"Connect-MgGraph -Environment {POWERSHELL[cloud.name]} -NoWelcome -Scopes {_SCOPES}"


def script(plan: Registration) -> str:
    """The whole registration."""
    parts = (
        _head(plan),
        *([] if plan.workflow is None else [_subject(plan.workflow)]),
        _APP.replace("@NAME@", quoted(plan.name)),
        *((_GRANTING, _app_roles(plan)) if any(plan.grants.app_roles.values()) else ()),
        *((_ASSIGNING, _directory_roles(plan)) if plan.grants.directory_roles else ()),
        _certificate(plan) if plan.workflow is None else _federated(plan.workflow, plan.cloud),
        _foot(plan),
    )
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _head(plan: Registration) -> str:
    lines = [
        "#Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Applications",
        "#Requires -Modules Microsoft.Graph.Identity.Governance",
        f"# Registers the app {plan.name} in Entra ID: with what o365scan needs for {plan.purpose}, and no more.",
        "# Read it before it is run. It may be run again: what is there already stays as it is.",
        "# Sign in as Global Administrator, or as Privileged Role Administrator and Cloud Application Administrator",
        "# together: nobody below may grant app roles of Microsoft Graph.",
        *(f"# Granted elsewhere, by hand: {in_a_line(each)}" for each in plan.grants.elsewhere),
        "Set-StrictMode -Version Latest",
        "$ErrorActionPreference = 'Stop'",
        connect(plan.cloud),
    ]
    return "\n".join(lines)


_APP = r"""
# What was just made is not known everywhere at once.
function Invoke-WithRetry([scriptblock] $Command) {
    foreach ($attempt in 1..5) {
        try { return & $Command }
        catch {
            Write-Warning "Not yet: trying again in $($attempt * 5) s ($($_.Exception.Message))"
            Start-Sleep -Seconds ($attempt * 5)
        }
    }
    & $Command
}

# 1. The app and its service principal.
$name = @NAME@
$apps = @(Get-MgApplication -Filter "displayName eq '$name'" -All)
if ($apps.Count -gt 1) { throw "Several apps are called ${name}: choose another --name." }
$app = if ($apps.Count -eq 1) { $apps[0] } else { New-MgApplication -DisplayName $name -SignInAudience AzureADMyOrg }
$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
if (-not $principal) { $principal = Invoke-WithRetry { New-MgServicePrincipal -AppId $app.AppId } }
"""

_GRANTING = r"""
# 2. App roles, by the names that each API has for them here: granted, and declared on the app.
$declared = [System.Collections.Generic.List[object]]::new()
function Add-AppRole([string] $Filter, [string[]] $Roles) {
    $api = Get-MgServicePrincipal -Filter $Filter
    if (-not $api) { throw "The tenant has no service principal of $Filter" }
    $held = @(Invoke-WithRetry { Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -All } |
        Where-Object { $_.ResourceId -eq $api.Id } | ForEach-Object { $_.AppRoleId })
    $access = foreach ($value in $Roles) {
        $role = @($api.AppRoles |
            Where-Object { $_.Value -eq $value -and $_.AllowedMemberTypes -contains 'Application' })
        if ($role.Count -ne 1) { throw "$($api.DisplayName) has no app role $value here" }
        if ($held -notcontains $role[0].Id) {
            $body = @{ principalId = $principal.Id; resourceId = $api.Id; appRoleId = $role[0].Id }
            $null = Invoke-WithRetry {
                New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -BodyParameter $body
            }
            Write-Host "Granted $value"
        }
        @{ id = $role[0].Id; type = 'Role' }
    }
    $declared.Add(@{ resourceAppId = $api.AppId; resourceAccess = @($access) })
}
"""


def _app_roles(plan: Registration) -> str:
    calls = [
        f"Add-AppRole {quoted(_filter(plan.grants.resources[api]))} @(\n"
        + ",\n".join(f"    {quoted(role)}" for role in roles)
        + "\n)"
        for api, roles in plan.grants.app_roles.items()
    ]
    declaring = "Update-MgApplication -ApplicationId $app.Id -RequiredResourceAccess @($declared)"
    return "\n".join([*calls, declaring])


_ASSIGNING = r"""
# 3. Directory roles: Exchange Online wants one besides its app role.
function Add-DirectoryRole([string] $Id, [string] $Name) {
    $held = @(Invoke-WithRetry {
        Get-MgRoleManagementDirectoryRoleAssignment -Filter "principalId eq '$($principal.Id)'" -All
    } | ForEach-Object { $_.RoleDefinitionId })
    if ($held -contains $Id) { return }
    $body = @{ principalId = $principal.Id; roleDefinitionId = $Id; directoryScopeId = '/' }
    $null = Invoke-WithRetry { New-MgRoleManagementDirectoryRoleAssignment -BodyParameter $body }
    Write-Host "Assigned $Name"
}
"""


def _directory_roles(plan: Registration) -> str:
    return "\n".join(
        f"Add-DirectoryRole {TEMPLATE_IDS[role]} {quoted(role)}"
        if role in TEMPLATE_IDS
        else f"# By hand: the directory role {role}"
        for role in plan.grants.directory_roles
    )


def _federated(workflow: Workflow, cloud: Cloud) -> str:
    lines = [
        f"# 4. Jobs of {workflow.repository} sign in by GitHub's tokens: no secret is stored anywhere.",
        "$trusted = @(Invoke-WithRetry { Get-MgApplicationFederatedIdentityCredential -ApplicationId $app.Id -All } |",
        "    ForEach-Object { $_.Subject })",
        "if ($trusted -cnotcontains $subject) {",
        "    # By the subject, since two can't have one name.",
        "    $credential = ('github-' + ($subject -replace '^repo:', '')) -replace '[^A-Za-z0-9]', '-'",
        f"    $credential = $credential.Substring([Math]::Max(0, $credential.Length - {LONGEST}))",
        "    $body = @{",
        "        name = $credential",
        f"        issuer = {quoted(ISSUER)}",
        "        subject = $subject",
        f"        audiences = @({quoted(cloud.federated_audience)})",
        "    }",
        "    $null = Invoke-WithRetry {",
        "        New-MgApplicationFederatedIdentityCredential -ApplicationId $app.Id -BodyParameter $body",
        "    }",
        '    Write-Host "Trusted $subject"',
        "}",
        "$others = @($trusted | Where-Object { $_ -cne $subject })",
        "if ($others) { Write-Host \"Trusted besides, from before: $($others -join ' ')\" }",
    ]
    return "\n".join(lines)


def _subject(workflow: Workflow) -> str:
    return "\n".join([*_prefix(workflow), f"$subject = $prefix + {quoted(workflow.context)}"])


def _prefix(workflow: Workflow) -> Iterator[str]:
    yield "# How GitHub's tokens name the repository: with its ids if it was made, renamed or transferred since 15 July"
    yield "# 2026, else by its name, or as its owner chose. Entra compares letter by letter."
    if workflow.prefix is not None:
        yield f"$prefix = {quoted(workflow.prefix)}"
        return
    yield "# gh must be signed in; without it, name the ids: o365scan setup --owner-id --repository-id"
    yield f"$said = gh api {quoted(f'repos/{workflow.repository}/actions/oidc/customization/sub')} | ConvertFrom-Json"
    yield "if ($LASTEXITCODE -ne 0 -or -not $said.use_default) {"
    yield "    throw 'GitHub does not say that this repository has subjects of the usual form. Register the one ' +"
    yield "        'that o365scan doctor shows in a job.'"
    yield "}"
    yield "$prefix = if ($said.PSObject.Properties['sub_claim_prefix']) { $said.sub_claim_prefix }"
    yield f"    else {{ {quoted(f'repo:{workflow.repository}')} }}"


def _certificate(plan: Registration) -> str:
    name = plan.file_name
    return f"""
# 4. A certificate, good for a year: its key never leaves this folder. openssl makes it, on any platform.
$key, $public, $both = {quoted(f"{name}.key")}, {quoted(f"{name}.crt")}, {quoted(f"{name}.pem")}
$subject = {quoted(f"/CN={plan.name}")}
if (-not (Test-Path $both)) {{
    openssl req '-x509' -newkey 'rsa:3072' '-sha256' -days 365 -nodes -subj $subject -keyout $key -out $public
    if ($LASTEXITCODE -ne 0) {{ throw 'openssl made no certificate' }}
    $made = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new((Join-Path $PWD $public))
    $credential = @{{ type = 'AsymmetricX509Cert'; usage = 'Verify'; key = $made.RawData }}
    $kept = @(Get-MgApplication -ApplicationId $app.Id | ForEach-Object {{ $_.KeyCredentials }})
    Update-MgApplication -ApplicationId $app.Id -KeyCredentials @($kept + $credential)
    Get-Content $public | Add-Content $key
    Move-Item $key $both
}}
"""


def _foot(plan: Registration) -> str:
    lines = [
        "# 5. What o365scan is told; neither is a secret. Grants take minutes, at times hours: o365scan doctor says.",
        '"AZURE_TENANT_ID=$((Get-MgContext).TenantId)"',
        '"AZURE_CLIENT_ID=$($app.AppId)"',
    ]
    if plan.workflow is None:
        lines.append(f'"AZURE_CLIENT_CERTIFICATE_PATH={plan.file_name}.pem"')
    return "\n".join(lines)


def _filter(resource: str) -> str:
    """An OData filter for the service principal of an API."""
    if resource in APP_IDS.values():
        return f"appId eq '{resource}'"
    return f"servicePrincipalNames/any(n:n eq '{resource}')"
