"""Everything at once: a client that only retries gets its network built and torn down."""

import time

from botocore.exceptions import BotoCoreError, ClientError
from conftest import Cloud, Server

GONE = ("InvalidVpcID.NotFound", "InvalidSubnetID.NotFound", "InvalidInternetGatewayID.NotFound",
        "InvalidAllocationID.NotFound", "Gateway.NotAttached", "NatGatewayNotFound")


def insist(call, done=(), **params):
    """Call until it works, or until it fails with a code that means it is done."""
    for _ in range(100):
        try:
            return call(**params)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            assert code not in ("SandboxFailure", "NotImplementedInSandbox"), error
            if code in done:
                return None
        except BotoCoreError:
            pass  # the connection was dropped
        time.sleep(0.03)
    raise AssertionError(f"{call} never worked")


def build_and_destroy(server: Server, account: str, seed: int) -> list[tuple[str, str | None]]:
    cloud = Cloud(server, account)
    cloud.behave(preset="strict", seed=seed, quotas=False)
    kinds = ("throttle", "server_error", "drop_before", "drop_after", "stale")
    cloud.control("PUT", "faults", [{"kind": kind, "rate": 0.05} for kind in kinds])
    ec2 = cloud.ec2
    vpc = insist(ec2.create_vpc, CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    igw = insist(ec2.create_internet_gateway)["InternetGateway"]["InternetGatewayId"]
    insist(ec2.attach_internet_gateway, ("Resource.AlreadyAssociated",), InternetGatewayId=igw, VpcId=vpc)
    insist(ec2.create_subnet, ("InvalidSubnet.Conflict",), VpcId=vpc, CidrBlock="10.0.1.0/24")
    subnet = None
    while not subnet:
        found = insist(ec2.describe_subnets, MaxResults=1000)["Subnets"]
        subnet = next((s["SubnetId"] for s in found if s["VpcId"] == vpc), None)
        if not subnet:  # it may be on a later page or on no replica yet
            cloud.behave(page_size=0)
    address = insist(ec2.allocate_address, Domain="vpc")["AllocationId"]
    nat = insist(ec2.create_nat_gateway, SubnetId=subnet, AllocationId=address, ClientToken="one")
    nat = nat["NatGateway"]["NatGatewayId"]
    time.sleep(0.35)  # from here on, an id that is unknown is one that is gone
    insist(ec2.delete_nat_gateway, GONE, NatGatewayId=nat)
    insist(ec2.release_address, GONE, AllocationId=address)
    insist(ec2.detach_internet_gateway, GONE, InternetGatewayId=igw, VpcId=vpc)
    insist(ec2.delete_internet_gateway, GONE, InternetGatewayId=igw)
    insist(ec2.delete_subnet, GONE, SubnetId=subnet)
    insist(ec2.delete_vpc, GONE, VpcId=vpc)
    return [(call["operation"], call["injected"]) for call in cloud.control("GET", "calls")["calls"]]


def test_a_persistent_client_gets_there(server):
    injected = set()
    for seed in range(1, 6):
        calls = build_and_destroy(server, f"31000000000{seed}", seed)
        injected |= {fault for _, fault in calls}
    assert len(injected) >= 4
