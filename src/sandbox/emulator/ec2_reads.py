"""EC2 listings: ids, filters, pages and lag, the same for every table.

moto only supplies all objects of a kind. It would raise or crash on filters it
does not know, filters some kinds in its own ways, and never pages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.utils import camelcase_to_underscores

from .consistency import Item, Items
from .ec2_tables import TABLES, Table, touched
from .hooks import Context, Result, after, instead, snapshots
from .paging import page
from .wire import AwsError


# What moto has not: all objects of a listing, each a copy.
_SOURCES: dict[str, Callable[[Context], list[Item]]] = {}


def source(operation: str) -> Callable[[Callable[[Context], list[Item]]], Callable[[Context], list[Item]]]:
    def register(read: Callable[[Context], list[Item]]) -> Callable[[Context], list[Item]]:
        _SOURCES[operation] = read
        return read

    return register


@instead(*(f"ec2:{operation}" for operation in TABLES))
def describe(context: Context) -> Result:
    table = TABLES[context.call.operation]
    params = context.params
    items = visible(context, table)
    ids = params.get(table.ids) or []
    for key in ids:
        if key not in items:
            code, message = table.unknown
            raise AwsError(code, message.format(key))
    if ids:
        items = {key: items[key] for key in dict.fromkeys(ids)}
    items = _by_other_names(table, items, params)
    filters = [_filter(table, entry) for entry in params.get(table.filter_parameter) or []]
    matching = [item for item in items.values() if all(test(item) for test in filters)]
    if not table.pages:
        return {table.items: matching}
    shown, token = page(
        matching,
        _page_size(context, table, bool(ids)),
        params.get("NextToken"),
        lambda: not ids and context.account.chance(context.behaviour("empty_pages")),
        AwsError("InvalidNextToken", "The token is invalid."),
    )
    return {table.items: shown, "NextToken": token} if token else {table.items: shown}


@after("ec2:DescribeAvailabilityZones")
def zones(context: Context, result: Result) -> Result:
    """moto leaves out what tells an ordinary zone from a local one."""
    kind = {"OptInStatus": "opt-in-not-required", "ZoneType": "availability-zone"}
    return {"AvailabilityZones": [{**zone, **kind} for zone in result["AvailabilityZones"]]}


@snapshots("ec2")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    tables = touched(context.call.operation, context.params.get("Resources") or [])
    return {row.operation: functools.partial(read_all, context, row) for row in tables}


def visible(context: Context, table: Table) -> Items:
    """What readers see of a table."""
    return context.visible(table.operation, lambda: read_all(context, table))


def read_all(context: Context, table: Table) -> Items:
    """Every object of a kind as it really is, by id."""
    own = _SOURCES.get(table.operation)
    found = own(context) if own else context.moto(table.operation).get(table.items) or []
    dress = _DRESS.get(table.operation)
    for item in found:
        if dress:
            dress(context, item)
    return {item[table.key]: item for item in found if table.key in item}


def _page_size(context: Context, table: Table, by_id: bool) -> int | None:
    asked = context.params.get("MaxResults")
    if asked is not None:
        if by_id:
            raise AwsError(
                "InvalidParameterCombination",
                f"The parameter {table.ids} cannot be used with the parameter MaxResults",
            )
        limits = context.call.model.input_shape.members["MaxResults"].metadata
        low, high = limits.get("min", 1), limits.get("max", 1000)
        if not low <= int(asked) <= high:
            raise AwsError(
                "InvalidParameterValue",
                f"Value ( {asked} ) for parameter maxResults is invalid. "
                f"Expecting a value between {low} and {high}.",
            )
    forced = context.behaviour("page_size")
    sizes = [int(size) for size in (asked, None if by_id else forced) if size]
    return min(sizes) if sizes else None


def _by_other_names(table: Table, items: Items, params: dict[str, Any]) -> Items:
    """The two listings which also take names instead of ids."""
    for parameter, member, code in (
        ("GroupNames", "GroupName", "InvalidGroup.NotFound"),
        ("PublicIps", "PublicIp", "InvalidAddress.NotFound"),
    ):
        wanted = params.get(parameter)
        if wanted:
            items = {key: item for key, item in items.items() if item.get(member) in wanted}
            missing = set(wanted) - {item[member] for item in items.values()}
            if missing:
                raise AwsError(code, f"'{min(missing)}' does not exist")
    return items


def _filter(table: Table, entry: dict[str, Any]) -> Callable[[Item], bool]:
    name, wanted = entry.get("Name", ""), entry.get("Values") or []
    if not wanted:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' needs at least one value")
    tag_key = name.removeprefix("tag:") if name.startswith("tag:") else None
    path = {"tag-key": "Tags.Key", "tag-value": "Tags.Value", **table.filters}.get(name)
    if tag_key is None and path is None:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    patterns = [_pattern(value) for value in wanted]

    def matches(item: Item) -> bool:
        if path:
            values = _values(item, path.split("."))
        else:
            values = (tag["Value"] for tag in item.get("Tags") or [] if tag["Key"] == tag_key)
        return any(pattern.fullmatch(value) for value in values for pattern in patterns)

    return matches


def _pattern(value: str) -> re.Pattern[str]:
    """A filter value: * and ? are wildcards, a backslash takes their meaning away.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    parts = re.findall(r"\\.|\*|\?|[^\\*?]+|\\", value)
    regex = {"*": ".*", "?": "."}
    return re.compile(
        "".join(regex.get(p) or re.escape(p[1:] if len(p) == 2 and p[0] == "\\" else p) for p in parts),
        re.DOTALL,
    )


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _values(entry, path)
    elif path:
        if isinstance(value, dict) and path[0] in value:
            yield from _values(value[path[0]], path[1:])
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None:
        yield str(value)


_VPC_ATTRIBUTES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}


def _dress_vpc(context: Context, vpc: Item) -> None:
    """Adds the attributes of DescribeVpcAttribute, to let them lag along with the VPC."""
    found = context.ec2.vpcs[vpc["VpcId"]]
    vpc["Attributes"] = {
        name: str(getattr(found, camelcase_to_underscores(name))).lower() == "true"
        for name in _VPC_ATTRIBUTES
    }


@instead("ec2:DescribeVpcAttribute")
def vpc_attribute(context: Context) -> Result:
    table, key = TABLES["DescribeVpcs"], context.params["VpcId"]
    vpc = visible(context, table).get(key)
    name = context.params.get("Attribute") or ""
    if vpc is None:
        code, message = table.unknown
        raise AwsError(code, message.format(key))
    if name not in _VPC_ATTRIBUTES:
        raise AwsError("InvalidParameterValue", f"Value ({name}) for parameter attribute is invalid.")
    return {"VpcId": key, _VPC_ATTRIBUTES[name]: {"Value": vpc["Attributes"][name]}}


def _dress_address(context: Context, address: Item) -> None:
    # moto shows an address without a user with empty strings.
    for member in ("InstanceId", "NetworkInterfaceId"):
        if not address.get(member):
            address.pop(member, None)
    address.setdefault("NetworkBorderGroup", context.call.region)


def _dress_route_table(context: Context, table: Item) -> None:
    """A route whose target is gone stays, in the state "blackhole".

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
    """
    for route in table.get("Routes") or []:
        gateway, nat = route.get("GatewayId", ""), route.get("NatGatewayId")
        if gateway.startswith("igw-"):
            igw = context.ec2.internet_gateways.get(gateway)
            alive = bool(igw and igw.vpc and igw.vpc.id == table["VpcId"])
        elif nat:
            found = context.ec2.nat_gateways.get(nat)
            alive = found is not None and found.state in ("pending", "available")
        else:
            alive = True
        route["State"] = "active" if alive else "blackhole"


def _dress_endpoint(context: Context, endpoint: Item) -> None:
    endpoint["VpcEndpointType"] = endpoint.get("VpcEndpointType") or "Gateway"
    endpoint.setdefault("RequesterManaged", False)
    if endpoint["VpcEndpointType"] == "Interface":
        endpoint.setdefault("IpAddressType", "ipv4")


def _dress_flow_log(context: Context, log: Item) -> None:
    # The group shows by name and by ARN, whichever of the two was sent.
    if log.get("LogDestinationType") == "cloud-watch-logs":
        prefix = f"arn:aws:logs:{context.call.region}:{context.call.account}:log-group:"
        arn = log.get("LogDestination") or prefix + log.get("LogGroupName", "")
        log["LogDestination"] = arn.removesuffix(":*")
        log["LogGroupName"] = log["LogDestination"].split(":log-group:")[-1]


_DRESS: dict[str, Callable[[Context, Item], None]] = {
    "DescribeVpcs": _dress_vpc,
    "DescribeAddresses": _dress_address,
    "DescribeRouteTables": _dress_route_table,
    "DescribeVpcEndpoints": _dress_endpoint,
    "DescribeFlowLogs": _dress_flow_log,
}
