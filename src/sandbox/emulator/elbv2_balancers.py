"""Load balancers: slow to come, protected, and survived by their interfaces.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.utils import random_private_ip

from . import elbv2_logs
from . import elbv2_store as store
from .elbv2_actions import invalid
from .elbv2_groups import changes_use
from .hooks import Context, Result, before, instead
from .states import becomes
from .wire import AwsError

_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)")
_DEFAULTS = {
    "access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "",
    "connection_logs.s3.enabled": "false", "connection_logs.s3.bucket": "", "connection_logs.s3.prefix": "",
    "health_check_logs.s3.enabled": "false", "health_check_logs.s3.bucket": "",
    "client_keep_alive.seconds": "3600", "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60", "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true", "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false", "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true", "waf.fail_open.enabled": "false", "zonal_shift.config.enabled": "false",
}
_RANGES = {"idle_timeout.timeout_seconds": (1, 4000), "client_keep_alive.seconds": (60, 604800)}
_WORDS = {"routing.http.desync_mitigation_mode": ("monitor", "defensive", "strictest"),
          "routing.http.xff_header_processing.mode": ("append", "preserve", "remove")}
_LEAST_SUBNET = 27


@before("elasticloadbalancing:CreateLoadBalancer", when="validation")
def check(context: Context) -> None:
    params = context.params
    name = params.get("Name") or ""
    if not _NAME.fullmatch(name):
        raise invalid(f"The load balancer name '{name}' can only contain characters that are alphanumeric "
                      "characters and hyphens(-), cannot begin or end with one, and has at most 32")
    if name.startswith("internal-"):
        raise invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")
    vpc = _check_subnets(context, _subnets(params))
    _check_groups(context, params.get("SecurityGroups") or [], vpc)
    gateways = context.ec2.internet_gateways.values()
    if params.get("Scheme") != "internal" and not any(it.vpc and it.vpc.id == vpc for it in gateways):
        raise AwsError("InvalidSubnet", f"VPC {vpc} has no internet gateway")


def _subnets(params: dict[str, Any]) -> list[str]:
    return list(params.get("Subnets") or [it["SubnetId"] for it in params.get("SubnetMappings") or []])


def _check_subnets(context: Context, keys: list[str]) -> str:
    """Subnets of two zones at least, each large enough; gives their VPC."""
    known = {it.id: it for it in context.ec2.describe_subnets()}
    for key in keys:
        if key not in known or _young(context, "DescribeSubnets", key):
            raise AwsError("SubnetNotFound", f"The subnet ID '{key}' does not exist")
    subnets = [known[key] for key in keys]
    zones = [it.availability_zone for it in subnets]
    if len(zones) != len(set(zones)):
        raise AwsError("InvalidConfigurationRequest",
                       "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
    if len(zones) < 2:
        raise invalid("At least two subnets in two different Availability Zones must be specified")
    for it in subnets:
        if int(it.cidr_block.split("/")[1]) > _LEAST_SUBNET:
            raise AwsError("InvalidSubnet", f"Not enough IP space available in {it.id}. "
                                            "ELB requires at least 8 free IP addresses in each subnet.")
    return str(subnets[0].vpc_id)


def _check_groups(context: Context, keys: list[str], vpc: str) -> None:
    for key in keys:
        group = context.ec2.get_security_group_from_id(key)
        if group is None or group.vpc_id != vpc or _young(context, "DescribeSecurityGroups", key):
            raise AwsError("InvalidConfigurationRequest" if group and group.vpc_id != vpc else
                           "InvalidSecurityGroup", f"One or more security groups are invalid: {key}")


def _young(context: Context, collection: str, key: str) -> bool:
    """A service may not have heard yet of what another has just made."""
    rate = context.behaviour("new_id_unknown")
    return bool(rate) and context.account.view(context.call.region, collection).unseen(key) \
        and context.account.chance(rate)


@instead("elasticloadbalancing:CreateLoadBalancer")
def create(context: Context) -> Result:
    """Repeated with the same settings, it answers with what is there."""
    params = {"Scheme": "internet-facing", "Type": "application", "IpAddressType": "ipv4", **context.params}
    same = next((it for it in store.backend(context).load_balancers.values() if it.name == params["Name"]), None)
    if same is not None:
        if getattr(same, "asked", None) != params:
            raise AwsError("DuplicateLoadBalancerName",
                           f"A load balancer with the same name '{params['Name']}' exists, but with different settings")
        return {"LoadBalancers": [store.show_balancer(same)]}
    made = context.moto("CreateLoadBalancer", params)["LoadBalancers"][0]
    it = store.balancer(context, made["LoadBalancerArn"])
    it.asked, it.attrs, it.enis = params, dict(_DEFAULTS), {}
    it.dns_name = f"{it.name}-{it.arn[-8:]}.{context.call.region}.elb.amazonaws.com"
    if it.scheme == "internal":
        it.dns_name = f"internal-{it.dns_name}"
    if not it.security_groups:
        it.security_groups = [context.ec2.get_default_security_group(it.vpc_id).id]
    becomes(context, it, "phase", "provisioning", "active", after="lb_delay")
    _place(context, it)
    return {"LoadBalancers": [{**store.show_balancer(it), "State": {"Code": "provisioning"}}]}


def _place(context: Context, it: Any) -> None:
    """An interface in each subnet, which outlives its use by a while."""
    ec2 = context.ec2
    wanted = {subnet.id: subnet for subnet in it.subnets}
    for key in [key for key in it.enis if key not in wanted]:
        _drop(context, it.enis.pop(key))
    groups = [ec2.get_security_group_from_id(key) for key in it.security_groups]
    for key, subnet in wanted.items():
        if key not in it.enis:
            made = ec2.create_network_interface(subnet, random_private_ip())
            made.description = f"ELB {it.arn.split(':loadbalancer/')[1]}"
            made.requester_managed, made.status = True, "in-use"
            made.elb_public = it.scheme == "internet-facing"
            it.enis[key] = made.id
        ec2.enis[it.enis[key]]._group_set = groups


def _drop(context: Context, key: str) -> None:
    enis = context.ec2.enis
    context.account.schedule.later(context.behaviour("eni_linger"), lambda: enis.pop(key, None))


@before("ec2:DetachInternetGateway", when="dependencies")
def public_addresses(context: Context) -> None:
    vpc = context.params["VpcId"]
    if any(getattr(eni, "elb_public", False) and eni.subnet.vpc_id == vpc for eni in context.ec2.enis.values()):
        raise AwsError("DependencyViolation", f"Network {vpc} has some mapped public address(es). "
                                              "Please unmap those public address(es) before detaching the gateway.")


@instead("elasticloadbalancing:DeleteLoadBalancer")
@changes_use
def delete(context: Context) -> Result:
    """What is not there is deleted. Listeners and rules go with it, target groups do not."""
    arn = context.params["LoadBalancerArn"]
    it = store.backend(context).load_balancers.get(arn)
    if it is None:
        return {}
    if it.attrs.get("deletion_protection.enabled") == "true":
        raise AwsError("OperationNotPermitted",
                       f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")
    arns = [arn, *(one.arn for each in it.listeners.values() for one in (each, *store.rules_of(each)))]
    context.moto("DeleteLoadBalancer", {"LoadBalancerArn": arn})
    store.forget_tags(context, *arns)
    for eni in it.enis.values():
        _drop(context, eni)
    return {}


@instead("elasticloadbalancing:DescribeLoadBalancers")
def describe(context: Context) -> Result:
    """One that is unknown fails the whole call."""
    params, items = context.params, store.visible(context, "elb.balancers")
    arns, names = params.get("LoadBalancerArns") or [], params.get("Names") or []
    by_name = {it["Shown"]["LoadBalancerName"]: it for it in items.values()}
    for key in arns + names:
        if key not in (items if key in arns else by_name):
            raise AwsError("LoadBalancerNotFound", f"Load balancers '[{key}]' not found")
    chosen = [items[arn] for arn in arns] + [by_name[name] for name in names] if arns or names else items.values()
    return {"LoadBalancers": [it["Shown"] for it in chosen]}


@instead("elasticloadbalancing:DescribeLoadBalancerAttributes")
def describe_attributes(context: Context) -> Result:
    more = store.seen(context, context.params["LoadBalancerArn"])["More"]
    return {"Attributes": [{"Key": key, "Value": value} for key, value in more.items()]}


@instead("elasticloadbalancing:ModifyLoadBalancerAttributes")
def modify_attributes(context: Context) -> Result:
    it = store.balancer(context, context.params["LoadBalancerArn"])
    attributes = {one["Key"]: one.get("Value") or "" for one in context.params.get("Attributes") or []}
    if context.behaviour("validation"):
        _check_attributes(attributes)
        elbv2_logs.check(context, {**it.attrs, **attributes}, changes=attributes)
    it.attrs.update(attributes)
    return {"Attributes": [{"Key": key, "Value": value} for key, value in it.attrs.items()]}


def _check_attributes(attributes: dict[str, str]) -> None:
    for key, value in attributes.items():
        if key not in _DEFAULTS:
            raise invalid(f"Load balancer attribute key '{key}' is not recognized")
        low, high = _RANGES.get(key, (None, None))
        if low is not None and not (value.isdigit() and low <= int(value) <= high):
            raise invalid(f"'{key}' value '{value}' must be between '{low}-{high}' inclusive")
        words = _WORDS.get(key) or (("true", "false") if _DEFAULTS[key] in ("true", "false") else None)
        if words and value not in words:
            raise invalid(f"'{key}' value '{value}' must be one of {', '.join(words)}")


@instead("elasticloadbalancing:SetSubnets")
def set_subnets(context: Context) -> Result:
    it = store.balancer(context, context.params["LoadBalancerArn"])
    keys = _subnets(context.params)
    if _check_subnets(context, keys) != it.vpc_id:
        raise AwsError("InvalidSubnet", "The subnets are not in the load balancer's VPC")
    it.subnets = [context.ec2.get_subnet(key) for key in keys]
    _place(context, it)
    return {"AvailabilityZones": store.show_balancer(it)["AvailabilityZones"]}


@instead("elasticloadbalancing:SetSecurityGroups")
def set_security_groups(context: Context) -> Result:
    it = store.balancer(context, context.params["LoadBalancerArn"])
    groups = context.params.get("SecurityGroups") or []
    if not groups:
        raise invalid("At least one security group must be specified")
    _check_groups(context, groups, it.vpc_id)
    it.security_groups = list(groups)
    _place(context, it)
    return {"SecurityGroupIds": list(groups)}
