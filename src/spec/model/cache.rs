//! Caches.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CacheParameter, CachePlan, CacheRange, CacheRegion, CacheSize, CacheVersion, DailyWindow, Days, Network, Reference,
    Region, Scalar, Spec, Text, Tier, WeeklyWindow,
    cache_upstash::nearest,
    either::{Either, either},
    outputs::{Count, Output, Outputs},
};
use crate::diagnostic::Diagnostic;

/// A cache that speaks the protocol of Redis.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Who runs it. Default: `elasticache`.
    #[serde(default)]
    pub provider: CacheProvider,
    /// What runs; not for `upstash`. Default: `valkey`.
    #[serde(default)]
    pub engine: CacheEngine,
    /// The engine's version, such as `"8.0"`; not for `upstash`. `ElastiCache` moves to a newer one in place; for an older one, and with `ec2`, the
    /// cache is made anew. Default: `"8.0"` of Valkey; of Redis `"7.1"`, or `"7.2"` with `ec2` and `sidecar`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<CacheVersion>,
    /// The size of each node, such as `cache.t4g.small`, or of the machine, such as `t4g.small`; only for `elasticache` and
    /// `ec2`, where the machine stops for a change and forgets what it holds. Default: `cache.t4g.micro`, `t4g.micro`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<CacheSize>,
    /// How many nodes stand by the one that is written to, 0 to 5; only for `elasticache`. One takes over when that fails.
    /// Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u8>,
    /// Whether its nodes stand in different availability zones, for which it needs a replica; only for `elasticache`. Default:
    /// false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_az: Option<bool>,
    /// Whether it is spoken to in TLS: true, false, or `preferred` for both on the way from one to the other; only for
    /// `elasticache`. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<CacheTls>,
    /// Whether those who connect need a token. It is made at random and kept in Secrets Manager; `url` has it. Only for
    /// `elasticache`, where a change makes the cache anew; with `ec2`, they always do. Default: true if it is spoken to in TLS
    /// only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<bool>,
    /// For how many days daily snapshots are kept, `1d` to `35d`; only for `elasticache` and `serverless`. Default: none are
    /// taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<Days>,
    /// When the daily snapshot is taken, in UTC, such as `03:00-04:00`; for `serverless` the beginning counts. Default: whenever
    /// AWS likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_window: Option<DailyWindow>,
    /// When it may be worked on, in UTC, such as `sun:04:00-sun:05:00`; only for `elasticache`. Default: whenever AWS likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_window: Option<WeeklyWindow>,
    /// Settings of the engine, such as `maxmemory-policy: allkeys-lru`; not for `serverless` and `upstash`. With `ec2`, a change
    /// makes the cache anew. Default: as the engine has them; with `ec2`, it fills three quarters of the machine's memory.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub parameters: IndexMap<CacheParameter, Scalar>,
    /// The ARN of the KMS key that encrypts what it holds, such as `${keys.main}`; only for `elasticache` and `serverless`. A
    /// change makes the cache anew. Default: a key of AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
    /// When a change of size or version is carried out: `now`, or in the maintenance `window`; only for `elasticache`. Default:
    /// `now`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply: Option<CacheApply>,
    /// The tier of subnets that it stands in; not for `sidecar` and `upstash`. A change makes the cache anew. Default: `isolated`, or
    /// `private` if there is no isolated tier; with `ec2`, which needs a way out, `private`, or `public` if there is no NAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// The port that it listens on; not for `serverless` and `upstash`. With `elasticache` and `ec2`, a change makes the cache anew. Default:
    /// 6379.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How much it may grow; only for `serverless`. Default: as much as AWS allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<CacheLimits>,
    /// The region where it is written to, such as `eu-central-1`, or `us-central1` on Google's machines; only for `upstash`. A
    /// change makes the cache anew. Default: the stack's own, or the nearest that Upstash has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<CacheRegion>,
    /// Other regions where it is read from, with less delay; only for `upstash`. Default: none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub read_regions: BTreeSet<CacheRegion>,
    /// Whether it forgets something when it is full, and takes no more otherwise; only for `upstash`. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eviction: Option<bool>,
    /// How many US dollars it may cost a month, with the plan `payg`: then it becomes slow; only for `upstash`. Default: as
    /// Upstash has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u32>,
    /// How it is paid for; only for `upstash`. Default: `payg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<CachePlan>,
    /// Whether it moves to the next larger plan when it is full; only for `upstash`. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_upgrade: Option<bool>,
}

/// Who runs a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheProvider {
    /// AWS, on nodes of a size that is chosen.
    #[default]
    Elasticache,
    /// AWS, growing and shrinking with the use: always in TLS, without a token.
    Serverless,
    /// One machine of the stack's own that runs it in Docker, without TLS: what it holds is in its memory alone, and goes with
    /// a restart. It is the least that one can pay for a cache that services share.
    Ec2,
    /// Each task of a service that refers to it, in a container of its own: what one task holds, the others do not see, and
    /// nothing outlives the task.
    Sidecar,
    /// Upstash, paid for by the use, reached over the internet: always in TLS, with a password that Upstash makes. The keys to
    /// it are `UPSTASH_EMAIL` and `UPSTASH_API_KEY`.
    Upstash,
}

/// What runs as a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheEngine {
    /// Valkey, the free successor of Redis.
    #[default]
    Valkey,
    /// Redis.
    Redis,
}

/// When a change that needs new nodes or new software is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheApply {
    /// At once.
    #[default]
    Now,
    /// In the maintenance window.
    Window,
}

/// Whether a cache is spoken to in TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheTls {
    /// Never.
    Off,
    /// By those who like.
    Preferred,
    /// Always.
    Required,
}

/// How much a serverless cache may grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheLimits {
    /// How many GB it holds: at most `5`, or `1..5` if the least is paid for even if it is not used; 1 to 5000. Default: at
    /// most 5000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<CacheRange>,
    /// How many ECPU it uses a second, likewise; 1000 to 15000000. Default: at most 15000000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecpu: Option<CacheRange>,
}

impl CacheProvider {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elasticache => "elasticache",
            Self::Serverless => "serverless",
            Self::Ec2 => "ec2",
            Self::Sidecar => "sidecar",
            Self::Upstash => "upstash",
        }
    }
}

impl CacheEngine {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valkey => "valkey",
            Self::Redis => "redis",
        }
    }
}

impl Cache {
    /// The engine's version: `8.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        // There is no image of Redis 7.1, which AWS alone has.
        let usual = match (self.engine, self.provider) {
            (CacheEngine::Valkey, _) => "8.0",
            (CacheEngine::Redis, CacheProvider::Ec2 | CacheProvider::Sidecar) => "7.2",
            (CacheEngine::Redis, _) => "7.1",
        };
        self.version.as_ref().map_or(usual, CacheVersion::as_str)
    }

    /// Whether it is spoken to in TLS.
    #[must_use]
    pub fn tls(&self) -> CacheTls {
        match self.provider {
            CacheProvider::Elasticache => self.tls.unwrap_or(CacheTls::Required),
            CacheProvider::Serverless | CacheProvider::Upstash => CacheTls::Required,
            CacheProvider::Ec2 | CacheProvider::Sidecar => CacheTls::Off,
        }
    }

    /// Whether those who connect need a token.
    #[must_use]
    pub fn auth(&self) -> bool {
        match self.provider {
            CacheProvider::Elasticache => self.auth.unwrap_or(self.tls() == CacheTls::Required),
            CacheProvider::Ec2 | CacheProvider::Upstash => true,
            CacheProvider::Serverless | CacheProvider::Sidecar => false,
        }
    }

    /// The size of its nodes, or of its machine.
    #[must_use]
    pub fn size(&self) -> &str {
        let usual = if self.provider == CacheProvider::Ec2 { "t4g.micro" } else { "cache.t4g.micro" };
        self.size.as_ref().map_or(usual, CacheSize::as_str)
    }

    /// The region of Upstash where it is written to, for a stack in `own`.
    #[must_use]
    pub fn region<'a>(&'a self, own: &'a Region) -> &'a str {
        self.region.as_ref().map_or_else(|| nearest(own.as_str()), CacheRegion::as_str)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(6379)
    }

    /// The tier that it stands in; none where the network has no tier for it.
    #[must_use]
    pub fn tier(&self, network: &Network) -> Option<Tier> {
        let usual = [Tier::Isolated, Tier::Private, Tier::Public];
        self.tier.or_else(|| match self.provider {
            CacheProvider::Ec2 => usual.into_iter().find(|it| network.reaches_out(*it)),
            _ => usual.into_iter().find(|it| network.has(*it)),
        })
    }
}

impl CacheTls {
    /// As it is written.
    #[must_use]
    fn as_str(self) -> &'static str {
        match self {
            Self::Off => "false",
            Self::Preferred => "preferred",
            Self::Required => "true",
        }
    }
}

impl Serialize for CacheTls {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::Preferred => serializer.serialize_str(self.as_str()),
            Self::Required => serializer.serialize_bool(true),
        }
    }
}

impl Either<'_> for CacheTls {
    const EXPECTED: &'static str = "true, false or `preferred`";

    fn from_text<E: serde::de::Error>(it: &str) -> Result<Self, E> {
        match it {
            "preferred" => Ok(Self::Preferred),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &Self::EXPECTED)),
        }
    }
    fn from_bool<E: serde::de::Error>(it: bool) -> Result<Self, E> {
        Ok(if it { Self::Required } else { Self::Off })
    }
}

impl<'de> Deserialize<'de> for CacheTls {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for CacheTls {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CacheTls".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Whether a cache is spoken to in TLS: `true`, `false`, or `preferred` for both.",
            "enum": [true, false, "preferred"],
        })
    }
}

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "caches",
    noun: "cache",
    count: Count::Named { names: |spec| spec.caches.keys().map(ToString::to_string).collect(), short: None },
    outputs: &[
        Output::text("host", "the name that it is reached by"),
        Output::text("port", "the port that it listens on"),
        Output::secret("url", "where and how it is reached, such as `rediss://:TOKEN@HOST:6379`"),
        Output::text("reader_host", "the name that its replicas are reached by, for reading"),
        Output::text("rest_url", "where it is reached over HTTPS, at Upstash"),
        Output::secret("rest_token", "what those need who reach it over HTTPS, at Upstash"),
    ],
    check: Some(check),
};

fn check(spec: &Spec, Reference { at, to }: &Reference) -> Option<Diagnostic> {
    use CacheProvider::{Ec2, Elasticache, Serverless, Sidecar, Upstash};
    let cache = spec.caches.iter().find(|(name, _)| Some(name.as_str()) == to.name.as_deref())?.1;
    let (why, help) = match (to.output.as_str(), cache.provider) {
        ("reader_host", Ec2 | Sidecar) => ("has no replicas", "use `host`"),
        ("reader_host", Upstash) => ("reads from the nearest region by itself", "use `host`"),
        ("rest_url" | "rest_token", Elasticache | Serverless | Ec2 | Sidecar) => {
            ("is not reached over HTTPS", "use `url`, or choose the provider `upstash`")
        }
        _ => return None,
    };
    let message = format!("`{to}`: `{}` {why}", cache.provider.as_str());
    Some(Diagnostic::error("ref/unknown", at, message).help(help))
}
