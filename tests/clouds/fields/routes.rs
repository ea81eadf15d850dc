//! Which requests a service gets, and how it is known which of its tasks work.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 2, tiers: [public], nat: none }
load_balancer: { certificate: 'arn:aws:acm:eu-central-1:123456789012:certificate/one', http: serve }
services: { api: { image: 'web:1', count: 0, port: 80 } }
",
    cases: &[
        case(
            "services: { api: { route: {} } }",
            &[
                "create elb.rule/api.http",
                "create elb.rule/api.https",
                "create elb.target_group/api",
                "update ec2.security_group_rules/services.api: ingress",
                "update ecs.service/api: load_balancers, grace_seconds",
            ],
            &[
                "ec2.security_group/services.api ingress tcp 0-65535 ec2.security_group/load_balancer: none -> yes",
                "ecs.service/api behind: none -> elb.target_group/api api 80",
                "ecs.service/api grace: none -> 60",
                "+elb.rule/api.http: does=forward elb.target_group/api=1, on=elb.listener/http, paths=/*, priority=49438",
                "+elb.rule/api.https: does=forward elb.target_group/api=1, on=elb.listener/https, paths=/*, priority=49503",
                "+elb.target_group/api: deregistration_delay.timeout_seconds=30, health=HTTP traffic-port / 200-399 10 5 2 3, name=ecs.task_definition/api, of=HTTP HTTP1 80, vpc=ec2.vpc/main",
            ],
        ),
        case(
            "services: { api: { health: /health } }",
            &["update elb.target_group/api: health_check.path"],
            &[
                "elb.target_group/api health: HTTP traffic-port / 200-399 10 5 2 3 -> HTTP traffic-port /health 200-399 10 5 2 3",
            ],
        ),
        case(
            "services: { api: { health: { path: /ready } } }",
            &["update elb.target_group/api: health_check.path"],
            &[
                "elb.target_group/api health: HTTP traffic-port /health 200-399 10 5 2 3 -> HTTP traffic-port /ready 200-399 10 5 2 3",
            ],
        ),
        case(
            "services: { api: { health: { codes: '200,204' } } }",
            &["update elb.target_group/api: health_check.codes"],
            &[
                "elb.target_group/api health: HTTP traffic-port /ready 200-399 10 5 2 3 -> HTTP traffic-port /ready 200,204 10 5 2 3",
            ],
        ),
        case(
            "services: { api: { health: { interval: 20s } } }",
            &["update elb.target_group/api: health_check.interval_seconds"],
            &[
                "elb.target_group/api health: HTTP traffic-port /ready 200,204 10 5 2 3 -> HTTP traffic-port /ready 200,204 20 5 2 3",
            ],
        ),
        case(
            "services: { api: { health: { timeout: 4s } } }",
            &["update elb.target_group/api: health_check.timeout_seconds"],
            &[
                "elb.target_group/api health: HTTP traffic-port /ready 200,204 20 5 2 3 -> HTTP traffic-port /ready 200,204 20 4 2 3",
            ],
        ),
        case(
            "services: { api: { health: { healthy: 3 } } }",
            &["update elb.target_group/api: health_check.healthy_after"],
            &[
                "elb.target_group/api health: HTTP traffic-port /ready 200,204 20 4 2 3 -> HTTP traffic-port /ready 200,204 20 4 3 3",
            ],
        ),
        case(
            "services: { api: { health: { unhealthy: 2 } } }",
            &["update elb.target_group/api: health_check.unhealthy_after"],
            &[
                "elb.target_group/api health: HTTP traffic-port /ready 200,204 20 4 3 3 -> HTTP traffic-port /ready 200,204 20 4 3 2",
            ],
        ),
        case(
            "services: { api: { health: { grace: 2m } } }",
            &["update ecs.service/api: grace_seconds"],
            &["ecs.service/api grace: 60 -> 120"],
        ),
        case(
            "services: { api: { health: null } }",
            &[
                "update ecs.service/api: grace_seconds",
                "update elb.target_group/api: health_check.path, health_check.codes, health_check.interval_seconds, health_check.timeout_seconds, health_check.healthy_after, health_check.unhealthy_after",
            ],
            &[
                "ecs.service/api grace: 120 -> 60",
                "elb.target_group/api health: HTTP traffic-port /ready 200,204 20 4 3 2 -> HTTP traffic-port / 200-399 10 5 2 3",
            ],
        ),
        case(
            "services: { api: { route: { host: API.example.com } } }",
            &["update elb.rule/api.http: priority, hosts, paths", "update elb.rule/api.https: priority, hosts, paths"],
            &[
                "elb.rule/api.http hosts: none -> api.example.com",
                "elb.rule/api.http paths: /* -> none",
                "elb.rule/api.http priority: 49438 -> 16542",
                "elb.rule/api.https hosts: none -> api.example.com",
                "elb.rule/api.https paths: /* -> none",
                "elb.rule/api.https priority: 49503 -> 16607",
            ],
        ),
        case(
            "services: { api: { route: { path: [/api/*, /v?] } } }",
            &["update elb.rule/api.http: priority, paths", "update elb.rule/api.https: priority, paths"],
            &[
                "elb.rule/api.http paths: none -> /api/* /v?",
                "elb.rule/api.http priority: 16542 -> 16158",
                "elb.rule/api.https paths: none -> /api/* /v?",
                "elb.rule/api.https priority: 16607 -> 16159",
            ],
        ),
        case(
            "services: { api: { route: { host: [a.example.com, b.example.com, '*.example.org'] } } }",
            &[
                "create elb.rule/api.http.2",
                "create elb.rule/api.https.2",
                "update elb.rule/api.http: priority, hosts",
                "update elb.rule/api.https: priority, hosts",
            ],
            &[
                "elb.rule/api.http hosts: api.example.com -> *.example.org a.example.com",
                "elb.rule/api.http priority: 16158 -> 16251",
                "+elb.rule/api.http.2: does=forward elb.target_group/api=1, hosts=b.example.com, on=elb.listener/http, paths=/api/* /v?, priority=16190",
                "elb.rule/api.https hosts: api.example.com -> *.example.org a.example.com",
                "elb.rule/api.https priority: 16159 -> 16251",
                "+elb.rule/api.https.2: does=forward elb.target_group/api=1, hosts=b.example.com, on=elb.listener/https, paths=/api/* /v?, priority=16176",
            ],
        ),
        case(
            "services: { api: { route: { sticky: 1h } } }",
            &["update elb.target_group/api: sticky_seconds"],
            &[
                "elb.target_group/api stickiness.enabled: none -> true",
                "elb.target_group/api stickiness.lb_cookie.duration_seconds: none -> 3600",
            ],
        ),
        case(
            "services: { api: { route: { sticky: 2h } } }",
            &["update elb.target_group/api: sticky_seconds"],
            &["elb.target_group/api stickiness.lb_cookie.duration_seconds: 3600 -> 7200"],
        ),
        case(
            "services: { api: { route: { sticky: null } } }",
            &["update elb.target_group/api: sticky_seconds"],
            &["elb.target_group/api stickiness.enabled: true -> none"],
        ),
        case(
            "services: { api: { route: { slow_start: 30s } } }",
            &["update elb.target_group/api: slow_start_seconds"],
            &["elb.target_group/api slow_start.duration_seconds: none -> 30"],
        ),
        case(
            "services: { api: { route: { slow_start: null } } }",
            &["update elb.target_group/api: slow_start_seconds"],
            &["elb.target_group/api slow_start.duration_seconds: 30 -> none"],
        ),
        case(
            "services: { api: { route: { drain: 5s } } }",
            &["update elb.target_group/api: deregistration_delay_seconds"],
            &["elb.target_group/api deregistration_delay.timeout_seconds: 30 -> 5"],
        ),
        case(
            "services: { api: { count: null, scale: { min: 0, max: 2, requests: 500 } } }",
            &["create autoscaling.policy/requests.api", "create autoscaling.target/api"],
            &[
                "+autoscaling.policy/requests.api: at=500, in=300, metric=ALBRequestCountPerTarget, out=60, per=app/shop-default/targetgroup/ecs.task_definition/api",
                "+autoscaling.target/api: limits=0-2, of=service/shop-default/api",
            ],
        ),
        case(
            "services: { api: { scale: { requests: 400 } } }",
            &["update autoscaling.policy/requests.api: target"],
            &["autoscaling.policy/requests.api at: 500 -> 400"],
        ),
        case(
            "services: { api: { scale: { requests: null, cpu: 70 } } }",
            &["create autoscaling.policy/cpu.api", "delete autoscaling.policy/requests.api"],
            &[
                "+autoscaling.policy/cpu.api: at=70, in=300, metric=ECSServiceAverageCPUUtilization, out=60",
                "-autoscaling.policy/requests.api",
            ],
        ),
        case(
            "services: { api: { scale: null, count: 0, route: { protocol: http2, host: null, path: null } } }",
            &[
                "delete autoscaling.policy/cpu.api",
                "delete autoscaling.target/api",
                "delete elb.rule/api.http",
                "delete elb.rule/api.http.2",
                "delete elb.rule/api.https.2",
                "replace elb.rule/api.https: holds elb.target_group/api",
                "replace elb.target_group/api: protocol_version",
                "update ecs.service/api: load_balancers",
            ],
            &[
                "-autoscaling.policy/cpu.api",
                "-autoscaling.target/api",
                "-elb.rule/api.http",
                "-elb.rule/api.http.2",
                "elb.rule/api.https hosts: *.example.org a.example.com -> none",
                "elb.rule/api.https paths: /api/* /v? -> /*",
                "elb.rule/api.https priority: 16251 -> 49503",
                "-elb.rule/api.https.2",
                "elb.target_group/api of: HTTP HTTP1 80 -> HTTP HTTP2 80",
                "elb.target_group/api stickiness.lb_cookie.duration_seconds: 7200 -> none",
            ],
        ),
        case(
            "services: { api: { route: { protocol: grpc } } }",
            &[
                "replace elb.rule/api.https: holds elb.target_group/api",
                "replace elb.target_group/api: protocol_version",
                "update ecs.service/api: load_balancers",
            ],
            &[
                "elb.target_group/api health: HTTP traffic-port / 200-399 10 5 2 3 -> HTTP traffic-port /AWS.ALB/healthcheck 12 10 5 2 3",
                "elb.target_group/api of: HTTP HTTP2 80 -> HTTP GRPC 80",
            ],
        ),
        // Another service comes beside it, and what says more comes first.
        case(
            "services: { web: { image: 'web:1', count: 0, port: 80, route: { path: /web/* } } }",
            &[
                "create ec2.security_group/services.web",
                "create ec2.security_group_rules/services.web",
                "create ecs.service/web",
                "create ecs.task_definition/web",
                "create elb.rule/web.http",
                "create elb.rule/web.https",
                "create elb.target_group/web",
                "create iam.role/services.web.execution",
                "create iam.role/services.web.task",
                "create logs.log_group/services.web",
            ],
            &[
                "+ec2.security_group/services.web: description=The service web of shop-default, egress -1 0.0.0.0/0, ingress tcp 0-65535 ec2.security_group/load_balancer, name=shop-default-services.web, vpc=ec2.vpc/main",
                "+ecs.service/web: behind=elb.target_group/web web 80, breaker=true, count=0, grace=60, groups=ec2.security_group/services.web, in=ec2.subnet/public-a ec2.subnet/public-b, managed_tags=true, max=200, min=100, on=FARGATE 0+1, platform=LATEST, propagate=SERVICE, public=true, rebalancing=true, rollback=true, runs=ecs.task_definition/web",
                "+ecs.task_definition/web: as=iam.role/services.web.task, for=X86_64, size=256/512, started by=iam.role/services.web.execution, web.essential=true, web.image=web:1, web.log=awslogs-group=/infractl/shop/default/services/web,awslogs-region=eu-central-1,awslogs-stream-prefix=ecs, web.ports=80, web.stop=30",
                "+elb.rule/web.http: does=forward elb.target_group/web=1, on=elb.listener/http, paths=/web/*, priority=48937",
                "+elb.rule/web.https: does=forward elb.target_group/web=1, on=elb.listener/https, paths=/web/*, priority=48924",
                "+elb.target_group/web: deregistration_delay.timeout_seconds=30, health=HTTP traffic-port / 200-399 10 5 2 3, name=ecs.task_definition/web, of=HTTP HTTP1 80, vpc=ec2.vpc/main",
                "+iam.role/services.web.execution: description=Starts the tasks of the service web, path=/infractl/shop/default/eu-central-1/, policy infractl=Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.web:* (2012-10-17), trust=Allow sts:AssumeRole by Service=ecs-tasks.amazonaws.com if ArnLike=aws:SourceArn=arn:aws:ecs:eu-central-1:this account:*,StringEquals=aws:SourceAccount=this account (2012-10-17)",
                "+iam.role/services.web.task: description=What the service web may do, path=/infractl/shop/default/eu-central-1/, trust=Allow sts:AssumeRole by Service=ecs-tasks.amazonaws.com if ArnLike=aws:SourceArn=arn:aws:ecs:eu-central-1:this account:*,StringEquals=aws:SourceAccount=this account (2012-10-17)",
                "+logs.log_group/services.web: kept=30d, name=/infractl/shop/default/services/web",
            ],
        ),
        case(
            "services: { api: { route: null } }",
            &[
                "delete elb.rule/api.https",
                "delete elb.target_group/api",
                "update ec2.security_group_rules/services.api: ingress",
                "update ecs.service/api: load_balancers, grace_seconds",
            ],
            &[
                "ec2.security_group/services.api ingress tcp 0-65535 ec2.security_group/load_balancer: yes -> none",
                "ecs.service/api behind: elb.target_group/api api 80 -> none",
                "ecs.service/api grace: 60 -> none",
                "-elb.rule/api.https",
                "-elb.target_group/api",
            ],
        ),
    ],
};
