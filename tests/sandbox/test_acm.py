"""ACM: certificates that wait for their records in DNS, and what holds them."""

from __future__ import annotations

import pytest
from conftest import fails, wait_for
from test_elbv2 import Front


def acm_of(cloud, region):
    return cloud.acm if region == "eu-central-1" else cloud.client("acm", region_name=region)


def request(cloud, name="example.com", *more, region="eu-central-1", **params):
    acm = acm_of(cloud, region)
    given = {"DomainName": name, "ValidationMethod": "DNS", **params}
    if more:
        given["SubjectAlternativeNames"] = [*more]
    return acm.request_certificate(**given)["CertificateArn"]


def shown(cloud, arn):
    acm = acm_of(cloud, arn.split(":")[3])
    return acm.describe_certificate(CertificateArn=arn)["Certificate"]


def records(cloud, arn):
    return [it["ResourceRecord"] for it in shown(cloud, arn)["DomainValidationOptions"] if "ResourceRecord" in it]


def prove(cloud, arn, zone=None):
    """Puts the records of a certificate into a zone."""
    if zone is None:
        made = cloud.route53.create_hosted_zone(Name="example.com", CallerReference=arn)
        zone = made["HostedZone"]["Id"]
    changes = {it["Name"]: {"Action": "UPSERT", "ResourceRecordSet": {
        "Name": it["Name"], "Type": it["Type"], "TTL": 60, "ResourceRecords": [{"Value": it["Value"]}],
    }} for it in wait_for(lambda: records(cloud, arn))}
    cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [*changes.values()]})
    return zone


def issued(cloud, name="example.com", *more, region="eu-central-1"):
    arn = request(cloud, name, *more, region=region)
    prove(cloud, arn)
    wait_for(lambda: shown(cloud, arn)["Status"] == "ISSUED")
    return arn


@pytest.fixture
def front(cloud):
    return Front(cloud)


def test_a_certificate_is_issued_once_its_records_are_there(cloud):
    arn = request(cloud, "example.com", "*.example.com", "api.example.com")
    pending = shown(cloud, arn)
    assert pending["Status"] == "PENDING_VALIDATION" and "IssuedAt" not in pending
    options = {it["DomainName"]: it for it in pending["DomainValidationOptions"]}
    assert {it["ValidationStatus"] for it in options.values()} == {"PENDING_VALIDATION"}
    assert options["example.com"]["ResourceRecord"] == options["*.example.com"]["ResourceRecord"]
    record = options["api.example.com"]["ResourceRecord"]
    assert record["Name"].endswith(".api.example.com.") and record["Value"].endswith(".acm-validations.aws.")
    assert set(pending["SubjectAlternativeNames"]) == {"example.com", "*.example.com", "api.example.com"}
    zone = prove(cloud, request(cloud, "example.com"))
    wait_for(lambda: "SUCCESS" in {it["ValidationStatus"] for it in shown(cloud, arn)["DomainValidationOptions"]})
    assert shown(cloud, arn)["Status"] == "PENDING_VALIDATION"
    prove(cloud, arn, zone)
    wait_for(lambda: shown(cloud, arn)["Status"] == "ISSUED")
    assert {it["ValidationStatus"] for it in shown(cloud, arn)["DomainValidationOptions"]} == {"SUCCESS"}
    assert shown(cloud, arn)["KeyAlgorithm"] == "RSA-2048" and shown(cloud, arn)["NotAfter"]


def test_a_record_is_the_same_for_each_certificate_of_a_domain(cloud):
    assert records(cloud, request(cloud)) == records(cloud, request(cloud, "*.example.com", region="us-east-1"))
    assert records(cloud, request(cloud)) != records(cloud, request(cloud, "example.net"))


def test_a_wrong_record_proves_nothing(cloud):
    arn = request(cloud)
    zone = cloud.route53.create_hosted_zone(Name="example.com", CallerReference="a")["HostedZone"]["Id"]
    record = records(cloud, arn)[0]
    change = {"Action": "CREATE", "ResourceRecordSet": {"Name": record["Name"], "Type": "CNAME", "TTL": 60,
                                                        "ResourceRecords": [{"Value": "else.acm-validations.aws."}]}}
    cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    with pytest.raises(AssertionError):
        wait_for(lambda: shown(cloud, arn)["Status"] == "ISSUED", 0.4)


def test_it_takes_its_time(cloud):
    cloud.behave(cert_record_delay=0.3, cert_delay=0.3, dns_delay=0.2)
    arn = request(cloud)
    assert records(cloud, arn) == []
    prove(cloud, arn)
    assert shown(cloud, arn)["Status"] == "PENDING_VALIDATION"
    wait_for(lambda: shown(cloud, arn)["Status"] == "ISSUED")


def test_without_validation_it_is_issued_by_itself(cloud):
    cloud.behave(cert_validation=False)
    assert shown(cloud, request(cloud))["Status"] == "ISSUED"


def test_it_may_fail(cloud):
    cloud.behave(cert_fails=["CAA_ERROR", "VALIDATION_TIMED_OUT"])
    failed, late, fine = (shown(cloud, request(cloud, f"{it}.example.com")) for it in "abc")
    assert (failed["Status"], failed["FailureReason"]) == ("FAILED", "CAA_ERROR")
    assert late["Status"] == "VALIDATION_TIMED_OUT" and fine["Status"] == "PENDING_VALIDATION"


def test_a_token_makes_it_one(cloud):
    one = request(cloud, IdempotencyToken="a")
    assert request(cloud, IdempotencyToken="a") == one
    assert request(cloud, IdempotencyToken="b") != one
    assert request(cloud, "example.net", IdempotencyToken="a") != one
    assert request(cloud) != request(cloud)
    cloud.behave(tokens=False)
    assert request(cloud, IdempotencyToken="a") != one


def test_checks(cloud):
    for wrong in ({"DomainName": "no"}, {"DomainName": "*.*.example.com"}, {"IdempotencyToken": "a-b"},
                  {"DomainName": "a" * 60 + ".example.com"}, {"KeyAlgorithm": "RSA"}, {"IdempotencyToken": "a" * 33}):
        fails("ValidationException", cloud.acm.request_certificate,
              **{"DomainName": "example.com", "ValidationMethod": "DNS", **wrong})
    names = [f"a{n}.example.com" for n in range(10)]
    fails("LimitExceededException", cloud.acm.request_certificate, DomainName="example.com",
          SubjectAlternativeNames=names)
    fails("InvalidArnException", cloud.acm.describe_certificate, CertificateArn="none")


def test_listings_leave_out_most_keys(cloud):
    small = request(cloud)
    curve = request(cloud, KeyAlgorithm="EC_prime256v1")
    assert shown(cloud, curve)["KeyAlgorithm"] == "EC-prime256v1"

    def listed(**params):
        return [it["CertificateArn"] for it in cloud.acm.list_certificates(**params)["CertificateSummaryList"]]

    assert listed() == [small]
    assert listed(Includes={"keyTypes": ["RSA_2048", "EC_prime256v1"]}) == [small, curve]
    assert listed(CertificateStatuses=["ISSUED"]) == []
    assert cloud.client("acm", region_name="us-east-1").list_certificates()["CertificateSummaryList"] == []


def test_tags(cloud):
    arn = request(cloud, Tags=[{"Key": "a", "Value": "1"}])
    cloud.acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "c"}])
    cloud.acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "b", "Value": "other"}, {"Key": "a"}])
    assert cloud.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [
        {"Key": "b", "Value": "2"}, {"Key": "c", "Value": ""}]
    cloud.behave(index_delay=0)
    tagging = cloud.resourcegroupstaggingapi
    found = tagging.get_resources(TagFilters=[{"Key": "b"}], ResourceTypeFilters=["acm:certificate"])
    assert [it["ResourceARN"] for it in found["ResourceTagMappingList"]] == [arn]


def test_reads_lag(cloud):
    cloud.behave(read_after_write=0.3)
    arn = request(cloud)
    fails("ResourceNotFoundException", cloud.acm.describe_certificate, CertificateArn=arn)
    wait_for(lambda: cloud.acm.list_certificates()["CertificateSummaryList"])


def test_a_listener_takes_what_is_issued(cloud, front):
    balancer = front.balancer()
    https = {"port": 443, "protocol": "HTTPS", "balancer": balancer}
    arn = request(cloud)
    fails("UnsupportedCertificate", front.listener, **https, Certificates=[{"CertificateArn": arn}])
    prove(cloud, arn)
    wait_for(lambda: shown(cloud, arn)["Status"] == "ISSUED")
    listener = front.listener(**https, Certificates=[{"CertificateArn": arn}])
    assert shown(cloud, arn)["InUseBy"] == [balancer]
    more = request(cloud, "example.net")
    fails("UnsupportedCertificate", front.elb.add_listener_certificates, ListenerArn=listener,
          Certificates=[{"CertificateArn": more}])
    cloud.acm.delete_certificate(CertificateArn=more)
    fails("CertificateNotFound", front.elb.add_listener_certificates, ListenerArn=listener,
          Certificates=[{"CertificateArn": more}])


def test_what_uses_a_certificate_holds_it_for_a_while(cloud, front):
    cloud.behave(cert_release=0.3)
    arn, balancer = issued(cloud), front.balancer()
    front.listener(balancer, port=443, protocol="HTTPS", Certificates=[{"CertificateArn": arn}])
    fails("ResourceInUseException", cloud.acm.delete_certificate, CertificateArn=arn)
    front.elb.delete_load_balancer(LoadBalancerArn=balancer)
    fails("ResourceInUseException", cloud.acm.delete_certificate, CertificateArn=arn)
    assert shown(cloud, arn)["InUseBy"] == [balancer]
    wait_for(lambda: shown(cloud, arn)["InUseBy"] == [])
    cloud.acm.delete_certificate(CertificateArn=arn)
    fails("ResourceNotFoundException", cloud.acm.describe_certificate, CertificateArn=arn)
