//! What a service may do: what starts its tasks, and its tasks themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Parts;
use crate::{
    catalog::aws::{ecs::container::Container, iam::role::Role, s3::bucket::Bucket},
    compile::{cache, load_balancer::Shifted, naming::fit, stack::Stack, trust},
    field,
    resource::{
        Place,
        text::policy::PolicyDocument,
        value::{In, OutRef},
    },
    spec::model::{BucketUse, ComponentName, Permission, SecretRef},
};

/// The longest name that a role may have
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const NAME_LIMIT: usize = 64;

/// What the role is called that the containers of a component have.
pub(super) fn task_name(component: &str) -> String {
    format!("{component}.task")
}

/// The role that starts tasks, and the one that they have.
pub(super) fn roles(
    stack: &mut Stack<'_>,
    parts: &Parts<'_>,
    containers: &BTreeMap<String, Container>,
) -> (In<String>, In<String>) {
    let execution = statements(stack, parts, containers);
    let about = format!("Starts the tasks of the service {}", parts.name);
    let execution = add(stack, parts, &format!("{}.execution", parts.component), &about, &execution);
    let about = format!("What the service {} may do", parts.name);
    let task = add(stack, parts, &task_name(&parts.component), &about, &task(stack, parts));
    (execution, task)
}

/// The role by which ECS shifts requests from one release to the next
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html>).
pub(super) fn shifting(stack: &mut Stack<'_>, parts: &Parts<'_>, first: &In<String>, shifted: &Shifted) -> In<String> {
    let looks = ["DescribeListeners", "DescribeRules", "DescribeTargetGroups", "DescribeTargetHealth"];
    let looks = looks.map(|it| format!("elasticloadbalancing:{it}"));
    let statements = [
        json!({"Effect": "Allow", "Action": looks, "Resource": "*"}),
        allow(&["elasticloadbalancing:ModifyRule"], [shifted.rule.clone(), shifted.test_rule.clone()]),
        allow(
            &["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
            [first.clone(), shifted.alternate.clone()],
        ),
    ];
    let about = format!("Shifts the requests of the service {}", parts.name);
    let trust = trust::service("ecs.amazonaws.com", &json!({}));
    role(stack, parts, &format!("{}.shifting", parts.component), &about, trust, &statements)
}

fn add(stack: &mut Stack<'_>, parts: &Parts<'_>, name: &str, about: &str, statements: &[Value]) -> In<String> {
    let trust = of_tasks(&stack.graph.place);
    role(stack, parts, name, about, trust, statements)
}

fn role(
    stack: &mut Stack<'_>,
    parts: &Parts<'_>,
    name: &str,
    about: &str,
    trust: PolicyDocument,
    statements: &[Value],
) -> In<String> {
    let scope = &stack.graph.scope;
    let short = name.trim_start_matches("services.").replace('.', "-");
    let role = Role {
        role_name: fit(&format!("{}-{short}", scope.global_prefix()), NAME_LIMIT),
        path: scope.global_path(),
        description: about.to_owned(),
        trust,
        policy: (!statements.is_empty())
            .then(|| PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": statements}))),
    };
    stack.graph.add(&parts.component, name, &role).out(field!(arn))
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
fn of_tasks(place: &Place) -> PolicyDocument {
    let Place { account, region, partition } = place;
    let conditions = json!({
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": format!("arn:{partition}:ecs:{region}:{account}:*")},
    });
    trust::service("ecs-tasks.amazonaws.com", &conditions)
}

/// What it takes to start the tasks of this service, and of no other
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>).
fn statements(stack: &Stack<'_>, parts: &Parts<'_>, containers: &BTreeMap<String, Container>) -> Vec<Value> {
    let streams = In::join([parts.log_group.out(field!(arn)), ":*".into()]);
    let mut acc = vec![allow(&["logs:CreateLogStream", "logs:PutLogEvents"], [streams])];
    let repositories: BTreeSet<_> = containers.values().filter_map(|it| repository(stack, &it.image)).collect();
    if !repositories.is_empty() {
        acc.push(allow(&["ecr:GetAuthorizationToken"], ["*".into()]));
        let actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
        acc.push(allow(&actions, repositories));
    }
    let spec = parts.spec;
    let all = spec.secrets.values().chain(spec.sidecars.values().flat_map(|it| it.secrets.values()));
    let all = all.filter(|it| !cache::is_plain(stack.spec, it));
    let (mut secrets, mut parameters, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for it in all {
        match it {
            SecretRef::Parameter { arn } => drop(parameters.insert(arn.as_str().into())),
            SecretRef::Secret { arn, .. } => drop(secrets.insert(arn.as_str().into())),
            SecretRef::Out(_) => {
                let arn = without_key(stack.secret(it));
                keys.extend(key(stack, &arn));
                secrets.insert(arn);
            }
        }
    }
    let more = [("secretsmanager:GetSecretValue", secrets), ("ssm:GetParameters", parameters), ("kms:Decrypt", keys)];
    acc.extend(more.into_iter().filter(|(_, on)| !on.is_empty()).map(|(action, on)| allow(&[action], on)));
    acc
}

/// What the containers may do.
fn task(stack: &Stack<'_>, parts: &Parts<'_>) -> Vec<Value> {
    let spec = parts.spec;
    let mut acc = Vec::new();
    if spec.exec {
        // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
        let actions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
        let actions = actions.map(|it| format!("ssmmessages:{it}"));
        acc.push(json!({"Effect": "Allow", "Action": actions, "Resource": "*"}));
    }
    if spec.tracing.is_some() {
        // <https://docs.aws.amazon.com/xray/latest/devguide/security_iam_service-with-iam.html>
        let actions = [
            "GetSamplingRules",
            "GetSamplingStatisticSummaries",
            "GetSamplingTargets",
            "PutTelemetryRecords",
            "PutTraceSegments",
        ];
        let actions = actions.map(|it| format!("xray:{it}"));
        acc.push(json!({"Effect": "Allow", "Action": actions, "Resource": "*"}));
    }
    for (name, what) in &spec.access.buckets {
        acc.extend(bucket(stack, name, *what));
    }
    acc.extend(spec.access.policy.iter().map(|Permission { actions, resources }| {
        let resources: Vec<_> = resources.iter().map(|it| stack.text(it)).collect();
        json!({"Effect": "Allow", "Action": actions, "Resource": resources})
    }));
    acc
}

/// What it takes to use a bucket of the stack, and the key that it is encrypted with
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>).
fn bucket(stack: &Stack<'_>, name: &ComponentName, what: BucketUse) -> Vec<Value> {
    let arn = super::out::<Bucket>(name.as_str(), "arn");
    let objects = In::join([arn.clone(), "/*".into()]);
    let (read, write) = (what.reads(), what.writes());
    let of = |on: bool, actions: &[&'static str]| if on { actions.to_vec() } else { Vec::new() };
    let object =
        [of(read, &["s3:GetObject"]), of(write, &["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"])];
    let mut acc = Vec::new();
    if read {
        acc.push(allow(&["s3:ListBucket"], [arn]));
    }
    acc.push(allow(&object.concat(), [objects]));
    if let Some(key) = stack.spec.buckets.get(name).and_then(|it| it.key.as_ref()) {
        // What is put in several parts is read as well (<https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key>).
        let actions = [vec!["kms:Decrypt"], of(write, &["kms:GenerateDataKey"])];
        acc.push(allow(&actions.concat(), [stack.text(key)]));
    }
    acc
}

fn allow(actions: &[&str], on: impl IntoIterator<Item = In<String>>) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": on.into_iter().collect::<Vec<_>>()})
}

/// The ARN of the repository in ECR that an image is in: one of the stack, or one that the image names.
fn repository(stack: &Stack<'_>, image: &In<String>) -> Option<In<String>> {
    const KIND: &str = "ecr.repository";
    let parts = match image {
        In::Joined(it) => it.parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    match parts.first()? {
        In::Out(OutRef { from, .. }) if from.kind() == KIND => {
            Some(In::Out(OutRef { from: from.clone(), out: "arn".into() }))
        }
        In::Known(text) => {
            let (host, rest) = text.split_once('/')?;
            let [account, "dkr", "ecr", region, ..] = host.split('.').collect::<Vec<_>>()[..] else { return None };
            let name = rest.split([':', '@']).next()?;
            let partition = &stack.graph.place.partition;
            Some(In::Known(format!("arn:{partition}:ecr:{region}:{account}:repository/{name}")))
        }
        _ => None,
    }
}

/// The ARN of a secret, without the key in it that is meant.
fn without_key(from: In<String>) -> In<String> {
    match from {
        In::Joined(it) => it.parts.into_iter().next().unwrap_or_else(|| "".into()),
        other => other,
    }
}

/// The stack's own key that a secret of the stack is encrypted with.
fn key(stack: &Stack<'_>, secret: &In<String>) -> Option<In<String>> {
    let In::Out(OutRef { from, .. }) = secret else { return None };
    let key = stack.graph.nodes.get(from)?.want.get("kms_key")?;
    serde_json::from_value(key.clone()).ok()
}
