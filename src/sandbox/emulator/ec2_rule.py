"""A security group rule, and when two of them are the same.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

from .wire import AwsError

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6")


class Rule(SecurityGroupRule):
    """One source of one permission."""

    def __init__(self, ec2: Any, group: SecurityGroup, egress: bool, permission: dict[str, Any],
                 kind: str, source: dict[str, Any], tags: dict[str, str]) -> None:
        protocol = str(permission.get("IpProtocol", "-1")).lower()
        protocol = _PROTOCOLS.get(protocol, protocol)
        low, high = _ports(protocol, permission)
        self.note = source.get("Description")
        source = {**source, kind: _canonical(kind, source[kind])}
        if kind == "GroupId":
            source = {"UserId": ec2.account_id, **source}
        super().__init__(
            ec2, protocol, group.id, low, high,
            ip_range=source if kind.startswith("Cidr") else None,
            source_group=source if kind == "GroupId" else None,
            prefix_list_id=source if kind == "PrefixListId" else None,
            is_egress=egress, tags=tags,
        )

    @property
    def description(self) -> str | None:
        return self.note

    def describe(self, note: str | None) -> None:
        self.note = note
        for source in (self.ip_range, self.source_group):
            source.pop("Description", None)
            if source and note:
                source["Description"] = note


def identity(rule: SecurityGroupRule) -> tuple[Any, ...]:
    """What makes two rules the same: everything but id, tags and description."""
    source = (rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id)
    return (rule.ip_protocol, rule.from_port, rule.to_port, *source)


def _ports(protocol: str, permission: dict[str, Any]) -> tuple[Any, Any]:
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol not in _WITH_PORTS:
        return -1, -1
    if low is None or high is None:
        if protocol.startswith("icmp"):
            return -1 if low is None else low, -1 if high is None else high
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )
    if protocol in ("tcp", "udp") and not 0 <= int(low) <= int(high) <= 65535:
        raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")
    return low, high


def _canonical(kind: str, value: str) -> str:
    """AWS strips host bits: 10.0.0.7/8 becomes 10.0.0.0/8."""
    if not kind.startswith("Cidr"):
        return value
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"CIDR block {value} is malformed") from None
    if (network.version == 6) != (kind == "CidrIpv6"):
        raise AwsError("InvalidParameterValue", f"CIDR block {value} is malformed")
    return str(network)
