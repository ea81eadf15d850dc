"""CloudFront: distributions, what belongs to them, and what they forget."""

import copy

import pytest
from conftest import Cloud, fails, wait_for
from test_acm import issued, request

ORIGIN = {"Id": "web", "DomainName": "example.com",
          "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
BEHAVIOUR = {"TargetOriginId": "web", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": OPTIMIZED}
CODE = b"function handler(event) { return event.request; }"
CONTROL = {"Name": "web", "SigningProtocol": "sigv4", "SigningBehavior": "always",
           "OriginAccessControlOriginType": "s3"}


def config(reference="one", behaviour=BEHAVIOUR, origin=ORIGIN, **more):
    return {"CallerReference": reference, "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
            "Origins": {"Quantity": 1, "Items": [origin]}, **more}


def distribution(cloud, reference="one", **more):
    made = cloud.cloudfront.create_distribution(DistributionConfig=config(reference, **more))
    return made["Distribution"]["Id"]


def names(*items):
    return {"Quantity": len(items), "Items": [*items]}


def secured(arn):
    return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}


def change(cloud, of, **more):
    now = cloud.cloudfront.get_distribution_config(Id=of)
    return cloud.cloudfront.update_distribution(
        Id=of, IfMatch=now["ETag"], DistributionConfig={**now["DistributionConfig"], **more})


def status(cloud, of):
    return cloud.cloudfront.get_distribution(Id=of)["Distribution"]["Status"]


def delete(cloud, of):
    change(cloud, of, Enabled=False)
    wait_for(lambda: status(cloud, of) == "Deployed")
    cloud.cloudfront.delete_distribution(Id=of, IfMatch=cloud.cloudfront.get_distribution(Id=of)["ETag"])


def test_all_that_is_not_said_has_a_value(cloud):
    of = distribution(cloud)
    shown = cloud.cloudfront.get_distribution_config(Id=of)["DistributionConfig"]
    origin, behaviour = shown["Origins"]["Items"][0], shown["DefaultCacheBehavior"]
    assert (shown["PriceClass"], shown["HttpVersion"], shown["IsIPV6Enabled"]) == ("PriceClass_All", "http2", True)
    assert shown["Aliases"] == {"Quantity": 0} and shown["DefaultRootObject"] == "" and shown["WebACLId"] == ""
    assert shown["Restrictions"] == {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}
    assert shown["Logging"] == {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
    assert shown["ViewerCertificate"] == {
        "CloudFrontDefaultCertificate": True, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1",
        "CertificateSource": "cloudfront"}
    assert (origin["ConnectionAttempts"], origin["ConnectionTimeout"], origin["OriginPath"]) == (3, 10, "")
    assert origin["CustomOriginConfig"]["OriginReadTimeout"] == 30
    assert origin["CustomOriginConfig"]["OriginKeepaliveTimeout"] == 5
    assert behaviour["Compress"] is False and behaviour["CachePolicyId"] == OPTIMIZED
    assert set(behaviour["AllowedMethods"]["Items"]) == {"GET", "HEAD"} and "MinTTL" not in behaviour
    # What is shown can be sent back.
    assert change(cloud, of)["Distribution"]["DistributionConfig"] == shown


def test_a_reference_makes_it_one(cloud):
    whole = {"DistributionConfig": config(), "Tags": {"Items": [{"Key": "a", "Value": "b"}]}}
    made = cloud.cloudfront.create_distribution_with_tags(DistributionConfigWithTags=whole)
    again = cloud.cloudfront.create_distribution_with_tags(DistributionConfigWithTags=whole)
    assert again["Distribution"]["Id"] == made["Distribution"]["Id"] and made["ETag"] and made["Location"]
    fails("DistributionAlreadyExists", cloud.cloudfront.create_distribution,
          DistributionConfig=config(Comment="other"))
    assert distribution(cloud, "two") != made["Distribution"]["Id"]


def test_tags(cloud):
    of = distribution(cloud)
    arn = cloud.cloudfront.get_distribution(Id=of)["Distribution"]["ARN"]
    cloud.cloudfront.tag_resource(Resource=arn, Tags={"Items": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]})
    cloud.cloudfront.untag_resource(Resource=arn, TagKeys={"Items": ["a"]})
    found = cloud.cloudfront.list_tags_for_resource(Resource=arn)["Tags"]["Items"]
    assert [(it["Key"], it.get("Value") or "") for it in found] == [("b", "")]
    fails("NoSuchResource", cloud.cloudfront.list_tags_for_resource, Resource=arn + "X")
    fails("InvalidTagging", cloud.cloudfront.tag_resource, Resource=arn,
          Tags={"Items": [{"Key": "aws:x", "Value": "1"}]})
    cloud.behave(index_delay=0)

    def tagged(region):
        tagging = cloud.client("resourcegroupstaggingapi", region_name=region)
        found = tagging.get_resources(TagFilters=[{"Key": "b"}], ResourceTypeFilters=["cloudfront:distribution"])
        return [it["ResourceARN"] for it in found["ResourceTagMappingList"]]

    assert (tagged("us-east-1"), tagged("eu-central-1")) == ([arn], [])


def test_an_update_replaces_all_of_the_version_that_was_read(cloud):
    of = distribution(cloud)
    first = cloud.cloudfront.get_distribution_config(Id=of)
    whole = first["DistributionConfig"]
    after = change(cloud, of, Comment="new", DefaultRootObject="index.html")
    assert after["ETag"] != first["ETag"]
    update = {"Id": of, "DistributionConfig": whole}
    error = fails("PreconditionFailed", cloud.cloudfront.update_distribution, **update, IfMatch=first["ETag"])
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    fails("InvalidIfMatchVersion", cloud.cloudfront.update_distribution, **update, IfMatch="E0")
    fails("InvalidIfMatchVersion", cloud.cloudfront.update_distribution, **update)
    update["IfMatch"] = after["ETag"]
    other = {**whole, "CallerReference": "other"}
    fails("IllegalUpdate", cloud.cloudfront.update_distribution, **{**update, "DistributionConfig": other})
    part = {name: value for name, value in whole.items() if name != "PriceClass"}
    fails("IllegalUpdate", cloud.cloudfront.update_distribution, **{**update, "DistributionConfig": part})
    cloud.cloudfront.update_distribution(**update)
    assert cloud.cloudfront.get_distribution_config(Id=of)["DistributionConfig"] == whole


def test_only_what_is_off_everywhere_is_deleted(cloud):
    cloud.behave(cdn_delay=0.3)
    of = distribution(cloud)
    assert status(cloud, of) == "InProgress"
    wait_for(lambda: status(cloud, of) == "Deployed")
    version = cloud.cloudfront.get_distribution(Id=of)["ETag"]
    fails("DistributionNotDisabled", cloud.cloudfront.delete_distribution, Id=of, IfMatch=version)
    version = change(cloud, of, Enabled=False)["ETag"]
    fails("DistributionNotDisabled", cloud.cloudfront.delete_distribution, Id=of, IfMatch=version)
    wait_for(lambda: status(cloud, of) == "Deployed")
    cloud.cloudfront.delete_distribution(Id=of, IfMatch=version)
    fails("NoSuchDistribution", cloud.cloudfront.get_distribution, Id=of)


@pytest.mark.parametrize(("code", "wrong"), [
    ("InconsistentQuantities", {"Aliases": {"Quantity": 2, "Items": ["a.example.com"]}}),
    ("InconsistentQuantities", {"Origins": {"Quantity": 2, "Items": [ORIGIN]}}),
    ("NoSuchOrigin", {"behaviour": {**BEHAVIOUR, "TargetOriginId": "none"}}),
    ("NoSuchCachePolicy", {"behaviour": {**BEHAVIOUR, "CachePolicyId": "none"}}),
    ("NoSuchOriginRequestPolicy", {"behaviour": {**BEHAVIOUR, "OriginRequestPolicyId": "none"}}),
    ("NoSuchResponseHeadersPolicy", {"behaviour": {**BEHAVIOUR, "ResponseHeadersPolicyId": "none"}}),
    ("InvalidArgument", {"behaviour": {**BEHAVIOUR, "MinTTL": 1}}),
    ("InvalidArgument", {"behaviour": {"TargetOriginId": "web", "ViewerProtocolPolicy": "https-only"}}),
    ("InvalidFunctionAssociation", {"behaviour": {**BEHAVIOUR, "FunctionAssociations": {"Quantity": 1, "Items": [
        {"FunctionARN": "arn:aws:cloudfront::1:function/none", "EventType": "viewer-request"}]}}}),
    ("InvalidOrigin", {"origin": {"Id": "web", "DomainName": "example.com"}}),
    ("InvalidOriginAccessControl", {"origin": {**ORIGIN, "OriginAccessControlId": "none"}}),
    ("InvalidWebACLId", {"WebACLId": "arn:aws:wafv2:us-east-1:1:global/webacl/none/0"}),
    ("InvalidViewerCertificate", {"Aliases": {"Quantity": 1, "Items": ["a.example.com"]}}),
    ("InvalidArgument", {"Comment": "a" * 129}),
])
def test_checks(cloud, code, wrong):
    fails(code, distribution, cloud=cloud, **copy.deepcopy(wrong))
    if "Quantit" not in code and code != "NoSuchOrigin":
        cloud.behave(validation=False)
        distribution(cloud, **copy.deepcopy(wrong))


def test_aliases_need_a_certificate_for_them(cloud):
    pending = request(cloud, region="us-east-1")
    fails("InvalidViewerCertificate", distribution, cloud=cloud, ViewerCertificate=secured(pending))
    elsewhere = issued(cloud, "example.com")
    fails("InvalidViewerCertificate", distribution, cloud=cloud, ViewerCertificate=secured(elsewhere))
    cloud.behave(cert_known_delay=60)
    arn = issued(cloud, "*.example.com", region="us-east-1")
    named = {"ViewerCertificate": secured(arn), "Aliases": names(f"{cloud.account}.example.com")}
    fails("InvalidViewerCertificate", distribution, cloud=cloud, **named)
    cloud.behave(cert_known_delay=0)
    of = distribution(cloud, **named)
    shown = cloud.cloudfront.get_distribution(Id=of)["Distribution"]["DistributionConfig"]["ViewerCertificate"]
    assert shown == {**secured(arn), "CloudFrontDefaultCertificate": False, "Certificate": arn,
                     "CertificateSource": "acm"}
    for wrong in ("example.com", "a.b.example.com"):
        fails("InvalidViewerCertificate", change, cloud=cloud, of=of, Aliases=names(wrong))
    acm = cloud.client("acm", region_name="us-east-1")
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"]
    fails("ResourceInUseException", acm.delete_certificate, CertificateArn=arn)
    cloud.behave(cert_release=0.3)
    delete(cloud, of)
    fails("ResourceInUseException", acm.delete_certificate, CertificateArn=arn)
    wait_for(lambda: not acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"])
    acm.delete_certificate(CertificateArn=arn)
    fails("InvalidViewerCertificate", distribution, cloud=cloud, reference="two", **named)


def test_an_alias_is_taken_in_all_accounts(cloud, server):
    other = Cloud(server, str(int(cloud.account) + 700_000_000_000))
    name = f"{cloud.account}.example.com"
    for one in (cloud, other):
        one.behave(cert_validation=False, cert_record_delay=0, cert_delay=0, cert_known_delay=0, read_after_write=0)
    named = [{"Aliases": names(name), "ViewerCertificate": secured(request(one, name, region="us-east-1"))}
             for one in (cloud, other)]
    of = distribution(cloud, **named[0])
    error = fails("CNAMEAlreadyExists", distribution, cloud=other, **named[1])
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    fails("CNAMEAlreadyExists", distribution, cloud=cloud, reference="two", **named[0])
    change(cloud, of, Comment="it may keep its own")
    other.behave(aliases_taken=False)
    distribution(other, **named[1])


def test_listings(cloud):
    of = [distribution(cloud, str(n)) for n in range(3)]
    listed = cloud.cloudfront.list_distributions()["DistributionList"]
    assert [it["Id"] for it in listed["Items"]] == of and listed["Quantity"] == 3 and not listed["IsTruncated"]
    assert listed["Items"][0]["Origins"]["Items"][0]["Id"] == "web" and listed["Items"][0]["Enabled"]
    cloud.behave(page_size=2, empty_pages=1)
    pages = [page["DistributionList"] for page in cloud.cloudfront.get_paginator("list_distributions").paginate()]
    assert [page["Quantity"] for page in pages] == [0, 2, 1]
    fails("InvalidArgument", cloud.cloudfront.list_distributions, Marker="none")
    cloud.behave(page_size=0, empty_pages=0, read_after_write=0.3)
    distribution(cloud, "new")
    assert cloud.cloudfront.list_distributions()["DistributionList"]["Quantity"] == 3
    wait_for(lambda: cloud.cloudfront.list_distributions()["DistributionList"]["Quantity"] == 4)


def test_origin_access_controls(cloud):
    made = cloud.cloudfront.create_origin_access_control(OriginAccessControlConfig=CONTROL)
    of = made["OriginAccessControl"]["Id"]
    fails("OriginAccessControlAlreadyExists", cloud.cloudfront.create_origin_access_control,
          OriginAccessControlConfig=CONTROL)
    fails("InvalidArgument", cloud.cloudfront.create_origin_access_control,
          OriginAccessControlConfig={**CONTROL, "Name": "b", "SigningBehavior": "sometimes"})
    update = {"Id": of, "OriginAccessControlConfig": {**CONTROL, "Description": "d"}}
    fails("InvalidIfMatchVersion", cloud.cloudfront.update_origin_access_control, **update, IfMatch="E0")
    after = cloud.cloudfront.update_origin_access_control(**update, IfMatch=made["ETag"])
    fails("PreconditionFailed", cloud.cloudfront.delete_origin_access_control, Id=of, IfMatch=made["ETag"])
    found = cloud.cloudfront.get_origin_access_control(Id=of)
    assert found["OriginAccessControl"] == {"Id": of, "OriginAccessControlConfig": {**CONTROL, "Description": "d"}}
    assert found["ETag"] == after["ETag"]
    assert cloud.cloudfront.list_origin_access_controls()["OriginAccessControlList"]["Items"][0]["Name"] == "web"
    bucket = {"Id": "web", "DomainName": "files.s3.eu-central-1.amazonaws.com", "OriginAccessControlId": of,
              "S3OriginConfig": {"OriginAccessIdentity": ""}}
    user = distribution(cloud, origin=bucket)
    gone = {"Id": of, "IfMatch": after["ETag"]}
    fails("OriginAccessControlInUse", cloud.cloudfront.delete_origin_access_control, **gone)
    delete(cloud, user)
    cloud.cloudfront.delete_origin_access_control(**gone)
    fails("NoSuchOriginAccessControl", cloud.cloudfront.get_origin_access_control, Id=of)


def test_functions(cloud):
    wanted = {"Name": "route", "FunctionConfig": {"Comment": "c", "Runtime": "cloudfront-js-2.0"}, "FunctionCode": CODE}
    made = cloud.cloudfront.create_function(**wanted)
    fails("FunctionAlreadyExists", cloud.cloudfront.create_function, **wanted)
    fails("FunctionSizeLimitExceeded", cloud.cloudfront.create_function,
          **{**wanted, "Name": "b", "FunctionCode": b"a" * 10241})
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    assert made["FunctionSummary"]["FunctionMetadata"]["Stage"] == "DEVELOPMENT"
    fails("NoSuchFunctionExists", cloud.cloudfront.describe_function, Name="route", Stage="LIVE")
    used = {**BEHAVIOUR, "FunctionAssociations": {"Quantity": 1, "Items": [
        {"FunctionARN": arn, "EventType": "viewer-request"}]}}
    fails("InvalidFunctionAssociation", distribution, cloud=cloud, behaviour=used)
    live = cloud.cloudfront.publish_function(Name="route", IfMatch=made["ETag"])["FunctionSummary"]
    assert live["FunctionMetadata"]["Stage"] == "LIVE"
    after = cloud.cloudfront.update_function(**{**wanted, "FunctionCode": b"other"}, IfMatch=made["ETag"])
    fails("PreconditionFailed", cloud.cloudfront.publish_function, Name="route", IfMatch=made["ETag"])
    assert cloud.cloudfront.get_function(Name="route")["FunctionCode"].read() == b"other"
    running = cloud.cloudfront.get_function(Name="route", Stage="LIVE")
    assert running["FunctionCode"].read() == CODE and running["ETag"] != after["ETag"]
    listed = cloud.cloudfront.list_functions(Stage="LIVE")["FunctionList"]
    assert [it["Name"] for it in listed["Items"]] == ["route"]
    user = distribution(cloud, behaviour=used)
    fails("FunctionInUse", cloud.cloudfront.delete_function, Name="route", IfMatch=after["ETag"])
    delete(cloud, user)
    cloud.cloudfront.delete_function(Name="route", IfMatch=after["ETag"])
    fails("NoSuchFunctionExists", cloud.cloudfront.describe_function, Name="route")


KINDS = {
    "CachePolicy": ("list_cache_policies", {"MinTTL": 1}),
    "OriginRequestPolicy": ("list_origin_request_policies", {
        "HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "all"}}),
    "ResponseHeadersPolicy": ("list_response_headers_policies", {
        "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}}}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_policies(cloud, kind):
    from botocore import xform_name

    listing, said = KINDS[kind]
    call = lambda verb, suffix="": getattr(cloud.cloudfront, f"{verb}_{xform_name(kind)}{suffix}")  # noqa: E731
    wanted = {f"{kind}Config": {"Name": "mine", "Comment": "", **said}}
    made = call("create")(**wanted)
    of = made[kind]["Id"]
    fails(f"{kind}AlreadyExists", call("create"), **wanted)
    shown = call("get", "_config")(Id=of)[f"{kind}Config"]
    assert {name: shown[name] for name in said} == said
    wanted[f"{kind}Config"] = {**shown, "Comment": "other"}
    fails("InvalidIfMatchVersion", call("update"), Id=of, **wanted, IfMatch="E0")
    after = call("update")(Id=of, **wanted, IfMatch=made["ETag"])
    fails("PreconditionFailed", call("delete"), Id=of, IfMatch=made["ETag"])
    assert call("get")(Id=of)[kind][f"{kind}Config"]["Comment"] == "other"
    lists = {type: getattr(cloud.cloudfront, listing)(Type=type)[f"{kind}List"] for type in ("managed", "custom")}
    assert [it[kind]["Id"] for it in lists["custom"]["Items"]] == [of] and lists["managed"]["Quantity"] >= 5
    managed = lists["managed"]["Items"][0][kind]
    assert managed[f"{kind}Config"]["Name"].startswith("Managed-")
    fails("IllegalDelete", call("delete"), Id=managed["Id"], IfMatch="E0")
    user = distribution(cloud, behaviour={**BEHAVIOUR, f"{kind}Id": of})
    fails(f"{kind}InUse", call("delete"), Id=of, IfMatch=after["ETag"])
    change(cloud, user, DefaultCacheBehavior={
        **cloud.cloudfront.get_distribution(Id=user)["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"],
        f"{kind}Id": managed["Id"]})
    call("delete")(Id=of, IfMatch=after["ETag"])
    fails(f"NoSuch{kind}", call("get"), Id=of)


def batch(*paths, reference="a"):
    return {"Paths": {"Quantity": len(paths), "Items": [*paths]}, "CallerReference": reference}


def forget(cloud, of, *paths, reference="a"):
    made = cloud.cloudfront.create_invalidation(
        DistributionId=of, InvalidationBatch=batch(*paths, reference=reference))
    return made["Invalidation"]


def test_it_forgets_once_for_each_reference(cloud):
    of = distribution(cloud)
    first = forget(cloud, of, "/*")
    assert first["InvalidationBatch"] == batch("/*")
    assert forget(cloud, of, "/*")["Id"] == first["Id"]
    again = {"DistributionId": of, "InvalidationBatch": batch("/a", reference="a")}
    fails("InvalidationBatchAlreadyExists", cloud.cloudfront.create_invalidation, **again)
    assert forget(cloud, of, "/*", "/a", reference="b")["Id"] != first["Id"]
    listed = cloud.cloudfront.list_invalidations(DistributionId=of)["InvalidationList"]
    assert listed["Quantity"] == 2 and {it["Id"] for it in listed["Items"]} >= {first["Id"]}
    again["DistributionId"] = "E2EXAMPLE1234"
    fails("NoSuchDistribution", cloud.cloudfront.create_invalidation, **again)


def test_forgetting_takes_a_while(cloud):
    of = distribution(cloud)
    cloud.behave(cdn_delay=0.3)
    made = forget(cloud, of, "/*")
    assert made["Status"] == "InProgress"
    get = {"DistributionId": of, "Id": made["Id"]}
    wait_for(lambda: cloud.cloudfront.get_invalidation(**get)["Invalidation"]["Status"] == "Completed")


def test_it_is_one_for_all_regions(cloud):
    of = distribution(cloud)
    there = cloud.client("cloudfront", region_name="eu-central-1").get_distribution(Id=of)
    assert there["Distribution"]["Id"] == of
    calls = cloud.control("GET", "calls")["calls"]
    assert [(it["service"], it["operation"], it["mutating"], it["status"]) for it in calls] == [
        ("cloudfront", "CreateDistribution", True, 201), ("cloudfront", "GetDistribution", False, 200)]


def test_faults(cloud):
    of = distribution(cloud)
    cloud.control("PUT", "faults", [{"kind": "throttle", "operation": "cloudfront:*", "count": 1}])
    fails("Throttling", cloud.cloudfront.list_invalidations, DistributionId=of)
    forget(cloud, of, "/*")
    change(cloud, of, Comment="new")
    cloud.control("PUT", "faults", [{"kind": "stale", "operation": "cloudfront:GetDistributionConfig", "count": 1}])
    assert cloud.cloudfront.get_distribution_config(Id=of)["DistributionConfig"]["Comment"] == ""
    assert cloud.cloudfront.get_distribution_config(Id=of)["DistributionConfig"]["Comment"] == "new"
