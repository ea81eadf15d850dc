"""VPC endpoints: states, interfaces that outlive them, and gateway routes.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.models.route_tables import Route
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCEndPoint
from moto.ec2.utils import random_private_ip

from .hooks import Context, Result, after, before, instead
from .states import becomes
from .wire import AwsError


@before("ec2:CreateVpcEndpoint", when="validation")
def check(context: Context) -> None:
    params = context.params
    service = params.get("ServiceName", "").removeprefix(f"com.amazonaws.{context.call.region}.")
    if service not in AWS_ENDPOINT_SERVICES:
        raise AwsError(
            "InvalidServiceName",
            f"The Vpc Endpoint Service '{params.get('ServiceName')}' does not exist",
        )
    vpc = context.ec2.get_vpc(params["VpcId"])
    if params.get("VpcEndpointType") == "Interface":
        if _flag(params.get("PrivateDnsEnabled"), default=True):
            _check_private_dns(context, vpc, params["ServiceName"])
        return
    for key in params.get("RouteTableIds") or []:
        table = context.ec2.get_route_table(key)
        prefix_list = _prefix_list(context, params["ServiceName"])
        if prefix_list and f"{key}~{prefix_list.id}" in table._routes:
            raise AwsError(
                "RouteAlreadyExists",
                f"route table {key} already has a route with destination-prefix-list-id {prefix_list.id}",
            )


def _check_private_dns(context: Context, vpc: Any, service: str, but: str = "") -> None:
    if not (_flag(vpc.enable_dns_support) and _flag(vpc.enable_dns_hostnames)):
        raise AwsError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
            f"VPC attributes set to true for {vpc.id}",
        )
    for other in context.ec2.vpc_end_points.values():
        if (other.vpc_id, other.service_name) == (vpc.id, service) and other.id != but:
            if other.private_dns_enabled:
                raise AwsError(
                    "InvalidParameter",
                    "private-dns-enabled cannot be set because there is already a conflicting "
                    f"DNS domain for {service} in the VPC {vpc.id}",
                )


def _flag(value: Any, default: bool = False) -> bool:
    return default if value is None else str(value).lower() == "true"


def _prefix_list(context: Context, service: str) -> Any:
    lists = context.ec2.managed_prefix_lists.values()
    return next((entry for entry in lists if entry.prefix_list_name == service), None)


@after("ec2:CreateVpcEndpoint")
def created(context: Context, result: Result) -> Result:
    ec2 = context.ec2
    endpoint = ec2.vpc_end_points[result["VpcEndpoint"]["VpcEndpointId"]]
    endpoint.vpc_endpoint_type = endpoint.vpc_endpoint_type or "Gateway"
    if endpoint.vpc_endpoint_type == "Interface":
        if not endpoint.security_group_ids:
            endpoint.security_group_ids = [ec2.get_default_security_group(endpoint.vpc_id).id]
        _dress_interfaces(context, endpoint)
        becomes(context, endpoint, "state", "pending", "available", after="endpoint_delay")
    else:
        endpoint.private_dns_enabled = False
    shown = context.moto("DescribeVpcEndpoints", {"VpcEndpointIds": [endpoint.id]})["VpcEndpoints"][0]
    return {"VpcEndpoint": shown, "ClientToken": context.params.get("ClientToken")}


def _dress_interfaces(context: Context, endpoint: Any) -> None:
    for key in endpoint.network_interface_ids:
        interface = context.ec2.enis[key]
        interface.description = f"VPC Endpoint Interface {endpoint.id}"
        interface.interface_type = "vpc_endpoint"
        interface.requester_managed = True
        interface.status = "in-use"
        interface._group_set = [
            context.ec2.get_security_group_from_id(group) for group in endpoint.security_group_ids
        ]


@before("ec2:ModifyVpcEndpoint", when="validation")
def check_modify(context: Context) -> None:
    endpoint = context.ec2.get_vpc_end_point(context.params["VpcEndpointId"])
    if _flag(context.params.get("PrivateDnsEnabled")):
        vpc = context.ec2.get_vpc(endpoint.vpc_id)
        _check_private_dns(context, vpc, endpoint.service_name, but=endpoint.id)


@after("ec2:ModifyVpcEndpoint")
def modified(context: Context, result: Result) -> None:
    """What moto leaves out: routes, interfaces, private DNS, the default policy."""
    ec2, params = context.ec2, context.params
    endpoint = ec2.get_vpc_end_point(params["VpcEndpointId"])
    if params.get("PrivateDnsEnabled") is not None:
        endpoint.private_dns_enabled = _flag(params["PrivateDnsEnabled"])
    if _flag(params.get("ResetPolicy")):
        endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
    if endpoint.vpc_endpoint_type != "Interface":
        for key in params.get("AddRouteTableIds") or []:
            _add_route(context, endpoint, key)
        for key in params.get("RemoveRouteTableIds") or []:
            _drop_route(context, endpoint, key)
        return
    placed = {ec2.enis[key].subnet.id: key for key in endpoint.network_interface_ids}
    for subnet in [subnet for subnet in endpoint.subnet_ids if subnet not in placed]:
        made = ec2.create_network_interface(subnet, random_private_ip())
        endpoint.network_interface_ids.append(made.id)
    for subnet, key in placed.items():
        if subnet not in endpoint.subnet_ids:
            endpoint.network_interface_ids.remove(key)
            ec2.enis.pop(key, None)
    _dress_interfaces(context, endpoint)
    becomes(context, endpoint, "state", "pending", "available", after="endpoint_delay")


def _add_route(context: Context, endpoint: Any, key: str) -> None:
    table, prefix_list = context.ec2.get_route_table(key), _prefix_list(context, endpoint.service_name)
    if prefix_list:
        route = Route(table, None, None, prefix_list, gateway=endpoint)  # type: ignore[abstract]
        table._routes[route.id] = route


def _drop_route(context: Context, endpoint: Any, key: str) -> None:
    table = context.ec2.route_tables.get(key)
    for route in list(table._routes.values()) if table else []:
        if route.gateway is endpoint:
            del table._routes[route.id]


@instead("ec2:DeleteVpcEndpoints")
def delete(context: Context) -> Result:
    """A batch: what cannot be deleted is reported in a successful answer."""
    unsuccessful = []
    for key in context.params.get("VpcEndpointIds") or []:
        endpoint = context.ec2.vpc_end_points.get(key)
        if endpoint is None:
            message = f"The Vpc Endpoint Id '{key}' does not exist"
            error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}
            unsuccessful.append({"ResourceId": key, "Error": error})
        elif endpoint.state != "deleting":
            _delete(context, endpoint)
    return {"Unsuccessful": unsuccessful}


def _delete(context: Context, endpoint: Any) -> None:
    ec2, schedule = context.ec2, context.account.schedule
    linger = context.behaviour("eni_linger")
    endpoint.state = "deleting"
    for key in list(endpoint.route_table_ids):
        _drop_route(context, endpoint, key)

    def drop_interfaces() -> None:
        for key in endpoint.network_interface_ids:
            ec2.enis.pop(key, None)

    def finish() -> None:
        ec2.vpc_end_points.pop(endpoint.id, None)
        ec2.tags.pop(endpoint.id, None)
        schedule.later(linger, drop_interfaces)

    schedule.later(context.behaviour("endpoint_delete_delay"), finish)
