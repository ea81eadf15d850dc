"""The launcher and its control API: accounts, call logs, faults, holds."""

import json
import threading
import time
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError
from conftest import Cloud, Server, fails, wait_for


def test_health(server, cloud):
    health = server.control("GET", "health")
    assert health["pid"] == server.ready["pid"]
    assert health["version"] == server.ready["version"]
    assert cloud.account in health["accounts"]


def test_access_key_is_the_account(cloud):
    identity = cloud.sts.get_caller_identity()
    assert identity["Account"] == cloud.account
    assert identity["Arn"] == f"arn:aws:iam::{cloud.account}:user/sandbox"


def test_assumed_role_is_in_the_account_of_the_role(cloud, server):
    role = "arn:aws:iam::299999999999:role/any"
    keys = cloud.sts.assume_role(RoleArn=role, RoleSessionName="s")["Credentials"]
    other = Cloud(server, keys["AccessKeyId"])
    assert other.sts.get_caller_identity()["Arn"] == "arn:aws:sts::299999999999:assumed-role/any/s"
    assert cloud.control("GET", "calls")["n_mutating"] == 0


def test_accounts_do_not_see_each_other(cloud, plain):
    vpc = cloud.vpc()
    fails("InvalidVpcID.NotFound", plain.ec2.describe_vpcs, VpcIds=[vpc])


def test_calls_are_logged_in_order(cloud):
    cloud.ec2.describe_vpcs()
    vpc = cloud.vpc()
    cloud.logs.create_log_group(logGroupName="g")
    fails("InvalidVpcID.NotFound", cloud.ec2.delete_vpc, VpcId="vpc-12345678")
    seen = cloud.control("GET", "calls")
    assert [(c["service"], c["operation"], c["mutating"], c["status"]) for c in seen["calls"]] == [
        ("ec2", "DescribeVpcs", False, 200),
        ("ec2", "CreateVpc", True, 200),
        ("logs", "CreateLogGroup", True, 200),
        ("ec2", "DeleteVpc", True, 400),
    ]
    assert seen["n_mutating"] == 3
    assert [c["n"] for c in seen["calls"]] == [1, 2, 3, 4]
    cloud.ec2.delete_vpc(VpcId=vpc)
    later = cloud.server.control("GET", f"calls?account={cloud.account}&since=4")
    assert [c["operation"] for c in later["calls"]] == ["DeleteVpc"]


def test_reset_forgets_one_account(cloud, plain):
    mine, other = cloud.vpc(), plain.vpc()
    cloud.control("POST", "reset")
    fails("InvalidVpcID.NotFound", cloud.ec2.describe_vpcs, VpcIds=[mine])
    assert plain.ec2.describe_vpcs(VpcIds=[other])["Vpcs"]


def test_behaviours_merge_and_presets_replace(cloud):
    cloud.behave(nat_delay=7)
    assert cloud.control("GET", "behaviours")["nat_delay"] == 7
    cloud.behave(preset="strict")
    assert cloud.control("GET", "behaviours")["nat_delay"] < 1


@pytest.mark.parametrize("wrong", [{"nat_dealy": 1}, {"nat_delay": "soon"}, {"preset": "chaos"}])
def test_unknown_behaviours_are_refused(cloud, wrong):
    with pytest.raises(HTTPError) as caught:
        cloud.behave(**wrong)
    assert caught.value.code == 400
    assert "preset" in (text := json.load(caught.value)["error"]) or "behaviour" in text


@pytest.mark.parametrize("path, wrong", [
    ("faults", [{"kind": "bogus"}]), ("faults", [{}]), ("faults", {}), ("hold", {}), ("nonsense", {}),
])
def test_wrong_control_requests(cloud, path, wrong):
    with pytest.raises(HTTPError) as caught:
        cloud.control("PUT", path, wrong)
    assert caught.value.code in (400, 404)
    assert json.load(caught.value)["error"]


def test_latency(cloud):
    cloud.behave(latency_ms=150)
    started = time.monotonic()
    cloud.ec2.describe_vpcs()
    assert time.monotonic() - started > 0.15


def test_dry_run_does_nothing(cloud, plain):
    for account in (cloud, plain):
        before = len(account.ec2.describe_vpcs()["Vpcs"])
        error = fails("DryRunOperation", account.ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
        assert len(account.ec2.describe_vpcs()["Vpcs"]) == before


def test_unknown_operations_are_not_retried(cloud):
    error = fails("NotImplementedInSandbox", cloud.ec2.describe_ipams)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    fails("NotImplementedInSandbox", cloud.client("dynamodb").list_tables)
    fails("NotImplementedInSandbox", cloud.logs.list_anomalies)


@pytest.mark.parametrize("kind, service, code, status", [
    ("throttle", "ec2", "RequestLimitExceeded", 503),
    ("throttle", "iam", "Throttling", 400),
    ("throttle", "sts", "Throttling", 400),
    ("throttle", "logs", "ThrottlingException", 400),
    ("server_error", "ec2", "InternalError", 500),
    ("server_error", "iam", "ServiceUnavailable", 503),
    ("server_error", "logs", "ServiceUnavailableException", 503),
    ("access_denied", "ec2", "UnauthorizedOperation", 403),
    ("access_denied", "iam", "AccessDenied", 403),
    ("access_denied", "logs", "AccessDeniedException", 400),
])
def test_error_faults(cloud, kind, service, code, status):
    cloud.control("PUT", "faults", [{"operation": f"{service}:*", "kind": kind, "count": 1}])
    reads = {
        "ec2": cloud.ec2.describe_vpcs, "iam": cloud.iam.list_roles,
        "sts": cloud.sts.get_caller_identity, "logs": cloud.logs.describe_log_groups,
    }
    error = fails(code, reads[service])
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status
    reads[service]()
    calls = cloud.control("GET", "calls")["calls"]
    assert [call["injected"] for call in calls] == [kind, None]


def test_faults_choose_mutating_calls(cloud):
    cloud.control("PUT", "faults", [{"mutating": True, "kind": "throttle"}])
    cloud.ec2.describe_vpcs()
    fails("RequestLimitExceeded", cloud.ec2.create_vpc, CidrBlock="10.0.0.0/16")


def test_fault_rate_is_seeded(server):
    def run(account):
        cloud = Cloud(server, account)
        cloud.control("POST", "reset")
        cloud.behave(seed=42)
        cloud.control("PUT", "faults", [{"kind": "throttle", "rate": 0.5}])
        outcomes = []
        for _ in range(20):
            try:
                cloud.sts.get_caller_identity()
                outcomes.append(True)
            except ClientError:
                outcomes.append(False)
        return outcomes

    first, second = run("300000000001"), run("300000000002")
    assert first == second
    assert 0 < sum(first) < 20


@pytest.mark.parametrize("kind, done, status", [("drop_before", 0, "dropped"), ("drop_after", 1, 200)])
def test_lost_connections(cloud, kind, done, status):
    before = len(cloud.ec2.describe_vpcs()["Vpcs"])
    cloud.control("PUT", "faults", [{"operation": "ec2:CreateVpc", "kind": kind, "count": 1}])
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        cloud.vpc()
    assert len(cloud.ec2.describe_vpcs()["Vpcs"]) == before + done
    assert cloud.control("GET", "calls")["calls"][1]["status"] == status


def test_stale_reads_show_the_state_before_the_last_write(cloud):
    cloud.control("PUT", "faults", [{"operation": "ec2:DescribeVpcs", "kind": "stale"}])
    vpc = cloud.vpc()
    fails("InvalidVpcID.NotFound", cloud.ec2.describe_vpcs, VpcIds=[vpc])
    cloud.control("PUT", "faults", [])
    assert cloud.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]


@pytest.mark.parametrize("before, made", [(False, 2), (True, 1)])
def test_hold_keeps_a_reply_back(cloud, before, made):
    count = len(cloud.ec2.describe_vpcs()["Vpcs"])
    cloud.control("PUT", "hold", {"after_mutating": 2, "before": before})
    cloud.vpc()
    impatient = cloud.client("ec2", read_timeout=0.5)
    lost = threading.Thread(
        target=lambda: pytest.raises(Exception, impatient.create_vpc, CidrBlock="10.1.0.0/16")
    )
    lost.start()
    held = wait_for(lambda: cloud.control("GET", "hold")["held"])
    assert held["operation"] == "ec2:CreateVpc"
    lost.join()
    wait_for(lambda: cloud.control("GET", "hold") == {"armed": False, "held": None})
    assert len(cloud.ec2.describe_vpcs()["Vpcs"]) == count + made
    cloud.vpc("10.2.0.0/16")


def test_a_lifted_hold_answers_after_all(cloud):
    cloud.control("PUT", "hold", {"after_mutating": 1})
    answers = []
    call = threading.Thread(target=lambda: answers.append(cloud.vpc()))
    call.start()
    wait_for(lambda: cloud.control("GET", "hold")["held"])
    cloud.control("DELETE", "hold")
    call.join()
    assert answers[0].startswith("vpc-")


def test_launcher_options_and_idle_exit(tmp_path):
    server = Server(tmp_path, "--idle", "1", "--preset", "strict", "--behaviours", '{"nat_delay": 9}')
    defaults = server.control("GET", "behaviours")
    assert (defaults["nat_delay"], defaults["page_size"]) == (9, 2)
    assert server.process.wait(10) == 0
