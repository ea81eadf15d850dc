//! The containers of a task: the service's own, those beside it, and the one for traces.

use std::collections::BTreeMap;

use super::Parts;
use crate::{
    catalog::aws::ecs::{
        container::{self, Container, Log},
        tasks,
    },
    compile::{cache, stack::Stack},
    field,
    resource::value::In,
    spec::model::{Check, Condition, EnvName, Probe, SecretRef, Sidecar, Text, Tracing},
};

/// <https://aws-otel.github.io/docs/setup/ecs>, version as of 2026-07.
const ADOT: &str = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3";
/// A configuration that is in the image: traces in, X-Ray out.
const ADOT_CONFIG: &str = "--config=/etc/ecs/ecs-xray.yaml";
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-ecs.html>
const XRAY: &str = "public.ecr.aws/xray/aws-xray-daemon:3.x";

/// The containers of a task, by their names; the service's own is called as the service is.
pub(super) fn containers(stack: &Stack<'_>, parts: &Parts<'_>) -> BTreeMap<String, Container> {
    let mut acc = BTreeMap::from([(parts.name.to_owned(), own(stack, parts))]);
    acc.extend(parts.spec.sidecars.iter().map(|(name, it)| (name.to_string(), sidecar(stack, parts, it))));
    acc.extend(caches(stack, parts).into_iter().map(|it| (it.name.clone(), cache(stack, parts, it))));
    acc.extend(parts.spec.tracing.map(|it| (it.as_str().to_owned(), tracing(stack, parts, it))));
    acc
}

fn own(stack: &Stack<'_>, parts: &Parts<'_>) -> Container {
    let spec = parts.spec;
    let seconds = spec.stop_timeout.seconds();
    Container {
        entrypoint: spec.entrypoint.clone(),
        command: spec.command.clone(),
        user: spec.user.clone(),
        working_dir: spec.working_dir.clone(),
        read_only: spec.read_only,
        essential: true,
        ports: spec.port.into_iter().collect(),
        environment: environment(stack, &spec.environment, &spec.secrets),
        secrets: secrets(stack, &spec.secrets),
        check: spec.check.as_ref().map(check),
        depends_on: caches(stack, parts).into_iter().map(|it| (it.name, "HEALTHY".to_owned())).collect(),
        // Those who open a shell leave processes behind.
        init: spec.exec,
        stop_timeout: Some(seconds),
        ..bare(stack, parts, spec.image.as_ref().map_or_else(|| "".into(), |it| stack.text(it)))
    }
}

fn sidecar(stack: &Stack<'_>, parts: &Parts<'_>, spec: &Sidecar) -> Container {
    let condition = |it: Condition| match it {
        Condition::Start => "START",
        Condition::Complete => "COMPLETE",
        Condition::Success => "SUCCESS",
        Condition::Healthy => "HEALTHY",
    };
    let depends = spec.depends_on.iter().map(|(name, it)| (name.to_string(), condition(*it).to_owned()));
    Container {
        command: spec.command.clone(),
        cpu: spec.cpu.unwrap_or_default(),
        memory: spec.memory,
        essential: spec.essential,
        ports: spec.port.into_iter().collect(),
        environment: environment(stack, &spec.environment, &spec.secrets),
        secrets: secrets(stack, &spec.secrets),
        check: spec.check.as_ref().map(check),
        depends_on: depends.collect(),
        ..bare(stack, parts, stack.text(&spec.image))
    }
}

fn caches(stack: &Stack<'_>, parts: &Parts<'_>) -> Vec<cache::Sidecar> {
    cache::sidecars(stack.spec, parts.name)
}

/// A task whose cache has ended is started anew: it could never be reached again.
fn cache(stack: &Stack<'_>, parts: &Parts<'_>, it: cache::Sidecar) -> Container {
    Container {
        command: it.command,
        essential: true,
        ports: [it.port].into(),
        check: Some(container::Check { command: it.check, interval: 5, timeout: 2, retries: 3, start: 0 }),
        ..bare(stack, parts, it.image.into())
    }
}

/// The task goes on without it.
fn tracing(stack: &Stack<'_>, parts: &Parts<'_>, which: Tracing) -> Container {
    let (image, command) = match which {
        Tracing::Adot => (ADOT, vec![ADOT_CONFIG.to_owned()]),
        Tracing::Xray => (XRAY, Vec::new()),
    };
    Container { command, ..bare(stack, parts, image.into()) }
}

/// A container of which nothing is said.
fn bare(stack: &Stack<'_>, parts: &Parts<'_>, image: In<String>) -> Container {
    Container {
        image,
        entrypoint: Vec::new(),
        command: Vec::new(),
        user: None,
        working_dir: None,
        read_only: false,
        init: false,
        cpu: 0,
        memory: None,
        essential: false,
        ports: [].into(),
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        check: None,
        depends_on: BTreeMap::new(),
        log: Some(log(stack, parts)),
        stop_timeout: None,
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>
fn log(stack: &Stack<'_>, parts: &Parts<'_>) -> Log {
    let options = [
        ("awslogs-group", parts.log_group.out(field!(name))),
        ("awslogs-region", stack.graph.place.region.as_str().into()),
        ("awslogs-stream-prefix", tasks::STREAMS.into()),
    ];
    Log { driver: "awslogs".into(), options: options.map(|(key, value)| (key.to_owned(), value)).into() }
}

/// What is no secret, though it stands among them, is found here as well.
fn environment(
    stack: &Stack<'_>,
    spec: &BTreeMap<EnvName, Text>,
    secrets: &BTreeMap<EnvName, SecretRef>,
) -> BTreeMap<String, In<String>> {
    let plain = secrets.iter().filter(|(_, it)| cache::is_plain(stack.spec, it));
    let plain = plain.map(|(name, it)| (name.to_string(), stack.secret(it)));
    plain.chain(spec.iter().map(|(name, it)| (name.to_string(), stack.text(it)))).collect()
}

fn secrets(stack: &Stack<'_>, spec: &BTreeMap<EnvName, SecretRef>) -> BTreeMap<String, In<String>> {
    let secret = spec.iter().filter(|(_, it)| !cache::is_plain(stack.spec, it));
    secret.map(|(name, it)| (name.to_string(), stack.secret(it))).collect()
}

fn check(spec: &Check) -> container::Check {
    let command = match &spec.command {
        Probe::Line(it) => vec!["CMD-SHELL".to_owned(), it.clone()],
        Probe::Words(it) => [&["CMD".to_owned()], it.as_slice()].concat(),
    };
    container::Check {
        command,
        interval: spec.interval.seconds(),
        timeout: spec.timeout.seconds(),
        retries: spec.retries,
        start: spec.start.seconds(),
    }
}
