"""One sandbox for the whole session; every test works in an account of its own."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

PACKAGE_PARENT = Path(__file__).resolve().parents[2] / "src" / "sandbox"
REGION = "eu-central-1"
SESSION = boto3.Session()  # one for all, as it keeps the service models it has read
_accounts = itertools.count(200000000001)


class Server:
    """A running sandbox."""

    def __init__(self, directory: Path, *options: str) -> None:
        ready = directory / "ready.json"
        self.log = directory / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "emulator", "--ready-file", str(ready), *options],
                cwd=PACKAGE_PARENT, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        wait_for(ready.exists, 30)
        self.ready = json.loads(ready.read_text())
        self.url = f"http://127.0.0.1:{self.ready['port']}"

    def control(self, method: str, path: str, body: Any = None, account: str | None = None) -> Any:
        query = f"?account={account}" if account else ""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_infractl/{path}{query}", data=data, method=method)
        with urlopen(request) as answer:
            return json.load(answer)


class Cloud:
    """One account in a sandbox, seen through boto3 without retries."""

    def __init__(self, server: Server, account: str) -> None:
        self.server = server
        self.account = account

    def __getattr__(self, service: str) -> Any:
        """A client, as in `cloud.ec2` or `cloud.application_autoscaling`; kept once it is made."""
        client = self.client(service.replace("_", "-"))
        setattr(self, service, client)
        return client

    def client(self, service: str, **config: Any) -> Any:
        return SESSION.client(
            service, endpoint_url=self.server.url,
            aws_access_key_id=self.account, aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False,
                          **{"region_name": REGION, **config}),
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.server.control(method, path, body, self.account)

    def behave(self, **behaviours: Any) -> None:
        self.control("PUT", "behaviours", behaviours)

    def vpc(self, cidr: str = "10.0.0.0/16", **more: Any) -> str:
        return self.ec2.create_vpc(CidrBlock=cidr, **more)["Vpc"]["VpcId"]

    def subnet(self, vpc: str, cidr: str = "10.0.1.0/24", **more: Any) -> str:
        return self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, **more)["Subnet"]["SubnetId"]

    def gateway(self, vpc: str) -> str:
        igw = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
        return igw

    def group(self, vpc: str, name: str = "web") -> str:
        return self.ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]

    def address(self) -> str:
        return self.ec2.allocate_address(Domain="vpc")["AllocationId"]

    def nat(self, subnet: str, address: str, **more: Any) -> str:
        made = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, **more)
        return made["NatGateway"]["NatGatewayId"]

    def nat_state(self, nat: str) -> dict[str, Any]:
        return self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("sandbox"), "--idle", "300")
    yield running
    running.control("POST", "stop")
    assert running.process.wait(10) == 0


@pytest.fixture
def cloud(server: Server) -> Cloud:
    """An account with the checks on, but no waiting."""
    cloud = Cloud(server, str(next(_accounts)))
    cloud.behave(
        vpc_delay=0, nat_delay=0, nat_delete_delay=0, endpoint_delay=0, endpoint_delete_delay=0,
        eni_linger=0, read_after_write=0, iam_delay=0, cache_delay=0, cache_change_delay=0, cache_delete_delay=0,
        lb_delay=0, health_delay=0, drain_delay=0, target_group_release=0,
        rds_delay=0, rds_change_delay=0, rds_delete_delay=0, rds_optimization=0,
        dns_delay=0, cert_record_delay=0, cert_delay=0, cert_known_delay=0, cert_release=0, cdn_delay=0,
        waf_delay=0, waf_release=0,
    )
    return cloud


@pytest.fixture
def plain(server: Server) -> Cloud:
    """An account of bare moto."""
    cloud = Cloud(server, str(next(_accounts)))
    cloud.behave(preset="plain")
    return cloud


def fails(code: str, call: Callable[..., Any], **params: Any) -> ClientError:
    """Run a call that has to fail with this error code."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    assert caught.value.response["ResponseMetadata"]["RequestId"]
    return caught.value


def wait_for(condition: Callable[[], Any], seconds: float = 3.0) -> Any:
    """The first truthy outcome of `condition` within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.02)
    raise AssertionError(f"{condition} did not come true in {seconds} s")


def tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def where(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": list(values)}]
