"""Load balancers, target groups, listeners and rules as AWS shows them.

moto holds them; what it shows of them is made here, since it leaves out half.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Types.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from .consistency import Items
from .hooks import Context, snapshots
from .wire import AwsError

Doc = dict[str, Any]

_MISSING = {
    "loadbalancer": ("LoadBalancerNotFound", "Load balancers '[{}]' not found"),
    "targetgroup": ("TargetGroupNotFound", "One or more target groups not found"),
    "listener": ("ListenerNotFound", "One or more listeners not found"),
    "listener-rule": ("RuleNotFound", "One or more rules not found"),
}


def kind(arn: str) -> str:
    """What an ARN is of: `loadbalancer`, `targetgroup`, `listener` or `listener-rule`."""
    return arn.split(":")[-1].split("/")[0]


def missing(arn: str) -> AwsError:
    if kind(arn) not in _MISSING:
        return AwsError("ValidationError", f"'{arn}' is not a valid ARN")
    code, message = _MISSING[kind(arn)]
    return AwsError(code, message.format(arn))


def backend(context: Context) -> Any:
    return context.backend("elasticloadbalancing")


def balancer(context: Context, arn: str) -> Any:
    return _get(backend(context).load_balancers, arn, "loadbalancer")


def group(context: Context, arn: str) -> Any:
    return _get(backend(context).target_groups, arn, "targetgroup")


def listener(context: Context, arn: str) -> Any:
    return _get({it.arn: it for it in listeners(context)}, arn, "listener")


def rule(context: Context, arn: str) -> Any:
    return _get({it.arn: it for each in listeners(context) for it in rules_of(each)}, arn, "listener-rule")


def _get(known: dict[str, Any], arn: str, of: str) -> Any:
    if arn not in known:
        raise missing(arn if kind(arn) == of else f":{of}/{arn}")
    return known[arn]


def listeners(context: Context) -> Iterator[Any]:
    for each in backend(context).load_balancers.values():
        yield from each.listeners.values()


def rules_of(listener: Any) -> list[Any]:
    """By priority, the default rule last."""
    return sorted(listener.rules.values(), key=lambda it: (it.is_default, 0 if it.is_default else it.priority))


def forwards_to(actions: list[Doc]) -> set[str]:
    """The target groups that actions name."""
    return {
        tuple_["TargetGroupArn"]
        for action in actions for tuple_ in (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    }


def users(context: Context) -> dict[str, set[str]]:
    """For each target group that some rule names, the load balancers of those rules."""
    found: dict[str, set[str]] = {}
    for each in listeners(context):
        for one in rules_of(each):
            for arn in forwards_to(one.shown):
                found.setdefault(arn, set()).add(each.load_balancer_arn)
    return found


def tags(context: Context, arn: str) -> list[Doc]:
    found = backend(context).tagging_service.get_tag_dict_for_resource(arn)
    return [{"Key": key, "Value": value} for key, value in sorted(found.items())]


def forget_tags(context: Context, *arns: str) -> None:
    for arn in arns:
        backend(context).tagging_service.delete_all_tags_for_resource(arn)


def show_balancer(it: Any) -> Doc:
    state: Doc = {"Code": getattr(it, "phase", "active")}
    if state["Code"] == "failed":
        state["Reason"] = "The load balancer could not be set up"
    return {
        "LoadBalancerArn": it.arn, "DNSName": it.dns_name, "CanonicalHostedZoneId": "Z215JYRZR1TBD5",
        "CreatedTime": it.created_time, "LoadBalancerName": it.name, "Scheme": it.scheme, "VpcId": it.vpc_id,
        "State": state, "Type": it.type, "IpAddressType": it.ip_address_type,
        "AvailabilityZones": [
            {"ZoneName": subnet.availability_zone, "SubnetId": subnet.id, "LoadBalancerAddresses": []}
            for subnet in it.subnets
        ],
        "SecurityGroups": list(it.security_groups),
    }


def show_group(context: Context, it: Any) -> Doc:
    shown: Doc = {
        "TargetGroupArn": it.arn, "TargetGroupName": it.name, "Protocol": it.protocol, "Port": it.port,
        "VpcId": it.vpc_id, "HealthCheckProtocol": it.health_check_protocol,
        "HealthCheckPort": it.health_check_port, "HealthCheckEnabled": it.health_check_enabled,
        "HealthCheckIntervalSeconds": int(it.health_check_interval_seconds),
        "HealthCheckTimeoutSeconds": int(it.health_check_timeout_seconds),
        "HealthyThresholdCount": int(it.healthy_threshold_count),
        "UnhealthyThresholdCount": int(it.unhealthy_threshold_count),
        "HealthCheckPath": it.health_check_path, "Matcher": getattr(it, "matcher", None),
        "LoadBalancerArns": sorted(users(context).get(it.arn, ())), "TargetType": it.target_type,
        "ProtocolVersion": it.protocol_version, "IpAddressType": it.ip_address_type,
    }
    return {name: value for name, value in shown.items() if value is not None}


def show_listener(it: Any) -> Doc:
    shown: Doc = {
        "ListenerArn": it.arn, "LoadBalancerArn": it.load_balancer_arn, "Port": int(it.port),
        "Protocol": it.protocol, "DefaultActions": it.shown,
    }
    if it.protocol == "HTTPS":
        # The default certificate only; the others have a listing of their own.
        shown |= {"SslPolicy": it.ssl_policy, "Certificates": [{"CertificateArn": it.certificate}]}
    return shown


def show_rule(it: Any) -> Doc:
    priority = "default" if it.is_default else str(it.priority)
    return {"RuleArn": it.arn, "Priority": priority, "IsDefault": it.is_default,
            "Conditions": it.conditions, "Actions": it.shown}


def _read(context: Context, collection: str) -> Items:
    store = backend(context)
    if collection == "elb.balancers":
        shown = {it.arn: (show_balancer(it), dict(it.attrs)) for it in store.load_balancers.values()}
    elif collection == "elb.groups":
        shown = {it.arn: (show_group(context, it), dict(it.attributes)) for it in store.target_groups.values()}
    elif collection == "elb.listeners":
        shown = {
            it.arn: (show_listener(it), {"certificates": list(it.certificates)}) for it in listeners(context)
        }
    else:
        shown = {
            it.arn: ({**show_rule(it), "of": each.arn}, {})
            for each in listeners(context) for it in rules_of(each)
        }
    return {arn: {"Shown": doc, "More": more, "Tags": tags(context, arn)} for arn, (doc, more) in shown.items()}


COLLECTIONS = {"loadbalancer": "elb.balancers", "targetgroup": "elb.groups", "listener": "elb.listeners",
               "listener-rule": "elb.rules"}


@snapshots("elasticloadbalancing")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {name: functools.partial(_read, context, name) for name in COLLECTIONS.values()}


def visible(context: Context, collection: str) -> Items:
    return context.visible(collection, lambda: _read(context, collection))


def seen(context: Context, arn: str) -> Doc:
    """One thing as readers see it."""
    items = visible(context, COLLECTIONS.get(kind(arn), "elb.balancers"))
    if arn not in items:
        raise missing(arn)
    return items[arn]
