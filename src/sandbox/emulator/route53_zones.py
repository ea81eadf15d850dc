"""Hosted zones: their names are not unique, their references are, and their tags come after them.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
"""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random

from . import bridge, paging
from . import route53_store as store
from .hooks import Context, Result, instead
from .route53_names import absolute, fits, order
from .route53_store import Doc, Zone, invalid
from .wire import AwsError

_MOST = 500
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SOA = "{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


@instead("route53:CreateHostedZone")
def create(context: Context) -> Result:
    params, zones = context.params, store.of(context).zones
    name, config, vpc = absolute(params["Name"]), params.get("HostedZoneConfig") or {}, params.get("VPC")
    if not fits(params["Name"]) or "." not in name.rstrip("."):
        raise AwsError("InvalidDomainName", f"{params['Name']} is not a valid domain name", 400)
    if any(it.reference == params["CallerReference"] for it in zones.values()):
        raise AwsError("HostedZoneAlreadyExists", "A hosted zone has already been created with the specified "
                                                  "caller reference.", 409)
    if config.get("PrivateZone") and not vpc:
        raise invalid("A private hosted zone needs a VPC.")
    if vpc:
        _check_vpc(context, vpc)
        _check_conflict(context, name, vpc)
    if context.behaviour("quotas") and len(zones) >= _MOST:
        raise AwsError("TooManyHostedZones", "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER", 400)
    servers = [] if vpc else _servers()
    id = "Z" + "".join(mock_random.choices(_LETTERS, k=20))
    zone = Zone(id, name, params["CallerReference"], config.get("Comment"), [vpc] if vpc else [], servers,
                _apex(name, servers))
    zones[id] = zone
    result: Result = {"HostedZone": zone.shown(), "ChangeInfo": store.changed(context, None),
                      "Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{id}"}
    return result | ({"VPC": vpc} if vpc else {"DelegationSet": {"NameServers": servers}})


def _servers() -> list[str]:
    """Four, each under another top-level domain; no two zones have the same."""
    numbers = mock_random.sample(range(512), 4)
    return [f"ns-{number + 512 * at}.awsdns-{number % 64:02}.{tld}"
            for at, (number, tld) in enumerate(zip(numbers, ("com", "net", "org", "co.uk"), strict=True))]


def _apex(name: str, servers: list[str]) -> dict[tuple[str, str, str], Doc]:
    names = [f"{it}." for it in servers] or [f"ns-{number}.awsdns-00.com." for number in (0, 512, 1024, 1536)]
    return {
        (name, "NS", ""): {"Name": name, "Type": "NS", "TTL": 172800,
                           "ResourceRecords": [{"Value": it} for it in names]},
        (name, "SOA", ""): {"Name": name, "Type": "SOA", "TTL": 900,
                            "ResourceRecords": [{"Value": _SOA.format(names[0])}]},
    }


def _check_vpc(context: Context, vpc: Doc) -> None:
    known = bridge.ec2(context.call.account, vpc.get("VPCRegion") or "us-east-1").vpcs
    if vpc.get("VPCId") not in known:
        raise AwsError("InvalidVPCId", f"The VPC ID {vpc.get('VPCId')} is invalid or unknown in its region.", 400)


def _check_conflict(context: Context, name: str, vpc: Doc) -> None:
    for it in store.of(context).zones.values():
        if it.name == name and vpc["VPCId"] in [one["VPCId"] for one in it.vpcs]:
            raise AwsError("ConflictingDomainExists", f"The VPC {vpc['VPCId']} is already associated with the hosted "
                                                      f"zone {it.id} with the name {name}", 400)


@instead("route53:GetHostedZone")
def get(context: Context) -> Result:
    it = store.seen(context, context.params["Id"])
    more = {"VPCs": it["VPCs"]} if it["VPCs"] else {"DelegationSet": {"NameServers": it["Servers"]}}
    return {"HostedZone": it["Shown"], **more}


@instead("route53:ListHostedZones")
def listing(context: Context) -> Result:
    found = [it for it in store.visible(context, store.ZONES).values()]
    if context.params.get("HostedZoneType") == "PrivateHostedZone":
        found = [it for it in found if it["VPCs"]]
    return {"HostedZones": [it["Shown"] for it in found], "Marker": context.params.get("Marker") or "",
            "MaxItems": str(context.params.get("MaxItems") or 100), "IsTruncated": False}


@instead("route53:ListHostedZonesByName")
def by_name(context: Context) -> Result:
    """From a name on, in the order of their labels; the name is no filter."""
    params = context.params
    if params.get("HostedZoneId") and not params.get("DNSName"):
        raise invalid("DNSName is required when HostedZoneId is given")
    start = (order(absolute(params["DNSName"])), store.bare(params.get("HostedZoneId") or "")) \
        if params.get("DNSName") else ([], "")
    zones = [it["Shown"] for it in store.visible(context, store.ZONES).values()]
    found = sorted((it for it in zones if _place(it) >= start), key=_place)
    sizes = [int(it) for it in (params.get("MaxItems"), context.behaviour("page_size"), 100) if it]
    shown, rest = found[:min(sizes)], found[min(sizes):]
    result: Result = {"HostedZones": shown, "MaxItems": str(params.get("MaxItems") or 100), "IsTruncated": bool(rest)}
    result |= {name: params[name] for name in ("DNSName", "HostedZoneId") if params.get(name)}
    return result | ({"NextDNSName": rest[0]["Name"], "NextHostedZoneId": store.bare(rest[0]["Id"])} if rest else {})


def _place(shown: Doc) -> tuple[list[str], str]:
    return order(shown["Name"]), store.bare(shown["Id"])


@instead("route53:ListHostedZonesByVPC")
def by_vpc(context: Context) -> Result:
    found = [
        {"HostedZoneId": id, "Name": it["Shown"]["Name"], "Owner": {"OwningAccount": context.call.account}}
        for id, it in store.visible(context, store.ZONES).items()
        if context.params["VPCId"] in [vpc["VPCId"] for vpc in it["VPCs"]]
    ]
    shown, token = paging.part(context, found, "NextToken")
    result: Result = {"HostedZoneSummaries": shown, "MaxItems": str(context.params.get("MaxItems") or 100)}
    return result | ({"NextToken": token} if token else {})


@instead("route53:GetHostedZoneCount")
def count(context: Context) -> Result:
    return {"HostedZoneCount": len(store.visible(context, store.ZONES))}


@instead("route53:UpdateHostedZoneComment")
def comment(context: Context) -> Result:
    zone = store.zone(context, context.params["Id"])
    zone.comment = context.params.get("Comment")
    return {"HostedZone": zone.shown()}


@instead("route53:DeleteHostedZone")
def delete(context: Context) -> Result:
    zone = store.zone(context, context.params["Id"])
    if any(key[0] != zone.name or key[1] not in ("NS", "SOA") for key in zone.records):
        raise AwsError("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets  "
                                             "and so cannot be deleted.", 400)
    del store.of(context).zones[zone.id]
    return {"ChangeInfo": store.changed(context, None)}


@instead("route53:AssociateVPCWithHostedZone")
def associate(context: Context) -> Result:
    zone, vpc = store.zone(context, context.params["HostedZoneId"]), context.params["VPC"]
    _check_vpc(context, vpc)
    if not zone.private:
        raise AwsError("PublicZoneVPCAssociation", f"Zone {zone.id} is public: it cannot be associated with a VPC", 400)
    _check_conflict(context, zone.name, vpc)
    zone.vpcs.append(vpc)
    return {"ChangeInfo": store.changed(context, None, context.params.get("Comment"))}


@instead("route53:DisassociateVPCFromHostedZone")
def disassociate(context: Context) -> Result:
    zone, vpc = store.zone(context, context.params["HostedZoneId"]), context.params["VPC"]
    left = [it for it in zone.vpcs if it["VPCId"] != vpc["VPCId"]]
    if len(left) == len(zone.vpcs):
        raise AwsError("VPCAssociationNotFound", f"The VPC {vpc['VPCId']} is not associated with {zone.id}", 404)
    if not left:
        raise AwsError("LastVPCAssociation", "The last VPC of a private hosted zone cannot be taken from it", 400)
    zone.vpcs = left
    return {"ChangeInfo": store.changed(context, None, context.params.get("Comment"))}


@instead("route53:GetChange")
def change(context: Context) -> Result:
    return {"ChangeInfo": store.change(context, context.params["Id"])}


def _tagged(context: Context, kind: str, id: str) -> dict[str, str]:
    """The tags of what may be changed."""
    if kind == "hostedzone":
        return store.zone(context, id).tags
    if kind != "healthcheck":
        raise invalid(f"'{kind}' is no type of resource")
    checks: dict[str, Any] = store.of(context).checks
    if id not in checks:
        raise store.no_check(id)
    tags: dict[str, str] = checks[id]["Tags"]
    return tags


@instead("route53:ChangeTagsForResource")
def change_tags(context: Context) -> Result:
    params = context.params
    added, removed = params.get("AddTags") or [], params.get("RemoveTagKeys") or []
    if not added and not removed:
        raise invalid("At least one of AddTags or RemoveTagKeys must be given")
    if len(added) > 10 or len(removed) > 10:
        raise invalid("At most 10 tags can be added or removed at once")
    tags = _tagged(context, params["ResourceType"], store.bare(params["ResourceId"]))
    for key in removed:
        tags.pop(key, None)
    tags.update({it["Key"]: it.get("Value") or "" for it in added})
    return {}


def _tag_set(context: Context, kind: str, id: str) -> Doc:
    collection, missing = (store.ZONES, store.no_zone) if kind == "hostedzone" else (store.CHECKS, store.no_check)
    found = store.visible(context, collection).get(id)
    if found is None:
        raise missing(id)
    tags = [{"Key": key, "Value": value} for key, value in sorted(found["Tags"].items())]
    return {"ResourceType": kind, "ResourceId": id, "Tags": tags}


@instead("route53:ListTagsForResource")
def tags_of(context: Context) -> Result:
    kind, id = context.params["ResourceType"], store.bare(context.params["ResourceId"])
    return {"ResourceTagSet": _tag_set(context, kind, id)}


@instead("route53:ListTagsForResources")
def tags_of_many(context: Context) -> Result:
    ids = context.params.get("ResourceIds") or []
    if not 1 <= len(ids) <= 10:
        raise invalid("Between 1 and 10 ResourceIds must be given")
    return {"ResourceTagSets": [_tag_set(context, context.params["ResourceType"], store.bare(it)) for it in ids]}
