"""Blue/green, linear and canary deployments of ECS services: stages, hooks, and every way back."""

import json
import time

import pytest
from conftest import fails, wait_for
from fronted import Fronted, Prober

PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}
ALL_STAGES = [
    "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
    "CLEAN_UP",
]


@pytest.fixture
def site(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, stage_delay=0, minute=0.1)
    return Fronted(cloud)


def at(*stages):
    """A hook that pauses there."""
    return {"targetType": "PAUSE", "lifecycleStages": list(stages)}


PAUSES = at("PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT")


def walk(site, *stages):
    """Goes from pause to pause; gives the weights of both rules, and how many targets the groups have there."""
    found = []
    for stage in stages:
        hook = site.hook(stage)
        found.append((site.weights(), site.weights(site.test_rule), site.groups()))
        site.answer(hook)
    return found


def assert_in_order(seen, expected):
    """What is seen of a deployment comes in an order, though not all has to be seen on a slow machine."""
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    rest = iter(expected)
    assert len(stages) > 2 and all(stage in rest for stage in stages), stages


def test_what_is_asked_for_comes_back_filled_in(site):
    site.register()
    hook = {**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 30}}
    alarms = {"alarmNames": ["a"], "enable": True, "rollback": True}
    made = site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config(
        bakeTimeInMinutes=3, lifecycleHooks=[hook], alarms=alarms))
    config = made["deploymentConfiguration"]
    assert (config["strategy"], config["bakeTimeInMinutes"], config["alarms"]) == ("BLUE_GREEN", 3, alarms)
    assert config["lifecycleHooks"] == [
        {**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 30, "action": "ROLLBACK"}}]
    assert made["loadBalancers"] == [site.lb()] and made["deploymentController"] == {"type": "ECS"}


@pytest.mark.parametrize(("strategy", "member", "given", "expected"), [
    ("LINEAR", "linearConfiguration", {}, {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}),
    ("LINEAR", "linearConfiguration", {"stepPercent": 50.0}, {"stepPercent": 50.0, "stepBakeTimeInMinutes": 6}),
    ("CANARY", "canaryConfiguration", {}, {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}),
])
def test_steps_have_defaults(site, strategy, member, given, expected):
    site.register()
    made = site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config(strategy, **{member: given}))
    assert made["deploymentConfiguration"][member] == expected


def test_what_is_left_out_stays_and_what_is_empty_goes(site):
    site.serve(lifecycleHooks=[{**PAUSE, "lifecycleStages": ["RECONCILE_SERVICE"]}], bakeTimeInMinutes=1)
    update = lambda **config: site.ecs.update_service(
        cluster="c", service="web", deploymentConfiguration=config)["service"]["deploymentConfiguration"]
    before = site.deployment()
    config = update(maximumPercent=150)
    assert (config["strategy"], config["bakeTimeInMinutes"], config["maximumPercent"]) == ("BLUE_GREEN", 1, 150)
    assert len(config["lifecycleHooks"]) == 1
    assert update(lifecycleHooks=[]).get("lifecycleHooks", []) == []
    assert site.deployment() == before, "that alone begins nothing"


@pytest.mark.parametrize("wrong", [
    {"bakeTimeInMinutes": None}, {"bakeTimeInMinutes": 1441}, {"strategy": "GREEN_BLUE"},
    {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}},
    {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 10.05}},
    {"strategy": "LINEAR", "canaryConfiguration": {"canaryPercent": 5.0}},
    {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.0}},
    {"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1441}},
    {"lifecycleHooks": [{**PAUSE, "lifecycleStages": ["PRODUCTION_TRAFFIC_SHIFT"]}]},
    {"lifecycleHooks": [{**PAUSE, "lifecycleStages": ["TEST_TRAFFIC_SHIFT"]}]},
    {"lifecycleHooks": [{**PAUSE, "lifecycleStages": ["BAKE_TIME"]}]},
    {"lifecycleHooks": [{**PAUSE, "lifecycleStages": []}]},
    {"lifecycleHooks": [{**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 0}}]},
    {"lifecycleHooks": [{"lifecycleStages": ["POST_SCALE_UP"]}]},
])
def test_deployments_that_are_refused(site, wrong):
    site.register()
    config = {name: value for name, value in {**site.config(), **wrong}.items() if value is not None}
    fails("InvalidParameterException", site.create, loadBalancers=[site.lb()], deploymentConfiguration=config)


def test_load_balancers_that_are_refused(site):
    site.register()
    vpc = site.cloud.ec2.describe_subnets(SubnetIds=[site.subnet])["Subnets"][0]["VpcId"]
    other, machines = site.targets("other", vpc), site.targets("machines", vpc, TargetType="instance")
    path = [{"Field": "path-pattern", "Values": ["/x"]}]
    to = lambda group: [{"Type": "forward", "TargetGroupArn": group}]
    site.rule(30, path, to(machines))
    refused = lambda **more: fails("InvalidParameterException", site.create, loadBalancers=[site.lb(**more)],
                                   deploymentConfiguration=site.config())
    plain = {name: value for name, value in site.lb().items() if name != "advancedConfiguration"}
    fails("InvalidParameterException", site.create, loadBalancers=[], deploymentConfiguration=site.config())
    fails("InvalidParameterException", site.create, loadBalancers=[plain], deploymentConfiguration=site.config())
    assert "associated load balancer" in str(refused(alternateTargetGroupArn=other))
    assert "target type" in str(refused(alternateTargetGroupArn=machines))
    assert "different" in str(refused(alternateTargetGroupArn=site.blue))
    site.rule(40, path, to(other))
    assert "production listener rule" in str(refused(alternateTargetGroupArn=other))
    assert "does not exist" in str(refused(productionListenerRule=site.production[:-1] + "_"))
    assert "required" in str(refused(productionListenerRule=None))


@pytest.mark.parametrize("spoil", [
    lambda iam: iam.detach_role_policy(RoleName="shift", PolicyArn=(
        "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers")),
    lambda iam: iam.update_assume_role_policy(RoleName="shift", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]})),
])
def test_the_role_has_to_be_able_to_shift(site, spoil):
    site.register()
    spoil(site.cloud.iam)
    refusal = fails("InvalidParameterException", site.create, loadBalancers=[site.lb()],
                    deploymentConfiguration=site.config())
    assert "Unable to assume role and validate the specified targetGroupArn" in str(refusal)
    allowed = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"}]}
    site.cloud.iam.create_role(RoleName="own", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                                               "Principal": {"Service": ["ecs.amazonaws.com"]}}}))
    site.cloud.iam.put_role_policy(RoleName="own", PolicyName="p", PolicyDocument=json.dumps(allowed))
    own = site.cloud.iam.get_role(RoleName="own")["Role"]["Arn"]
    site.create(loadBalancers=[site.lb(roleArn=own)], deploymentConfiguration=site.config())


def test_a_role_is_not_known_at_once(site):
    site.register()
    site.cloud.behave(iam_delay=0.5)
    site.cloud.iam.update_assume_role_policy(RoleName="shift", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                "Principal": {"Service": "ecs.amazonaws.com"}}]}))
    create = lambda: site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config())
    fails("InvalidParameterException", create)

    def accepted():
        try:
            return create()
        except site.ecs.exceptions.InvalidParameterException:
            return None

    wait_for(accepted)


def test_the_first_deployment_goes_through_the_stages(site):
    site.register()
    site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config(lifecycleHooks=[PAUSES]))
    assert walk(site, *PAUSES["lifecycleStages"]) == [
        ((1, 0), (1, 0), (0, 0)), ((1, 0), (1, 0), (0, 2)), ((1, 0), (0, 100), (0, 2)), ((1, 0), (0, 100), (0, 2)),
        ((0, 100), (0, 100), (0, 2)),
    ]
    told = site.ends("SUCCESSFUL")
    assert (site.weights(), site.weights(site.test_rule), site.groups()) == ((0, 100), (0, 100), (0, 2))
    assert told["sourceServiceRevisions"] == [] and site.serves() == "web:1"
    target = told["targetServiceRevision"]
    assert (target["requestedTaskCount"], target["runningTaskCount"], target["pendingTaskCount"]) == (2, 2, 0)
    assert (target["requestedProductionTrafficWeight"], target["requestedTestTrafficWeight"]) == (100.0, 100.0)


def test_both_run_until_the_old_is_cleaned_up(site):
    site.serve()
    first = site.service()["deployments"][0]["id"]
    site.release(deploymentConfiguration={"lifecycleHooks": [PAUSES]})
    service = site.service()
    assert [one["status"] for one in service["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert service["deployments"][1]["id"] == first and service["taskDefinition"].endswith("web:2")
    # Tests come first, then users.
    assert walk(site, *PAUSES["lifecycleStages"]) == [
        ((0, 100), (0, 100), (0, 2)), ((0, 100), (0, 100), (2, 2)), ((0, 100), (100, 0), (2, 2)),
        ((0, 100), (100, 0), (2, 2)), ((100, 0), (100, 0), (2, 2)),
    ]
    told = site.ends("SUCCESSFUL")
    source = told["sourceServiceRevisions"][0]
    assert (source["requestedTaskCount"], source["requestedProductionTrafficWeight"]) == (0, 0.0)
    assert len(site.service()["deployments"]) == 1 and site.groups() == (2, 0) and len(site.stopped()) == 2
    assert site.service()["loadBalancers"] == [site.lb()], "as declared, whichever is live"


def test_every_stage_takes_its_time(site):
    site.serve()
    site.cloud.behave(stage_delay=0.2)
    began = time.monotonic()
    site.release()
    seen = site.seen()
    assert time.monotonic() - began >= 0.2 * len(ALL_STAGES)
    assert_in_order(seen, ALL_STAGES)


def test_what_is_told_in_the_midst(site):
    site.serve()
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": [PAUSE]})
    site.release()
    site.hook("POST_TEST_TRAFFIC_SHIFT")
    told = site.told()
    (source,), target = told["sourceServiceRevisions"], told["targetServiceRevision"]
    counts = lambda one: (one["requestedTaskCount"], one["runningTaskCount"])
    assert counts(source) == counts(target) == (2, 2)
    asked = lambda one: (one["requestedProductionTrafficWeight"], one["requestedTestTrafficWeight"])
    assert (asked(source), asked(target)) == ((100.0, 0.0), (0.0, 100.0))
    service = site.service()
    assert (service["runningCount"], [it["runningCount"] for it in service["deployments"]]) == (4, [2, 2])
    assert told["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
    revisions = site.ecs.describe_service_revisions(serviceRevisionArns=[source["arn"], target["arn"]])
    resolved = {it["taskDefinition"].rpartition("/")[2]: it["resolvedConfiguration"]["loadBalancers"]
                for it in revisions["serviceRevisions"]}
    rule = {"productionListenerRule": site.production}
    assert resolved == {"web:1": [{"targetGroupArn": site.green, **rule}],
                        "web:2": [{"targetGroupArn": site.blue, **rule}]}
    assert revisions["serviceRevisions"][0]["loadBalancers"] == [site.lb()]


def test_who_tests_sees_the_release_first(site):
    site.serve()
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": [PAUSE]})
    site.release()
    hook = site.hook("POST_TEST_TRAFFIC_SHIFT")
    tests = {"X-Release": "next"}
    assert (site.serves(), site.serves(tests)) == ("web:1", "web:2")
    site.answer(hook)
    site.ends("SUCCESSFUL")
    assert (site.serves(), site.serves(tests)) == ("web:2", "web:2")


def test_without_a_rule_for_tests(site):
    site.serve(lb=site.lb(testListenerRule=None))
    site.release()
    told = site.ends("SUCCESSFUL")
    assert "requestedTestTrafficWeight" not in told["targetServiceRevision"]
    assert (site.weights(), site.weights(site.test_rule)) == ((100, 0), (1, 0))


def test_a_linear_deployment_shifts_in_equal_steps(site):
    site.serve("LINEAR", linearConfiguration={"stepPercent": 40.0, "stepBakeTimeInMinutes": 3})
    hook = at("PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT")
    site.release(deploymentConfiguration={"lifecycleHooks": [hook]})
    began, before = time.monotonic(), "PRE_PRODUCTION_TRAFFIC_SHIFT"
    weights = [users for users, _, _ in walk(site, before, before, before, "POST_PRODUCTION_TRAFFIC_SHIFT")]
    assert weights == [(0, 100), (40, 60), (80, 20), (100, 0)]
    assert time.monotonic() - began >= 2 * 3 * 0.1, "not after the last step"
    site.ends("SUCCESSFUL")


def test_a_canary_goes_ahead(site):
    site.serve("CANARY", canaryConfiguration={"canaryPercent": 12.5, "canaryBakeTimeInMinutes": 1})
    hook = at("PRE_PRODUCTION_TRAFFIC_SHIFT")
    arn = site.release(deploymentConfiguration={"lifecycleHooks": [hook]})
    walk(site, "PRE_PRODUCTION_TRAFFIC_SHIFT")
    wait_for(lambda: site.weights() == (125, 875))
    hook = site.hook("PRE_PRODUCTION_TRAFFIC_SHIFT")
    images = [site.serves() for _ in range(80)]
    assert images.count("web:2") == 10
    assert site.told(arn)["targetServiceRevision"]["requestedProductionTrafficWeight"] == 12.5
    site.answer(hook)
    site.ends("SUCCESSFUL", arn)
    assert site.weights() == (100, 0)


def test_time_goes_on_when_nobody_looks(site):
    site.serve(bakeTimeInMinutes=1)
    site.cloud.behave(stage_delay=0.05, minute=0.2)
    site.release()
    time.sleep(1.0)
    assert site.told()["status"] == "SUCCESSFUL"


def test_a_deployment_waits_at_each_hook(site):
    site.serve("CANARY", canaryConfiguration={"canaryBakeTimeInMinutes": 0})
    hooks = [{"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP", "PRE_PRODUCTION_TRAFFIC_SHIFT"]}]
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": hooks})
    arn = site.release()
    hook = site.hook("PRE_SCALE_UP")
    assert hook["targetType"] == "PAUSE" and hook["timeoutAction"] == "ROLLBACK" and hook["expiresAt"]
    assert hook["hookId"].startswith("ecs-pause-") and site.groups() == (0, 2)
    fails("InvalidParameterException", site.answer, hook={"hookId": "ecs-pause-other"})
    fails("ServiceDeploymentNotFoundException", site.answer, hook=hook, arn=arn[:-3] + "xxx")
    assert site.answer(hook, "CONTINUE")["serviceDeploymentArn"] == arn
    before_canary = site.hook("PRE_PRODUCTION_TRAFFIC_SHIFT")
    assert site.weights() == (0, 100)
    site.answer(before_canary)
    wait_for(lambda: site.weights() == (5, 95))
    before_all = site.hook("PRE_PRODUCTION_TRAFFIC_SHIFT")
    assert before_all["hookId"] != before_canary["hookId"]
    site.answer(before_all)
    told = site.ends("SUCCESSFUL", arn)
    assert [it["status"] for it in told["lifecycleHookDetails"]] == ["SUCCEEDED"] * 3
    fails("InvalidParameterException", site.answer, hook=before_all)


@pytest.mark.parametrize(("action", "status", "image"), [
    ("CONTINUE", "SUCCESSFUL", "web:2"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL", "web:1"),
])
def test_nobody_answers_a_hook(site, action, status, image):
    site.serve()
    hook = {**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 2, "action": action}}
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": [hook]})
    site.release()
    assert site.hook("POST_TEST_TRAFFIC_SHIFT")["timeoutAction"] == action
    told = site.ends(status)
    assert (told["lifecycleHookDetails"][0]["status"], site.serves()) == ("TIMED_OUT", image)


def statuses(site, arn):
    """Those that a deployment is seen in until it ends."""
    seen = []
    while not seen or seen[-1] not in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
        status = site.told(arn)["status"]
        seen = [*seen, status] if status not in seen else seen
    return seen


def is_back(site, arn, why):
    told = site.told(arn)
    assert why in told["statusReason"] and told["rollback"]["reason"] == told["statusReason"]
    service = site.service()
    (deployment,) = service["deployments"]
    assert deployment["status"] == "PRIMARY" and deployment["rolloutState"] == "COMPLETED"
    assert service["taskDefinition"].endswith("web:1") and deployment["taskDefinition"].endswith("web:1")
    assert told["rollback"]["serviceRevisionArn"].rpartition("/")[2] == deployment["id"].rpartition("/")[2]
    assert (site.weights(), site.weights(site.test_rule), site.groups()) == ((0, 100), (0, 100), (0, 2))
    assert (service["runningCount"], site.serves()) == (2, "web:1")


def test_a_hook_leads_back(site):
    site.serve()
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": [PAUSE]})
    arn = site.release()
    site.answer(site.hook("POST_TEST_TRAFFIC_SHIFT"), "ROLLBACK")
    assert statuses(site, arn)[-2:] == ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    is_back(site, arn, "lifecycle hook")


def test_whoever_stops_a_deployment_leads_it_back(site):
    site.serve()
    arn = site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    assert site.weights() == (100, 0) and site.serves() == "web:2"
    stop = lambda **more: site.ecs.stop_service_deployment(serviceDeploymentArn=arn, **more)
    fails("InvalidParameterException", stop, stopType="NOW")
    site.cloud.behave(stage_delay=0.1)
    assert stop(stopType="ROLLBACK")["serviceDeploymentArn"] == arn
    stop()
    assert statuses(site, arn) == ["ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    is_back(site, arn, "user")
    fails("ConflictException", stop)
    fails("ServiceDeploymentNotFoundException", site.ecs.stop_service_deployment, serviceDeploymentArn=arn[:-3])


def test_a_deployment_is_cut_off(site):
    site.serve("CANARY", canaryConfiguration={"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 1440})
    arn = site.release()
    site.comes_to("PRODUCTION_TRAFFIC_SHIFT")
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ABORT")
    assert statuses(site, arn) == ["STOP_REQUESTED", "STOPPED"]
    service = site.service()
    assert service["deployments"][0]["rolloutState"] == "FAILED" and service["taskDefinition"].endswith("web:2")
    assert (site.weights(), site.groups()) == ((20, 80), (2, 2))
    site.release("web:3", deploymentConfiguration={"canaryConfiguration": {"canaryBakeTimeInMinutes": 0}})
    site.ends("SUCCESSFUL")
    assert (site.weights(), site.groups(), site.serves()) == ((100, 0), (2, 0), "web:3")


@pytest.mark.parametrize(("spoil", "image"), [
    ({}, "web:broken"), ({"task_fails": True}, "web:2"), ({"health_fails": True}, "web:2"),
])
def test_the_breaker_leads_back(site, spoil, image):
    site.serve()
    site.cloud.behave(task_delay=0.05, **spoil)
    with Prober(site) as prober:
        arn = site.release(image)
        site.ends("ROLLBACK_SUCCESSFUL", arn)
    assert prober.failed == [] and prober.images == {"web:1"} and len(prober.seen) > 5
    is_back(site, arn, "circuit breaker threshold was exceeded")
    told = site.told(arn)
    assert told["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    assert told["deploymentCircuitBreaker"]["failureCount"] >= 3 == told["deploymentCircuitBreaker"]["threshold"]
    assert any("deployment failed" in it["message"] for it in site.service()["events"])


def test_without_a_breaker_it_tries_on(site):
    site.serve(deploymentCircuitBreaker={"enable": False, "rollback": False})
    site.cloud.behave(task_delay=0.05)
    arn = site.release("web:broken")
    wait_for(lambda: site.service()["deployments"][0]["failedTasks"] > 8)
    assert (site.told(arn)["status"], site.told(arn)["lifecycleStage"]) == ("IN_PROGRESS", "SCALE_UP")
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    site.ends("ROLLBACK_SUCCESSFUL", arn)


ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "m", "Namespace": "n",
         "Period": 60, "Statistic": "Sum", "Threshold": 1.0}


def ring(site, name, state="ALARM"):
    site.cloud.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="r")


@pytest.mark.parametrize("stage", ["POST_TEST_TRAFFIC_SHIFT", "BAKE_TIME"])
def test_an_alarm_leads_back(site, stage):
    for name in ("a", "b"):
        site.cloud.cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    site.serve()
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={
        "lifecycleHooks": [PAUSE] if stage == PAUSE["lifecycleStages"][0] else [], "bakeTimeInMinutes": 1440,
        "alarms": {"alarmNames": ["a", "b"], "enable": True, "rollback": True}})
    arn = site.release()
    site.comes_to(stage)
    assert site.told(arn)["alarms"] == {"status": "MONITORING", "alarmNames": ["a", "b"], "triggeredAlarmNames": []}
    ring(site, "b")
    site.ends("ROLLBACK_SUCCESSFUL", arn)
    is_back(site, arn, "b")
    assert site.told(arn)["alarms"]["triggeredAlarmNames"] == ["b"]
    assert site.told(arn)["alarms"]["status"] == "TRIGGERED"


def test_an_alarm_that_rings_already_is_not_heeded(site):
    site.cloud.cloudwatch.put_metric_alarm(AlarmName="a", **ALARM)
    ring(site, "a")
    site.serve(alarms={"alarmNames": ["a"], "enable": True, "rollback": True})
    assert site.told()["alarms"]["status"] == "DISABLED"


def test_an_alarm_without_rollback_stops(site):
    site.cloud.cloudwatch.put_metric_alarm(AlarmName="a", **ALARM)
    site.serve(alarms={"alarmNames": ["a"], "enable": True, "rollback": False}, bakeTimeInMinutes=20)
    arn = site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    ring(site, "a")
    told = site.ends("STOPPED", arn)
    assert "a" in told["statusReason"] and "rollback" not in told and site.groups() == (2, 2)


def test_the_first_deployment_has_nothing_to_go_back_to(site):
    site.cloud.behave(task_delay=0.05)
    site.register(image="web:broken")
    site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config())
    told = site.ends("STOPPED")
    assert "circuit breaker" in told["statusReason"] and told["stoppedAt"] and "rollback" not in told
    assert site.service()["deployments"][0]["rolloutState"] == "FAILED" and site.get()[0] == 503
    site.release("web:2")
    assert site.ends("SUCCESSFUL") and site.serves() == "web:2"


def test_users_notice_nothing_of_a_swap(site):
    site.cloud.behave(stage_delay=0.1, task_delay=0.1, health_delay=0.1, drain_delay=0.1)
    site.serve()
    with Prober(site) as prober:
        site.release(deploymentConfiguration={"bakeTimeInMinutes": 2})
        site.ends("SUCCESSFUL")
        site.release("web:3", deploymentConfiguration={
            "strategy": "LINEAR", "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 1}})
        site.ends("SUCCESSFUL")
    assert prober.failed == [] and prober.images == {"web:1", "web:2", "web:3"}
    images = [image for _, image in prober.seen]
    assert images.index("web:2") == len([it for it in images if it == "web:1"]), "all at once"


def test_users_notice_nothing_of_the_way_back(site):
    site.cloud.behave(stage_delay=0.1, task_delay=0.1, health_delay=0.1, drain_delay=0.1)
    site.serve("CANARY", canaryConfiguration={"canaryPercent": 50.0, "canaryBakeTimeInMinutes": 1440})
    with Prober(site) as prober:
        arn = site.release()
        site.comes_to("PRODUCTION_TRAFFIC_SHIFT")
        wait_for(lambda: "web:2" in prober.images)
        site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
        site.ends("ROLLBACK_SUCCESSFUL", arn)
        count = len(prober.seen)
        wait_for(lambda: len(prober.seen) > count + 20)
    assert prober.failed == [] and {image for _, image in prober.seen[count + 1:]} == {"web:1"}


def test_a_newer_release_takes_over(site):
    site.cloud.behave(health_delay=0.1)
    site.serve()
    first = site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    with Prober(site) as prober:
        hook = at("RECONCILE_SERVICE", "PRE_SCALE_UP")
        second = site.release("web:3", deploymentConfiguration={"bakeTimeInMinutes": 0, "lifecycleHooks": [hook]})
        assert site.told(first)["status"] == "STOPPED" and first != second
        assert walk(site, "RECONCILE_SERVICE", "PRE_SCALE_UP") == [
            ((100, 0), (100, 0), (2, 2)), ((0, 100), (0, 100), (0, 2))]
        site.ends("SUCCESSFUL", second)
    assert prober.failed == [] and prober.images == {"web:1", "web:2", "web:3"}
    assert (site.weights(), site.groups(), site.serves()) == ((100, 0), (2, 0), "web:3")
    assert len(site.service()["deployments"]) == 1


def test_a_newer_release_in_the_midst_of_the_way_back(site):
    site.serve()
    site.cloud.behave(stage_delay=0.2)
    arn = site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    wait_for(lambda: site.told(arn)["status"] == "ROLLBACK_IN_PROGRESS")
    newer = site.release("web:3", deploymentConfiguration={"bakeTimeInMinutes": 0})
    assert site.told(arn)["status"] == "STOPPED"
    site.ends("SUCCESSFUL", newer)
    assert (site.weights(), site.groups(), site.serves()) == ((100, 0), (2, 0), "web:3")


def test_a_rule_that_does_more_than_forward(site):
    site.serve()
    oidc = {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {
        "Issuer": "https://a.example.com", "AuthorizationEndpoint": "https://a.example.com/a", "ClientId": "c",
        "TokenEndpoint": "https://a.example.com/t", "UserInfoEndpoint": "https://a.example.com/u"}}
    site.elb.modify_rule(RuleArn=site.production, Actions=[oidc, *site.forward(0, 100)])
    arn = site.release()
    told = site.ends("ROLLBACK_SUCCESSFUL", arn)
    assert "actions other than forward" in told["statusReason"]
    assert site.groups() == (0, 2) and site.weights(site.test_rule) == (0, 100)


def test_a_role_that_is_lost_on_the_way(site):
    site.serve()
    arn = site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    site.cloud.iam.detach_role_policy(RoleName="shift", PolicyArn=(
        "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"))
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    told = site.ends("ROLLBACK_FAILED", arn)
    assert "Unable to assume role" in told["statusReason"] and site.weights() == (100, 0)
    assert site.serves() == "web:2", "what gets the requests is left alone"


def test_the_default_rule_of_a_listener_is_shifted(site):
    rules = site.elb.describe_rules(ListenerArn=site.listener)["Rules"]
    default = next(it["RuleArn"] for it in rules if it["IsDefault"])
    site.elb.modify_listener(ListenerArn=site.listener, DefaultActions=site.forward(1, 0))
    site.serve(lb=site.lb(productionListenerRule=default, testListenerRule=None))
    shown = site.elb.describe_listeners(ListenerArns=[site.listener])["Listeners"][0]["DefaultActions"]
    weights = [it["Weight"] for it in shown[0]["ForwardConfig"]["TargetGroups"]]
    assert weights == [0, 100] and site.weights(default) == (0, 100)


def test_no_tasks_at_all(site):
    site.serve(count=0)
    assert (site.weights(), site.groups()) == ((0, 100), (0, 0))
    site.release()
    told = site.ends("SUCCESSFUL")
    assert (site.weights(), site.groups()) == ((100, 0), (0, 0)) and len(told["sourceServiceRevisions"]) == 1
    site.ecs.update_service(cluster="c", service="web", desiredCount=1)
    assert wait_for(lambda: site.groups() == (1, 0)) and site.serves() == "web:2"


def test_as_many_as_autoscaling_made_it(site):
    site.serve()
    scaling = site.cloud.application_autoscaling
    target = {"ServiceNamespace": "ecs", "ResourceId": "service/c/web",
              "ScalableDimension": "ecs:service:DesiredCount"}
    scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=9)
    wait_for(lambda: site.groups() == (0, 5))
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={"lifecycleHooks": [PAUSE]})
    site.release()
    hook = site.hook("POST_TEST_TRAFFIC_SHIFT")
    assert site.groups() == (5, 5)
    scaling.register_scalable_target(**target, MinCapacity=6, MaxCapacity=9)
    wait_for(lambda: site.groups() == (6, 6))
    site.answer(hook)
    site.ends("SUCCESSFUL")
    assert site.groups() == (6, 0) and site.service()["desiredCount"] == 6


def plain(site):
    return {name: value for name, value in site.lb().items() if name != "advancedConfiguration"}


def test_from_rolling_to_blue_green(site):
    site.serve("ROLLING", lb=plain(site))
    assert (site.groups(), site.weights()) == ((2, 0), (1, 0))
    update = lambda **more: site.ecs.update_service(cluster="c", service="web", **more)["service"]
    refused = lambda **more: fails("InvalidParameterException", update, **more)
    assert "advancedConfiguration" in str(refused(deploymentConfiguration=site.config()))
    assert "rolling deployment" in str(refused(deploymentConfiguration=site.config(), loadBalancers=[site.lb()]))
    with Prober(site) as prober:
        site.cloud.behave(task_delay=0.3)
        assert len(update(loadBalancers=[site.lb()])["deployments"]) == 2
        assert "in progress" in str(refused(deploymentConfiguration=site.config()))
        site.ends("SUCCESSFUL")
        assert (site.groups(), site.weights()) == ((2, 0), (1, 0))
        begun = site.deployment()
        assert "bakeTimeInMinutes" in str(refused(deploymentConfiguration={"strategy": "BLUE_GREEN"}))
        assert update(deploymentConfiguration=site.config())["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
        assert site.deployment() == begun, "that alone begins nothing"
        site.release()
        site.ends("SUCCESSFUL")
    assert (site.groups(), site.weights(), site.serves()) == ((0, 2), (0, 100), "web:2")
    assert prober.failed == []


def test_from_blue_green_to_rolling(site):
    site.serve("CANARY")
    assert (site.groups(), site.weights()) == ((0, 2), (0, 100))
    config = site.ecs.update_service(cluster="c", service="web", deploymentConfiguration={
        "strategy": "ROLLING"})["service"]["deploymentConfiguration"]
    assert config["strategy"] == "ROLLING" and "canaryConfiguration" not in config
    with Prober(site) as prober:
        site.release()
        told = site.ends("SUCCESSFUL")
    assert (site.groups(), site.weights(), site.serves()) == ((0, 2), (0, 100), "web:2")
    assert prober.failed == [] and "lifecycleStage" not in told
    assert site.service()["loadBalancers"] == [site.lb()]
    site.ecs.update_service(cluster="c", service="web", deploymentConfiguration=site.config())
    site.release("web:3")
    site.ends("SUCCESSFUL")
    assert (site.groups(), site.weights(), site.serves()) == ((2, 0), (100, 0), "web:3")


def test_a_strategy_does_not_change_under_way(site):
    site.serve(bakeTimeInMinutes=1)
    site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    site.comes_to("BAKE_TIME")
    update = lambda **config: site.ecs.update_service(cluster="c", service="web", deploymentConfiguration=config)
    fails("InvalidParameterException", update, strategy="ROLLING")
    fails("InvalidParameterException", update, strategy="CANARY")
    update(strategy="BLUE_GREEN", bakeTimeInMinutes=5)


def test_another_load_balancer_begins_a_deployment(site):
    site.serve()
    site.ecs.update_service(cluster="c", service="web", loadBalancers=[site.lb(testListenerRule=None)])
    told = site.ends("SUCCESSFUL")
    assert "lifecycleStage" in told and site.weights() == (100, 0)
    site.ecs.update_service(cluster="c", service="web", loadBalancers=[site.lb(testListenerRule=None)])
    assert site.told()["serviceDeploymentArn"] == told["serviceDeploymentArn"]


def test_a_rolling_deployment_is_stopped(site):
    site.serve("ROLLING", lb=plain(site))
    site.cloud.behave(task_delay=0.3)
    arn = site.release()
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    assert statuses(site, arn) == ["ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    assert site.service()["taskDefinition"].endswith("web:1") and site.serves() == "web:1"
    arn = site.release("web:3")
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ABORT")
    assert statuses(site, arn) == ["STOP_REQUESTED", "STOPPED"]


def test_an_alarm_ends_a_rolling_deployment(site):
    site.cloud.cloudwatch.put_metric_alarm(AlarmName="a", **ALARM)
    site.serve("ROLLING", lb=plain(site), alarms={"alarmNames": ["a"], "enable": True, "rollback": True})
    site.cloud.behave(health_delay=60, task_delay=0.05)
    arn = site.release()
    ring(site, "a")
    wait_for(lambda: site.told(arn)["status"] == "ROLLBACK_IN_PROGRESS")


def test_a_service_goes_in_the_midst_of_a_deployment(site):
    site.serve()
    site.release(deploymentConfiguration={"bakeTimeInMinutes": 1440})
    told = site.comes_to("BAKE_TIME")
    site.ecs.delete_service(cluster="c", service="web", force=True)
    wait_for(lambda: site.service()["status"] == "INACTIVE")
    assert site.groups() == (0, 0) and site.told(told["serviceDeploymentArn"])["status"] == "STOPPED"
