"""Route 53: zones, records and health checks."""

from __future__ import annotations

import pytest
from conftest import fails, wait_for


@pytest.fixture
def zone(cloud):
    made = cloud.route53.create_hosted_zone(Name="Example.com", CallerReference="one")
    return made["HostedZone"]["Id"].removeprefix("/hostedzone/")


def record(name, kind="A", *values, ttl=60, **more):
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": it} for it in values], **more}


def change(cloud, zone, *changes):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": one} for action, one in changes]}
    return cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]


def refused(cloud, zone, *changes, code="InvalidChangeBatch"):
    return fails(code, lambda: change(cloud, zone, *changes)).response["Error"]["Message"]


def names(cloud, zone, **start):
    found = cloud.route53.list_resource_record_sets(HostedZoneId=zone, **start)
    return [(it["Name"], it["Type"]) for it in found["ResourceRecordSets"]]


def test_a_zone_comes_with_its_servers_and_without_tags(cloud):
    made = cloud.route53.create_hosted_zone(
        Name="Example.com", CallerReference="one", HostedZoneConfig={"Comment": "web", "PrivateZone": False})
    shown, servers = made["HostedZone"], made["DelegationSet"]["NameServers"]
    assert shown["Id"].startswith("/hostedzone/Z") and shown["Name"] == "example.com." and len(set(servers)) == 4
    assert shown["Config"] == {"Comment": "web", "PrivateZone": False} and shown["ResourceRecordSetCount"] == 2
    zone = shown["Id"]
    assert made["Location"].endswith(zone.removeprefix("/"))
    assert cloud.route53.get_hosted_zone(Id=zone)["DelegationSet"]["NameServers"] == servers
    assert names(cloud, zone) == [("example.com.", "NS"), ("example.com.", "SOA")]
    of = {"ResourceType": "hostedzone", "ResourceId": zone.removeprefix("/hostedzone/")}
    assert cloud.route53.list_tags_for_resource(**of)["ResourceTagSet"]["Tags"] == []
    cloud.route53.change_tags_for_resource(**of, AddTags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    cloud.route53.change_tags_for_resource(**of, RemoveTagKeys=["a"])
    found = cloud.route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[of["ResourceId"]])
    assert found["ResourceTagSets"][0]["Tags"] == [{"Key": "c", "Value": "d"}]
    cloud.route53.update_hosted_zone_comment(Id=zone, Comment="other")
    assert cloud.route53.get_hosted_zone(Id=zone)["HostedZone"]["Config"]["Comment"] == "other"


def test_references_are_unique_and_names_are_not(cloud, zone):
    again = {"Name": "example.com", "CallerReference": "one"}
    fails("HostedZoneAlreadyExists", cloud.route53.create_hosted_zone, **again)
    second = cloud.route53.create_hosted_zone(Name="example.com", CallerReference="two")["HostedZone"]["Id"]
    cloud.route53.create_hosted_zone(Name="a.net", CallerReference="three")
    cloud.route53.create_hosted_zone(Name="www.example.com", CallerReference="four")
    found = cloud.route53.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    assert [it["Name"] for it in found] == ["example.com.", "example.com.", "www.example.com.", "a.net."]
    assert {it["Id"] for it in found[:2]} == {f"/hostedzone/{zone}", second}
    cloud.behave(page_size=1)
    page = cloud.route53.list_hosted_zones_by_name(DNSName="example.com")
    assert page["IsTruncated"] and page["NextDNSName"] == "example.com."
    rest = cloud.route53.list_hosted_zones_by_name(DNSName=page["NextDNSName"], HostedZoneId=page["NextHostedZoneId"])
    assert rest["HostedZones"][0]["Id"] != page["HostedZones"][0]["Id"]


def test_a_private_zone_has_vpcs(cloud):
    vpcs = [{"VPCId": cloud.vpc(f"10.{n}.0.0/16"), "VPCRegion": "eu-central-1"} for n in range(2)]
    create = {"Name": "internal", "CallerReference": "one"}
    create["Name"] = "corp.internal"
    fails("InvalidVPCId", cloud.route53.create_hosted_zone, **create, VPC={**vpcs[0], "VPCId": "vpc-0"})
    made = cloud.route53.create_hosted_zone(**create, VPC=vpcs[0])
    zone = made["HostedZone"]["Id"]
    assert made["HostedZone"]["Config"]["PrivateZone"] and "DelegationSet" not in made
    fails("ConflictingDomainExists", cloud.route53.create_hosted_zone,
          **{**create, "CallerReference": "two"}, VPC=vpcs[0])
    cloud.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=vpcs[1])
    assert cloud.route53.get_hosted_zone(Id=zone)["VPCs"] == vpcs
    cloud.route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=vpcs[0])
    fails("LastVPCAssociation", cloud.route53.disassociate_vpc_from_hosted_zone, HostedZoneId=zone, VPC=vpcs[1])
    public = cloud.route53.create_hosted_zone(Name="a.net", CallerReference="three")["HostedZone"]["Id"]
    fails("PublicZoneVPCAssociation", cloud.route53.associate_vpc_with_hosted_zone, HostedZoneId=public, VPC=vpcs[0])


def test_only_an_empty_zone_is_deleted(cloud, zone):
    web = record("www.example.com", "A", "192.0.2.1")
    change(cloud, zone, ("CREATE", web))
    fails("HostedZoneNotEmpty", cloud.route53.delete_hosted_zone, Id=zone)
    change(cloud, zone, ("DELETE", web))
    cloud.route53.delete_hosted_zone(Id=zone)
    fails("NoSuchHostedZone", cloud.route53.get_hosted_zone, Id=zone)


def test_names_are_shown_in_their_own_way(cloud, zone):
    change(cloud, zone, ("CREATE", record("*.Example.COM", "A", "192.0.2.1")),
           ("CREATE", record("a@b.example.com.", "TXT", '"x"')))
    assert names(cloud, zone)[2:] == [("\\052.example.com.", "A"), ("a\\100b.example.com.", "TXT")]
    assert "already exists" in refused(cloud, zone, ("CREATE", record("\\052.example.com", "A", "192.0.2.2")))
    change(cloud, zone, ("DELETE", record("*.example.com", "A", "192.0.2.1")))


def test_a_batch_happens_as_a_whole(cloud, zone):
    web = record("www.example.com", "A", "192.0.2.1", "192.0.2.2")
    change(cloud, zone, ("CREATE", web))
    said = refused(cloud, zone, ("CREATE", record("api.example.com", "A", "192.0.2.1")), ("CREATE", web))
    assert said == "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]"
    assert ("api.example.com.", "A") not in names(cloud, zone)
    for wrong in ({**web, "TTL": 61}, record("www.example.com", "A", "192.0.2.1")):
        assert "values provided do not match the current values" in refused(cloud, zone, ("DELETE", wrong))
    assert "but it was not found" in refused(cloud, zone, ("DELETE", record("no.example.com", "A", "192.0.2.1")))
    change(cloud, zone, ("UPSERT", {**web, "TTL": 61}))
    # Values are a set.
    change(cloud, zone, ("DELETE", record("www.example.com", "A", "192.0.2.2", "192.0.2.1", ttl=61)))


def test_checks_of_records(cloud, zone):
    for one in (record("www.other.com", "A", "192.0.2.1"), record("a.example.com", "A", "x"),
                record("a.example.com", "TXT", "no quotes"), record("a.example.com", "TXT", '"' + "a" * 256 + '"'),
                record("example.com", "CNAME", "a.net"), record("a.example.com", "A", "192.0.2.1", "192.0.2.1")):
        refused(cloud, zone, ("CREATE", one))
    refused(cloud, zone, ("CREATE", {"Name": "a.example.com", "Type": "A"}), code="InvalidInput")
    change(cloud, zone, ("CREATE", record("www.example.com", "A", "192.0.2.1")))
    said = refused(cloud, zone, ("CREATE", record("www.example.com", "CNAME", "a.net")))
    assert "conflicts with other records with the same DNS name" in said
    refused(cloud, zone, ("CREATE", record("www.example.com", "A", "192.0.2.9", SetIdentifier="b", Weight=1)))
    change(cloud, zone, ("DELETE", record("www.example.com", "A", "192.0.2.1")),
           ("CREATE", record("www.example.com", "A", "192.0.2.1", SetIdentifier="a", Weight=1)),
           ("CREATE", record("www.example.com", "A", "192.0.2.1", SetIdentifier="b", Weight=0)))
    soa = cloud.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"][1]
    assert "at least one SOA" in refused(cloud, zone, ("DELETE", soa))
    cloud.behave(validation=False)
    change(cloud, zone, ("CREATE", record("www.other.com", "A", "192.0.2.1")))


def test_an_alias(cloud, zone):
    def alias(name, target, of, health=False):
        target = {"HostedZoneId": of, "DNSName": target, "EvaluateTargetHealth": health}
        return {"Name": name, "Type": "A", "AliasTarget": target}

    front = alias("example.com", "D1.cloudfront.net", "Z2FDTNDATAQYW2")
    change(cloud, zone, ("CREATE", front))
    shown = cloud.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"][0]
    assert shown["AliasTarget"]["DNSName"] == "d1.cloudfront.net." and "TTL" not in shown
    assert "EvaluateTargetHealth" in refused(
        cloud, zone, ("CREATE", alias("www.example.com", "d1.cloudfront.net", "Z2FDTNDATAQYW2", health=True)))
    assert "does not lie within" in refused(
        cloud, zone, ("CREATE", alias("www.example.com", "d1.cloudfront.net", "Z215JYRZR1TBD5")))
    assert "was not found" in refused(cloud, zone, ("CREATE", alias("www.example.com", "no.example.com", zone)))
    change(cloud, zone, ("CREATE", alias("www.example.com", "example.com", zone, health=True)))
    change(cloud, zone, ("DELETE", front), ("DELETE", alias("www.example.com", "example.com.", zone, health=True)))


def test_records_are_listed_from_a_name_on(cloud, zone):
    change(cloud, zone, *(("CREATE", record(f"{name}example.com", "A", "192.0.2.1")) for name in ("b.", "a.b.", "")),
           *(("CREATE", record("w.example.com", "A", "192.0.2.1", SetIdentifier=it, Weight=1)) for it in "xy"))
    every = [("example.com.", "A"), ("example.com.", "NS"), ("example.com.", "SOA"), ("b.example.com.", "A"),
             ("a.b.example.com.", "A"), ("w.example.com.", "A"), ("w.example.com.", "A")]
    assert names(cloud, zone) == every
    assert names(cloud, zone, StartRecordName="b.example.com") == every[3:]
    assert names(cloud, zone, StartRecordName="example.com", StartRecordType="NS") == every[1:]
    cloud.behave(page_size=2, empty_pages=1)
    pages = [page["ResourceRecordSets"] for page in cloud.route53.get_paginator(
        "list_resource_record_sets").paginate(HostedZoneId=zone)]
    assert [len(page) for page in pages] == [0, 2, 2, 2, 1]
    assert [(it["Name"], it["Type"]) for page in pages for it in page] == every
    fails("InvalidInput", cloud.route53.list_resource_record_sets, HostedZoneId=zone, StartRecordType="A")


def test_a_change_takes_a_while(cloud, zone):
    cloud.behave(dns_delay=0.3, zone_conflicts=1.0)
    made = change(cloud, zone, ("CREATE", record("a.example.com", "A", "192.0.2.1")))
    assert made["Status"] == "PENDING" and made["Id"].startswith("/change/C")
    assert cloud.route53.get_change(Id=made["Id"])["ChangeInfo"]["Status"] == "PENDING"
    refused(cloud, zone, ("CREATE", record("b.example.com", "A", "192.0.2.1")), code="PriorRequestNotComplete")
    wait_for(lambda: cloud.route53.get_change(Id=made["Id"])["ChangeInfo"]["Status"] == "INSYNC")
    change(cloud, zone, ("CREATE", record("b.example.com", "A", "192.0.2.1")))
    fails("NoSuchChange", cloud.route53.get_change, Id="C0")


def test_only_so_many_calls_a_second(cloud, zone):
    cloud.behave(dns_rate=5)
    for _ in range(4):
        cloud.route53.get_hosted_zone(Id=zone)
    fails("Throttling", lambda: [cloud.route53.get_hosted_zone(Id=zone) for _ in range(2)])
    wait_for(lambda: _answers(cloud, zone))


def _answers(cloud, zone):
    try:
        return cloud.route53.get_hosted_zone(Id=zone)
    except cloud.route53.exceptions.ClientError:
        return None


def test_reads_lag(cloud, zone):
    cloud.behave(read_after_write=0.3)
    change(cloud, zone, ("CREATE", record("a.example.com", "A", "192.0.2.1")))
    assert len(names(cloud, zone)) == 2
    wait_for(lambda: len(names(cloud, zone)) == 3)


def test_a_young_zone_may_be_unknown(cloud):
    cloud.behave(read_after_write=5, new_id_unknown=1.0)
    young = cloud.route53.create_hosted_zone(Name="a.net", CallerReference="a")["HostedZone"]["Id"]
    refused(cloud, young, ("CREATE", record("a.net", "A", "192.0.2.1")), code="NoSuchHostedZone")


def test_health_checks(cloud):
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "ResourcePath": "/up"}
    made = cloud.route53.create_health_check(CallerReference="a", HealthCheckConfig=config)["HealthCheck"]
    assert made["HealthCheckConfig"] == {
        **config, "Port": 443, "RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False,
        "EnableSNI": True, "Inverted": False, "Disabled": False}
    again = cloud.route53.create_health_check(CallerReference="a", HealthCheckConfig=config)["HealthCheck"]
    assert again["Id"] == made["Id"]
    fails("HealthCheckAlreadyExists", cloud.route53.create_health_check, CallerReference="a",
          HealthCheckConfig={**config, "ResourcePath": "/"})
    of = {"HealthCheckId": made["Id"]}
    after = cloud.route53.update_health_check(**of, HealthCheckVersion=1, FailureThreshold=5)["HealthCheck"]
    assert after["HealthCheckVersion"] == 2 and after["HealthCheckConfig"]["ResourcePath"] == "/up"
    fails("HealthCheckVersionMismatch", cloud.route53.update_health_check, **of, HealthCheckVersion=1, Port=80)
    cloud.route53.change_tags_for_resource(
        ResourceType="healthcheck", ResourceId=made["Id"], AddTags=[{"Key": "a", "Value": "b"}])
    found = cloud.route53.list_tags_for_resource(ResourceType="healthcheck", ResourceId=made["Id"])
    assert found["ResourceTagSet"]["Tags"] == [{"Key": "a", "Value": "b"}]
    cloud.route53.delete_health_check(**of)
    fails("NoSuchHealthCheck", cloud.route53.get_health_check, **of)
    fails("HealthCheckAlreadyExists", cloud.route53.create_health_check, CallerReference="a", HealthCheckConfig=config)


def test_checks_of_health_checks(cloud):
    for wrong in ({"Type": "HTTP"}, {"Type": "TCP", "FullyQualifiedDomainName": "a.net"},
                  {"Type": "HTTP", "IPAddress": "10.0.0.1"}, {"Type": "CALCULATED"}, {"Type": "CLOUDWATCH_METRIC"},
                  {"Type": "HTTP", "FullyQualifiedDomainName": "a.net", "RequestInterval": 20}):
        fails("InvalidInput", cloud.route53.create_health_check, CallerReference="a", HealthCheckConfig=wrong)


def test_calls_are_known_for_what_they_do(cloud, zone):
    made = change(cloud, zone, ("CREATE", record("a.example.com", "A", "192.0.2.1")))
    cloud.route53.get_change(Id=made["Id"])
    names(cloud, zone)
    calls = cloud.control("GET", "calls")["calls"]
    assert [(it["operation"], it["mutating"]) for it in calls] == [
        ("CreateHostedZone", True), ("ChangeResourceRecordSets", True), ("GetChange", False),
        ("ListResourceRecordSets", False)]
