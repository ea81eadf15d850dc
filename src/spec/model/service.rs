//! Services: containers that are kept running.

mod after;
mod container;
mod deploy;
mod route;
mod scale;
mod size;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    after::{
        AfterRelease, BaseUrl, CloudflareHook, CloudfrontHook, DistributionId, GithubEnvironment, GithubHook,
        GithubRepository, InvalidationPath, PosthogHook, PurgeFile, PurgePrefix, PurgeTag, SentryHook, SentrySlug,
        ZoneId,
    },
    container::{Check, Condition, EnvName, Probe, Sidecar},
    deploy::{Access, BucketUse, Deploy, Migrate, Permission, Strategy, Tracing},
    route::{Health, HealthCheck, HostPattern, PathPattern, Route, RouteProtocol},
    scale::{CapacityShare, Goal, Scale, ScheduledScale, Thresholds, Timezone},
    size::{Architecture, memory_for, sizes},
};
use super::{ComponentName, Count, Output, Outputs, Reference, Retention, SecretRef, Span, Spec, Text, Tier};
use crate::diagnostic::Diagnostic;

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "services",
    noun: "service",
    count: Count::Named { names: |spec| spec.services.keys().map(ToString::to_string).collect(), short: None },
    outputs: &[
        Output::text("name", "its name in the cluster"),
        Output::text("arn", "its ARN"),
        Output::text("task_definition", "the ARN of the revision of its task definition that is wanted"),
        Output::text("security_group", "the id of the security group around its tasks"),
        Output::text("log_group", "the name of the log group that its output goes to"),
        Output::text("role_arn", "the ARN of the role that its containers have"),
        Output::text("url", "where clients reach it"),
        Output::text("host", "the name of the load balancer before it, which records of its own names lead to"),
        Output::text("zone_id", "the hosted zone of that name, for aliases in Route 53"),
        Output::text("target_group", "the ARN of the target group that its tasks are in"),
    ],
    check: Some(check),
};

pub(super) const CLUSTER_OUTPUTS: Outputs = Outputs {
    component: "cluster",
    noun: "cluster",
    count: Count::One { there: Spec::has_cluster, short: None },
    outputs: &[Output::text("name", "its name"), Output::text("arn", "its ARN")],
    check: None,
};

/// The cluster that a stack's services run in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// How closely CloudWatch watches its services: `disabled`, `enabled` or `enhanced` (task by task; it costs more).
    /// Default: `disabled`.
    #[serde(default)]
    pub insights: Insights,
    /// How tasks are spread over on-demand and spare capacity, in services that do not say. Default: all on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<CapacityShare>,
}

/// How closely `CloudWatch` watches a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Insights {
    /// Not beyond what is free.
    #[default]
    Disabled,
    /// With metrics of each service.
    Enabled,
    /// With metrics of each task and container.
    Enhanced,
}

/// A service: tasks of one or more containers on Fargate, kept running.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The image of its container, such as `${registries.api}:v42`. Default: the one that `infractl deploy --image` brought last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Text>,
    /// What is passed to the image's entry point, as a list of words. Default: the image's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What is started in place of the image's own entry point, as a list of words. Default: the image's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Who runs in the container, such as `1000` in quotes. Default: the image's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The folder that the container starts in. Default: the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Whether nothing can be written to the container's file system. Default: false.
    #[serde(default)]
    pub read_only: bool,
    /// What a task has of processors, in 1024ths of a core: 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: 256.
    #[serde(default = "Service::default_cpu")]
    pub cpu: u32,
    /// What a task has of memory, in MiB; which sizes there are depends on `cpu`. Default: twice the number of `cpu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// What the images are built for: `x86_64` or `arm64` (cheaper). Default: `x86_64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// What a task has of disk, which goes with it, in GiB: 20 to 200. Default: 20.
    #[serde(default = "Service::default_storage")]
    pub storage: u32,
    /// The TCP port that the container listens on. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Which requests the load balancer gives to it: `{}` for all, or by name and path. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// How the load balancer knows which of its tasks work: a path that they answer, such as `/health`, or a map of settings.
    /// Default: what answers `/` works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// How it is found out, in the container, whether it works. Default: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// How many tasks there are. Default: 1, unless there is `scale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Between which numbers of tasks the service is scaled, and by what. Default: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// How its tasks are spread over on-demand and spare capacity. Default: as the `cluster` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<CapacityShare>,
    /// The container's environment, by name; values may hold outputs of components. Default: none.
    #[serde(default)]
    pub environment: BTreeMap<EnvName, Text>,
    /// Environment variables whose values are secret, by name, and where the values come from. Default: none.
    #[serde(default)]
    pub secrets: BTreeMap<EnvName, SecretRef>,
    /// Containers beside it in every task, by name: they share its network and what the task has. Default: none.
    #[serde(default)]
    pub sidecars: BTreeMap<ComponentName, Sidecar>,
    /// What takes traces in every task and hands them to X-Ray: `adot` (for OpenTelemetry, at port 4317 and 4318) or `xray`
    /// (for X-Ray's own SDK, at UDP port 2000). Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Tracing>,
    /// What its containers may do in AWS. Default: nothing.
    #[serde(default)]
    pub access: Access,
    /// Whether commands can be run in its tasks with `aws ecs execute-command`. Default: false.
    #[serde(default)]
    pub exec: bool,
    /// How long its output is kept in CloudWatch Logs. Default: `30d`.
    #[serde(default = "Service::default_logs")]
    pub logs: Retention,
    /// After how long the container is killed once it was asked to end, at most 120s. Default: `30s`.
    #[serde(default = "Service::default_stop_timeout")]
    pub stop_timeout: Span,
    /// The subnets that its tasks stand in: `public`, `private` or `isolated`. Default: `private`, or `public` in a network
    /// where private subnets have no way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Whether its tasks have public addresses, which they need in public subnets to fetch their images. Default: true in
    /// public subnets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<bool>,
    /// How one release follows another.
    #[serde(default)]
    pub deploy: Deploy,
}

impl Service {
    /// What a task has of memory, in MiB.
    #[must_use]
    pub fn memory(&self) -> u32 {
        self.memory.unwrap_or_else(|| memory_for(self.cpu))
    }

    /// How many tasks there are at first.
    #[must_use]
    pub fn first_count(&self) -> u32 {
        self.scale.as_ref().map_or_else(|| self.count.unwrap_or(1), |it| it.min)
    }

    /// How few tasks there may be, at whatever time.
    #[must_use]
    pub fn least_count(&self) -> u32 {
        let scheduled = self.scale.iter().flat_map(|it| it.schedule.values().filter_map(|it| it.min));
        scheduled.fold(self.first_count(), u32::min)
    }

    /// How many tasks there may be, at whatever time.
    #[must_use]
    pub fn most_count(&self) -> u32 {
        let most = self.scale.as_ref().map_or_else(|| self.first_count(), |it| it.max);
        let scheduled = self.scale.iter().flat_map(|it| it.schedule.values().filter_map(|it| it.max));
        scheduled.fold(most, u32::max)
    }

    /// How the load balancer knows which of its tasks work.
    #[must_use]
    pub fn health(&self) -> HealthCheck {
        self.health.clone().unwrap_or_default().0
    }

    fn default_cpu() -> u32 {
        256
    }

    fn default_storage() -> u32 {
        20
    }

    fn default_logs() -> Retention {
        Retention::MONTH
    }

    fn default_stop_timeout() -> Span {
        Span::of_seconds(30)
    }
}

fn check(spec: &Spec, reference: &Reference) -> Option<Diagnostic> {
    let Reference { at, to } = reference;
    let service = spec.services.get(to.name.as_deref()?)?;
    let routed = ["url", "host", "zone_id", "target_group"].contains(&to.output.as_str());
    (routed && service.route.is_none()).then(|| {
        let message = format!("`{}` has no `{}`: no requests lead to it", to.target(), to.output);
        Diagnostic::error("ref/unknown", at, message).help("give it a `route`; `route: {}` takes all requests")
    })
}
