"""The profiles that give machines their roles, and which machine has which.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
"""

from __future__ import annotations

import copy
from typing import Any

from moto.ec2.utils import random_instance_id

from . import iam
from .consistency import Item
from .hooks import Context, Result, instead
from .wire import AwsError

PROFILE = "IamInstanceProfile"


def fleet(context: Context) -> dict[str, Any]:
    """Those of the region, by id: see `ec2_instances`."""
    found: dict[str, Any] = context.account.stores.setdefault((context.call.region, "ec2:instances"), {})
    return found


def machine_of(context: Context, key: str) -> Any:
    machine = fleet(context).get(key)
    if machine is None:
        raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{key}' does not exist")
    return machine


def profile(context: Context, given: dict[str, Any]) -> Item:
    """The profile, if EC2 has heard of it and of its role by now."""
    by, name = ("ARN", given["Arn"]) if given.get("Arn") else ("name", given.get("Name"))
    found = iam.profile(context, name)
    if found is None or not iam.usable(context, found.arn):
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({name}) for parameter iamInstanceProfile.{by.lower()} is invalid. "
            f"Invalid IAM Instance Profile {by}",
        )
    if not found.roles:
        message = f'IAM Instance Profile "{found.arn}" has no associated IAM Roles'
        raise AwsError("InvalidParameterValue", message)
    return {"Arn": found.arn, "Id": found.id}


def associate(machine: Any, profile: Item) -> None:
    machine.shown[PROFILE] = profile
    machine.association = {
        "AssociationId": f"iip-assoc-{random_instance_id()[2:]}", "InstanceId": machine.id,
        PROFILE: profile, "State": "associated",
    }


@instead("ec2:DescribeIamInstanceProfileAssociations")
def associations(context: Context) -> Result:
    paths = {"instance-id": "InstanceId", "state": "State"}
    wanted = {paths[it["Name"]]: it.get("Values") or [] for it in context.params.get("Filters") or []}
    ids = context.params.get("AssociationIds") or []
    every = [it.association for it in fleet(context).values() if it.association]
    found = [
        it for it in every
        if all(it[member] in values for member, values in wanted.items()) and (not ids or it["AssociationId"] in ids)
    ]
    return {"IamInstanceProfileAssociations": copy.deepcopy(found)}


@instead("ec2:AssociateIamInstanceProfile")
def first(context: Context) -> Result:
    machine = machine_of(context, context.params["InstanceId"])
    if machine.association:
        message = f"There is an existing association for instance {machine.id}"
        raise AwsError("IncorrectState", message)
    associate(machine, profile(context, context.params[PROFILE]))
    return {"IamInstanceProfileAssociation": copy.deepcopy(machine.association)}


def _associated(context: Context) -> Machine:
    key = context.params["AssociationId"]
    for machine in fleet(context).values():
        if machine.association and machine.association["AssociationId"] == key:
            return machine
    raise AwsError("InvalidAssociationID.NotFound", f"An invalid association-id of '{key}' was given")


@instead("ec2:ReplaceIamInstanceProfileAssociation")
def replace(context: Context) -> Result:
    machine = _associated(context)
    associate(machine, profile(context, context.params[PROFILE]))
    return {"IamInstanceProfileAssociation": copy.deepcopy(machine.association)}


@instead("ec2:DisassociateIamInstanceProfile")
def disassociate(context: Context) -> Result:
    machine = _associated(context)
    found, machine.association = machine.association, None
    machine.shown.pop(PROFILE, None)
    return {"IamInstanceProfileAssociation": found}
