"""NAT gateways: slow to come, slow to go, and able to fail after a successful call.

States: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
Failures: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow

from .hooks import Context, Result, after, instead
from .states import becomes
from .wire import AwsError

_FAILURES = {
    "Gateway.NotAttached": "Network vpc has no Internet gateway attached",
    "Resource.AlreadyAssociated": "Elastic IP address is already associated",
    "InsufficientFreeAddressesInSubnet": "Subnet has insufficient free addresses to create this NAT gateway",
    "InvalidAllocationID.NotFound": "Elastic IP address could not be associated with this NAT gateway",
    "InvalidSubnetID.NotFound": "The subnet does not exist or could not be found",
    "InternalError": "Network interface could not be created due to an internal error",
}
ALIVE = ("pending", "available", "deleting")


@instead("ec2:CreateNatGateway")
def create(context: Context) -> Result:
    ec2, params = context.ec2, context.params
    allocation = params.get("AllocationId")
    public = params.get("ConnectivityType", "public") == "public"
    if public and not allocation:
        raise AwsError("MissingParameter", "The request must contain the parameter AllocationId")
    vpc_id = ec2.get_subnet(params["SubnetId"]).vpc_id
    address = ec2.address_by_allocation([allocation])[0] if allocation else None
    failure = _failure(context, vpc_id, address) if public else None
    # Without a free address moto would refuse the call; AWS accepts it and fails later.
    wanted = {**params, "ConnectivityType": "public" if public else "private"}
    if failure:
        wanted.pop("AllocationId", None)
    made = context.moto("CreateNatGateway", wanted)["NatGateway"]
    nat = ec2.nat_gateways[made["NatGatewayId"]]
    nat.state = "pending"
    if failure:
        nat.address_set[0]["allocationId"] = allocation
    nat.address_set[0].update(isPrimary=True, status="failed" if failure else "succeeded")
    nat.availability_mode = "zonal"
    _dress_interface(nat)
    delay = context.behaviour("nat_delay")
    context.account.schedule.later(delay, lambda: _settle(nat, failure))
    found = context.moto("DescribeNatGateways", {"NatGatewayIds": [nat.id]})["NatGateways"][0]
    return {"ClientToken": params.get("ClientToken"), "NatGateway": {**found, "State": "pending"}}


def _failure(context: Context, vpc_id: str, address: Any) -> str | None:
    asked = context.behaviour("nat_fails")
    if asked:
        context.account.behaviours["nat_fails"] = asked[1:]
        return asked[0]
    if not context.behaviour("validation"):
        return None
    if not any(igw.vpc and igw.vpc.id == vpc_id for igw in context.ec2.internet_gateways.values()):
        return "Gateway.NotAttached"
    if address is not None and address.association_id:
        return "Resource.AlreadyAssociated"
    return None


def _dress_interface(nat: Any) -> None:
    interface = nat._eni
    interface.description = f"Interface for NAT Gateway {nat.id}"
    interface.interface_type = "nat_gateway"
    interface.requester_managed = True
    interface.status = "in-use"


def _settle(nat: Any, failure: str | None) -> None:
    if nat.state != "pending":
        return
    if failure is None:
        nat.state = "available"
        return
    nat.state = "failed"
    nat.failure_code = failure
    nat.failure_message = _FAILURES.get(failure, failure)
    nat.delete_time = iso_8601_datetime_with_milliseconds(utcnow())
    _let_go(nat)


def _let_go(nat: Any) -> None:
    """Give back the interface and the address; the address stays allocated."""
    for address in nat.ec2_backend.addresses:
        if address.eni is nat._eni:
            nat.ec2_backend.disassociate_address(address=address.public_ip)
    nat.ec2_backend.enis.pop(nat._eni.id, None)


@instead("ec2:DeleteNatGateway")
def delete(context: Context) -> Result:
    """A deleted gateway stays listed, with its tags, for about an hour on AWS."""
    ec2, key = context.ec2, context.params["NatGatewayId"]
    nat = ec2.nat_gateways.get(key)
    if nat is None:
        raise AwsError("NatGatewayNotFound", f"NatGateway {key} was not found")
    behaviours, schedule = context.account.behaviours, context.account.schedule

    def forget() -> None:
        ec2.nat_gateways.pop(key, None)
        ec2.tags.pop(key, None)

    def finish() -> None:
        nat.state = "deleted"
        nat.delete_time = iso_8601_datetime_with_milliseconds(utcnow())
        _let_go(nat)
        schedule.later(behaviours["tombstone"], forget)

    if nat.state not in ("deleting", "deleted"):
        nat.state = "deleting"
        schedule.later(behaviours["nat_delete_delay"], finish)
    return {"NatGatewayId": key}


@after("ec2:CreateVpc")
def vpc_comes_up(context: Context, result: Result) -> None:
    """A new VPC is pending for a moment."""
    vpc = context.ec2.vpcs[result["Vpc"]["VpcId"]]
    becomes(context, vpc, "state", "pending", "available", after="vpc_delay")
    result["Vpc"]["State"] = "pending"
