//! Services: their own container, and how they run.

use super::bench::{Sequence, case};

const SERVICE: &str = "update ecs.service/api: task_definition";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 1, nat: none }
buckets: { media: {} }
services: { api: { image: 'web:1', count: 0, port: 80 } }
",
    cases: &[
        case(
            "services: { api: { image: 'web:2' } }",
            &["update ecs.task_definition/api: containers.api.image", SERVICE],
            &["ecs.task_definition/api api.image: web:1 -> web:2"],
        ),
        case(
            "services: { api: { command: [serve, now] } }",
            &["update ecs.task_definition/api: containers.api.command", SERVICE],
            &["ecs.task_definition/api api.command: none -> serve now"],
        ),
        case(
            "services: { api: { entrypoint: [sh] } }",
            &["update ecs.task_definition/api: containers.api.entrypoint", SERVICE],
            &["ecs.task_definition/api api.entrypoint: none -> sh"],
        ),
        case(
            "services: { api: { user: '1000' } }",
            &["update ecs.task_definition/api: containers.api.user", SERVICE],
            &["ecs.task_definition/api api.user: none -> 1000"],
        ),
        case(
            "services: { api: { working_dir: /app } }",
            &["update ecs.task_definition/api: containers.api.working_dir", SERVICE],
            &["ecs.task_definition/api api.folder: none -> /app"],
        ),
        case(
            "services: { api: { read_only: true } }",
            &["update ecs.task_definition/api: containers.api.read_only", SERVICE],
            &["ecs.task_definition/api api.read_only: none -> true"],
        ),
        case(
            "services: { api: { read_only: false } }",
            &["update ecs.task_definition/api: containers.api.read_only", SERVICE],
            &["ecs.task_definition/api api.read_only: true -> none"],
        ),
        case(
            "services: { api: { cpu: 512 } }",
            &["update ecs.task_definition/api: cpu, memory", SERVICE],
            &["ecs.task_definition/api size: 256/512 -> 512/1024"],
        ),
        case(
            "services: { api: { memory: 2048 } }",
            &["update ecs.task_definition/api: memory", SERVICE],
            &["ecs.task_definition/api size: 512/1024 -> 512/2048"],
        ),
        case(
            "services: { api: { architecture: arm64 } }",
            &["update ecs.task_definition/api: architecture", SERVICE],
            &["ecs.task_definition/api for: X86_64 -> ARM64"],
        ),
        case(
            "services: { api: { architecture: x86_64 } }",
            &["update ecs.task_definition/api: architecture", SERVICE],
            &["ecs.task_definition/api for: ARM64 -> X86_64"],
        ),
        case(
            "services: { api: { storage: 40 } }",
            &["update ecs.task_definition/api: storage_gib", SERVICE],
            &["ecs.task_definition/api disk: none -> 40"],
        ),
        case(
            "services: { api: { storage: 20 } }",
            &["update ecs.task_definition/api: storage_gib", SERVICE],
            &["ecs.task_definition/api disk: 40 -> none"],
        ),
        case(
            "services: { api: { port: 3000 } }",
            &["update ecs.task_definition/api: containers.api.ports", SERVICE],
            &["ecs.task_definition/api api.ports: 80 -> 3000"],
        ),
        case(
            "services: { api: { check: { command: [curl, localhost] } } }",
            &["update ecs.task_definition/api: containers.api.check", SERVICE],
            &["ecs.task_definition/api api.check: none -> CMD curl localhost 30/5/3/"],
        ),
        case(
            "services: { api: { check: { command: curl localhost } } }",
            &["update ecs.task_definition/api: containers.api.check.command", SERVICE],
            &["ecs.task_definition/api api.check: CMD curl localhost 30/5/3/ -> CMD-SHELL curl localhost 30/5/3/"],
        ),
        case(
            "services: { api: { check: { interval: 10s } } }",
            &["update ecs.task_definition/api: containers.api.check.interval", SERVICE],
            &[
                "ecs.task_definition/api api.check: CMD-SHELL curl localhost 30/5/3/ -> CMD-SHELL curl localhost 10/5/3/",
            ],
        ),
        case(
            "services: { api: { check: { timeout: 2s } } }",
            &["update ecs.task_definition/api: containers.api.check.timeout", SERVICE],
            &[
                "ecs.task_definition/api api.check: CMD-SHELL curl localhost 10/5/3/ -> CMD-SHELL curl localhost 10/2/3/",
            ],
        ),
        case(
            "services: { api: { check: { retries: 5 } } }",
            &["update ecs.task_definition/api: containers.api.check.retries", SERVICE],
            &[
                "ecs.task_definition/api api.check: CMD-SHELL curl localhost 10/2/3/ -> CMD-SHELL curl localhost 10/2/5/",
            ],
        ),
        case(
            "services: { api: { check: { start: 1m } } }",
            &["update ecs.task_definition/api: containers.api.check.start", SERVICE],
            &[
                "ecs.task_definition/api api.check: CMD-SHELL curl localhost 10/2/5/ -> CMD-SHELL curl localhost 10/2/5/60",
            ],
        ),
        case(
            "services: { api: { check: null } }",
            &["update ecs.task_definition/api: containers.api.check", SERVICE],
            &["ecs.task_definition/api api.check: CMD-SHELL curl localhost 10/2/5/60 -> none"],
        ),
        case(
            "services: { api: { stop_timeout: 1m } }",
            &["update ecs.task_definition/api: containers.api.stop_timeout", SERVICE],
            &["ecs.task_definition/api api.stop: 30 -> 60"],
        ),
        case(
            "services: { api: { environment: { A: '1', B: 'in ${network.cidr}' } } }",
            &["update ecs.task_definition/api: containers.api.environment", SERVICE],
            &["ecs.task_definition/api api.$A: none -> 1", "ecs.task_definition/api api.$B: none -> in 10.0.0.0/16"],
        ),
        case(
            "services: { api: { environment: { A: '2' } } }",
            &["update ecs.task_definition/api: containers.api.environment.A", SERVICE],
            &["ecs.task_definition/api api.$A: 1 -> 2"],
        ),
        case(
            "services: { api: { environment: { A: null } } }",
            &["update ecs.task_definition/api: containers.api.environment.A", SERVICE],
            &["ecs.task_definition/api api.$A: 2 -> none"],
        ),
        case(
            "services: { api: { secrets: { S: 'arn:aws:ssm:eu-central-1:123456789012:parameter/s' } } }",
            &[
                "update ecs.task_definition/api: containers.api.secrets",
                SERVICE,
                "update iam.role/services.api.execution: policy.Statement",
            ],
            &[
                "ecs.task_definition/api api.$S: none -> secret arn:aws:ssm:eu-central-1:123456789012:parameter/s",
                "iam.role/services.api.execution policy infractl: Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17) -> Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/s; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { secrets: { S: 'arn:aws:ssm:eu-central-1:123456789012:parameter/t' } } }",
            &[
                "update ecs.task_definition/api: containers.api.secrets.S",
                SERVICE,
                "update iam.role/services.api.execution: policy.Statement",
            ],
            &[
                "ecs.task_definition/api api.$S: secret arn:aws:ssm:eu-central-1:123456789012:parameter/s -> secret arn:aws:ssm:eu-central-1:123456789012:parameter/t",
                "iam.role/services.api.execution policy infractl: Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/s; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17) -> Allow ssm:GetParameters on arn:aws:ssm:eu-central-1:123456789012:parameter/t; Allow logs:CreateLogStream,logs:PutLogEvents on logs.log_group/services.api:* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { logs: 7d } }",
            &["update logs.log_group/services.api: retention_days"],
            &["logs.log_group/services.api kept: 30d -> 7d"],
        ),
        case(
            "services: { api: { count: 2 } }",
            &["update ecs.service/api: desired_count"],
            &["ecs.service/api count: 0 -> 2"],
        ),
        case(
            "services: { api: { exec: true } }",
            &[
                "update ecs.service/api: task_definition, exec",
                "update ecs.task_definition/api: containers.api.init",
                "update iam.role/services.api.task: policy",
            ],
            &[
                "ecs.service/api exec: none -> true",
                "ecs.task_definition/api api.init: none -> true",
                "iam.role/services.api.task policy infractl: none -> Allow ssmmessages:CreateControlChannel,\
                ssmmessages:CreateDataChannel,ssmmessages:OpenControlChannel,ssmmessages:OpenDataChannel on * (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { exec: false } }",
            &[
                "update ecs.service/api: task_definition, exec",
                "update ecs.task_definition/api: containers.api.init",
                "update iam.role/services.api.task: policy",
            ],
            &[
                "ecs.service/api exec: true -> none",
                "ecs.task_definition/api api.init: true -> none",
                "iam.role/services.api.task policy infractl: Allow ssmmessages:CreateControlChannel,\
                ssmmessages:CreateDataChannel,ssmmessages:OpenControlChannel,ssmmessages:OpenDataChannel on * \
                (2012-10-17) -> none",
            ],
        ),
        case(
            "services: { api: { access: { policy: [{ actions: ['s3:Get*'], resources: ['arn:aws:s3:::a/*'] }] } } }",
            &["update iam.role/services.api.task: policy"],
            &["iam.role/services.api.task policy infractl: none -> Allow s3:Get* on arn:aws:s3:::a/* (2012-10-17)"],
        ),
        case(
            "services: { api: { access: { policy: [{ actions: ['s3:Put*'], resources: ['arn:aws:s3:::a/*'] }] } } }",
            &["update iam.role/services.api.task: policy.Statement"],
            &["iam.role/services.api.task policy infractl: Allow s3:Get* on arn:aws:s3:::a/* (2012-10-17) -> Allow \
                s3:Put* on arn:aws:s3:::a/* (2012-10-17)"],
        ),
        case(
            "services: { api: { access: { policy: [{ actions: ['s3:Put*'], resources: ['arn:aws:s3:::b/*'] }] } } }",
            &["update iam.role/services.api.task: policy.Statement"],
            &["iam.role/services.api.task policy infractl: Allow s3:Put* on arn:aws:s3:::a/* (2012-10-17) -> Allow \
                s3:Put* on arn:aws:s3:::b/* (2012-10-17)"],
        ),
        case(
            "services: { api: { access: { policy: null } } }",
            &["update iam.role/services.api.task: policy"],
            &["iam.role/services.api.task policy infractl: Allow s3:Put* on arn:aws:s3:::b/* (2012-10-17) -> none"],
        ),
        case(
            "services: { api: { access: { buckets: { media: read } } } }",
            &["update iam.role/services.api.task: policy"],
            &[
                "iam.role/services.api.task policy infractl: none -> Allow s3:GetObject on arn:aws:s3:::s3.bucket/media/*; Allow s3:ListBucket on arn:aws:s3:::s3.bucket/media (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { access: { buckets: { media: write } } } }",
            &["update iam.role/services.api.task: policy.Statement"],
            &[
                "iam.role/services.api.task policy infractl: Allow s3:GetObject on arn:aws:s3:::s3.bucket/media/*; Allow s3:ListBucket on arn:aws:s3:::s3.bucket/media (2012-10-17) -> Allow s3:AbortMultipartUpload,s3:DeleteObject,s3:PutObject on arn:aws:s3:::s3.bucket/media/* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { access: { buckets: { media: read_write } } } }",
            &["update iam.role/services.api.task: policy.Statement"],
            &[
                "iam.role/services.api.task policy infractl: Allow s3:AbortMultipartUpload,s3:DeleteObject,s3:PutObject on arn:aws:s3:::s3.bucket/media/* (2012-10-17) -> Allow s3:ListBucket on arn:aws:s3:::s3.bucket/media; Allow s3:AbortMultipartUpload,s3:DeleteObject,s3:GetObject,s3:PutObject on arn:aws:s3:::s3.bucket/media/* (2012-10-17)",
            ],
        ),
        case(
            "services: { api: { access: null } }",
            &["update iam.role/services.api.task: policy"],
            &[
                "iam.role/services.api.task policy infractl: Allow s3:ListBucket on arn:aws:s3:::s3.bucket/media; Allow s3:AbortMultipartUpload,s3:DeleteObject,s3:GetObject,s3:PutObject on arn:aws:s3:::s3.bucket/media/* (2012-10-17) -> none",
            ],
        ),
        case(
            "services: { api: { deploy: { min: 50 } } }",
            &["update ecs.service/api: min_percent"],
            &["ecs.service/api min: 100 -> 50"],
        ),
        case(
            "services: { api: { deploy: { max: 100 } } }",
            &["update ecs.service/api: max_percent, rebalancing"],
            &["ecs.service/api max: 200 -> 100", "ecs.service/api rebalancing: true -> none"],
        ),
        case(
            "services: { api: { deploy: { circuit_breaker: false } } }",
            &["update ecs.service/api: circuit_breaker, rollback"],
            &["ecs.service/api breaker: true -> none", "ecs.service/api rollback: true -> none"],
        ),
        case(
            "services: { api: { deploy: { circuit_breaker: true } } }",
            &["update ecs.service/api: circuit_breaker, rollback"],
            &["ecs.service/api breaker: none -> true", "ecs.service/api rollback: none -> true"],
        ),
        case(
            "services: { api: { deploy: null } }",
            &["update ecs.service/api: min_percent, max_percent, rebalancing"],
            &[
                "ecs.service/api max: 100 -> 200",
                "ecs.service/api min: 50 -> 100",
                "ecs.service/api rebalancing: none -> true",
            ],
        ),
        case(
            "services: { api: { tracing: adot } }",
            &["update ecs.task_definition/api: containers.adot", SERVICE, "update iam.role/services.api.task: policy"],
            &[
                "ecs.task_definition/api adot.command: none -> --config=/etc/ecs/ecs-xray.yaml",
                "ecs.task_definition/api adot.image: none -> public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3",
                "ecs.task_definition/api adot.log: none -> awslogs-group=/infractl/shop/default/services/api,\
                awslogs-region=eu-central-1,awslogs-stream-prefix=ecs",
                TRACES_ON,
            ],
        ),
        case(
            "services: { api: { tracing: xray } }",
            &["update ecs.task_definition/api: containers.xray, containers.adot", SERVICE],
            &[
                "ecs.task_definition/api adot.command: --config=/etc/ecs/ecs-xray.yaml -> none",
                "ecs.task_definition/api adot.image: public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3 -> none",
                "ecs.task_definition/api adot.log: awslogs-group=/infractl/shop/default/services/api,\
                awslogs-region=eu-central-1,awslogs-stream-prefix=ecs -> none",
                "ecs.task_definition/api xray.image: none -> public.ecr.aws/xray/aws-xray-daemon:3.x",
                "ecs.task_definition/api xray.log: none -> awslogs-group=/infractl/shop/default/services/api,\
                awslogs-region=eu-central-1,awslogs-stream-prefix=ecs",
            ],
        ),
        case(
            "services: { api: { tracing: null } }",
            &["update ecs.task_definition/api: containers.xray", SERVICE, "update iam.role/services.api.task: policy"],
            &[
                "ecs.task_definition/api xray.image: public.ecr.aws/xray/aws-xray-daemon:3.x -> none",
                "ecs.task_definition/api xray.log: awslogs-group=/infractl/shop/default/services/api,\
                awslogs-region=eu-central-1,awslogs-stream-prefix=ecs -> none",
                TRACES_OFF,
            ],
        ),
        case(
            "services: { api: { count: 0 } }",
            &["update ecs.service/api: desired_count"],
            &["ecs.service/api count: 2 -> 0"],
        ),
        case(
            "services: { api: { public_ip: false } }",
            &["update ecs.service/api: public_ip"],
            &["ecs.service/api public: true -> none"],
        ),
        case(
            "services: { api: { public_ip: true } }",
            &["update ecs.service/api: public_ip"],
            &["ecs.service/api public: none -> true"],
        ),
        case(
            "services: { api: { tier: private } }",
            &["update ecs.service/api: subnets"],
            &["ecs.service/api in: ec2.subnet/public-a -> ec2.subnet/private-a"],
        ),
        case(
            "services: { api: { tier: isolated } }",
            &["update ecs.service/api: subnets"],
            &["ecs.service/api in: ec2.subnet/private-a -> ec2.subnet/isolated-a"],
        ),
        case(
            "services: { api: { tier: public } }",
            &["update ecs.service/api: subnets"],
            &["ecs.service/api in: ec2.subnet/isolated-a -> ec2.subnet/public-a"],
        ),
        case(
            "services: { api: null }",
            OFF,
            &[
                "-ec2.security_group/services.api",
                "-ecs.cluster/main",
                "-ecs.service/api",
                "-ecs.task_definition/api",
                "-iam.role/services.api.execution",
                "-iam.role/services.api.task",
                "-logs.log_group/services.api",
            ],
        ),
    ],
};

const TRACES_ON: &str = "iam.role/services.api.task policy infractl: none -> Allow xray:GetSamplingRules,\
    xray:GetSamplingStatisticSummaries,xray:GetSamplingTargets,xray:PutTelemetryRecords,xray:PutTraceSegments on * \
    (2012-10-17)";
const TRACES_OFF: &str = "iam.role/services.api.task policy infractl: Allow xray:GetSamplingRules,\
    xray:GetSamplingStatisticSummaries,xray:GetSamplingTargets,xray:PutTelemetryRecords,xray:PutTraceSegments on * \
    (2012-10-17) -> none";

const OFF: &[&str] = &[
    "delete ec2.security_group/services.api",
    "delete ec2.security_group_rules/services.api",
    "delete ecs.cluster/main",
    "delete ecs.service/api",
    "delete ecs.task_definition/api",
    "delete iam.role/services.api.execution",
    "delete iam.role/services.api.task",
    "delete logs.log_group/services.api",
];
