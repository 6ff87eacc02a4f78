"""A registration as a bash script for the Azure CLI, and single grants as commands of it.

https://learn.microsoft.com/cli/azure/ad/app, https://learn.microsoft.com/cli/azure/ad/sp,
https://learn.microsoft.com/cli/azure/ad/app/federated-credential. There is no command that grants an app role or a
directory role to an app: that is `az rest` to
https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments and
https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from shlex import quote

from o365scan.auth.directory_roles import TEMPLATE_IDS
from o365scan.cloud import Cloud
from o365scan.registering.clouds import AZURE_CLI
from o365scan.registering.github import ISSUER, LONGEST, Workflow
from o365scan.registering.plan import Registration, in_a_line

_OF_APPS = "contains(allowedMemberTypes, 'Application')"


def app_role(resource: str, role: str, *, principal: str, cloud: Cloud) -> str:
    """The command that grants an app role of an API; `principal` is the id of the app's service principal."""
    body = (
        f"{{principalId: '{principal}', resourceId: id, "
        f"appRoleId: appRoles[?value=='{role}' && {_OF_APPS}].id | [0]}}"
    )
    return (
        f"az rest --method POST --url {cloud.graph}/v1.0/servicePrincipals/{principal}/appRoleAssignments"
        f' --body "$(az ad sp show --id {resource} --query "{body}")"'
    )


def directory_role(role: str, *, principal: str, cloud: Cloud) -> str:
    """The command that assigns a directory role. Raises KeyError for one whose template id is not known."""
    body = json.dumps(
        {"principalId": principal, "roleDefinitionId": TEMPLATE_IDS[role], "directoryScopeId": "/"}
    )
    return (
        f"az rest --method POST --url {cloud.graph}/v1.0/roleManagement/directory/roleAssignments"
        f" --body {quote(body)}"
    )


def script(plan: Registration) -> str:
    """The whole registration."""
    parts = (
        _head(plan),
        *([] if plan.workflow is None else [_subject(plan.workflow)]),
        _APP.replace("@NAME@", quote(plan.name)),
        *((_GRANTING, _app_roles(plan)) if any(plan.grants.app_roles.values()) else ()),
        *((_ASSIGNING, _directory_roles(plan)) if plan.grants.directory_roles else ()),
        _certificate(plan) if plan.workflow is None else _federated(plan.workflow, plan.cloud),
        _foot(plan),
    )
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _head(plan: Registration) -> str:
    lines = [
        "#!/usr/bin/env bash",
        f"# Registers the app {plan.name} in Entra ID: with what o365scan needs for {plan.purpose}, and no more.",
        "# Read it before it is run. It may be run again: what is there already stays as it is.",
        "# Sign in first, as Global Administrator or as Privileged Role Administrator and Cloud Application",
        "# Administrator together: nobody below may grant app roles of Microsoft Graph.",
        f"#   az cloud set --name {AZURE_CLI[plan.cloud.name]} && az login --allow-no-subscriptions",
        *(f"# Granted elsewhere, by hand: {in_a_line(each)}" for each in plan.grants.elsewhere),
        "set -euo pipefail",
        "",
        f"graph={plan.cloud.graph}",
        "tenant=$(az account show --query tenantId --output tsv)",
    ]
    return "\n".join(lines)


_APP = r"""
# What was just made is not known everywhere at once.
retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if "$@"; then return 0; fi
    echo "Not yet: trying again in $((attempt * 5)) s" >&2
    sleep "$((attempt * 5))"
  done
  "$@"
}

# 1. The app and its service principal.
name=@NAME@
app=$(az ad app list --filter "displayName eq '$name'" --query '[].appId' --output tsv)
if [[ $app == *$'\n'* ]]; then
  echo "Several apps are called $name: choose another --name." >&2
  exit 1
fi
if [[ -z $app ]]; then
  app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
principal=$(az ad sp list --filter "appId eq '$app'" --query '[].id' --output tsv)
if [[ -z $principal ]]; then
  principal=$(retry az ad sp create --id "$app" --query id --output tsv)
fi
"""

_GRANTING = r"""
# 2. App roles, by the names that each API has for them here: granted, and declared on the app.
declared=
grant() { # API ROLE...
  local ids resource api roles held role id access=
  ids=$(az ad sp show --id "$1" --query '[id, appId]' --output tsv)
  { read -r resource; read -r api; } <<< "$ids"
  shift
  roles=$(az ad sp show --id "$api" --output tsv \
    --query "appRoles[?contains(allowedMemberTypes, 'Application')].[value, id]")
  held=$(retry az rest --method GET --output tsv \
    --url "$graph/v1.0/servicePrincipals/$principal/appRoleAssignments?\$top=999" \
    --query "value[?resourceId=='$resource'].appRoleId")
  for role in "$@"; do
    id=$(awk -v role="$role" '$1 == role { print $2 }' <<< "$roles")
    if [[ -z $id ]]; then
      echo "The API $api has no app role $role here." >&2
      return 1
    fi
    access+=${access:+,}"{\"id\":\"$id\",\"type\":\"Role\"}"
    if [[ $held == *"$id"* ]]; then continue; fi
    retry az rest --method POST --output none \
      --url "$graph/v1.0/servicePrincipals/$principal/appRoleAssignments" \
      --body "{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$id\"}"
    echo "Granted $role" >&2
  done
  declared+=${declared:+,}"{\"resourceAppId\":\"$api\",\"resourceAccess\":[$access]}"
}
"""


def _app_roles(plan: Registration) -> str:
    lines = []
    for api, roles in plan.grants.app_roles.items():
        lines += [f"# {in_a_line(api)}", " \\\n  ".join([f"grant {plan.grants.resources[api]}", *roles])]
    return "\n".join(
        [*lines, 'az ad app update --id "$app" --required-resource-accesses "[$declared]" --output none']
    )


_ASSIGNING = r"""
# 3. Directory roles: Exchange Online wants one besides its app role.
assign() { # TEMPLATE-ID NAME
  local held
  held=$(retry az rest --method GET --output tsv --query 'value[].roleDefinitionId' \
    --url "$graph/v1.0/roleManagement/directory/roleAssignments?\$filter=principalId%20eq%20'$principal'")
  if [[ $held == *"$1"* ]]; then return 0; fi
  retry az rest --method POST --output none --url "$graph/v1.0/roleManagement/directory/roleAssignments" \
    --body "{\"principalId\":\"$principal\",\"roleDefinitionId\":\"$1\",\"directoryScopeId\":\"/\"}"
  echo "Assigned $2" >&2
}
"""


def _directory_roles(plan: Registration) -> str:
    return "\n".join(
        f"assign {TEMPLATE_IDS[role]} {quote(role)}"
        if role in TEMPLATE_IDS
        else f"# By hand: the directory role {role}"
        for role in plan.grants.directory_roles
    )


def _federated(workflow: Workflow, cloud: Cloud) -> str:
    parameters = (
        f'{{\\"name\\":\\"$credential\\",\\"issuer\\":\\"{ISSUER}\\",'
        f'\\"subject\\":\\"$subject\\",\\"audiences\\":[\\"{cloud.federated_audience}\\"]}}'
    )
    lines = [
        f"# 4. Jobs of {workflow.repository} sign in by GitHub's tokens: no secret is stored anywhere.",
        "trusted=$(az ad app federated-credential list --id \"$app\" --query '[].subject' --output tsv)",
        "if [[ $'\\n'$trusted$'\\n' != *$'\\n'\"$subject\"$'\\n'* ]]; then",
        "  credential=github-${subject#repo:}  # by the subject, since two can't have one name",
        "  credential=${credential//[^A-Za-z0-9]/-}",
        f"  if [[ ${{#credential}} -gt {LONGEST} ]]; then credential=${{credential: -{LONGEST}}}; fi",
        f'  retry az ad app federated-credential create --id "$app" --output none --parameters "{parameters}"',
        '  echo "Trusted $subject" >&2',
        "fi",
        'others=$(grep -vxF -- "$subject" <<< "$trusted" || true)',
        'if [[ -n $others ]]; then echo "Trusted besides, from before: $others" >&2; fi',
    ]
    return "\n".join(lines)


def _subject(workflow: Workflow) -> str:
    return "\n".join([*_prefix(workflow), f"subject=$prefix{quote(workflow.context)}"])


def _prefix(workflow: Workflow) -> Iterator[str]:
    yield "# How GitHub's tokens name the repository: with its ids if it was made, renamed or transferred since 15 July"
    yield "# 2026, else by its name, or as its owner chose. Entra compares letter by letter."
    if workflow.prefix is not None:
        yield f"prefix={quote(workflow.prefix)}"
        return
    yield "# gh must be signed in; without it, name the ids: o365scan setup --owner-id --repository-id"
    yield f"subjects=repos/{workflow.repository}/actions/oidc/customization/sub"
    yield 'if [[ $(gh api "$subjects" --jq .use_default) != true ]]; then'
    yield '  echo "GitHub does not say that this repository has subjects of the usual form. Register the one that" >&2'
    yield '  echo "o365scan doctor shows in a job." >&2'
    yield "  exit 1"
    yield "fi"
    yield "prefix=$(gh api \"$subjects\" --jq '.sub_claim_prefix // empty')"
    yield f"if [[ -z $prefix ]]; then prefix={quote(f'repo:{workflow.repository}')}; fi"


def _certificate(plan: Registration) -> str:
    name = plan.file_name
    return f"""
# 4. A certificate, good for a year: its key never leaves this folder.
if [[ ! -e {name}.pem ]]; then
  (
    umask 077
    openssl req -x509 -newkey rsa:3072 -sha256 -days 365 -nodes -subj {quote(f"/CN={plan.name}")} \\
      -keyout {name}.key -out {name}.crt
  )
  retry az ad app credential reset --id "$app" --cert "@{name}.crt" --append --output none
  cat {name}.crt >> {name}.key
  mv {name}.key {name}.pem
fi
"""


def _foot(plan: Registration) -> str:
    lines = [
        "# 5. What o365scan is told; neither is a secret. Grants take minutes, at times hours: o365scan doctor says.",
        'echo "AZURE_TENANT_ID=$tenant"',
        'echo "AZURE_CLIENT_ID=$app"',
    ]
    if plan.workflow is None:
        lines.append(f'echo "AZURE_CLIENT_CERTIFICATE_PATH={plan.file_name}.pem"')
    elif plan.workflow.environment is not None:
        place = f"--env {plan.workflow.environment} --repo {plan.workflow.repository}"
        lines.append(f'# gh variable set AZURE_CLIENT_ID --body "$app" {place}')
    return "\n".join(lines)
