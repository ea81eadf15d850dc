"""ECS: definitions that come back otherwise, services that start tasks, deployments that fail."""

import json

import pytest
from conftest import fails, wait_for

TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
WRITES_LOGS = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]}
FARGATE = [{"capacityProvider": "FARGATE", "weight": 1}]


@pytest.fixture
def cloud(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, drain_delay=0)
    return cloud


class Site:
    """A cluster, a public subnet, and what a task needs to start."""

    def __init__(self, cloud):
        self.cloud, self.ecs = cloud, cloud.ecs
        vpc = cloud.vpc()
        gateway, self.subnet = cloud.gateway(vpc), cloud.subnet(vpc)
        table = cloud.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self.table, self.gateway = table, gateway
        cloud.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        cloud.ec2.associate_route_table(RouteTableId=table, SubnetId=self.subnet)
        self.group = cloud.group(vpc)
        made = cloud.iam.create_role(RoleName="run", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = made["Role"]["Arn"]
        cloud.iam.put_role_policy(RoleName="run", PolicyName="p", PolicyDocument=json.dumps(WRITES_LOGS))
        cloud.logs.create_log_group(logGroupName="/web")
        self.ecs.create_cluster(clusterName="c", capacityProviders=["FARGATE", "FARGATE_SPOT"])

    def register(self, image="web:1", family="web", container=None, **more):
        params = {
            "family": family, "cpu": "256", "memory": "512", "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"], "executionRoleArn": self.role, "taskRoleArn": self.role,
            "containerDefinitions": [{
                "name": "web", "image": image, "portMappings": [{"containerPort": 80}],
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/web"}},
                **(container or {}),
            }], **more,
        }
        return self.ecs.register_task_definition(**params)["taskDefinition"]["taskDefinitionArn"]

    def secret(self):
        """A secret that tasks may read."""
        reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        policy = WRITES_LOGS | {"Statement": [*WRITES_LOGS["Statement"], reads]}
        self.cloud.iam.put_role_policy(RoleName="run", PolicyName="p", PolicyDocument=json.dumps(policy))
        return self.cloud.secretsmanager.create_secret(Name="s", SecretString="x")["ARN"]

    def create(self, **more):
        network = {"subnets": [self.subnet], "securityGroups": [self.group], "assignPublicIp": "ENABLED"}
        params = {
            "cluster": "c", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2,
            "capacityProviderStrategy": FARGATE, "networkConfiguration": {"awsvpcConfiguration": network},
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}, **more,
        }
        return self.ecs.create_service(**params)["service"]

    def service(self):
        return self.ecs.describe_services(cluster="c", services=["web"], include=["TAGS"])["services"][0]

    def deployment(self):
        listed = self.ecs.list_service_deployments(cluster="c", service="web")["serviceDeployments"]
        return max(listed, key=lambda one: one["createdAt"])

    def stopped(self):
        arns = self.ecs.list_tasks(cluster="c", serviceName="web", desiredStatus="STOPPED")["taskArns"]
        return self.ecs.describe_tasks(cluster="c", tasks=arns)["tasks"] if arns else []


@pytest.fixture
def site(cloud):
    return Site(cloud)


def test_a_cluster_comes_and_goes(cloud):
    ecs = cloud.ecs
    cloud.behave(cluster_delay=0.2)
    made = ecs.create_cluster(clusterName="c", capacityProviders=["FARGATE"], tags=[{"key": "a", "value": "b"}])
    assert made["cluster"]["status"] == "PROVISIONING"
    assert ecs.create_cluster(clusterName="c")["cluster"]["tags"] == [{"key": "a", "value": "b"}]
    describe = lambda **more: ecs.describe_clusters(clusters=["c"], **more)["clusters"][0]
    wait_for(lambda: describe()["status"] == "ACTIVE")
    assert (describe()["settings"], describe()["tags"]) == ([], [])
    assert describe(include=["SETTINGS"])["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert ecs.describe_clusters(clusters=["other"])["failures"][0]["reason"] == "MISSING"
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    fails("InvalidParameterException", ecs.put_cluster_capacity_providers, cluster="c",
          capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=strategy)
    ecs.delete_cluster(cluster="c")
    assert describe()["status"] == "INACTIVE" and ecs.list_clusters()["clusterArns"] == []
    fails("ClusterNotFoundException", ecs.delete_cluster, cluster="c")
    fails("ClusterNotFoundException", ecs.list_services, cluster="c")


def test_a_definition_comes_back_filled_in(site):
    site.register(container={
        "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        "healthCheck": {"command": ["CMD", "true"]},
    })
    found = site.ecs.describe_task_definition(taskDefinition="web")
    assert "tags" not in found
    container = found["taskDefinition"]["containerDefinitions"][0]
    assert [one["name"] for one in container["environment"]] == ["B", "A"]
    assert container["healthCheck"] == {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3}
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert (container["cpu"], container["essential"], container["mountPoints"]) == (0, True, [])


def test_revisions(site):
    ecs = site.ecs
    first, second = site.register(), site.register()
    assert (first[-2:], second[-2:]) == (":1", ":2")
    assert ecs.list_task_definitions(familyPrefix="web", sort="DESC")["taskDefinitionArns"] == [second, first]
    assert ecs.list_task_definition_families(familyPrefix="we", status="ACTIVE")["families"] == ["web"]
    failed = ecs.delete_task_definitions(taskDefinitions=[first])["failures"]
    assert "ACTIVE" in failed[0]["reason"]
    for one in (first, second):
        ecs.deregister_task_definition(taskDefinition=one)
        fails("InvalidParameterException", ecs.tag_resource, resourceArn=one, tags=[])
    fails("ClientException", ecs.describe_task_definition, taskDefinition="web")
    assert ecs.list_task_definition_families(familyPrefix="we", status="ACTIVE")["families"] == []
    ecs.delete_task_definitions(taskDefinitions=[first, second])
    assert site.register()[-2:] == ":3"


@pytest.mark.parametrize("wrong", [
    {"cpu": "256", "memory": "4096"}, {"networkMode": "bridge"}, {"executionRoleArn": ""},
    {"ephemeralStorage": {"sizeInGiB": 20}}, {"container": {"essential": False}},
    {"container": {"dependsOn": [{"containerName": "db", "condition": "START"}]}},
    {"container": {"stopTimeout": 121}}, {"taskRoleArn": "run"},
])
def test_definitions_that_are_refused(site, wrong):
    fails("ClientException", site.register, **wrong)


def test_a_service_starts_tasks(cloud, site):
    cloud.behave(task_delay=0.2)
    site.register()
    made = site.create(tags=[{"key": "a", "value": "b"}], propagateTags="SERVICE")
    assert (made["runningCount"], made["deployments"][0]["rolloutState"]) == (0, "IN_PROGRESS")
    service = wait_for(lambda: site.service()["runningCount"] == 2 and site.service())
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert (service["platformVersion"], service["availabilityZoneRebalancing"]) == ("LATEST", "ENABLED")
    assert service["deploymentConfiguration"]["maximumPercent"] == 200
    assert site.deployment()["status"] == "SUCCESSFUL"
    tasks = site.ecs.list_tasks(cluster="c", serviceName="web")["taskArns"]
    assert len(tasks) == 2 and site.ecs.list_tasks(cluster="c", serviceName="other")["taskArns"] == []
    described = site.ecs.describe_tasks(cluster="c", tasks=tasks, include=["TAGS"])["tasks"]
    assert described[0]["tags"] == [{"key": "a", "value": "b"}]
    fails("DependencyViolation", cloud.ec2.delete_security_group, GroupId=site.group)


def test_another_revision_takes_over(site):
    site.register()
    site.create()
    second = site.register(image="web:2")
    before = site.service()["deployments"][0]["id"]
    updated = site.ecs.update_service(cluster="c", service="web", taskDefinition="web:2")["service"]
    assert updated["taskDefinition"] == second and updated["deployments"][0]["id"] != before
    service = site.service()
    assert len(service["deployments"]) == 1 and service["runningCount"] == 2
    assert len(site.stopped()) == 2
    site.ecs.update_service(cluster="c", service="web", enableExecuteCommand=True)
    assert site.service()["deployments"][0]["id"] == service["deployments"][0]["id"]
    site.ecs.update_service(cluster="c", service="web", desiredCount=1)
    assert site.service()["runningCount"] == 1 and len(site.service()["deployments"]) == 1


def test_a_broken_image_is_rolled_back(cloud, site):
    site.register()
    site.create()
    cloud.behave(task_delay=0.1)
    good = site.service()
    site.register(image="web:broken")
    site.ecs.update_service(cluster="c", service="web", taskDefinition="web:2")
    assert site.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    wait_for(lambda: site.deployment()["status"] == "ROLLBACK_SUCCESSFUL")
    service = site.service()
    assert service["taskDefinition"] == good["taskDefinition"] and service["runningCount"] == 2
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert any("deployment failed" in one["message"] for one in service["events"])
    failed = f"ecs-svc/{site.deployment()['targetServiceRevisionArn'].rpartition('/')[2]}"
    reasons = [one["containers"][0]["reason"] for one in site.stopped() if one["startedBy"] == failed]
    assert reasons and all("CannotPullContainerError" in one for one in reasons)


def test_the_first_deployment_has_nothing_to_go_back_to(cloud, site):
    cloud.behave(task_delay=0.05)
    site.register(image="web:broken")
    site.create()
    wait_for(lambda: site.service()["deployments"][0]["rolloutState"] == "FAILED")
    assert site.deployment()["status"] == "STOPPED"
    site.register()
    site.ecs.update_service(cluster="c", service="web", taskDefinition="web:2")
    wait_for(lambda: site.service()["deployments"][0]["rolloutState"] == "COMPLETED")


@pytest.mark.parametrize(("spoil", "why"), [
    (lambda site: site.cloud.logs.delete_log_group(logGroupName="/web"), "log group does not exist"),
    (lambda site: site.cloud.iam.delete_role_policy(RoleName="run", PolicyName="p"), "not authorized to perform logs"),
    (lambda site: site.cloud.ec2.delete_route(RouteTableId=site.table, DestinationCidrBlock="0.0.0.0/0"), "no way"),
    (lambda site: site.register(container={"secrets": [
        {"name": "S", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:s:key::"}]}),
     "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:123456789012:secret:s"),
    (lambda site: site.register(container={"secrets": [
        {"name": "S", "valueFrom": f"{site.secret()}:::00000000-0000-0000-0000-000000000000"}]}),
     "can't find the specified secret value for VersionId: 00000000-0000-0000-0000-000000000000"),
])
def test_tasks_that_do_not_start_say_why(cloud, site, spoil, why):
    cloud.behave(task_delay=0.05)
    site.register()
    spoil(site)
    site.create()
    task = wait_for(lambda: next(iter(site.stopped()), None))
    assert why in task["stoppedReason"]


def test_a_service_is_made_once(site):
    site.register()
    assert site.create()["serviceArn"] == site.create(clientToken="x")["serviceArn"]
    assert "idempotent" in str(fails("InvalidParameterException", site.create, desiredCount=3))
    fails("ClusterNotFoundException", site.create, cluster="other")
    fails("ClientException", site.create, serviceName="b", taskDefinition="other")
    fails("InvalidParameterException", site.create, serviceName="b", healthCheckGracePeriodSeconds=30)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    fails("InvalidParameterException", site.create, serviceName="b", networkConfiguration=network)


def test_a_service_drains(cloud, site):
    site.register()
    site.create()
    cloud.behave(drain_delay=0.3)
    fails("InvalidParameterException", site.ecs.delete_service, cluster="c", service="web")
    fails("ClusterContainsServicesException", site.ecs.delete_cluster, cluster="c")
    site.ecs.delete_service(cluster="c", service="web", force=True)
    assert site.service()["status"] == "DRAINING"
    assert site.ecs.list_services(cluster="c")["serviceArns"] == []
    assert "Draining" in str(fails("InvalidParameterException", site.create))
    fails("ServiceNotActiveException", site.ecs.update_service, cluster="c", service="web", desiredCount=1)
    fails("ClusterContainsServicesException", site.ecs.delete_cluster, cluster="c")
    wait_for(lambda: site.service()["status"] == "INACTIVE")
    cloud.ec2.delete_security_group(GroupId=site.group)
    site.ecs.delete_cluster(cluster="c")


def test_a_task_that_is_stopped_is_replaced(site):
    site.register()
    site.create()
    task = site.ecs.list_tasks(cluster="c", serviceName="web")["taskArns"][0]
    site.ecs.stop_task(cluster="c", task=task)
    left = site.ecs.list_tasks(cluster="c", serviceName="web")["taskArns"]
    assert len(left) == 2 and task not in left


SCALABLE = {"ServiceNamespace": "ecs", "ResourceId": "service/c/web", "ScalableDimension": "ecs:service:DesiredCount"}
TRACKING = {"TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}


def test_a_service_is_scaled(cloud, site):
    scaling = cloud.application_autoscaling
    register = lambda **more: scaling.register_scalable_target(**SCALABLE, **more)
    fails("ValidationException", register, MinCapacity=1, MaxCapacity=3)
    site.register()
    site.create()
    fails("ValidationException", register, MinCapacity=3, MaxCapacity=1)
    arn = register(MinCapacity=3, MaxCapacity=4, Tags={"a": "b"})["ScalableTargetARN"]
    assert site.service()["desiredCount"] == 3 == site.service()["runningCount"]
    assert register(MinCapacity=1, MaxCapacity=5)["ScalableTargetARN"] == arn
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}

    put = lambda **more: scaling.put_scaling_policy(
        **SCALABLE, PolicyName="cpu", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**TRACKING, **more})
    assert len(put()["Alarms"]) == 2
    assert put(ScaleInCooldown=10)["Alarms"] == put()["Alarms"]
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]
    assert found["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] is False
    assert "ScaleInCooldown" not in found["TargetTrackingScalingPolicyConfiguration"]

    act = lambda **more: scaling.put_scheduled_action(**SCALABLE, ScheduledActionName="night", **more)
    fails("ValidationException", act, Schedule="0 20 * * ? *")
    act(Schedule="cron(0 20 * * ? *)", ScalableTargetAction={"MinCapacity": 0})
    assert len(scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]) == 1
    scaling.deregister_scalable_target(**SCALABLE)
    for gone in (
        scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
        scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"],
        scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"],
        cloud.cloudwatch.describe_alarms()["MetricAlarms"],
    ):
        assert gone == []
    fails("ObjectNotFoundException", scaling.deregister_scalable_target, **SCALABLE)
    fails("ObjectNotFoundException", put)
    fails("ResourceNotFoundException", scaling.list_tags_for_resource, ResourceARN=arn)


def test_a_task_that_runs_by_itself(cloud):
    cloud.behave(run_delay=0.2, run_exits=[3])
    site = Site(cloud)
    site.register(container={"logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": "/web", "awslogs-stream-prefix": "ecs", "awslogs-region": "eu-central-1"}}})
    network = {"subnets": [site.subnet], "securityGroups": [site.group], "assignPublicIp": "ENABLED"}
    wanted = {
        "cluster": "c", "taskDefinition": "web", "launchType": "FARGATE", "startedBy": "me", "clientToken": "one",
        "networkConfiguration": {"awsvpcConfiguration": network},
        "overrides": {"containerOverrides": [{"name": "web", "command": ["migrate", "up"]}]},
    }
    arn = site.ecs.run_task(**wanted)["tasks"][0]["taskArn"]
    assert site.ecs.run_task(**wanted)["tasks"][0]["taskArn"] == arn
    fails("ConflictException", site.ecs.run_task, **{**wanted, "startedBy": "other"})
    fails("InvalidParameterException", site.ecs.run_task, **{**wanted, "clientToken": "two", "networkConfiguration": {}})

    def task():
        return site.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]

    assert site.ecs.list_tasks(cluster="c", family="web")["taskArns"] == [arn]
    wait_for(lambda: task()["lastStatus"] == "STOPPED")
    assert (task()["containers"][0]["exitCode"], task()["stopCode"]) == (3, "EssentialContainerExited")
    assert site.ecs.list_tasks(cluster="c", family="web")["taskArns"] == []
    assert site.ecs.list_tasks(cluster="c", family="web", desiredStatus="STOPPED")["taskArns"] == [arn]
    stream = f"ecs/web/{arn.rpartition('/')[2]}"
    events = cloud.logs.get_log_events(logGroupName="/web", logStreamName=stream, startFromHead=True)["events"]
    assert [one["message"] for one in events] == ["$ migrate up", "failed with 3"]
    other = site.ecs.run_task(**{**wanted, "clientToken": "three"})["tasks"][0]["taskArn"]
    site.ecs.stop_task(cluster="c", task=other)
    stopped = site.ecs.describe_tasks(cluster="c", tasks=[other])["tasks"][0]
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("UserInitiated", 143)
