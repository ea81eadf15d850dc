"""Subnet groups: over two zones at least, and in use as long as a database stands in them.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
"""

from __future__ import annotations

import re
from typing import Any

from .consistency import Item
from .hooks import Context, Result, instead
from .rds_store import arn, put_tags, store
from .wire import AwsError

_NAME = re.compile(r"[a-z0-9 ._-]{1,255}")


def subnet_group(context: Context, name: str) -> Item:
    found = store(context).subnet_groups.get(name.lower())
    if found is None:
        raise AwsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.")
    return found


def _subnets(context: Context) -> list[Any]:
    subnets = [context.ec2.get_subnet(key) for key in context.params.get("SubnetIds") or []]
    if context.behaviour("validation"):
        if len({subnet.availability_zone for subnet in subnets}) < 2:
            raise AwsError(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
                f"{', '.join(sorted({subnet.availability_zone for subnet in subnets}))}. Add subnets to cover at "
                "least 2 AZs.",
            )
        if len({subnet.vpc_id for subnet in subnets}) > 1:
            raise AwsError("InvalidSubnet", "The subnets are not all in the same VPC.")
    return subnets


def _members(subnets: list[Any]) -> list[Item]:
    return [
        {
            "SubnetIdentifier": subnet.id,
            "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
            "SubnetOutpost": {},
            "SubnetStatus": "Active",
        }
        # In whatever order RDS has them, which is not the one in which they were given.
        for subnet in sorted(subnets, key=lambda subnet: subnet.id, reverse=True)
    ]


@instead("rds:CreateDBSubnetGroup")
def create(context: Context) -> Result:
    params, groups = context.params, store(context).subnet_groups
    name = params["DBSubnetGroupName"].lower()
    if context.behaviour("validation") and (not _NAME.fullmatch(name) or name == "default"):
        raise AwsError("InvalidParameterValue", f"The parameter DBSubnetGroupName is not valid: {name}")
    if name in groups:
        raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
    subnets = _subnets(context)
    groups[name] = {
        "DBSubnetGroupName": name,
        "DBSubnetGroupDescription": params.get("DBSubnetGroupDescription") or "",
        "DBSubnetGroupArn": arn(context, "subgrp", name),
        "VpcId": subnets[0].vpc_id if subnets else "",
        "SubnetGroupStatus": "Complete",
        "Subnets": _members(subnets),
        "SupportedNetworkTypes": ["IPV4"],
    }
    put_tags(context, groups[name]["DBSubnetGroupArn"], params.get("Tags"))
    return {"DBSubnetGroup": groups[name]}


@instead("rds:DescribeDBSubnetGroups")
def describe(context: Context) -> Result:
    if name := context.params.get("DBSubnetGroupName"):
        return {"DBSubnetGroups": [subnet_group(context, name)]}
    return {"DBSubnetGroups": [group for _, group in sorted(store(context).subnet_groups.items())]}


@instead("rds:ModifyDBSubnetGroup")
def modify(context: Context) -> Result:
    group = subnet_group(context, context.params["DBSubnetGroupName"])
    members = _members(_subnets(context))
    kept = {member["SubnetIdentifier"] for member in members}
    if context.behaviour("dependencies"):
        for name, interface in store(context).interfaces.items():
            eni = context.ec2.enis.get(interface)
            there = store(context).instances.get(name, {}).get("_subnet_group") == group["DBSubnetGroupName"]
            if there and eni and eni.subnet.id not in kept:
                raise AwsError(
                    "SubnetAlreadyInUse",
                    f"The DB subnet {eni.subnet.id} cannot be removed: it is in use by database {name}.",
                )
    group["Subnets"] = members
    group["VpcId"] = context.ec2.get_subnet(members[0]["SubnetIdentifier"]).vpc_id
    if context.params.get("DBSubnetGroupDescription"):
        group["DBSubnetGroupDescription"] = context.params["DBSubnetGroupDescription"]
    return {"DBSubnetGroup": group}


@instead("rds:DeleteDBSubnetGroup")
def delete(context: Context) -> Result:
    group = subnet_group(context, context.params["DBSubnetGroupName"])
    name, kept = group["DBSubnetGroupName"], store(context)
    users = [key for key, one in kept.instances.items() if one["_subnet_group"] == name]
    if users and context.behaviour("dependencies"):
        raise AwsError(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{name}' because at least one database instance: {users[0]} is still "
            "using it.",
        )
    del kept.subnet_groups[name]
    kept.tags.pop(group["DBSubnetGroupArn"], None)
    return {}
