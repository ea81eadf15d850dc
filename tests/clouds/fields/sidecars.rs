//! Containers beside that of a service.

use super::bench::{Sequence, case};

const SERVICE: &str = "update ecs.service/api: task_definition";
const POLICY: &str = "update iam.role/services.api.execution: policy.Statement";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 1, tiers: [public] }
services: { api: { image: 'web:1', count: 0, cpu: 1024 } }
",
    cases: &[
        case(
            "services: { api: { sidecars: { redis: { image: 'redis:7' } } } }",
            &["update ecs.task_definition/api: containers.redis", SERVICE],
            &[
                "ecs.task_definition/api redis.image: none -> redis:7",
                "ecs.task_definition/api redis.log: none -> awslogs-group=/infractl/shop/default/services/api,\
                awslogs-region=eu-central-1,awslogs-stream-prefix=ecs",
            ],
        ),
        case(
            "services: { api: { sidecars: { redis: { image: 'redis:8' } } } }",
            &["update ecs.task_definition/api: containers.redis.image", SERVICE],
            &["ecs.task_definition/api redis.image: redis:7 -> redis:8"],
        ),
        case(
            "services: { api: { sidecars: { redis: { command: [redis-server] } } } }",
            &["update ecs.task_definition/api: containers.redis.command", SERVICE],
            &["ecs.task_definition/api redis.command: none -> redis-server"],
        ),
        case(
            "services: { api: { sidecars: { redis: { cpu: 64 } } } }",
            &["update ecs.task_definition/api: containers.redis.cpu", SERVICE],
            &["ecs.task_definition/api redis.cpu: none -> 64"],
        ),
        case(
            "services: { api: { sidecars: { redis: { memory: 128 } } } }",
            &["update ecs.task_definition/api: containers.redis.memory", SERVICE],
            &["ecs.task_definition/api redis.memory: none -> 128"],
        ),
        case(
            "services: { api: { sidecars: { redis: { memory: null } } } }",
            &["update ecs.task_definition/api: containers.redis.memory", SERVICE],
            &["ecs.task_definition/api redis.memory: 128 -> none"],
        ),
        case(
            "services: { api: { sidecars: { redis: { port: 6379 } } } }",
            &["update ecs.task_definition/api: containers.redis.ports", SERVICE],
            &["ecs.task_definition/api redis.ports: none -> 6379"],
        ),
        case(
            "services: { api: { sidecars: { redis: { essential: true } } } }",
            &["update ecs.task_definition/api: containers.redis.essential", SERVICE],
            &["ecs.task_definition/api redis.essential: none -> true"],
        ),
        case(
            "services: { api: { sidecars: { redis: { essential: false } } } }",
            &["update ecs.task_definition/api: containers.redis.essential", SERVICE],
            &["ecs.task_definition/api redis.essential: true -> none"],
        ),
        case(
            "services: { api: { sidecars: { redis: { environment: { A: x } } } } }",
            &["update ecs.task_definition/api: containers.redis.environment", SERVICE],
            &["ecs.task_definition/api redis.$A: none -> x"],
        ),
        case(
            "services: { api: { sidecars: { redis: { environment: { A: z } } } } }",
            &["update ecs.task_definition/api: containers.redis.environment.A", SERVICE],
            &["ecs.task_definition/api redis.$A: x -> z"],
        ),
        case(
            "services: { api: { sidecars: { redis: { environment: null } } } }",
            &["update ecs.task_definition/api: containers.redis.environment", SERVICE],
            &["ecs.task_definition/api redis.$A: z -> none"],
        ),
        case(
            "services: { api: { sidecars: { redis: { secrets: { S: 'arn:aws:ssm:eu-central-1:123456789012:parameter/s' } } } } }",
            &["update ecs.task_definition/api: containers.redis.secrets", SERVICE, POLICY],
            &[
                "ecs.task_definition/api redis.$S: none -> secret arn:aws:ssm:eu-central-1:123456789012:parameter/s",
                "iam.role/services.api.execution policy infractl: Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17) -> Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/s; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { sidecars: { redis: { secrets: { S: 'arn:aws:ssm:eu-central-1:123456789012:parameter/t' } } } } }",
            &["update ecs.task_definition/api: containers.redis.secrets.S", SERVICE, POLICY],
            &[
                "ecs.task_definition/api redis.$S: secret arn:aws:ssm:eu-central-1:123456789012:parameter/s -> secret arn:aws:ssm:eu-central-1:123456789012:parameter/t",
                "iam.role/services.api.execution policy infractl: Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/s; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17) -> Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/t; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { sidecars: { redis: { secrets: null } } } }",
            &["update ecs.task_definition/api: containers.redis.secrets", SERVICE, POLICY],
            &[
                "ecs.task_definition/api redis.$S: secret arn:aws:ssm:eu-central-1:123456789012:parameter/t -> none",
                "iam.role/services.api.execution policy infractl: Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/t; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17) -> Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { command: [ping] } } } } }",
            &["update ecs.task_definition/api: containers.redis.check", SERVICE],
            &["ecs.task_definition/api redis.check: none -> CMD ping 30/5/3/"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { command: ping } } } } }",
            &["update ecs.task_definition/api: containers.redis.check.command", SERVICE],
            &["ecs.task_definition/api redis.check: CMD ping 30/5/3/ -> CMD-SHELL ping 30/5/3/"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { interval: 10s } } } } }",
            &["update ecs.task_definition/api: containers.redis.check.interval", SERVICE],
            &["ecs.task_definition/api redis.check: CMD-SHELL ping 30/5/3/ -> CMD-SHELL ping 10/5/3/"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { timeout: 2s } } } } }",
            &["update ecs.task_definition/api: containers.redis.check.timeout", SERVICE],
            &["ecs.task_definition/api redis.check: CMD-SHELL ping 10/5/3/ -> CMD-SHELL ping 10/2/3/"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { retries: 5 } } } } }",
            &["update ecs.task_definition/api: containers.redis.check.retries", SERVICE],
            &["ecs.task_definition/api redis.check: CMD-SHELL ping 10/2/3/ -> CMD-SHELL ping 10/2/5/"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: { start: 1m } } } } }",
            &["update ecs.task_definition/api: containers.redis.check.start", SERVICE],
            &["ecs.task_definition/api redis.check: CMD-SHELL ping 10/2/5/ -> CMD-SHELL ping 10/2/5/60"],
        ),
        case(
            "services: { api: { sidecars: { redis: { check: null } } } }",
            &["update ecs.task_definition/api: containers.redis.check", SERVICE],
            &["ecs.task_definition/api redis.check: CMD-SHELL ping 10/2/5/60 -> none"],
        ),
        case(
            "services: { api: { sidecars: { redis: { depends_on: { api: start } } } } }",
            &["update ecs.task_definition/api: containers.redis.depends_on", SERVICE],
            &["ecs.task_definition/api redis.after: none -> api START"],
        ),
        case(
            "services: { api: { sidecars: { redis: { depends_on: { api: complete } } } } }",
            &["update ecs.task_definition/api: containers.redis.depends_on.api", SERVICE],
            &["ecs.task_definition/api redis.after: api START -> api COMPLETE"],
        ),
        case(
            "services: { api: { sidecars: { redis: { depends_on: { api: success } } } } }",
            &["update ecs.task_definition/api: containers.redis.depends_on.api", SERVICE],
            &["ecs.task_definition/api redis.after: api COMPLETE -> api SUCCESS"],
        ),
        case(
            "services: { api: { sidecars: { redis: { depends_on: { api: healthy } } } } }",
            &["update ecs.task_definition/api: containers.redis.depends_on.api", SERVICE],
            &["ecs.task_definition/api redis.after: api SUCCESS -> api HEALTHY"],
        ),
        case(
            "services: { api: { sidecars: { redis: { depends_on: null } } } }",
            &["update ecs.task_definition/api: containers.redis.depends_on", SERVICE],
            &["ecs.task_definition/api redis.after: api HEALTHY -> none"],
        ),
        case(
            "services: { api: { sidecars: { redis: null } } }",
            &["update ecs.task_definition/api: containers.redis", SERVICE],
            &[
                "ecs.task_definition/api redis.command: redis-server -> none",
                "ecs.task_definition/api redis.cpu: 64 -> none",
                "ecs.task_definition/api redis.image: redis:8 -> none",
                "ecs.task_definition/api redis.log: awslogs-group=/infractl/shop/default/services/api,awslogs-region=eu-central-1,awslogs-stream-prefix=ecs -> none",
                "ecs.task_definition/api redis.ports: 6379 -> none",
            ],
        ),
    ],
};
