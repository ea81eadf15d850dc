//! Which requests a service gets, and how it is known which of its tasks can take them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::spec::model::{
    Several, Span,
    either::{Either, either, text_type, wrong},
};

/// The requests that the load balancer gives to a service. What fits several services goes to the one that says more of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The name that clients ask for, such as `api.example.com`, or a list of names; `*` and `?` stand for any characters and
    /// any one. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<HostPattern>,
    /// The path, such as `/api/*`, or a list of paths, likewise. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<PathPattern>,
    /// What its tasks are spoken to in: `http1`, `http2` or `grpc`; the last two only through a load balancer with a
    /// certificate. Default: `http1`.
    #[serde(default)]
    pub protocol: RouteProtocol,
    /// For how long a client comes back to the same task, by a cookie: 1s to 7d. Default: each request goes to any task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Span>,
    /// Over how long a new task gets its full share of requests: 30s to 15m. Default: it gets it at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_start: Option<Span>,
    /// How long a task that leaves has to end what it has begun: 0s to 1h. Default: `30s`.
    #[serde(default = "Route::default_drain")]
    pub drain: Span,
}

impl Route {
    fn default_drain() -> Span {
        Span::of_seconds(30)
    }
}

/// What tasks are spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteProtocol {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
}

text_type! {
    /// A name that clients ask for, in which `*` and `?` stand for any characters and any one.
    HostPattern, pattern: "^[A-Za-z0-9*?.-]{1,128}$", check: host
}
text_type! {
    /// A path that clients ask for, in which `*` and `?` stand for any characters and any one.
    PathPattern, pattern: "^/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}$", check: path
}
text_type! {
    /// Which statuses are good, such as `200` or `200-299,404`.
    StatusCodes, pattern: "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$", check: codes
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions>
fn host(text: &str) -> Result<(), String> {
    let last = text.rsplit_once('.').map(|it| it.1);
    let plain = text.len() <= 128 && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-.*?".contains(&it));
    let ends = last.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphabetic() || it == b'*'));
    if plain && ends {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name that clients ask for"), "it looks like api.example.com or *.example.com"))
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions>
fn path(text: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&*?".contains(&it);
    if text.starts_with('/') && text.len() <= 128 && text.bytes().all(plain) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no path that clients ask for"), "it begins with a slash, such as /api/*"))
}

fn codes(text: &str) -> Result<(), String> {
    let code = |it: &str| it.parse::<u16>().ok().filter(|it| *it < 600 && !text.contains('+'));
    let part = |it: &str| match it.split_once('-') {
        Some((from, to)) => code(from).zip(code(to)).is_some_and(|(from, to)| from < to),
        None => code(it).is_some(),
    };
    if text.split(',').all(part) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no list of statuses"), "write them as 200 or 200-299,404"))
}

/// What the load balancer asks tasks to know which of them work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HealthCheck {
    /// What it asks for, such as `/health`. Default: `/`, or gRPC's `/AWS.ALB/healthcheck`.
    pub path: Option<HealthPath>,
    /// Which statuses are good, such as `200` or `200-299,404`. Default: `200-399`; for gRPC `12` (nobody there knows the
    /// usual path), or `0` with a `path`.
    pub codes: Option<StatusCodes>,
    /// The time between two checks: 5s to 5m. Default: `10s`.
    pub interval: Span,
    /// After how long a check without an answer has failed: 2s to 2m, and less than `interval`. Default: `5s`.
    pub timeout: Span,
    /// After how many good checks in a row a task gets requests: 2 to 10. Default: 2.
    pub healthy: u32,
    /// After how many failed checks in a row it gets none, and is replaced: 2 to 10. Default: 3.
    pub unhealthy: u32,
    /// For how long after its start nobody minds that a task is not healthy. Default: `60s`.
    pub grace: Span,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: None,
            codes: None,
            interval: Span::of_seconds(10),
            timeout: Span::of_seconds(5),
            healthy: 2,
            unhealthy: 3,
            grace: Span::of_seconds(60),
        }
    }
}

text_type! {
    /// A path that the load balancer asks for, such as `/health`.
    HealthPath, pattern: "^/[^\\s]{0,1023}$", check: health_path
}

fn health_path(text: &str) -> Result<(), String> {
    let plain = text.len() <= 1024 && text.bytes().all(|it| it.is_ascii_graphic());
    if text.starts_with('/') && plain {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no path"), "it begins with a slash, such as /health"))
}

impl HealthCheck {
    /// What is asked for.
    #[must_use]
    pub fn path(&self, protocol: RouteProtocol) -> &str {
        let usual = if protocol == RouteProtocol::Grpc { "/AWS.ALB/healthcheck" } else { "/" };
        self.path.as_ref().map_or(usual, HealthPath::as_str)
    }

    /// Which statuses are good.
    #[must_use]
    pub fn codes(&self, protocol: RouteProtocol) -> &str {
        let usual = match (protocol, &self.path) {
            (RouteProtocol::Grpc, None) => "12",
            (RouteProtocol::Grpc, Some(_)) => "0",
            _ => "200-399",
        };
        self.codes.as_ref().map_or(usual, StatusCodes::as_str)
    }
}

/// How the load balancer knows which tasks work: in short or at length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Health(pub HealthCheck);

impl<'de> Either<'de> for Health {
    const EXPECTED: &'static str = "a path such as /health, or a map of settings";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        it.parse().map(|it| Self(HealthCheck { path: Some(it), ..HealthCheck::default() })).map_err(E::custom)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        HealthCheck::deserialize(map).map(Self)
    }
}

impl<'de> Deserialize<'de> for Health {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Health {
    fn schema_name() -> Cow<'static, str> {
        "Health".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What the load balancer asks tasks to know which of them work: a path, or a map of settings.",
            "anyOf": [generator.subschema_for::<HealthPath>(), HealthCheck::json_schema(generator)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(["api.example.com", "*.example.com", "*.com", "*.*"].iter().all(|it| host(it).is_ok()));
        assert!(["api", "api.", "api_1.example.com", "example.c0m", "", "a.b:80"].iter().all(|it| host(it).is_err()));
        assert!(["/", "/*", "/api/v?/*", "/~me"].iter().all(|it| path(it).is_ok()));
        assert!(["", "api", "/a b", "/ä", "/a%20b"].iter().all(|it| path(it).is_err()));
        assert!(["200", "200-299", "200,301-302,404", "0"].iter().all(|it| codes(it).is_ok()));
        assert!(["", "ok", "299-200", "200,", "2000", "-200", "+200"].iter().all(|it| codes(it).is_err()));
    }

    #[test]
    fn health_of_each_protocol() {
        let (usual, own) = (HealthCheck::default(), serde_json::from_value::<Health>("/health".into()).unwrap().0);
        assert_eq!((usual.path(RouteProtocol::Http1), usual.codes(RouteProtocol::Http2)), ("/", "200-399"));
        assert_eq!((usual.path(RouteProtocol::Grpc), usual.codes(RouteProtocol::Grpc)), ("/AWS.ALB/healthcheck", "12"));
        assert_eq!((own.path(RouteProtocol::Grpc), own.codes(RouteProtocol::Grpc)), ("/health", "0"));
        assert_eq!((own.path(RouteProtocol::Http1), own.interval), ("/health", usual.interval));
    }
}
