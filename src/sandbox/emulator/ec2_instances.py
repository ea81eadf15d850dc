"""Machines: slow to come, to stop and to go; the network interface of one outlives it.

They are kept here, as moto's need tables of machine types and images that make
every account slow. Their interfaces and tags are moto's, so that what checks
those sees them.

States: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
Images: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html
"""

from __future__ import annotations

import base64
import binascii
import copy
import random
import re
from ipaddress import ip_network
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow
from moto.ec2.utils import random_instance_id, random_volume_id

from .consistency import Item
from .ec2_checks import check_tags
from .ec2_profiles import PROFILE, associate, fleet, machine_of, profile
from .ec2_reads import source, visible
from .ec2_tables import TABLES
from .hooks import Context, Result, after, before, instead
from .states import becomes
from .wire import AwsError

_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
_LONGEST_DATA = 16 * 1024
_TAGGED = ("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu")

class Machine:
    """What readers are shown of it, and what moto has for it."""

    def __init__(self, shown: Item, interface: Any, data: str, protected: bool) -> None:
        self.shown = shown
        self.interface = interface
        self.data = data
        self.protected = protected
        self.state = "pending"
        self.association: Item | None = None

    # moto asks the machine of an interface for these.
    security_groups: tuple[()] = ()

    @property
    def id(self) -> str:
        return str(self.shown["InstanceId"])

    @property
    def owner_id(self) -> str:
        return str(self.interface.owner_id)

    @property
    def volumes(self) -> list[str]:
        return [it["Ebs"]["VolumeId"] for it in self.shown.get("BlockDeviceMappings") or []]


@source("DescribeInstances")
def every(context: Context) -> list[Item]:
    return [_shown(context, machine) for machine in fleet(context).values()]


def _shown(context: Context, machine: Machine) -> Item:
    tags = context.ec2.tags.get(machine.id, {})
    item: Item = copy.deepcopy(machine.shown)
    item["State"] = {"Code": _CODES[machine.state], "Name": machine.state}
    item["Tags"] = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
    # Of the attributes that have a call of their own, so that they lag along.
    item["Attributes"] = {"UserData": machine.data, "DisableApiTermination": machine.protected}
    if machine.state != "terminated":
        groups = [{"GroupId": group.id, "GroupName": group.name} for group in machine.interface._group_set]
        item["SecurityGroups"] = groups
        item["NetworkInterfaces"] = [_interface(machine, groups)]
    return item


def _interface(machine: Machine, groups: list[Item]) -> Item:
    interface, public = machine.interface, machine.shown.get("PublicIpAddress")
    found = {
        "NetworkInterfaceId": interface.id, "SubnetId": interface.subnet.id, "VpcId": interface.subnet.vpc_id,
        "Status": "in-use", "PrivateIpAddress": machine.shown["PrivateIpAddress"], "Groups": groups,
        "Attachment": {"DeviceIndex": 0, "Status": "attached", "DeleteOnTermination": True},
    }
    return {**found, "Association": {"PublicIp": public, "IpOwnerId": "amazon"}} if public else found


@after("ec2:DescribeInstances")
def reservations(context: Context, result: Result) -> Result:
    """Each machine was asked for by itself."""
    found = [
        {"ReservationId": f"r-{it['InstanceId'][2:]}", "OwnerId": context.call.account, "Instances": [it]}
        for it in result.pop("Instances", [])
    ]
    return {**result, "Reservations": found}


@instead("ec2:DescribeInstanceAttribute")
def attribute(context: Context) -> Result:
    key, name = context.params["InstanceId"], context.params["Attribute"]
    item = visible(context, TABLES["DescribeInstances"]).get(key)
    if item is None:
        raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{key}' does not exist")
    attributes = item["Attributes"]
    if name == "userData":
        return {"InstanceId": key, "UserData": {"Value": attributes["UserData"]} if attributes["UserData"] else {}}
    if name == "disableApiTermination":
        return {"InstanceId": key, "DisableApiTermination": {"Value": attributes["DisableApiTermination"]}}
    if name == "instanceType":
        return {"InstanceId": key, "InstanceType": {"Value": item["InstanceType"]}}
    raise AwsError("InvalidParameterValue", f"Value ({name}) for parameter attribute is invalid.")


@before("ec2:RunInstances", when="validation")
def check(context: Context) -> None:
    params = context.params
    for spec in params.get("TagSpecifications") or []:
        if spec.get("ResourceType") not in _TAGGED:
            kind = spec.get("ResourceType")
            raise AwsError(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )
        check_tags(spec.get("Tags") or [])
    if not _TYPE.fullmatch(params.get("InstanceType") or ""):
        raise AwsError("InvalidParameterValue", f"Invalid value '{params.get('InstanceType')}' for InstanceType.")
    _check_data(params.get("UserData") or "")
    if params.get(PROFILE):
        profile(context, params[PROFILE])


def _check_data(encoded: str) -> None:
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from None
    if len(data) > _LONGEST_DATA:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")


def _free_address(ec2: Any, subnet: Any) -> str:
    """An address of the subnet that nobody has: the first four and the last are Amazon's own."""
    taken = {it.private_ip_address for it in ec2.get_all_network_interfaces(filters={"subnet-id": [subnet.id]})}
    network = ip_network(subnet.cidr_block)
    usable = (str(network[it]) for it in range(4, network.num_addresses - 1))
    return random.choice([it for it in usable if it not in taken])


@instead("ec2:RunInstances")
def run(context: Context) -> Result:
    ec2, params = context.ec2, context.params
    image, name = _image(context, params.get("ImageId") or "")
    kind = params["InstanceType"]
    _check_architecture(context, kind, _of_image(name))
    given = (params.get("NetworkInterfaces") or [{}])[0]
    subnet = ec2.get_subnet(given.get("SubnetId") or params.get("SubnetId"))
    groups = _groups(context, given.get("Groups") or params.get("SecurityGroupIds") or [], subnet.vpc_id)
    address = _free_address(ec2, subnet)
    interface = ec2.create_network_interface(subnet, address, group_ids=[group.id for group in groups] or None)
    dashed = address.replace(".", "-")
    shown = {
        "InstanceId": random_instance_id(), "ImageId": image, "InstanceType": kind, "Architecture": _of_image(name),
        "ClientToken": params.get("ClientToken"), "LaunchTime": _now(), "EbsOptimized": False,
        "Placement": {"AvailabilityZone": subnet.availability_zone, "Tenancy": "default"},
        "SubnetId": subnet.id, "VpcId": subnet.vpc_id, "PrivateIpAddress": address,
        "PrivateDnsName": f"ip-{dashed}.{context.call.region}.compute.internal",
        "RootDeviceName": "/dev/xvda", "RootDeviceType": "ebs",
        "BlockDeviceMappings": [_disk(it) for it in params.get("BlockDeviceMappings") or [{}]],
        "Monitoring": {"State": "enabled" if _flag((params.get("Monitoring") or {}).get("Enabled")) else "disabled"},
        "MetadataOptions": {
            "State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled",
            **(params.get("MetadataOptions") or {}),
        },
    }
    protected = _flag(params.get("DisableApiTermination"))
    machine = Machine(shown, interface, params.get("UserData") or "", protected)
    if params.get(PROFILE):
        associate(machine, profile(context, params[PROFILE]))
    _open(context, machine, given.get("AssociatePublicIpAddress"))
    _attach(machine)
    _tag(context, machine)
    fleet(context)[machine.id] = machine
    becomes(context, machine, "state", "pending", "running", after="instance_delay")
    return {
        "ReservationId": f"r-{machine.id[2:]}", "OwnerId": context.call.account,
        "Instances": [{**_shown(context, machine), "State": {"Code": 0, "Name": "pending"}}],
    }


def _now() -> str:
    return iso_8601_datetime_with_milliseconds(utcnow())


def _flag(value: Any) -> bool:
    return str(value).lower() == "true"


def _image(context: Context, given: str) -> tuple[str, str]:
    """The image's id, and what says what it is for."""
    if not given.startswith("resolve:ssm:"):
        if not given.startswith("ami-"):
            raise AwsError("InvalidAMIID.Malformed", f'Invalid id: "{given}"')
        return given, given
    name = given.removeprefix("resolve:ssm:")
    try:
        found = context.moto("ssm:GetParameter", {"Name": name})
    except AwsError:
        message = f"Invalid value '{given}' for imageId: the parameter could not be resolved."
        raise AwsError("InvalidParameterValue", message) from None
    return found["Parameter"]["Value"], name


def _of_image(name: str) -> str:
    return "arm64" if "arm64" in name else "x86_64"


def _of_type(kind: str) -> str:
    """https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html"""
    family = kind.split(".")[0]
    options = re.sub(r"^[^0-9]*[0-9]+", "", family)
    return "arm64" if "g" in options or family == "a1" else "x86_64"


def _check_architecture(context: Context, kind: str, needed: str) -> None:
    if context.behaviour("validation") and _of_type(kind) != needed:
        raise AwsError(
            "InvalidParameterValue",
            f"The architecture '{_of_type(kind)}' of the specified instance type does not match the architecture "
            f"'{needed}' of the specified AMI.",
        )


def _groups(context: Context, ids: list[str], vpc: str) -> list[Any]:
    found = []
    for key in ids:
        group = context.ec2.get_security_group_from_id(key)
        if group is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{key}' does not exist")
        if group.vpc_id != vpc:
            raise AwsError("InvalidParameter", f"Security group {key} and the subnet belong to different networks.")
        found.append(group)
    return found


def _disk(given: dict[str, Any]) -> Item:
    ends = (given.get("Ebs") or {}).get("DeleteOnTermination", True)
    disk = {"VolumeId": random_volume_id(), "Status": "attached", "AttachTime": _now(), "DeleteOnTermination": ends}
    return {"DeviceName": given.get("DeviceName", "/dev/xvda"), "Ebs": disk}


def _open(context: Context, machine: Machine, asked: Any) -> None:
    """A public address, if the machine is to have one."""
    wants = machine.interface.subnet.map_public_ip_on_launch if asked is None else asked
    machine.shown["Public"] = _flag(wants)
    if machine.shown["Public"]:
        machine.shown["PublicIpAddress"] = f"203.0.113.{1 + random.randrange(254)}"


def _attach(machine: Machine) -> None:
    interface = machine.interface
    interface.instance, interface.status = machine, "in-use"
    interface.attachment_id = f"eni-attach-{machine.id[2:]}"
    interface.attach_time, interface.delete_on_termination = utcnow(), True


def _tag(context: Context, machine: Machine) -> None:
    of = {"instance": [machine.id], "volume": machine.volumes, "network-interface": [machine.interface.id]}
    for spec in context.params.get("TagSpecifications") or []:
        tags = {tag["Key"]: tag.get("Value") or "" for tag in spec.get("Tags") or []}
        for key in of.get(spec["ResourceType"], []):
            context.ec2.tags[key].update(tags)


@instead("ec2:CreateTags", "ec2:DeleteTags")
def tag(context: Context) -> Result:
    """moto does not know the volumes, and has to be told of nothing else."""
    volumes = {key for machine in fleet(context).values() for key in machine.volumes}
    params, asked = context.params, context.params.get("Resources") or []
    for key in volumes & set(asked):
        tags = context.ec2.tags[key]
        for it in params.get("Tags") or []:
            if context.call.operation == "CreateTags":
                tags[it["Key"]] = it.get("Value") or ""
            elif it.get("Value") in (None, tags.get(it["Key"])):
                tags.pop(it["Key"], None)
    left = [key for key in asked if key not in volumes]
    return context.moto(context.call.operation, {**params, "Resources": left}) if left else {}


def _changes(context: Context, then: Any) -> list[Item]:
    """What becomes of each machine that a call names; none changes if one is not there."""
    machines = [machine_of(context, key) for key in context.params.get("InstanceIds") or []]
    found = []
    for machine in machines:
        earlier = machine.state
        then(machine)
        found.append({
            "InstanceId": machine.id,
            "PreviousState": {"Code": _CODES[earlier], "Name": earlier},
            "CurrentState": {"Code": _CODES[machine.state], "Name": machine.state},
        })
    return found


def _wrong_state(machine: Machine, what: str) -> AwsError:
    message = f"The instance '{machine.id}' is not in a state from which it can be {what}."
    return AwsError("IncorrectInstanceState", message)


@instead("ec2:StopInstances")
def stop(context: Context) -> Result:
    def one(machine: Machine) -> None:
        if machine.state in ("stopping", "stopped"):
            return
        if machine.state != "running":
            raise _wrong_state(machine, "stopped")
        machine.shown.pop("PublicIpAddress", None)
        becomes(context, machine, "state", "stopping", "stopped", after="instance_change_delay")

    return {"StoppingInstances": _changes(context, one)}


@instead("ec2:StartInstances")
def start(context: Context) -> Result:
    def one(machine: Machine) -> None:
        if machine.state in ("pending", "running"):
            return
        if machine.state != "stopped":
            raise _wrong_state(machine, "started")
        _open(context, machine, machine.shown["Public"])
        becomes(context, machine, "state", "pending", "running", after="instance_delay")

    return {"StartingInstances": _changes(context, one)}


@before("ec2:TerminateInstances")
def protected(context: Context) -> None:
    for key in context.params.get("InstanceIds") or []:
        if machine_of(context, key).protected:
            raise AwsError(
                "OperationNotPermitted",
                f"The instance '{key}' may not be terminated. Modify its 'disableApiTermination' instance attribute "
                "and try again.",
            )


@instead("ec2:TerminateInstances")
def terminate(context: Context) -> Result:
    """What is terminated stays listed, with its tags, for about an hour on AWS."""
    ec2, machines = context.ec2, fleet(context)
    account, linger = context.account, context.behaviour("eni_linger")

    def one(machine: Machine) -> None:
        def let_go() -> None:
            ec2.enis.pop(machine.interface.id, None)
            ec2.tags.pop(machine.interface.id, None)

        def forget() -> None:
            machines.pop(machine.id, None)
            ec2.tags.pop(machine.id, None)

        def finish() -> None:
            for key in machine.volumes:
                ec2.tags.pop(key, None)
            gone = ("SubnetId", "VpcId", "PrivateIpAddress", "PublicIpAddress", "PrivateDnsName", PROFILE)
            for member in gone:
                machine.shown.pop(member, None)
            machine.shown["BlockDeviceMappings"], machine.association = [], None
            account.schedule.later(linger, let_go)
            account.schedule.later(account.behaviours["tombstone"], forget)

        if machine.state not in ("shutting-down", "terminated"):
            delay = "instance_delete_delay"
            becomes(context, machine, "state", "shutting-down", "terminated", after=delay, then=finish)

    return {"TerminatingInstances": _changes(context, one)}


@before("ec2:DetachInternetGateway", when="dependencies")
def mapped(context: Context) -> None:
    vpc = context.params["VpcId"]
    for machine in fleet(context).values():
        if machine.shown.get("PublicIpAddress") and machine.shown.get("VpcId") == vpc:
            raise AwsError(
                "DependencyViolation",
                f"Network {vpc} has some mapped public address(es). "
                "Please unmap those public address(es) before detaching the gateway.",
            )


@instead("ec2:ModifyInstanceAttribute")
def modify(context: Context) -> Result:
    params = context.params
    machine = machine_of(context, params["InstanceId"])
    if machine.state in ("shutting-down", "terminated"):
        raise _wrong_state(machine, "modified")
    given = [name for name in params if name not in ("InstanceId", "DryRun")]
    if context.behaviour("validation") and len(given) != 1:
        raise AwsError("InvalidParameterCombination", "Fields for multiple attribute types specified")
    for name in given:
        _set(context, machine, name, params[name])
    return {}


def _set(context: Context, machine: Machine, name: str, value: Any) -> None:
    if name == "Groups":
        machine.interface._group_set = _groups(context, value, machine.interface.subnet.vpc_id)
    elif name == "DisableApiTermination":
        machine.protected = _flag(value.get("Value"))
    elif name in ("InstanceType", "UserData"):
        if machine.state != "stopped":
            raise AwsError("IncorrectInstanceState", f"The instance '{machine.id}' is not in the 'stopped' state.")
        if name == "UserData":
            _check_data(value.get("Value") or "")
            machine.data = value.get("Value") or ""
        else:
            _check_architecture(context, value["Value"], machine.shown["Architecture"])
            machine.shown["InstanceType"] = value["Value"]
    else:
        raise AwsError("InvalidParameterValue", f"The sandbox cannot change {name} of a machine.")


@instead("ec2:ModifyInstanceMetadataOptions")
def metadata(context: Context) -> Result:
    machine = machine_of(context, context.params["InstanceId"])
    options = machine.shown["MetadataOptions"]
    options.update({name: value for name, value in context.params.items() if name in options and name != "State"})
    return {"InstanceId": machine.id, "InstanceMetadataOptions": {**options, "State": "pending"}}


@instead("ec2:MonitorInstances", "ec2:UnmonitorInstances")
def monitor(context: Context) -> Result:
    on = context.call.operation == "MonitorInstances"
    machines = [machine_of(context, key) for key in context.params.get("InstanceIds") or []]
    for machine in machines:
        machine.shown["Monitoring"]["State"] = "enabled" if on else "disabled"
    state = {"State": "pending" if on else "disabling"}
    return {"InstanceMonitorings": [{"InstanceId": machine.id, "Monitoring": state} for machine in machines]}
