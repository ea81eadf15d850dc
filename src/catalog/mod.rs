//! Every resource type: a file each, a line here.

pub mod aws;
pub mod cloudflare;
pub mod lifecycle;
pub mod upstash;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{
    api::{ApiError, ReadCx, Result, WriteCx},
    plan::diff::FieldChange,
    resource::{Facts, LiveTree},
};
use lifecycle::{Kind, Look, New, Output, Typed};

macro_rules! kinds {
    ($($ty:ty),* $(,)?) => { &[$(&Typed::<$ty>::new()),*] };
}

/// Every resource type, by name.
pub const KINDS: &[&dyn Kind] = kinds![
    aws::acm::certificate::Certificate,
    aws::acm::validation::Validation,
    aws::autoscaling::policy::Policy,
    aws::autoscaling::scheduled_action::ScheduledAction,
    aws::autoscaling::step_policy::StepPolicy,
    aws::autoscaling::target::Target,
    cloudflare::bot_management::BotManagement,
    cloudflare::connector::Connector,
    cloudflare::origin_certificate::OriginCertificate,
    cloudflare::record::Record,
    cloudflare::ruleset::Ruleset,
    cloudflare::settings::Settings,
    cloudflare::tiered_cache::TieredCache,
    aws::cloudfront::distribution::Distribution,
    aws::cloudfront::function::Function,
    aws::cloudfront::origin_access_control::OriginAccessControl,
    aws::cloudfront::response_headers_policy::ResponseHeadersPolicy,
    aws::cloudwatch::alarm::Alarm,
    aws::cloudwatch::dashboard::Dashboard,
    aws::ec2::eip::Eip,
    aws::ec2::flow_log::FlowLog,
    aws::ec2::instance::Instance,
    aws::ec2::internet_gateway::InternetGateway,
    aws::ec2::nat_gateway::NatGateway,
    aws::ec2::network_acl::NetworkAcl,
    aws::ec2::route_table::RouteTable,
    aws::ec2::security_group::SecurityGroup,
    aws::ec2::security_group_rules::SecurityGroupRules,
    aws::ec2::subnet::Subnet,
    aws::ec2::vpc::Vpc,
    aws::ec2::vpc_endpoint::VpcEndpoint,
    aws::ecr::repository::Repository,
    aws::ecs::cluster::Cluster,
    aws::ecs::migration::Migration,
    aws::ecs::service::Service,
    aws::ecs::task_definition::TaskDefinition,
    aws::elasticache::parameter_group::ParameterGroup,
    aws::elasticache::replication_group::ReplicationGroup,
    aws::elasticache::serverless_cache::ServerlessCache,
    aws::elasticache::subnet_group::SubnetGroup,
    aws::elb::listener::Listener,
    aws::elb::load_balancer::LoadBalancer,
    aws::elb::rule::Rule,
    aws::elb::target_group::TargetGroup,
    aws::iam::instance_profile::InstanceProfile,
    aws::iam::role::Role,
    aws::kms::key::Key,
    aws::logs::log_group::LogGroup,
    aws::rds::instance::Instance,
    aws::rds::parameter_group::ParameterGroup,
    aws::rds::subnet_group::SubnetGroup,
    aws::route53::health_check::HealthCheck,
    aws::route53::record::Record,
    aws::route53::zone::Zone,
    aws::s3::bucket::Bucket,
    aws::s3::bucket_policy::BucketPolicy,
    aws::s3::content::Content,
    aws::secretsmanager::secret::Secret,
    aws::sns::subscription::Subscription,
    aws::sns::topic::Topic,
    upstash::database::Database,
    aws::waf::association::Association,
    aws::waf::ip_set::IpSet,
    aws::waf::logging::Logging,
    aws::waf::web_acl::WebAcl,
];

/// The resource type called `kind`.
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|it| it.facts().kind == kind)
}

fn get(kind: &str) -> Result<&'static dyn Kind> {
    find(kind).ok_or_else(|| ApiError::refused(kind, "UnknownKind", "there is no such resource type"))
}

/// A cloud that can be looked at: all that planning is given.
pub trait Reads: Sync {
    /// The types that it has.
    fn kinds(&self) -> Vec<&'static Facts>;
    /// See [`lifecycle::Lifecycle::read`].
    fn read<'a>(&'a self, kind: &'a str, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>>;
    /// See [`lifecycle::Lifecycle::rehearse`].
    fn rehearse<'a>(&'a self, _: &'a str, _want: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// A cloud that can be changed.
pub trait Writes: Reads {
    /// See [`lifecycle::Lifecycle::create`].
    fn create<'a>(&'a self, kind: &'a str, new: New<Value>) -> BoxFuture<'a, Result<()>>;
    /// See [`lifecycle::Lifecycle::update`].
    fn update<'a>(
        &'a self,
        kind: &'a str,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>>;
    /// See [`lifecycle::Lifecycle::delete`].
    fn delete<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<()>>;
    /// See [`lifecycle::Lifecycle::blockers`].
    fn blockers<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>>;
    /// See [`lifecycle::Lifecycle::output`].
    fn output<'a>(&'a self, _: &'a str, _: LiveTree, _from: Option<String>) -> BoxFuture<'a, Result<Output>> {
        Box::pin(async { Ok(Output::default()) })
    }
    /// See [`lifecycle::Lifecycle::take_back`].
    fn take_back<'a>(&'a self, _: &'a str, _: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

impl Reads for ReadCx {
    fn kinds(&self) -> Vec<&'static Facts> {
        KINDS.iter().map(|it| it.facts()).collect()
    }

    fn read<'a>(&'a self, kind: &'a str, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        // Where the account is has been asked before.
        Box::pin(self.meter.chain(1, async move { get(kind)?.read(self, look).await }))
    }

    fn rehearse<'a>(&'a self, kind: &'a str, want: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { get(kind)?.rehearse(self, want).await })
    }
}

impl Reads for WriteCx {
    fn kinds(&self) -> Vec<&'static Facts> {
        self.read.kinds()
    }

    fn read<'a>(&'a self, kind: &'a str, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        Reads::read(&self.read, kind, look)
    }

    fn rehearse<'a>(&'a self, kind: &'a str, want: Value) -> BoxFuture<'a, Result<()>> {
        Reads::rehearse(&self.read, kind, want)
    }
}

impl Writes for WriteCx {
    fn create<'a>(&'a self, kind: &'a str, new: New<Value>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { get(kind)?.create(self, new).await })
    }

    fn update<'a>(
        &'a self,
        kind: &'a str,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { get(kind)?.update(self, want, live, changes).await })
    }

    fn delete<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { get(kind)?.delete(self, live).await })
    }

    fn blockers<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move { get(kind)?.blockers(&self.read, live).await })
    }

    fn output<'a>(&'a self, kind: &'a str, live: LiveTree, from: Option<String>) -> BoxFuture<'a, Result<Output>> {
        Box::pin(async move { get(kind)?.output(&self.read, live, from).await })
    }

    fn take_back<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { get(kind)?.take_back(self, live).await })
    }
}
