//! The load balancer of a stack.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    Count, Days, Output, Outputs, RecordValues, Span, WafChoice,
    either::{Either, either, text_type, wrong},
};
use crate::resource::text::cidr::Cidr;

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "load_balancer",
    noun: "load balancer",
    count: Count::One { there: |spec| spec.balancer().is_some(), short: Some("dns_name") },
    outputs: &[
        Output::text("dns_name", "the name that leads to it"),
        Output::text("url", "the same as an address for a browser"),
        Output::text("zone_id", "the hosted zone of its name, for aliases in Route 53"),
        Output::text("arn", "its ARN"),
        Output::text("arn_suffix", "what metrics know it by, such as `app/shop-prod/0123456789abcdef`"),
        Output::text("security_group", "the id of its security group"),
    ],
    check: None,
};

/// What the bucket for its log is called among the buckets of a stack.
pub const LOG_BUCKET: &str = "load-balancer-logs";

/// What takes requests and gives them to services: an application load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// From where it is reached: `public` (the internet; it stands in the public subnets) or `internal` (the network; it
    /// stands in the private subnets). It cannot be changed later without making the load balancer anew, with another DNS
    /// name. Default: `public`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Its certificate, such as `${certificates.main}`, or the ARN of one that is no part of the stack; or a list of them:
    /// clients that ask for a name that none of them has get the first. Default: none, so that it speaks plain HTTP.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub certificate: RecordValues,
    /// Which versions of TLS and which ciphers clients may use. Default: `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    #[serde(default)]
    pub tls_policy: TlsPolicy,
    /// What port 80 does: `redirect` (sends clients to port 443), `serve` (the same as port 443) or `off` (nothing). Default:
    /// `redirect` with a certificate, `serve` without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpPort>,
    /// After how long without a byte a connection is closed, from 1s to 4000s. Default: `60s`.
    #[serde(default = "LoadBalancer::default_idle_timeout")]
    pub idle_timeout: Span,
    /// After how long a client's connection is closed, however busy it is, from 1m to 7d. Default: `1h`.
    #[serde(default = "LoadBalancer::default_client_keep_alive")]
    pub client_keep_alive: Span,
    /// Whether clients may speak HTTP/2. Default: true.
    #[serde(default = "yes")]
    pub http2: bool,
    /// Whether headers whose names are invalid are taken out of requests. Default: true.
    #[serde(default = "yes")]
    pub drop_invalid_headers: bool,
    /// Whether services get the `Host` header as the client sent it, with the port. Default: false.
    #[serde(default)]
    pub preserve_host: bool,
    /// What is done with requests that a service could take otherwise than they were meant: `monitor` (they are counted),
    /// `defensive` (those that are a risk are refused) or `strictest` (all that are not to the letter are refused). Default:
    /// `defensive`.
    #[serde(default)]
    pub desync: DesyncMode,
    /// Who may reach it: `internet`, `network` (the VPC), or a list of addresses such as `[192.0.2.0/24]`. Default: `internet`
    /// if it is public, `network` if it is internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Callers>,
    /// The log of its requests, in a bucket of its own: how long it is kept, such as `30d`, or a map of settings. The bucket
    /// goes with the load balancer. Default: no log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<AccessLogs>,
    /// The web ACL of AWS WAF that decides what is let through: the name of one under `waf`, or `true` for one with all at its
    /// default, which a map at `waf.default` can change. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waf: Option<WafChoice>,
    /// Whether AWS refuses to delete it. Default: as the stack's `protect`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl LoadBalancer {
    /// From whom requests may come.
    #[must_use]
    pub fn callers(&self) -> Callers {
        self.from.clone().unwrap_or(match self.scheme {
            Scheme::Public => Callers::Internet,
            Scheme::Internal => Callers::Network,
        })
    }

    /// What port 80 does.
    #[must_use]
    pub fn http(&self) -> HttpPort {
        let usual = if self.certificate.is_empty() { HttpPort::Serve } else { HttpPort::Redirect };
        self.http.unwrap_or(usual)
    }

    fn default_idle_timeout() -> Span {
        Span::of_seconds(60)
    }

    fn default_client_keep_alive() -> Span {
        Span::of_seconds(3600)
    }
}

/// As if nothing was said of it.
impl Default for LoadBalancer {
    fn default() -> Self {
        Self {
            scheme: Scheme::default(),
            certificate: RecordValues::default(),
            tls_policy: TlsPolicy::default(),
            http: None,
            idle_timeout: Self::default_idle_timeout(),
            client_keep_alive: Self::default_client_keep_alive(),
            http2: true,
            drop_invalid_headers: true,
            preserve_host: false,
            desync: DesyncMode::default(),
            from: None,
            logs: None,
            waf: None,
            protect: None,
        }
    }
}

fn yes() -> bool {
    true
}

/// From where a load balancer is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// From the internet.
    #[default]
    Public,
    /// From within the network.
    Internal,
}

/// What port 80 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HttpPort {
    /// It sends clients to port 443.
    Redirect,
    /// It serves as port 443 does.
    Serve,
    /// Nothing: it is closed.
    Off,
}

/// What is done with requests that a service could take otherwise than they were meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesyncMode {
    /// They are counted.
    Monitor,
    /// Those that are a risk are refused.
    #[default]
    Defensive,
    /// All that are not to the letter are refused.
    Strictest,
}

text_type! {
    /// A certificate in ACM or IAM, by its ARN.
    CertificateArn, pattern: "^arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate|iam::[0-9]{12}:server-certificate)/.+$",
    check: certificate_arn
}
text_type! {
    /// A security policy of Elastic Load Balancing, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    TlsPolicy, pattern: "^ELBSecurityPolicy-[A-Za-z0-9-]+$", check: tls_policy
}
text_type! {
    /// Where in a bucket a log is kept: letters, digits and `-_.`, with slashes between them.
    LogPrefix, pattern: "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", check: log_prefix
}

/// The one that AWS recommends: TLS 1.2 and 1.3 with forward secrecy
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>).
impl Default for TlsPolicy {
    fn default() -> Self {
        Self("ELBSecurityPolicy-TLS13-1-2-2021-06".into())
    }
}

impl CertificateArn {
    /// The region that it is in; those of IAM are in all.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.as_str().split(':').nth(3).filter(|it| !it.is_empty())
    }
}

fn certificate_arn(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let account = |it: &str| it.len() == 12 && it.bytes().all(|it| it.is_ascii_digit());
    let fits = match parts.as_slice() {
        ["arn", _, "acm", region, number, rest] => {
            !region.is_empty() && account(number) && rest.strip_prefix("certificate/").is_some_and(|it| !it.is_empty())
        }
        ["arn", _, "iam", "", number, rest] => account(number) && rest.starts_with("server-certificate/"),
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let help = "it looks like arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-…";
    Err(wrong(format!("`{text}` is no certificate's ARN"), help))
}

fn tls_policy(text: &str) -> Result<(), String> {
    let name = text.strip_prefix("ELBSecurityPolicy-").filter(|it| !it.is_empty());
    if name.is_some_and(|it| it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')) {
        return Ok(());
    }
    let help = "it looks like ELBSecurityPolicy-TLS13-1-2-2021-06";
    Err(wrong(format!("`{text}` is no security policy of a load balancer"), help))
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>
fn log_prefix(text: &str) -> Result<(), String> {
    let word = |it: &str| {
        !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
    };
    if !text.split('/').all(word) {
        let help = "use letters, digits and -_. with slashes between them, such as web/production";
        return Err(wrong(format!("`{text}` cannot be where a log is kept"), help));
    }
    if text.contains("AWSLogs") {
        return Err(wrong(format!("`{text}` contains AWSLogs"), "AWS adds that itself"));
    }
    Ok(())
}

/// The log of a load balancer's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessLogs {
    /// How long it is kept.
    pub retention: Days,
    /// Where in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<LogPrefix>,
}

/// The log written out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongLogs {
    /// How long the log is kept, such as `30d`.
    retention: Days,
    /// Where in its bucket the log is kept, such as `web`. Default: at the top.
    #[serde(default)]
    prefix: Option<LogPrefix>,
}

impl<'de> Either<'de> for AccessLogs {
    const EXPECTED: &'static str = "a number of days such as 30d, or a map with `retention`";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Days::from_text(it).map(|retention| Self { retention, prefix: None })
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Days::from_number(it).map(|retention| Self { retention, prefix: None })
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        let LongLogs { retention, prefix } = LongLogs::deserialize(map)?;
        Ok(Self { retention, prefix })
    }
}

impl<'de> Deserialize<'de> for AccessLogs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for AccessLogs {
    fn schema_name() -> Cow<'static, str> {
        "AccessLogs".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The log of a load balancer's requests: how long it is kept, or a map of settings.",
            "anyOf": [generator.subschema_for::<Days>(), LongLogs::json_schema(generator)],
        })
    }
}

/// Who may reach a load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Anyone.
    Internet,
    /// What is in the VPC.
    Network,
    /// Whoever has one of these addresses.
    Cidrs(Vec<Cidr>),
}

impl fmt::Display for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => f.write_str("internet"),
            Self::Network => f.write_str("network"),
            Self::Cidrs(it) => f.write_str(&it.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl<'de> Either<'de> for Callers {
    const EXPECTED: &'static str = "`internet`, `network`, or a list of addresses such as [192.0.2.0/24]";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        match it {
            "internet" => Ok(Self::Internet),
            "network" => Ok(Self::Network),
            _ => Err(E::invalid_value(de::Unexpected::Str(it), &Self::EXPECTED)),
        }
    }
    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self::Cidrs)
    }
}

impl<'de> Deserialize<'de> for Callers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl Serialize for Callers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Cidrs(it) => it.serialize(serializer),
            word => serializer.collect_str(word),
        }
    }
}

impl JsonSchema for Callers {
    fn schema_name() -> Cow<'static, str> {
        "Callers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`internet`, `network`, or a list of addresses.",
            "anyOf": [
                { "type": "string", "enum": ["internet", "network"] },
                { "type": "array", "items": generator.subschema_for::<Cidr>(), "minItems": 1 },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_certificates() {
        let one: CertificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/0a-1b".parse().unwrap();
        assert_eq!(one.region(), Some("eu-central-1"));
        let old: CertificateArn = "arn:aws:iam::123456789012:server-certificate/web".parse().unwrap();
        assert_eq!(old.region(), None);
        for it in ["", "0a-1b", "arn:aws:acm:eu-central-1:1:certificate/x", "arn:aws:s3:::bucket"] {
            assert!(it.parse::<CertificateArn>().is_err(), "{it}");
        }
    }
    #[test]
    fn places_of_logs() {
        for it in ["web", "web/production", "a-b_c.d"] {
            assert_eq!(log_prefix(it), Ok(()));
        }
        for it in ["", "/", "web/", "/web", "a b", "AWSLogs", "x/AWSLogs"] {
            assert!(log_prefix(it).is_err(), "{it}");
        }
    }
}
