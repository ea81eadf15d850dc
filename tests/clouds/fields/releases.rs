//! How one release of a service follows another.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 2, tiers: [public], nat: none }
load_balancer: {}
alarms: { errors: { service: api, metric: 5xx, above: 10, for: 3m } }
services: { api: { image: 'web:1', count: 1, port: 80, route: {} } }
",
    cases: &[
        case(
            "services: { api: { deploy: { strategy: blue_green } } }",
            &[
                "create elb.rule/api.test",
                "create elb.target_group/api.alternate",
                "create iam.role/services.api.shifting",
                "update cloudwatch.alarm/errors: metric, math",
                "update ecs.service/api: load_balancers, strategy",
                "update elb.rule/api.http: target_groups",
            ],
            &[
                "cloudwatch.alarm/errors math: none -> n1: None, n2: None, watched: Some(\"SUM([n1, n2])\")",
                "cloudwatch.alarm/errors metric: AWS/ApplicationELB HTTPCode_Target_5XX_Count -> none",
                "cloudwatch.alarm/errors of: LoadBalancer=app/shop-default/* TargetGroup=targetgroup/ecs.task_definition/api/* -> none",
                "cloudwatch.alarm/errors period: 60 -> none",
                "cloudwatch.alarm/errors statistic: Sum -> none",
                "ecs.service/api behind: elb.target_group/api api 80 -> elb.target_group/api api 80 or elb.target_group/api.alternate by elb.rule/api.http and elb.rule/api.test as iam.role/services.api.shifting",
                "ecs.service/api releases: none -> BLUE_GREEN, 5",
                "elb.rule/api.http does: forward elb.target_group/api=1 -> forward elb.target_group/api.alternate=0 elb.target_group/api=1",
                "+elb.rule/api.test: does=forward elb.target_group/api.alternate=0 elb.target_group/api=1, headers=x-infractl-test, on=elb.listener/http, priority=91",
                "+elb.target_group/api.alternate: deregistration_delay.timeout_seconds=30, health=HTTP traffic-port / 200-399 10 5 2 3, name=ecs.task_definition/api-alternate, of=HTTP HTTP1 80, vpc=ec2.vpc/main",
                "+iam.role/services.api.shifting: description=Shifts the requests of the service api, path=/infractl/shop/default/eu-central-1/, policy infractl=Allow elasticloadbalancing:ModifyRule on elb.rule/api.http,elb.rule/api.test; Allow elasticloadbalancing:DeregisterTargets,elasticloadbalancing:RegisterTargets on elb.target_group/api,elb.target_group/api.alternate; Allow elasticloadbalancing:DescribeListeners,elasticloadbalancing:DescribeRules,elasticloadbalancing:DescribeTargetGroups,elasticloadbalancing:DescribeTargetHealth on * (2012-10-17), trust=Allow sts:AssumeRole by Service=ecs.amazonaws.com (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { deploy: { bake: 1m } } }",
            &["update ecs.service/api: strategy.blue_green.bake_minutes"],
            &["ecs.service/api releases: BLUE_GREEN, 5 -> BLUE_GREEN, 1"],
        ),
        case(
            "services: { api: { deploy: { rollback_on: [errors] } } }",
            &["update ecs.service/api: alarms"],
            &["ecs.service/api alarms: none -> shop-default-errors"],
        ),
        case(
            "services: { api: { deploy: { smoke: / } } }",
            &["update ecs.service/api: pauses"],
            &["ecs.service/api pauses: none -> POST_TEST_TRAFFIC_SHIFT 30"],
        ),
        case(
            "services: { api: { deploy: { approve: 1h } } }",
            &["update ecs.service/api: pauses"],
            &[
                "ecs.service/api pauses: POST_TEST_TRAFFIC_SHIFT 30 -> POST_TEST_TRAFFIC_SHIFT 30,PRE_PRODUCTION_TRAFFIC_SHIFT 60",
            ],
        ),
        case(
            "services: { api: { deploy: { approve: 2h } } }",
            &["update ecs.service/api: pauses"],
            &[
                "ecs.service/api pauses: POST_TEST_TRAFFIC_SHIFT 30,PRE_PRODUCTION_TRAFFIC_SHIFT 60 -> POST_TEST_TRAFFIC_SHIFT 30,PRE_PRODUCTION_TRAFFIC_SHIFT 120",
            ],
        ),
        case(
            "services: { api: { deploy: { smoke: null, approve: null, rollback_on: null } } }",
            &["update ecs.service/api: alarms, pauses"],
            &[
                "ecs.service/api alarms: shop-default-errors -> none",
                "ecs.service/api pauses: POST_TEST_TRAFFIC_SHIFT 30,PRE_PRODUCTION_TRAFFIC_SHIFT 120 -> none",
            ],
        ),
        case(
            "services: { api: { deploy: { strategy: canary } } }",
            &["update ecs.service/api: strategy.canary"],
            &["ecs.service/api releases: BLUE_GREEN, 1 -> CANARY 10 % for 5, 1"],
        ),
        case(
            "services: { api: { deploy: { step: { percent: 20, bake: 2m } } } }",
            &["update ecs.service/api: strategy.canary.step.percent, strategy.canary.step.bake_minutes"],
            &["ecs.service/api releases: CANARY 10 % for 5, 1 -> CANARY 20 % for 2, 1"],
        ),
        case(
            "services: { api: { deploy: { strategy: linear } } }",
            &["update ecs.service/api: strategy.linear"],
            &["ecs.service/api releases: CANARY 20 % for 2, 1 -> LINEAR 20 % for 2, 1"],
        ),
        case(
            "services: { api: { deploy: { step: null } } }",
            &["update ecs.service/api: strategy.linear.step.bake_minutes"],
            &["ecs.service/api releases: LINEAR 20 % for 2, 1 -> LINEAR 20 % for 3, 1"],
        ),
        case(
            "services: { api: { deploy: { strategy: rolling, bake: null } } }",
            &["update ecs.service/api: strategy"],
            &["ecs.service/api releases: LINEAR 20 % for 3, 1 -> none"],
        ),
        case(
            "services: { api: { deploy: { migrate: { command: [migrate] } } } }",
            &["create ecs.migration/api", "update ecs.service/api: task_definition"],
            &["ecs.task_definition/api migrated: none -> true"],
        ),
        case("services: { api: { deploy: { migrate: { timeout: 5m } } } }", &[], &[]),
        case(
            "services: { api: { image: 'web:2' } }",
            &[
                "update ecs.migration/api: task_definition",
                "update ecs.service/api: task_definition",
                "update ecs.task_definition/api: containers.api.image",
            ],
            &["ecs.task_definition/api api.image: web:1 -> web:2"],
        ),
        case("services: { api: { deploy: { migrate: null } } }", &[], &[]),
    ],
};
