//! What a stack file says, typed. Doc comments here are what editors and the reference show.

mod acl;
mod alarm;
mod bucket;
mod bucket_names;
mod cache;
mod cache_upstash;
mod cache_values;
mod certificate;
mod cloudflare;
mod dashboard;
mod database;
mod days;
mod dns;
mod duration;
mod either;
mod endpoint;
mod flow_logs;
mod key;
mod layout;
mod limits;
mod load_balancer;
mod metric_words;
mod names;
mod network;
mod network_outputs;
mod notify;
mod out_path;
mod outputs;
mod record;
mod registry;
mod secret;
mod secret_ref;
mod security_group;
mod service;
mod several;
mod site;
mod span;
mod tags;
mod text;
mod threshold;
mod traffic;
mod variable;
mod waf;
mod waf_managed;
mod window;

use std::{borrow::Cow, collections::BTreeMap};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tree::is_under;

pub(super) use self::outputs::suggest;
pub use self::{
    acl::{Acl, AclAction, AclEgress, AclIngress, AclPeer, AclRule},
    alarm::{Alarm, AlarmMetric, MetricName, MetricText, MetricUnit, MissingData, Names, Statistic, WatchedMetric},
    bucket::{
        Bucket, BucketCopy, BucketCors, BucketEffect, BucketEncryption, BucketRule, BucketStatement, CorsMethod,
        PublicUse, StorageClass,
    },
    bucket_names::{BucketAction, BucketName, CorsPattern},
    cache::{Cache, CacheApply, CacheEngine, CacheLimits, CacheProvider, CacheTls},
    cache_upstash::{CachePlan, CacheRegion},
    cache_values::{CacheParameter, CacheRange, CacheSize, CacheVersion},
    certificate::{Certificate, CertificateName, Keeper, KeyAlgorithm},
    cloudflare::{
        AiBots, BotAction, Bots, CertificateHost, CertificateKey, CertificateRequest, Cloudflare, EdgeCache,
        EdgeCountry, EdgeExpression, EdgeExtension, EdgeHeaderName, EdgeHeaderRule, EdgeHeaders, EdgeHost, EdgeManaged,
        EdgeMedia, EdgeOrigin, EdgePath, EdgeQuery, EdgeRate, EdgeRedirect, EdgeStatuses, EdgeWaf, MediaProof,
        MediaWay, OriginCertificate, RedirectTarget, SETTINGS, Setting, SettingId, SettingValue, Takes, TieredCache,
        VALIDITIES, VerifiedBots, WafAction, WafBots, WafCategory, WafContent, WafCount, WafDdos, WafFlood,
        WafManagedSettings, WafOwasp, WafOwaspSettings, WafResponse, WafRule, WafRuleAction, WafSensitivity, WafSkip,
        is_in,
    },
    database::{
        ApplyWhen, Backups, Database, DatabaseClass, DatabaseEngine, DatabaseInsights, DatabaseLog, DatabaseLogs,
        DatabaseName, DatabaseSource, ParameterName, PasswordKind, PostgresVersion, ReplicaOptions, Replicas,
        SnapshotName, Storage, StorageType, Time, Username,
    },
    days::{Days, Recovery},
    dns::{Dns, DnsHealthCheck, DnsProtocol},
    duration::Retention,
    endpoint::{Endpoint, EndpointKind, EndpointName, EndpointOptions, Endpoints},
    flow_logs::{FlowLogs, FlowTraffic, Interval},
    key::Key,
    layout::{PlannedSubnet, TooSmall, layout},
    limits::{Limits, size},
    load_balancer::{
        AccessLogs, Callers, CertificateArn, DesyncMode, HttpPort, LOG_BUCKET, LoadBalancer, LogPrefix, Scheme,
        TlsPolicy,
    },
    metric_words::{MetricWord, Subject, words},
    names::{AccountId, ComponentName, Description, DomainName, OutputName, Region, StackName},
    network::{Nat, Network, SubnetOptions, Tier, ZoneLetter, Zones},
    notify::{Email, HttpsUrl, Notify, Phone},
    out_path::{OutPath, Reference},
    outputs::{COMPONENTS, Count, Output, Outputs, is_secret},
    record::{Record, RecordName, RecordType, RecordValue, Records, Values as RecordValues},
    registry::Registry,
    secret::{Length, Secret},
    secret_ref::SecretRef,
    security_group::{EgressRule, GroupName, IngressRule, Peer, Rule, SecurityGroup, SecurityText},
    service::{
        Access, AfterRelease, Architecture, BaseUrl, BucketUse, CapacityShare, Check, CloudflareHook, CloudfrontHook,
        Cluster, Condition, Deploy, DistributionId, EnvName, GithubEnvironment, GithubHook, GithubRepository, Goal,
        Health, HealthCheck, HostPattern, Insights, InvalidationPath, Migrate, PathPattern, Permission, PosthogHook,
        Probe, PurgeFile, PurgePrefix, PurgeTag, Route, RouteProtocol, Scale, ScheduledScale, SentryHook, SentrySlug,
        Service, Sidecar, Strategy, Thresholds, Timezone, Tracing, ZoneId, memory_for, sizes,
    },
    several::Several,
    site::{
        Cdn, HeaderName, HeaderValue, PageName, PriceClass, Site, SiteCache, SiteCountries, SiteFile, SiteFolder,
        SiteHost, SiteHttp, SiteTls,
    },
    span::Span,
    tags::{TagKey, TagPrefix, TagValue},
    text::{Part, Text},
    threshold::{Threshold, Unit},
    traffic::{Direction, Ports, Protocol},
    variable::{Scalar, Variable, VariableType},
    waf::{CountryCode, PathStart, Waf, WafChoice, WafCountries, WafDefault, WafKey, WafRate, WafRates, WafWindow},
    waf_managed::{WafGroup, WafGroupOptions, WafManaged, WafRuleName, WafVersion},
    window::{DailyWindow, WeeklyWindow},
};
pub(crate) use self::{secret_ref::SECRET_REF, text::TEXT};

/// A stack, for one environment: everything overlaid, filled in and checked.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The stack's name: 1 to 24 small letters, digits and hyphens, beginning with a letter. With the environment it is the
    /// identity of everything in the stack, so it never changes.
    pub stack: StackName,
    /// The AWS region, such as `eu-central-1`.
    pub region: Region,
    /// The AWS account, as 12 digits in quotes. When given, any other account is refused. Default: whichever the
    /// credentials belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The domain that its names are in, such as `example.com`: what `${domain}` stands for. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainName>,
    /// Tags for every resource that can have them; at most 40. Default: none.
    #[serde(default)]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// Beginnings of tag keys that other tools own, such as `kubernetes.io/`: such tags are neither compared nor removed.
    /// Default: none.
    #[serde(default)]
    pub ignore_tags: Vec<TagPrefix>,
    /// Refuses to destroy the stack, and any change that loses data or interrupts service, unless `--override-protection`
    /// is given. Default: false.
    #[serde(default)]
    pub protect: bool,
    /// Whether the environment is thrown away one day: what it holds goes with it, without final snapshots and recovery
    /// windows. Default: false.
    #[serde(default)]
    pub ephemeral: bool,
    /// What the stack may have at most: a file that asks for more is refused. Default: no limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// The network: a VPC with its subnets, routes, NAT, endpoints and security groups. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Keys in KMS that encrypt what others keep, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub keys: IndexMap<ComponentName, Key>,
    /// Repositories in ECR for the images of containers, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub registries: IndexMap<ComponentName, Registry>,
    /// Secrets whose values people set with `infractl secrets set`, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<ComponentName, Secret>,
    /// Caches that speak the protocol of Redis, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub caches: IndexMap<ComponentName, Cache>,
    /// Certificates in ACM, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub certificates: IndexMap<ComponentName, Certificate>,
    /// A zone in Route 53, with its records and health checks. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<Dns>,
    /// What Cloudflare does for a domain. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloudflare: Option<Cloudflare>,
    /// What is let through to load balancers and sites that name it: web ACLs of AWS WAF, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub waf: IndexMap<ComponentName, Waf>,
    /// What takes requests and gives them to services: an application load balancer. Default: one with all that is said of it
    /// at its default, if services have routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    /// Buckets in S3, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub buckets: IndexMap<ComponentName, Bucket>,
    /// Sites, by name: folders of files that are served from places near those who ask. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sites: IndexMap<ComponentName, Site>,
    /// Who is told when an alarm goes off: lists of people and programs, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub notify: IndexMap<ComponentName, Notify>,
    /// Alarms, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub alarms: IndexMap<ComponentName, Alarm>,
    /// Whether there are alarms, once somebody is told of alarms, that hardly any stack can do without: on errors of the load
    /// balancer and of services, on tasks that are too few or not healthy, and on what is short of processors or memory. One of
    /// the file's own on the same metric takes the place of such a one. Default: true.
    #[serde(default = "key::yes", skip_serializing_if = "Clone::clone")]
    pub default_alarms: bool,
    /// Whether there is a dashboard in CloudWatch with what the stack does. Default: false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dashboard: bool,
    /// PostgreSQL databases in RDS, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub databases: IndexMap<ComponentName, Database>,
    /// The cluster that the services run in. Default: one with all that is said of it at its default, if there are services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Services, by name: containers that are kept running. Default: none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<ComponentName, Service>,
    /// What `infractl outputs` shows, by name. Default: none.
    #[serde(default)]
    pub outputs: IndexMap<OutputName, Text>,
    /// Every reference to an output of a component, wherever it stands.
    #[serde(skip)]
    pub references: Vec<Reference>,
}

impl Spec {
    /// The load balancer that the stack has: said or not, routes need one.
    #[must_use]
    pub fn balancer(&self) -> Option<Cow<'_, LoadBalancer>> {
        let routed = || self.services.values().any(|it| it.route.is_some());
        let own = self.load_balancer.as_ref().map(Cow::Borrowed);
        own.or_else(|| routed().then(|| Cow::Owned(LoadBalancer::default())))
    }

    /// Whether it has a cluster: said or not, services need one.
    #[must_use]
    pub fn has_cluster(&self) -> bool {
        self.cluster.is_some() || !self.services.is_empty()
    }

    /// What the setting at `path`, such as `services.api`, refers to, and everything under it.
    pub fn references_in(&self, path: &str) -> impl Iterator<Item = &OutPath> {
        self.references.iter().filter(move |it| is_under(&it.at, path)).map(|it| &it.to)
    }

    /// Whether CloudWatch watches the cluster more closely than is free.
    #[must_use]
    pub fn has_insights(&self) -> bool {
        self.cluster.as_ref().is_some_and(|it| it.insights != Insights::Disabled)
    }

    /// Whether something under `from`, such as `services.api`, refers to an output of `to`, such as `databases.main` or
    /// `network`.
    #[must_use]
    pub fn refers(&self, from: &str, to: &str) -> bool {
        self.references_in(from).any(|it| it.target() == to)
    }
}
