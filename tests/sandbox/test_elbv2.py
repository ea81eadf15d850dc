"""Load balancers, target groups, listeners and rules."""

import json

import pytest
from conftest import fails, wait_for, where

CERTIFICATE = "arn:aws:acm:eu-central-1:{}:certificate/{}"


class Front:
    """A network of two zones, and what stands in it."""

    def __init__(self, cloud):
        self.cloud, self.elb = cloud, cloud.elbv2
        self.vpc = cloud.vpc()
        self.igw = cloud.gateway(self.vpc)
        self.subnets = [
            cloud.subnet(self.vpc, f"10.0.{at}.0/24", AvailabilityZone=f"eu-central-1{zone}")
            for at, zone in enumerate("abc")
        ]
        self.group = cloud.group(self.vpc)

    def balancer(self, name="web", **more):
        wanted = {"Subnets": self.subnets[:2], "SecurityGroups": [self.group], **more}
        return self.elb.create_load_balancer(Name=name, **wanted)["LoadBalancers"][0]["LoadBalancerArn"]

    def targets(self, name="api", **more):
        wanted = {"Protocol": "HTTP", "Port": 80, "VpcId": self.vpc, "TargetType": "ip", **more}
        return self.elb.create_target_group(Name=name, **wanted)["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, balancer, port=80, protocol="HTTP", **more):
        wanted = {"DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}], **more}
        made = self.elb.create_listener(LoadBalancerArn=balancer, Port=port, Protocol=protocol, **wanted)
        return made["Listeners"][0]["ListenerArn"]

    def rule(self, listener, group, priority=10, host="a.example.com", **more):
        wanted = {"Conditions": [{"Field": "host-header", "Values": [host]}],
                  "Actions": [{"Type": "forward", "TargetGroupArn": group}], **more}
        return self.elb.create_rule(ListenerArn=listener, Priority=priority, **wanted)["Rules"][0]["RuleArn"]

    def rules(self, listener):
        return self.elb.describe_rules(ListenerArn=listener)["Rules"]

    def state(self, balancer):
        return self.elb.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]["State"]["Code"]

    def attributes(self, balancer, **values):
        pairs = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
        return self.elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=pairs)

    def health(self, group):
        found = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {it["Target"]["Id"]: (it["TargetHealth"]["State"], it["TargetHealth"].get("Reason")) for it in found}


@pytest.fixture
def front(cloud):
    return Front(cloud)


def test_a_load_balancer_takes_its_time(front):
    front.cloud.behave(lb_delay=0.3)
    arn = front.balancer()
    assert front.state(arn) == "provisioning"
    front.listener(arn)
    wait_for(lambda: front.state(arn) == "active")


def test_where_a_load_balancer_can_stand(front):
    refused = lambda code, **more: fails(code, front.balancer, **more)
    refused("ValidationError", Subnets=front.subnets[:1])
    refused("InvalidConfigurationRequest", Subnets=[front.subnets[0], front.subnets[0]])
    refused("SubnetNotFound", Subnets=["subnet-0", "subnet-1"])
    refused("InvalidSecurityGroup", SecurityGroups=["sg-0123456789abcdef0"])
    small = front.cloud.subnet(front.vpc, "10.0.9.0/28", AvailabilityZone="eu-central-1c")
    refused("InvalidSubnet", Subnets=[front.subnets[0], small])
    for name in ("internal-web", "-web", "web-", "we_b", "w" * 33):
        refused("ValidationError", name=name)
    front.cloud.ec2.detach_internet_gateway(InternetGatewayId=front.igw, VpcId=front.vpc)
    assert "internet gateway" in str(refused("InvalidSubnet"))
    front.balancer(Scheme="internal")


def test_a_repeated_creation_is_one_if_all_is_equal(front):
    assert front.balancer() == front.balancer()
    fails("DuplicateLoadBalancerName", front.balancer, Scheme="internal")
    assert front.targets() == front.targets()
    fails("DuplicateTargetGroupName", front.targets, Port=81)


def test_attributes_have_defaults_and_limits(front):
    arn = front.balancer()
    shown = front.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    shown = {it["Key"]: it["Value"] for it in shown}
    assert (shown["idle_timeout.timeout_seconds"], shown["routing.http2.enabled"]) == ("60", "true")
    fails("ValidationError", front.attributes, balancer=arn, idle_timeout__timeout_seconds="4001")
    fails("ValidationError", front.attributes, balancer=arn, routing__http2__enabled="yes")
    fails("ValidationError", front.attributes, balancer=arn, no__such__key="1")


def test_a_protected_load_balancer_stays(front):
    arn = front.balancer()
    front.attributes(arn, deletion_protection__enabled="true")
    fails("OperationNotPermitted", front.elb.delete_load_balancer, LoadBalancerArn=arn)
    front.attributes(arn, deletion_protection__enabled="false")
    for _ in range(2):
        front.elb.delete_load_balancer(LoadBalancerArn=arn)
    fails("LoadBalancerNotFound", front.elb.describe_load_balancers, LoadBalancerArns=[arn])


def test_interfaces_outlive_their_load_balancer(front):
    arn, ec2 = front.balancer(), front.cloud.ec2
    enis = ec2.describe_network_interfaces(Filters=where("group-id", front.group))["NetworkInterfaces"]
    assert {it["Description"] for it in enis} == {f"ELB {arn.split(':loadbalancer/')[1]}"}
    assert {it["SubnetId"] for it in enis} == set(front.subnets[:2])
    front.cloud.behave(eni_linger=1.5)
    front.elb.delete_load_balancer(LoadBalancerArn=arn)
    blocked = [
        lambda: fails("DependencyViolation", ec2.delete_security_group, GroupId=front.group),
        lambda: fails("DependencyViolation", ec2.delete_subnet, SubnetId=front.subnets[0]),
        lambda: fails("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=front.igw, VpcId=front.vpc),
    ]
    for refused in blocked:
        refused()
    wait_for(lambda: not ec2.describe_network_interfaces()["NetworkInterfaces"])
    ec2.delete_security_group(GroupId=front.group)
    ec2.delete_subnet(SubnetId=front.subnets[0])
    ec2.detach_internet_gateway(InternetGatewayId=front.igw, VpcId=front.vpc)


def test_subnets_and_groups_move(front):
    arn, ec2 = front.balancer(), front.cloud.ec2
    other = front.cloud.group(front.vpc, "other")
    front.elb.set_subnets(LoadBalancerArn=arn, Subnets=front.subnets[1:])
    front.elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[other])
    fails("ValidationError", front.elb.set_subnets, LoadBalancerArn=arn, Subnets=front.subnets[1:2])
    ec2.delete_subnet(SubnetId=front.subnets[0])
    ec2.delete_security_group(GroupId=front.group)
    fails("DependencyViolation", ec2.delete_security_group, GroupId=other)


def test_one_unknown_name_fails_the_whole_call(front):
    front.balancer(), front.targets()
    fails("LoadBalancerNotFound", front.elb.describe_load_balancers, Names=["web", "none"])
    fails("TargetGroupNotFound", front.elb.describe_target_groups, Names=["api", "none"])


def test_pages(front):
    listener = front.listener(front.balancer())
    groups = [front.targets(f"t{at}") for at in range(3)]
    rules = [front.rule(listener, group, priority=at + 1) for at, group in enumerate(groups)]
    front.cloud.behave(page_size=2, empty_pages=1)
    assert front.elb.describe_target_groups()["TargetGroups"] == []
    listing = front.elb.get_paginator("describe_target_groups")
    assert sorted(listing.paginate().search("TargetGroups[].TargetGroupArn")) == sorted(groups)
    found = list(front.elb.get_paginator("describe_rules").paginate(ListenerArn=listener).search("Rules[].RuleArn"))
    assert found[:3] == rules and len(found) == 4


def test_what_was_just_made_may_be_missing(front):
    front.cloud.behave(read_after_write=0.3)
    arn = front.balancer()
    assert front.elb.describe_load_balancers()["LoadBalancers"] == []
    fails("LoadBalancerNotFound", front.elb.describe_tags, ResourceArns=[arn])
    wait_for(lambda: front.elb.describe_load_balancers()["LoadBalancers"])


def test_tags(front):
    balancer = front.balancer(Tags=[{"Key": "a", "Value": "1"}])
    listener = front.listener(balancer, Tags=[{"Key": "b", "Value": "2"}])
    rule = front.rule(listener, front.targets(), Tags=[{"Key": "c", "Value": "3"}])
    front.elb.add_tags(ResourceArns=[rule], Tags=[{"Key": f"t{at}", "Value": ""} for at in range(20)])
    front.elb.remove_tags(ResourceArns=[rule], TagKeys=[f"t{at}" for at in range(20)])
    found = front.elb.describe_tags(ResourceArns=[balancer, listener, rule])["TagDescriptions"]
    assert [it["Tags"][0]["Key"] for it in found] == ["a", "b", "c"]
    fails("RuleNotFound", front.elb.describe_tags, ResourceArns=[balancer, rule + "0"])
    fails("ValidationError", front.elb.describe_tags, ResourceArns=[balancer] * 21)


def test_listeners_have_a_port_each(front):
    balancer = front.balancer()
    front.listener(balancer)
    fails("DuplicateListener", front.listener, balancer=balancer)


def test_certificates(front):
    balancer = front.balancer()
    one, two, three = (CERTIFICATE.format(front.cloud.account, it) for it in "123")
    https = {"port": 443, "protocol": "HTTPS"}
    fails("CertificateNotFound", front.listener, balancer=balancer, **https)
    elsewhere = one.replace("eu-central-1", "us-east-1")
    fails("CertificateNotFound", front.listener, balancer=balancer, **https, Certificates=[{"CertificateArn": elsewhere}])
    given = {"Certificates": [{"CertificateArn": one}]}
    fails("SSLPolicyNotFound", front.listener, balancer=balancer, **https, **given, SslPolicy="none")
    arn = front.listener(balancer, **https, **given)
    shown = front.elb.describe_listeners(ListenerArns=[arn])["Listeners"][0]
    assert shown["SslPolicy"] == "ELBSecurityPolicy-2016-08" and shown["Certificates"] == [{"CertificateArn": one}]
    front.elb.add_listener_certificates(ListenerArn=arn, Certificates=[{"CertificateArn": two}])
    fails("OperationNotPermitted", front.elb.remove_listener_certificates, ListenerArn=arn, **given)
    front.elb.modify_listener(ListenerArn=arn, Certificates=[{"CertificateArn": three}])
    found = front.elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert [(it["CertificateArn"], it["IsDefault"]) for it in found] == [(three, True), (two, False)]
    front.elb.modify_listener(ListenerArn=arn, Certificates=[{"CertificateArn": two}])
    found = front.elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert [(it["CertificateArn"], it["IsDefault"]) for it in found] == [(two, True), (two, False)]
    front.elb.modify_listener(ListenerArn=arn, Protocol="HTTP", Port=80)
    shown = front.elb.describe_listeners(ListenerArns=[arn])["Listeners"][0]
    assert "SslPolicy" not in shown and "Certificates" not in shown


def test_a_forward_is_shown_in_both_forms(front):
    listener, group, other = front.listener(front.balancer()), front.targets(), front.targets("other")
    rule = front.rule(listener, group)
    action = front.rules(listener)[0]["Actions"][0]
    config = {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}], "TargetGroupStickinessConfig": {"Enabled": False}}
    assert action == {"Type": "forward", "Order": 1, "TargetGroupArn": group, "ForwardConfig": config}
    two = [{"TargetGroupArn": group, "Weight": 90}, {"TargetGroupArn": other, "Weight": 10}]
    front.elb.modify_rule(RuleArn=rule, Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": two}}])
    action = front.rules(listener)[0]["Actions"][0]
    assert action["ForwardConfig"]["TargetGroups"] == two and "TargetGroupArn" not in action


def test_conditions_are_shown_in_both_forms_and_counted(front):
    listener, group = front.listener(front.balancer()), front.targets()
    path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/*", "/b"]}}
    rule = front.rule(listener, group, Conditions=[path])
    assert front.rules(listener)[0]["Conditions"] == [{**path, "Values": ["/a/*", "/b"]}]
    many = {"Field": "path-pattern", "Values": [f"/{at}" for at in range(6)]}
    fails("TooManyConditions", front.elb.modify_rule, RuleArn=rule, Conditions=[many])
    fails("ValidationError", front.elb.modify_rule, RuleArn=rule, Conditions=[path, path])
    fails("ValidationError", front.elb.modify_rule, RuleArn=rule, Conditions=[])


def test_a_redirect_is_filled_in(front):
    to = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    arn = front.listener(front.balancer(), DefaultActions=[to])
    shown = front.elb.describe_listeners(ListenerArns=[arn])["Listeners"][0]["DefaultActions"][0]["RedirectConfig"]
    assert shown == {"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}",
                     "StatusCode": "HTTP_301"}


def test_priorities(front):
    listener, group = front.listener(front.balancer()), front.targets()
    one, two = (front.rule(listener, group, priority=at, host=f"{at}.example.com") for at in (10, 20))
    fails("PriorityInUse", front.rule, listener=listener, group=group, priority=10)
    fails("ValidationError", front.rule, listener=listener, group=group, priority=50001)
    move = lambda *pairs: front.elb.set_rule_priorities(
        RulePriorities=[{"RuleArn": arn, "Priority": to} for arn, to in pairs]
    )
    fails("PriorityInUse", lambda: move((one, 20)))
    move((one, 20), (two, 10))
    assert [(it["RuleArn"], it["Priority"]) for it in front.rules(listener)[:2]] == [(two, "10"), (one, "20")]
    default = front.rules(listener)[2]
    assert (default["Priority"], default["IsDefault"]) == ("default", True)
    fails("OperationNotPermitted", front.elb.delete_rule, RuleArn=default["RuleArn"])
    front.elb.delete_rule(RuleArn=one)
    fails("RuleNotFound", front.elb.delete_rule, RuleArn=one)


def test_a_target_group_that_a_rule_names_stays(front):
    listener, group = front.listener(front.balancer()), front.targets()
    rule = front.rule(listener, group)
    fails("ResourceInUse", front.elb.delete_target_group, TargetGroupArn=group)
    front.cloud.behave(target_group_release=0.3)
    front.elb.delete_rule(RuleArn=rule)
    fails("ResourceInUse", front.elb.delete_target_group, TargetGroupArn=group)

    def gone():
        try:
            return front.elb.delete_target_group(TargetGroupArn=group)
        except front.elb.exceptions.ResourceInUseException:
            return None

    wait_for(gone)


def test_a_target_group_is_of_one_load_balancer(front):
    group = front.targets()
    front.rule(front.listener(front.balancer()), group)
    other = front.listener(front.balancer("other"))
    fails("TargetGroupAssociationLimit", front.rule, listener=other, group=group)


def test_health_checks_are_checked_and_filled_in(front):
    shown = front.elb.describe_target_groups(TargetGroupArns=[front.targets()])["TargetGroups"][0]
    assert (shown["HealthCheckTimeoutSeconds"], shown["HealthCheckIntervalSeconds"]) == (6, 30)
    assert (shown["HealthCheckPort"], shown["Matcher"], shown["ProtocolVersion"]) == ("traffic-port", {"HttpCode": "200"}, "HTTP1")
    fails("ValidationError", front.targets, name="b", HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=10)
    arn = shown["TargetGroupArn"]
    fails("ValidationError", front.elb.modify_target_group, TargetGroupArn=arn, HealthyThresholdCount=1)
    front.elb.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/up", Matcher={"HttpCode": "200-299"})
    shown = front.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    assert (shown["HealthCheckPath"], shown["Matcher"]["HttpCode"]) == ("/up", "200-299")
    slow = [{"Key": "slow_start.duration_seconds", "Value": "10"}]
    fails("ValidationError", front.elb.modify_target_group_attributes, TargetGroupArn=arn, Attributes=slow)


def test_targets_become_healthy_and_drain(front):
    listener, group = front.listener(front.balancer()), front.targets()
    front.cloud.behave(health_delay=0.2, drain_delay=0.2)
    one = [{"Id": "10.0.1.7", "Port": 3000}]
    fails("ValidationError", front.elb.register_targets, TargetGroupArn=group, Targets=[{"Id": "192.0.2.1"}])
    front.elb.register_targets(TargetGroupArn=group, Targets=one)
    assert front.health(group) == {"10.0.1.7": ("unused", "Target.NotInUse")}
    rule = front.rule(listener, group)
    assert front.health(group) == {"10.0.1.7": ("initial", "Elb.InitialHealthChecking")}
    wait_for(lambda: front.health(group) == {"10.0.1.7": ("healthy", None)})
    front.elb.deregister_targets(TargetGroupArn=group, Targets=one)
    assert front.health(group) == {"10.0.1.7": ("draining", "Target.DeregistrationInProgress")}
    wait_for(lambda: front.health(group) == {})
    gone = front.elb.describe_target_health(TargetGroupArn=group, Targets=one)["TargetHealthDescriptions"][0]
    assert gone["TargetHealth"]["Reason"] == "Target.NotRegistered"
    front.elb.register_targets(TargetGroupArn=group, Targets=one)
    wait_for(lambda: front.health(group) == {"10.0.1.7": ("healthy", None)})
    front.elb.delete_rule(RuleArn=rule)
    assert front.health(group) == {"10.0.1.7": ("unused", "Target.NotInUse")}


def policy(bucket, prefix, account):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{prefix}/AWSLogs/{account}/*",
    }]})


def test_a_log_needs_a_bucket_that_may_be_written_to(front):
    arn, bucket, s3 = front.balancer(), f"logs-{front.cloud.account}", front.cloud.s3
    on = {"access_logs__s3__enabled": "true", "access_logs__s3__bucket": bucket, "access_logs__s3__prefix": "web"}
    refused = lambda: fails("InvalidConfigurationRequest", front.attributes, balancer=arn, **on)
    assert "Access Denied for bucket" in str(refused())
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    refused()
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, "other", front.cloud.account))
    refused()
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, "web", front.cloud.account))
    front.attributes(arn, **on)
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == [f"web/AWSLogs/{front.cloud.account}/ELBAccessLogTestFile"]


def test_the_index_of_tags_is_late_and_remembers(front):
    front.cloud.behave(index_delay=0.2)
    index = front.cloud.resourcegroupstaggingapi
    wanted = {"ResourceTypeFilters": ["elasticloadbalancing"], "TagFilters": [{"Key": "team", "Values": ["web"]}]}

    def found(**more):
        shown = index.get_resources(**{**wanted, **more})["ResourceTagMappingList"]
        return {it["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in it["Tags"]} for it in shown}

    mine = front.balancer(Tags=[{"Key": "team", "Value": "web"}])
    front.balancer("other", Tags=[{"Key": "team", "Value": "api"}])
    assert found() == {}
    wait_for(lambda: found() == {mine: {"team": "web"}})
    assert found(ResourceTypeFilters=["s3"]) == {}
    front.elb.delete_load_balancer(LoadBalancerArn=mine)
    assert list(found()) == [mine]
