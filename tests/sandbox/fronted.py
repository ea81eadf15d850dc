"""A site with a load balancer before it, and a service whose releases take turns in two target groups."""

import json
import threading
import time
from http.client import HTTPConnection

from conftest import wait_for
from test_ecs import Site

POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}]}
HOST = "shop.example.com"
BREAKER = {"enable": True, "rollback": True}
PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
PAUSES = {**PAUSE, "lifecycleStages": [
    "PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]}


class Fronted(Site):
    """The rules: of users by their host, of tests by a header as well."""

    def __init__(self, cloud):
        super().__init__(cloud)
        self.elb = cloud.elbv2
        first = cloud.ec2.describe_subnets(SubnetIds=[self.subnet])["Subnets"][0]
        vpc, zone = first["VpcId"], "a" if first["AvailabilityZone"].endswith("b") else "b"
        subnets = [self.subnet, cloud.subnet(vpc, "10.0.2.0/24", AvailabilityZone=f"eu-central-1{zone}")]
        made = self.elb.create_load_balancer(Name="web", Subnets=subnets, SecurityGroups=[self.group])
        self.balancer = made["LoadBalancers"][0]
        self.dns = self.balancer["DNSName"]
        self.blue, self.green = self.targets("blue", vpc), self.targets("green", vpc)
        default = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no"}}]
        arn = self.balancer["LoadBalancerArn"]
        listener = self.elb.create_listener(LoadBalancerArn=arn, Port=80, Protocol="HTTP", DefaultActions=default)
        self.listener = listener["Listeners"][0]["ListenerArn"]
        host = {"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}}
        header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Release", "Values": ["next"]}}
        self.test_rule = self.rule(10, [host, header], self.forward(1, 0))
        self.production = self.rule(20, [host], self.forward(1, 0))
        cloud.iam.create_role(RoleName="shift", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.shift = cloud.iam.get_role(RoleName="shift")["Role"]["Arn"]
        cloud.iam.attach_role_policy(RoleName="shift", PolicyArn=POLICY)

    def targets(self, name, vpc, **more):
        made = self.elb.create_target_group(
            Name=name, Protocol="HTTP", Port=80, VpcId=vpc, **{"TargetType": "ip", **more})
        return made["TargetGroups"][0]["TargetGroupArn"]

    def forward(self, blue, green):
        groups = [{"TargetGroupArn": self.blue, "Weight": blue}, {"TargetGroupArn": self.green, "Weight": green}]
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]

    def rule(self, priority, conditions, actions):
        made = self.elb.create_rule(
            ListenerArn=self.listener, Priority=priority, Conditions=conditions, Actions=actions)
        return made["Rules"][0]["RuleArn"]

    def weights(self, rule=None):
        """Of the first group and the second."""
        (action,) = self.elb.describe_rules(RuleArns=[rule or self.production])["Rules"][0]["Actions"]
        assert "TargetGroupArn" not in action
        found = {it["TargetGroupArn"]: it["Weight"] for it in action["ForwardConfig"]["TargetGroups"]}
        return found[self.blue], found[self.green]

    def lb(self, **more):
        advanced = {
            "alternateTargetGroupArn": self.green, "productionListenerRule": self.production,
            "testListenerRule": self.test_rule, "roleArn": self.shift, **more,
        }
        advanced = {name: value for name, value in advanced.items() if value is not None}
        return {"targetGroupArn": self.blue, "containerName": "web", "containerPort": 80,
                "advancedConfiguration": advanced}

    def config(self, strategy="BLUE_GREEN", **more):
        bake = {"bakeTimeInMinutes": 0} if strategy == "BLUE_GREEN" else {}
        return {"strategy": strategy, "deploymentCircuitBreaker": BREAKER, **bake, **more}

    def serve(self, strategy="BLUE_GREEN", lb=None, count=2, **more):
        """The first release, deployed."""
        self.register()
        self.create(loadBalancers=[lb or self.lb()], desiredCount=count,
                    deploymentConfiguration=self.config(strategy, **more))
        self.ends("SUCCESSFUL")

    def release(self, image="web:2", **more):
        """The ARN of the deployment of another release, which begins."""
        definition = self.register(image=image)
        self.ecs.update_service(cluster="c", service="web", taskDefinition=definition, **more)
        return self.deployment()["serviceDeploymentArn"]

    def told(self, arn=None):
        """All that is told of a service deployment, of the last one if no other is said."""
        arn = arn or self.deployment()["serviceDeploymentArn"]
        return self.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]

    def comes_to(self, stage, seconds=5):
        return wait_for(lambda: (told := self.told()).get("lifecycleStage") == stage and told, seconds)

    def ends(self, status, arn=None, seconds=10):
        ended = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
        told = wait_for(lambda: (told := self.told(arn))["status"] in ended and told, seconds)
        assert told["status"] == status, told
        return told

    def seen(self, arn=None, seconds=20):
        """What a deployment is seen to be at until it ends: the stage, and the weights of both rules."""
        seen, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            told = self.told(arn)
            if told["status"] != "IN_PROGRESS":
                return seen
            now = (told["lifecycleStage"], self.weights(), self.weights(self.test_rule))
            seen = seen if seen and seen[-1] == now else [*seen, now]
            time.sleep(0.01)
        raise AssertionError(f"does not end: {seen}")

    def hook(self, stage):
        """The hook that waits, once the deployment waits at the stage."""

        def waiting():
            told = self.told()
            hooks = [it for it in told["lifecycleHookDetails"] if it["status"] == "AWAITING_ACTION"]
            return hooks if told.get("lifecycleStage") == stage else None

        (hook,) = wait_for(waiting, 5)
        return hook

    def answer(self, hook, action=None, arn=None):
        more = {"action": action} if action else {}
        arn = arn or self.deployment()["serviceDeploymentArn"]
        return self.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hook["hookId"], **more)

    def groups(self):
        """How many targets each group has."""
        health = lambda group: self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return len(health(self.blue)), len(health(self.green))

    def get(self, path="/", host=HOST, headers=None, method="GET", at=None):
        """Status and answer of a request as users send it."""
        connection = HTTPConnection("127.0.0.1", self.cloud.server.ready["port"], timeout=10)
        try:
            connection.request(method, f"/_load_balancer/{at or self.cloud.account}{path}",
                               headers={**({"Host": host} if host else {}), **(headers or {})})
            answer = connection.getresponse()
            body = answer.read().decode()
            kind = answer.getheader("Content-Type") or ""
            return answer.status, json.loads(body) if "json" in kind else body
        finally:
            connection.close()

    def serves(self, headers=None):
        """The image that answers."""
        status, body = self.get(headers=headers)
        assert status == 200, (status, body)
        return body["image"]


class Prober:
    """Sends requests all the time, and remembers what came back."""

    def __init__(self, site):
        self.site, self.seen, self._done = site, [], threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._done.is_set():
            status, body = self.site.get()
            self.seen.append((status, body["image"] if status == 200 else body))
            time.sleep(0.005)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    @property
    def failed(self):
        return [it for it in self.seen if it[0] != 200]

    @property
    def images(self):
        return {image for status, image in self.seen if status == 200}


def at(*stages):
    """A hook that pauses there."""
    return {"targetType": "PAUSE", "lifecycleStages": list(stages)}


def walk(site, *stages):
    """Goes from pause to pause; gives the weights of both rules, and how many targets the groups have there."""
    found = []
    for stage in stages:
        hook = site.hook(stage)
        found.append((site.weights(), site.weights(site.test_rule), site.groups()))
        site.answer(hook)
    return found


def statuses(site, arn):
    """Those that a deployment is seen in until it ends."""
    seen = []
    while not seen or seen[-1] not in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
        status = site.told(arn)["status"]
        seen = [*seen, status] if status not in seen else seen
    return seen
