"""CloudFront: what is made in it, and what it forgets."""

from conftest import fails

ORIGIN = {"Id": "web", "DomainName": "example.com",
          "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}


def distribution(cloud, reference="one"):
    behavior = {"TargetOriginId": "web", "ViewerProtocolPolicy": "redirect-to-https", "MinTTL": 0,
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}
    made = cloud.cloudfront.create_distribution(DistributionConfig={
        "CallerReference": reference, "Comment": "", "Enabled": True, "DefaultCacheBehavior": behavior,
        "Origins": {"Quantity": 1, "Items": [ORIGIN]},
    })
    return made["Distribution"]["Id"]


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
