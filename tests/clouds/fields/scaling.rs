//! How many tasks a service has, what they run on, and the cluster.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 1, tiers: [public] }
services: { api: { image: 'web:1', count: 2 } }
",
    cases: &[
        // The number of tasks stays as it is when something else begins to decide it.
        case(
            "services: { api: { count: null, scale: { min: 1, max: 3, cpu: 70 } } }",
            &["create autoscaling.policy/cpu.api", "create autoscaling.target/api"],
            &[
                "+autoscaling.policy/cpu.api: at=70, in=300, metric=ECSServiceAverageCPUUtilization, out=60",
                "+autoscaling.target/api: limits=1-3, of=service/shop-default/api",
            ],
        ),
        case(
            "services: { api: { scale: { max: 4 } } }",
            &["update autoscaling.target/api: max"],
            &["autoscaling.target/api limits: 1-3 -> 1-4"],
        ),
        // What has less than the least is brought there at once.
        case(
            "services: { api: { scale: { min: 3 } } }",
            &["update autoscaling.target/api: min"],
            &["autoscaling.target/api limits: 1-4 -> 3-4", "ecs.service/api count: 2 -> 3"],
        ),
        case(
            "services: { api: { scale: { cpu: 60 } } }",
            &["update autoscaling.policy/cpu.api: target"],
            &["autoscaling.policy/cpu.api at: 70 -> 60"],
        ),
        case(
            "services: { api: { scale: { memory: 80 } } }",
            &["create autoscaling.policy/memory.api"],
            &["+autoscaling.policy/memory.api: at=80, in=300, metric=ECSServiceAverageMemoryUtilization, out=60"],
        ),
        case(
            "services: { api: { scale: { cpu: null } } }",
            &["delete autoscaling.policy/cpu.api"],
            &["-autoscaling.policy/cpu.api"],
        ),
        case(
            "services: { api: { scale: { cooldown_in: 10m } } }",
            &["update autoscaling.policy/memory.api: cooldown_in"],
            &["autoscaling.policy/memory.api in: 300 -> 600"],
        ),
        case(
            "services: { api: { scale: { cooldown_out: 2m } } }",
            &["update autoscaling.policy/memory.api: cooldown_out"],
            &["autoscaling.policy/memory.api out: 60 -> 120"],
        ),
        case(
            "services: { api: { scale: { schedule: { night: { cron: 0 20 * * ? *, max: 3 } } } } }",
            &["create autoscaling.scheduled_action/night.api"],
            &["+autoscaling.scheduled_action/night.api: at=cron(0 20 * * ? *), in=UTC, max=3"],
        ),
        case(
            "services: { api: { scale: { schedule: { night: { cron: 0 21 * * ? * } } } } }",
            &["update autoscaling.scheduled_action/night.api: schedule"],
            &["autoscaling.scheduled_action/night.api at: cron(0 20 * * ? *) -> cron(0 21 * * ? *)"],
        ),
        case(
            "services: { api: { scale: { schedule: { night: { timezone: Europe/Berlin } } } } }",
            &["update autoscaling.scheduled_action/night.api: timezone"],
            &["autoscaling.scheduled_action/night.api in: UTC -> Europe/Berlin"],
        ),
        case(
            "services: { api: { scale: { schedule: { night: { min: 0 } } } } }",
            &["update autoscaling.scheduled_action/night.api: min"],
            &["autoscaling.scheduled_action/night.api min: none -> 0"],
        ),
        case(
            "services: { api: { scale: { schedule: { night: { max: 2 } } } } }",
            &["update autoscaling.scheduled_action/night.api: max"],
            &["autoscaling.scheduled_action/night.api max: 3 -> 2"],
        ),
        case(
            "services: { api: { scale: { schedule: { day: { cron: 0 8 * * ? *, min: 3 } } } } }",
            &["create autoscaling.scheduled_action/day.api"],
            &["+autoscaling.scheduled_action/day.api: at=cron(0 8 * * ? *), in=UTC, min=3"],
        ),
        case(
            "services: { api: { scale: { schedule: null } } }",
            &["delete autoscaling.scheduled_action/day.api", "delete autoscaling.scheduled_action/night.api"],
            &["-autoscaling.scheduled_action/day.api", "-autoscaling.scheduled_action/night.api"],
        ),
        case(
            "services: { api: { scale: null } }",
            &[
                "delete autoscaling.policy/memory.api",
                "delete autoscaling.target/api",
                "update ecs.service/api: desired_count",
            ],
            &["-autoscaling.policy/memory.api", "-autoscaling.target/api", "ecs.service/api count: 3 -> 1"],
        ),
        case(
            "services: { api: { spot: {} } }",
            &["update ecs.service/api: capacity"],
            &["ecs.service/api on: FARGATE 0+1 -> FARGATE 1+0,FARGATE_SPOT 0+1"],
        ),
        case(
            "services: { api: { spot: { weight: 3 } } }",
            &["update ecs.service/api: capacity"],
            &["ecs.service/api on: FARGATE 1+0,FARGATE_SPOT 0+1 -> FARGATE 1+0,FARGATE_SPOT 0+3"],
        ),
        case(
            "services: { api: { spot: { on_demand: 1 } } }",
            &["update ecs.service/api: capacity"],
            &["ecs.service/api on: FARGATE 1+0,FARGATE_SPOT 0+3 -> FARGATE 1+1,FARGATE_SPOT 0+3"],
        ),
        case(
            "services: { api: { spot: { base: 2 } } }",
            &["update ecs.service/api: capacity"],
            &["ecs.service/api on: FARGATE 1+1,FARGATE_SPOT 0+3 -> FARGATE 2+1,FARGATE_SPOT 0+3"],
        ),
        case("cluster: {}", &[], &[]),
        case(
            "cluster: { spot: {} }",
            &["update ecs.cluster/main: default_capacity"],
            &["ecs.cluster/main default: FARGATE 0+1 -> FARGATE 1+0,FARGATE_SPOT 0+1"],
        ),
        case(
            "cluster: { spot: { weight: 2 } }",
            &["update ecs.cluster/main: default_capacity"],
            &["ecs.cluster/main default: FARGATE 1+0,FARGATE_SPOT 0+1 -> FARGATE 1+0,FARGATE_SPOT 0+2"],
        ),
        case(
            "cluster: { spot: { on_demand: 2 } }",
            &["update ecs.cluster/main: default_capacity"],
            &["ecs.cluster/main default: FARGATE 1+0,FARGATE_SPOT 0+2 -> FARGATE 1+2,FARGATE_SPOT 0+2"],
        ),
        case(
            "cluster: { spot: { base: 0 } }",
            &["update ecs.cluster/main: default_capacity"],
            &["ecs.cluster/main default: FARGATE 1+2,FARGATE_SPOT 0+2 -> FARGATE 0+2,FARGATE_SPOT 0+2"],
        ),
        // What a service does not say, the cluster does.
        case(
            "services: { api: { spot: null } }",
            &["update ecs.service/api: capacity"],
            &["ecs.service/api on: FARGATE 2+1,FARGATE_SPOT 0+3 -> FARGATE 0+2,FARGATE_SPOT 0+2"],
        ),
        case(
            "cluster: { insights: enabled }",
            &["update ecs.cluster/main: insights"],
            &["ecs.cluster/main insights: disabled -> enabled"],
        ),
        case(
            "cluster: { insights: enhanced }",
            &["update ecs.cluster/main: insights"],
            &["ecs.cluster/main insights: enabled -> enhanced"],
        ),
        case(
            "cluster: { insights: disabled }",
            &["update ecs.cluster/main: insights"],
            &["ecs.cluster/main insights: enhanced -> disabled"],
        ),
    ],
};
