"""Machines, and the profiles that give them their roles."""

import json

import pytest
from conftest import fails, tagged, wait_for, where

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


@pytest.fixture
def place(cloud):
    """A subnet, a group and a profile with a role."""
    cloud.behave(instance_delay=0, instance_change_delay=0, instance_delete_delay=0)
    vpc = cloud.vpc()
    cloud.iam.create_role(RoleName="cache", AssumeRolePolicyDocument=json.dumps(TRUST))
    cloud.iam.create_instance_profile(InstanceProfileName="cache", Path="/app/")
    cloud.iam.add_role_to_instance_profile(InstanceProfileName="cache", RoleName="cache")
    return {"vpc": vpc, "subnet": cloud.subnet(vpc), "group": cloud.group(vpc)}


def run(cloud, place, **more):
    interface = {"DeviceIndex": 0, "SubnetId": place["subnet"], "Groups": [place["group"]]}
    params = {
        "ImageId": IMAGE, "InstanceType": "t4g.micro", "MinCount": 1, "MaxCount": 1, "NetworkInterfaces": [interface],
        "IamInstanceProfile": {"Name": "cache"}, "UserData": "#!/bin/sh",
        "TagSpecifications": tagged("instance", k="v") + tagged("volume", k="v"), **more,
    }
    return cloud.ec2.run_instances(**{name: value for name, value in params.items() if value is not None})


def started(cloud, place, **more):
    return run(cloud, place, **more)["Instances"][0]["InstanceId"]


def shown(cloud, key):
    (one,) = cloud.ec2.describe_instances(InstanceIds=[key])["Reservations"][0]["Instances"]
    return one


def state(cloud, key):
    return shown(cloud, key)["State"]["Name"]


def profile_arn(cloud):
    return cloud.iam.get_instance_profile(InstanceProfileName="cache")["InstanceProfile"]["Arn"]


def test_machine(cloud, place):
    machine = shown(cloud, started(cloud, place, MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1}))
    assert machine["State"] == {"Code": 16, "Name": "running"}
    assert machine["Tags"] == [{"Key": "k", "Value": "v"}]
    assert machine["SecurityGroups"] == [{"GroupId": place["group"], "GroupName": "web"}]
    assert (machine["SubnetId"], machine["VpcId"], machine["Architecture"]) == (place["subnet"], place["vpc"], "arm64")
    assert machine["ImageId"].startswith("ami-")
    assert machine["IamInstanceProfile"]["Arn"] == profile_arn(cloud)
    assert machine["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert machine["Monitoring"] == {"State": "disabled"}
    assert "PublicIpAddress" not in machine
    (interface,) = cloud.ec2.describe_network_interfaces(
        Filters=where("attachment.instance-id", machine["InstanceId"]))["NetworkInterfaces"]
    assert interface["PrivateIpAddress"] == machine["PrivateIpAddress"]
    assert interface["Groups"][0]["GroupId"] == place["group"]


def test_attributes(cloud, place):
    key = started(cloud, place)
    read = cloud.ec2.describe_instance_attribute
    assert read(InstanceId=key, Attribute="userData")["UserData"] == {"Value": "IyEvYmluL3No"}
    assert read(InstanceId=key, Attribute="disableApiTermination")["DisableApiTermination"] == {"Value": False}
    fails("InvalidInstanceID.NotFound", read, InstanceId="i-0", Attribute="userData")


def test_listing(cloud, place):
    one, other = started(cloud, place), started(cloud, place)
    cloud.ec2.stop_instances(InstanceIds=[other])
    found = cloud.ec2.describe_instances(Filters=where("instance-state-name", "running") + where("tag:k", "v"))
    assert [it["InstanceId"] for r in found["Reservations"] for it in r["Instances"]] == [one]
    fails("InvalidInstanceID.NotFound", cloud.ec2.describe_instances, InstanceIds=["i-0"])
    cloud.ec2.create_tags(Resources=[one], Tags=[{"Key": "l", "Value": "w"}])
    assert {"Key": "l", "Value": "w"} in shown(cloud, one)["Tags"]
    volume = shown(cloud, one)["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    cloud.ec2.create_tags(Resources=[volume, one], Tags=[{"Key": "m", "Value": "x"}])
    cloud.ec2.delete_tags(Resources=[one, volume], Tags=[{"Key": "l"}])
    assert shown(cloud, one)["Tags"] == [{"Key": "k", "Value": "v"}, {"Key": "m", "Value": "x"}]
    fails("InvalidVolume.NotFound", cloud.ec2.create_tags, Resources=["vol-0123456789abcdef0"], Tags=[{"Key": "l", "Value": ""}])
    fails("InvalidInstanceID.NotFound", cloud.ec2.create_tags, Resources=["i-0"], Tags=[{"Key": "l", "Value": "w"}])


def test_it_takes_its_time(cloud, place):
    cloud.behave(instance_delay=0.3, instance_change_delay=0.3, instance_delete_delay=0.3)
    key = started(cloud, place)
    assert state(cloud, key) == "pending"
    fails("IncorrectInstanceState", cloud.ec2.stop_instances, InstanceIds=[key])
    wait_for(lambda: state(cloud, key) == "running")
    cloud.ec2.stop_instances(InstanceIds=[key])
    assert state(cloud, key) == "stopping"
    fails("IncorrectInstanceState", cloud.ec2.start_instances, InstanceIds=[key])
    wait_for(lambda: state(cloud, key) == "stopped")
    cloud.ec2.start_instances(InstanceIds=[key])
    wait_for(lambda: state(cloud, key) == "running")
    cloud.ec2.terminate_instances(InstanceIds=[key])
    assert state(cloud, key) == "shutting-down"
    wait_for(lambda: state(cloud, key) == "terminated")


def test_what_is_terminated_lets_go_and_stays_listed(cloud, place):
    cloud.behave(tombstone=0.5, eni_linger=0.3)
    key = started(cloud, place)
    cloud.ec2.terminate_instances(InstanceIds=[key])
    gone = shown(cloud, key)
    assert gone["State"]["Name"] == "terminated" and "SubnetId" not in gone and "PrivateIpAddress" not in gone
    assert gone["Tags"] == [{"Key": "k", "Value": "v"}]
    fails("DependencyViolation", cloud.ec2.delete_security_group, GroupId=place["group"])
    fails("DependencyViolation", cloud.ec2.delete_subnet, SubnetId=place["subnet"])
    wait_for(lambda: not cloud.ec2.describe_network_interfaces()["NetworkInterfaces"])
    cloud.ec2.delete_security_group(GroupId=place["group"])
    wait_for(lambda: not cloud.ec2.describe_instances()["Reservations"])
    fails("InvalidInstanceID.NotFound", cloud.ec2.terminate_instances, InstanceIds=[key])


def test_protection(cloud, place):
    key = started(cloud, place, DisableApiTermination=True)
    fails("OperationNotPermitted", cloud.ec2.terminate_instances, InstanceIds=[key])
    cloud.ec2.modify_instance_attribute(InstanceId=key, DisableApiTermination={"Value": False})
    cloud.ec2.terminate_instances(InstanceIds=[key])


def test_what_changes_and_when(cloud, place):
    key, modify = started(cloud, place), cloud.ec2.modify_instance_attribute
    other = cloud.group(place["vpc"], "other")
    modify(InstanceId=key, Groups=[other])
    assert [it["GroupId"] for it in shown(cloud, key)["SecurityGroups"]] == [other]
    fails("InvalidGroup.NotFound", modify, InstanceId=key, Groups=["sg-0"])
    fails("InvalidParameterCombination", modify, InstanceId=key, Groups=[other], DisableApiTermination={"Value": True})
    fails("IncorrectInstanceState", modify, InstanceId=key, InstanceType={"Value": "t4g.small"})
    address = shown(cloud, key)["PrivateIpAddress"]
    cloud.ec2.stop_instances(InstanceIds=[key])
    fails("InvalidParameterValue", modify, InstanceId=key, InstanceType={"Value": "t3.small"})
    modify(InstanceId=key, InstanceType={"Value": "t4g.small"})
    cloud.ec2.start_instances(InstanceIds=[key])
    assert (shown(cloud, key)["InstanceType"], shown(cloud, key)["PrivateIpAddress"]) == ("t4g.small", address)
    cloud.ec2.monitor_instances(InstanceIds=[key])
    assert shown(cloud, key)["Monitoring"] == {"State": "enabled"}
    cloud.ec2.unmonitor_instances(InstanceIds=[key])
    cloud.ec2.modify_instance_metadata_options(InstanceId=key, HttpTokens="optional", HttpPutResponseHopLimit=3)
    options = shown(cloud, key)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("optional", 3)


def test_a_public_address_holds_the_gateway(cloud, place):
    gateway = cloud.gateway(place["vpc"])
    interface = {"DeviceIndex": 0, "SubnetId": place["subnet"], "AssociatePublicIpAddress": True}
    key = started(cloud, place, NetworkInterfaces=[interface])
    assert shown(cloud, key)["PublicIpAddress"]
    fails("DependencyViolation", cloud.ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=place["vpc"])
    cloud.ec2.stop_instances(InstanceIds=[key])
    assert "PublicIpAddress" not in shown(cloud, key)
    cloud.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=place["vpc"])


def test_tokens(cloud, place):
    first = started(cloud, place, ClientToken="one")
    assert started(cloud, place, ClientToken="one") == first
    fails("IdempotentParameterMismatch", run, cloud=cloud, place=place, ClientToken="one", InstanceType="t4g.small")
    cloud.ec2.terminate_instances(InstanceIds=[first])
    assert started(cloud, place, ClientToken="one") == first
    assert state(cloud, first) == "terminated"


def test_refusals(cloud, place):
    def refused(code="InvalidParameterValue", **more):
        return str(fails(code, run, cloud=cloud, place=place, **more))

    assert "not match" in refused(InstanceType="t3.micro")
    refused(InstanceType="large")
    refused(ImageId="resolve:ssm:/aws/service/none")
    refused("InvalidAMIID.Malformed", ImageId="latest")
    refused(TagSpecifications=tagged("vpc", k="v"))
    refused("InvalidSubnetID.NotFound", NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-0"}])
    refused(UserData="x" * 20000)
    assert not cloud.ec2.describe_instances()["Reservations"]


def test_a_profile_takes_a_while_to_get_around(cloud, place):
    cloud.iam.create_instance_profile(InstanceProfileName="bare")
    bare = {"Name": "bare"}
    error = fails("InvalidParameterValue", run, cloud=cloud, place=place, IamInstanceProfile=bare)
    assert "has no associated IAM Roles" in str(error)
    error = fails("InvalidParameterValue", run, cloud=cloud, place=place, IamInstanceProfile={"Name": "none"})
    assert "Invalid IAM Instance Profile name" in str(error)
    cloud.behave(iam_delay=0.3)
    cloud.iam.add_role_to_instance_profile(InstanceProfileName="bare", RoleName="cache")
    error = fails("InvalidParameterValue", run, cloud=cloud, place=place, IamInstanceProfile=bare)
    assert "Invalid IAM Instance Profile name" in str(error)

    def runs():
        try:
            return run(cloud, place, IamInstanceProfile=bare)
        except cloud.ec2.exceptions.ClientError:
            return None

    wait_for(runs)


def test_another_profile(cloud, place):
    key = started(cloud, place, IamInstanceProfile=None)
    of = where("instance-id", key)
    listed = cloud.ec2.describe_iam_instance_profile_associations
    assert listed(Filters=of)["IamInstanceProfileAssociations"] == []
    cloud.ec2.associate_iam_instance_profile(InstanceId=key, IamInstanceProfile={"Name": "cache"})
    fails("IncorrectState", cloud.ec2.associate_iam_instance_profile,
          InstanceId=key, IamInstanceProfile={"Name": "cache"})
    (found,) = listed(Filters=of)["IamInstanceProfileAssociations"]
    cloud.iam.create_instance_profile(InstanceProfileName="other")
    cloud.iam.add_role_to_instance_profile(InstanceProfileName="other", RoleName="cache")
    other = cloud.iam.get_instance_profile(InstanceProfileName="other")["InstanceProfile"]["Arn"]
    cloud.ec2.replace_iam_instance_profile_association(
        AssociationId=found["AssociationId"], IamInstanceProfile={"Arn": other})
    assert shown(cloud, key)["IamInstanceProfile"]["Arn"] == other


def test_reads_lag(cloud, place):
    cloud.behave(read_after_write=0.5)
    key = started(cloud, place)
    fails("InvalidInstanceID.NotFound", cloud.ec2.describe_instances, InstanceIds=[key])
    fails("InvalidInstanceID.NotFound", cloud.ec2.describe_instance_attribute, InstanceId=key, Attribute="userData")
    wait_for(lambda: cloud.ec2.describe_instances()["Reservations"])


def test_profiles(cloud, place):
    found = cloud.iam.get_instance_profile(InstanceProfileName="cache")["InstanceProfile"]
    assert found["Arn"] == f"arn:aws:iam::{cloud.account}:instance-profile/app/cache"
    assert [it["RoleName"] for it in found["Roles"]] == ["cache"]
    assert [it["InstanceProfileName"] for it in
            cloud.iam.list_instance_profiles(PathPrefix="/app/")["InstanceProfiles"]] == ["cache"]
    assert cloud.iam.list_instance_profiles(PathPrefix="/other/")["InstanceProfiles"] == []
    fails("EntityAlreadyExists", cloud.iam.create_instance_profile, InstanceProfileName="CACHE")
    fails("LimitExceeded", cloud.iam.add_role_to_instance_profile, InstanceProfileName="cache", RoleName="cache")
    fails("DeleteConflict", cloud.iam.delete_instance_profile, InstanceProfileName="cache")
    fails("DeleteConflict", cloud.iam.delete_role, RoleName="cache")
    cloud.iam.tag_instance_profile(InstanceProfileName="cache", Tags=[{"Key": "k", "Value": "v"}])
    assert cloud.iam.get_instance_profile(InstanceProfileName="cache")["InstanceProfile"]["Tags"] == [
        {"Key": "k", "Value": "v"}]
    cloud.iam.remove_role_from_instance_profile(InstanceProfileName="cache", RoleName="cache")
    fails("NoSuchEntity", cloud.iam.remove_role_from_instance_profile, InstanceProfileName="cache", RoleName="cache")
    cloud.iam.delete_instance_profile(InstanceProfileName="cache")
    fails("NoSuchEntity", cloud.iam.get_instance_profile, InstanceProfileName="cache")


def test_addresses_are_those_that_anyone_may_have(cloud, place):
    small = cloud.ec2.create_subnet(VpcId=place["vpc"], CidrBlock="10.0.9.0/28")["Subnet"]["SubnetId"]
    made = [run(cloud, {**place, "subnet": small})["Instances"][0]["PrivateIpAddress"] for _ in range(11)]
    assert sorted(made) == sorted(f"10.0.9.{it}" for it in range(4, 15))
