"""Deployments of ECS services that go back, stop, or take turns, and what users notice of it."""

import pytest
from conftest import fails, wait_for
from fronted import PAUSE, POLICY, Fronted, Prober, at, statuses, walk


@pytest.fixture
def site(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, stage_delay=0, minute=0.1)
    return Fronted(cloud)


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
    site.cloud.iam.detach_role_policy(RoleName="shift", PolicyArn=POLICY)
    site.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    told = site.ends("ROLLBACK_FAILED", arn)
    assert "Unable to assume role" in told["statusReason"] and site.weights() == (100, 0)
    assert site.serves() == "web:2", "what gets the requests is left alone"


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


def test_a_rolling_deployment_is_stopped(site):
    site.serve("ROLLING", lb=plain(site))
    site.cloud.behave(task_delay=1)
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
