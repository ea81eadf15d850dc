"""Blue/green, linear and canary deployments of ECS services: what is asked for, stages, hooks."""

import json
import time

import pytest
from conftest import fails, wait_for
from fronted import PAUSE, PAUSES, Fronted, at, walk

ALL_STAGES = [
    "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
    "CLEAN_UP",
]


@pytest.fixture
def site(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, stage_delay=0, minute=0.1)
    return Fronted(cloud)


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


def test_another_load_balancer_begins_a_deployment(site):
    site.serve()
    site.ecs.update_service(cluster="c", service="web", loadBalancers=[site.lb(testListenerRule=None)])
    told = site.ends("SUCCESSFUL")
    assert "lifecycleStage" in told and site.weights() == (100, 0)
    site.ecs.update_service(cluster="c", service="web", loadBalancers=[site.lb(testListenerRule=None)])
    assert site.told()["serviceDeploymentArn"] == told["serviceDeploymentArn"]
