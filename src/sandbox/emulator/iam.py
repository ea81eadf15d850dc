"""IAM roles and instance profiles: read from replicas like everything else, and slow to reach other services.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

from . import bridge
from .consistency import Item, Items
from .hooks import Context, Result, after, before, instead, snapshots
from .wire import AwsError

_ROLES = "roles"
_PROFILES = "instance profiles"
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_PROFILE_NAME = re.compile(r"[\w+=,.@-]{1,128}")


def _read_roles(context: Context) -> Items:
    """All there is to know about each role, by name."""
    found = {}
    for role in list(bridge.iam(context.call.account).get_roles()):
        shown = context.moto("GetRole", {"RoleName": role.name})["Role"]
        found[role.name] = {
            "Role": shown,
            "Tags": shown.get("Tags") or [],
            "Policies": dict(role.policies),
            "Attached": role.attached_managed_policies,
        }
    return found


@snapshots("iam")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    operation, found = context.call.operation, {}
    if "Role" in operation:
        found[_ROLES] = lambda: _read_roles(context)
    if "Role" in operation or "InstanceProfile" in operation:
        found[_PROFILES] = lambda: _read_profiles(context)
    return found


def _roles(context: Context) -> Items:
    return context.visible(_ROLES, lambda: _read_roles(context))


def _role(context: Context) -> Item:
    name = context.params["RoleName"]
    role = _roles(context).get(name)
    if role is None:
        raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
    return role


@instead("iam:GetRole")
def get_role(context: Context) -> Result:
    return {"Role": _role(context)["Role"]}


@instead("iam:ListRoles")
def list_roles(context: Context) -> Result:
    prefix = context.params.get("PathPrefix") or "/"
    hidden = ("Tags", "PermissionsBoundary", "RoleLastUsed")  # ListRoles leaves these out
    roles = [
        {member: value for member, value in role["Role"].items() if member not in hidden}
        for _, role in sorted(_roles(context).items())
        if role["Role"].get("Path", "/").startswith(prefix)
    ]
    return {"Roles": roles}


@instead("iam:ListRoleTags")
def list_role_tags(context: Context) -> Result:
    return {"Tags": _role(context)["Tags"]}


@instead("iam:ListRolePolicies")
def list_role_policies(context: Context) -> Result:
    return {"PolicyNames": sorted(_role(context)["Policies"])}


@instead("iam:ListAttachedRolePolicies")
def list_attached(context: Context) -> Result:
    return {"AttachedPolicies": _role(context)["Attached"]}


@instead("iam:GetRolePolicy")
def get_role_policy(context: Context) -> Result:
    """Documents travel URL-encoded (RFC 3986)."""
    name, policies = context.params["PolicyName"], _role(context)["Policies"]
    if name not in policies:
        raise AwsError("NoSuchEntity", f"The role policy with name {name} cannot be found.", 404)
    document = policies[name]
    text = document if isinstance(document, str) else json.dumps(document)
    return {"RoleName": context.params["RoleName"], "PolicyName": name, "PolicyDocument": quote(text, safe="")}


@before("iam:CreateRole", when="validation")
def check_role(context: Context) -> None:
    name = context.params["RoleName"]
    if not _ROLE_NAME.fullmatch(name):
        raise AwsError("ValidationError", f"The role name {name!r} has characters or a length that is not allowed.")
    # Names are unique whatever their case.
    taken = {role.name.lower() for role in bridge.iam(context.call.account).get_roles()}
    if name.lower() in taken:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    _check_document(context.params["AssumeRolePolicyDocument"], needs="Principal", lacks="Resource")


@before("iam:UpdateAssumeRolePolicy", when="validation")
def check_trust(context: Context) -> None:
    _check_document(context.params["PolicyDocument"], needs="Principal", lacks="Resource")


@before("iam:PutRolePolicy", when="validation")
def check_inline(context: Context) -> None:
    _check_document(context.params["PolicyDocument"], needs="Resource", lacks="Principal")


def _check_document(text: str, needs: str, lacks: str) -> None:
    """The outlines of a policy: who may (trust policy) or what on (inline policy)."""
    malformed = AwsError("MalformedPolicyDocument", "Syntax errors in policy.")
    try:
        document = json.loads(text)
    except ValueError:
        raise malformed from None
    if not isinstance(document, dict) or document.get("Version") not in (None, "2012-10-17", "2008-10-17"):
        raise malformed
    statements = document.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    for statement in statements:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise malformed
        if not ({"Action", "NotAction"} & statement.keys()):
            raise malformed
        if lacks in statement:
            raise AwsError("MalformedPolicyDocument", f"Has prohibited field {lacks}")
        if not ({needs, f"Not{needs}"} & statement.keys()):
            raise AwsError("MalformedPolicyDocument", f"Missing required field {needs}")


@functools.cache
def _aws_policies() -> dict[str, tuple[str, dict[str, Any]]]:
    """The policies AWS supplies: ARN -> name and data."""
    policies = json.loads(aws_managed_policies_data)
    return {
        f"arn:aws:iam::aws:policy{data['Path']}{name}": (name, data) for name, data in policies.items()
    }


@before("iam:AttachRolePolicy", "iam:GetPolicy", "iam:GetPolicyVersion")
def aws_policy(context: Context) -> None:
    """Fetch a policy of AWS's own when it is asked for; giving each account all 1400 is slow."""
    backend, arn = bridge.iam(context.call.account), context.params.get("PolicyArn")
    if arn in _aws_policies() and arn not in backend.managed_policies:
        name, data = _aws_policies()[arn]
        made = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        backend.managed_policies[arn] = made


@after("iam:CreateRole", "iam:UpdateAssumeRolePolicy")
def spread(context: Context, result: Result) -> None:
    """Other services hear of the role, or of its new trust, only later."""
    role = bridge.iam(context.call.account).get_role(context.params["RoleName"])
    context.account.born[role.arn] = time.monotonic()


def usable(context: Context, arn: str) -> bool:
    """Whether other services can assume a role by now."""
    born = context.account.born.get(arn, float("-inf"))
    return time.monotonic() - born >= context.behaviour("iam_delay")


def _read_profiles(context: Context) -> Items:
    """All there is to know about each instance profile, by name."""
    profiles = list(bridge.iam(context.call.account).get_instance_profiles())
    ask = "iam:GetInstanceProfile"
    return {it.name: context.moto(ask, {"InstanceProfileName": it.name})["InstanceProfile"] for it in profiles}


def _profiles(context: Context) -> Items:
    return context.visible(_PROFILES, lambda: _read_profiles(context))


def profile(context: Context, name: str) -> Any:
    """moto's instance profile of a name or an ARN, if there is one."""
    profiles = bridge.iam(context.call.account).get_instance_profiles()
    return next((it for it in profiles if name in (it.name, it.arn)), None)


@instead("iam:GetInstanceProfile")
def get_profile(context: Context) -> Result:
    name = context.params["InstanceProfileName"]
    found = _profiles(context).get(name)
    if found is None:
        raise AwsError("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404)
    return {"InstanceProfile": found}


@instead("iam:ListInstanceProfiles")
def list_profiles(context: Context) -> Result:
    prefix = context.params.get("PathPrefix") or "/"
    found = [
        {member: value for member, value in it.items() if member != "Tags"}  # ListInstanceProfiles leaves these out
        for _, it in sorted(_profiles(context).items()) if it.get("Path", "/").startswith(prefix)
    ]
    return {"InstanceProfiles": found}


@before("iam:CreateInstanceProfile", when="validation")
def check_profile(context: Context) -> None:
    name = context.params["InstanceProfileName"]
    if not _PROFILE_NAME.fullmatch(name):
        raise AwsError("ValidationError", f"The name {name!r} has characters or a length that is not allowed.")
    taken = {it.name.lower() for it in bridge.iam(context.call.account).get_instance_profiles()}
    if name.lower() in taken:
        raise AwsError("EntityAlreadyExists", f"Instance Profile {name} already exists.", 409)


@before("iam:RemoveRoleFromInstanceProfile")
def check_removal(context: Context) -> None:
    """moto fails on a role that the profile has not."""
    found, role = profile(context, context.params["InstanceProfileName"]), context.params["RoleName"]
    if found is None or all(it.name != role for it in found.roles):
        raise AwsError("NoSuchEntity", f"The role with name {role} cannot be found in the instance profile.", 404)


@after("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile")
def spread_profile(context: Context, result: Result) -> None:
    """Other services hear of the profile, or of its role, only later."""
    found = profile(context, context.params["InstanceProfileName"])
    context.account.born[found.arn] = time.monotonic()
