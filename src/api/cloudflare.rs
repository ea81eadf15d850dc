//! Cloudflare's conventions: <https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/>.

#![expect(clippy::disallowed_methods, reason = "what ends soon is told of")]

use std::time::{Duration, SystemTime};

use aws_smithy_types::{DateTime, date_time::Format};
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{
    ApiError, Result,
    retry::Class,
    vendor::{Answer, Budget, Dialect, Reader},
};
use crate::resource::text::cidr::Cidr;

pub(super) const DIALECT: Dialect = Dialect {
    name: "cloudflare",
    title: "Cloudflare",
    base: "https://api.cloudflare.com/client/v4",
    variables: "CLOUDFLARE_API_TOKEN is",
    at_once: 8,
    read,
    budget,
    words: false,
};

fn read(call: &str, status: StatusCode, body: Value) -> Result<Answer> {
    let success = body.get("success").and_then(Value::as_bool);
    // GraphQL has an envelope of its own, in which only `errors` says that nothing came of it.
    let wrong = || body.get("errors").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
    if status.is_success() && success.unwrap_or_else(|| !wrong()) {
        let next = next(body.get("result_info").unwrap_or(&Value::Null));
        let result = match (success, body) {
            (Some(true), Value::Object(mut it)) => it.remove("result").unwrap_or_default(),
            (_, it) => it,
        };
        return Ok(Answer { result, next });
    }
    Err(refusal(call, status, &body))
}

/// What to ask for next, in either of the two ways that lists have.
fn next(info: &Value) -> Option<(&'static str, String)> {
    if let Some(cursor) = info.pointer("/cursors/after").and_then(Value::as_str) {
        return Some(("cursor", cursor.to_owned()));
    }
    let number = |it: &str| info.get(it).and_then(Value::as_u64);
    let page = number("page").filter(|page| number("total_pages").is_some_and(|all| *page < all))?;
    Some(("page", (page + 1).to_string()))
}

/// The outer message is often general: what it is about stands in its chain, and where in its pointer.
fn refusal(call: &str, status: StatusCode, body: &Value) -> ApiError {
    let errors = body.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let Some(first) = errors.first() else {
        let why = body.as_str().filter(|it| !it.is_empty()).or(status.canonical_reason()).unwrap_or("refused");
        return ApiError::refused(call, &format!("Http{}", status.as_u16()), why.to_lowercase());
    };
    let code = |it: &Value| it.get("code").and_then(Value::as_i64).unwrap_or_default();
    let words = |it: &Value| it.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    let chain = first.get("error_chain").and_then(Value::as_array).into_iter().flatten();
    let said: Vec<_> = errors.iter().chain(chain.clone()).map(words).filter(|it| !it.is_empty()).collect();
    let at = first.pointer("/source/pointer").and_then(Value::as_str).filter(|it| !it.is_empty());
    let at = at.map_or_else(String::new, |it| format!(" (at {it})"));
    // A general code means what the chain says.
    let inner = chain.map(code).next();
    let code = match (code(first), inner) {
        (1004, Some(inner)) => inner,
        (it, _) => it,
    };
    // GraphQL has words only.
    let code = if code == 0 { String::new() } else { code.to_string() };
    ApiError::refused(call, &code, format!("{}{at}", said.join(": ")))
}

/// `Ratelimit: "default";r=50;t=30`:
/// <https://developers.cloudflare.com/fundamentals/api/reference/limits/>.
fn budget(headers: &HeaderMap) -> Option<Budget> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    let part = |name: &str| text.split(';').find_map(|it| it.trim().strip_prefix(name)?.parse().ok());
    Some(Budget { left: part("r=")?, resets_in: Duration::from_secs(part("t=")?.into()) })
}

/// A zone: a domain, with all that is set for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Such as `example.com`.
    pub name: String,
    /// The id of the account that it is in.
    pub account: String,
    /// What it may have.
    pub plan: Plan,
    /// Whether it is in use: `active`, or the provider's word for why not.
    pub status: String,
    /// Whether Cloudflare only answers for its names, and takes no requests.
    pub paused: bool,
}

/// What is paid for a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plan {
    /// Free.
    Free,
    /// Pro.
    Pro,
    /// Business.
    Business,
    /// Enterprise, and what is not known.
    Enterprise,
}

impl Zone {
    /// A zone that has all there is, for those who only want to know whether a file makes sense.
    #[must_use]
    pub fn imagined(name: &str) -> Self {
        let id = "0".repeat(32);
        let (name, status) = (name.to_ascii_lowercase(), "active".to_owned());
        Self { account: id.clone(), id, name, plan: Plan::Enterprise, status, paused: false }
    }
}

impl Plan {
    /// As Cloudflare calls it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Pro => "Pro",
            Self::Business => "Business",
            Self::Enterprise => "Enterprise",
        }
    }
}

/// How long before its end something is told of.
const SOON: Duration = Duration::from_hours(30 * 24);

/// Whether a moment is near or past that begins with its day, such as `2026-01-31`, however it goes on.
#[must_use]
pub fn is_soon(moment: &str) -> bool {
    let soon = DateTime::from(SystemTime::now() + SOON).fmt(Format::DateTime).unwrap_or_default();
    moment.get(..10) < soon.get(..10)
}

/// The zones that a run looks in, once they are known.
#[derive(Debug, Default)]
pub struct Zones(OnceCell<Vec<Zone>>);

/// In how many zones is looked for what nobody wants any more, where the file names none: a token should not see more.
const MANY: usize = 20;

impl Zones {
    /// The zones called `name`, or all that the token sees if none is named and they are few. The first to ask decides.
    ///
    /// # Errors
    /// They could not be listed.
    pub async fn get(&self, reader: &Reader, name: Option<&str>) -> Result<&[Zone]> {
        const CALL: &str = "cloudflare:ListZones";
        let list = async {
            let query = [("per_page", "50")].into_iter().chain(name.map(|it| ("name", it)));
            let found = match reader.list(CALL, "/zones", &query.collect::<Vec<_>>()).await {
                // A token that is for something else has made nothing.
                Err(error) if name.is_none() && error.class() == Class::Denied => Vec::new(),
                found => found?,
            };
            let zones: Vec<_> = found.iter().map(zone).collect::<Result<_>>()?;
            Ok(if name.is_none() && zones.len() > MANY { Vec::new() } else { zones })
        };
        self.0.get_or_try_init(|| list).await.map(Vec::as_slice)
    }
}

/// The addresses that Cloudflare asks origins from: <https://developers.cloudflare.com/fundamentals/concepts/cloudflare-ip-addresses/>.
///
/// # Errors
/// They could not be seen.
pub async fn addresses(reader: &Reader) -> Result<Vec<Cidr>> {
    const CALL: &str = "cloudflare:GetIps";
    let found = reader.get(CALL, "/ips", &[]).await?;
    let lacks = |what| ApiError::incomplete(CALL, what);
    let all = found.get("ipv4_cidrs").and_then(Value::as_array).filter(|it| !it.is_empty());
    let all = all.ok_or_else(|| lacks("ipv4_cidrs"))?.iter();
    all.map(|it| it.as_str().and_then(|it| it.parse().ok()).ok_or_else(|| lacks("readable address"))).collect()
}

fn zone(it: &Value) -> Result<Zone> {
    let text = |at: &str| {
        let found = it.pointer(at).and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| ApiError::incomplete("cloudflare:ListZones", at))
    };
    Ok(Zone {
        id: text("/id")?,
        name: text("/name")?,
        account: text("/account/id")?,
        plan: match it.pointer("/plan/legacy_id").and_then(Value::as_str) {
            Some("free") => Plan::Free,
            Some("pro") => Plan::Pro,
            Some("business") => Plan::Business,
            _ => Plan::Enterprise,
        },
        status: text("/status")?,
        paused: it.get("paused").and_then(Value::as_bool).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: &Value) -> ApiError {
        read("cloudflare:CreateRecord", StatusCode::BAD_REQUEST, body.clone()).unwrap_err()
    }

    #[test]
    fn the_chain_says_what_a_general_refusal_means() {
        let chain = json!([{"code": 9005, "message": "Content for A record must be a valid IPv4 address."}]);
        let errors = json!([{"code": 1004, "message": "DNS Validation Error", "error_chain": chain}]);
        let error = refused(&json!({"success": false, "errors": errors, "result": null}));
        assert_eq!(error.code, "9005");
        assert_eq!(error.message, "DNS Validation Error: Content for A record must be a valid IPv4 address.");
        let errors = json!([{"code": 20120, "message": "no such field", "source": {"pointer": "/rules/0/expression"}}]);
        let error = refused(&json!({"success": false, "errors": errors}));
        assert_eq!(error.message, "no such field (at /rules/0/expression)");
        assert_eq!(refused(&json!("<html>")).code, "Http400");
    }

    #[test]
    fn moments_are_near_in_either_way_to_write_them() {
        assert!(is_soon("2020-01-31T12:00:00Z") && is_soon("2020-01-31 12:00:00 +0000 UTC"));
        assert!(!is_soon("2941-01-31T12:00:00Z"));
    }

    #[test]
    fn lists_go_on_by_page_or_by_cursor() {
        assert_eq!(next(&json!({"page": 1, "total_pages": 2})), Some(("page", "2".into())));
        assert_eq!(next(&json!({"page": 2, "total_pages": 2})), None);
        assert_eq!(next(&json!({"cursors": {"after": "x"}})), Some(("cursor", "x".into())));
        assert_eq!(next(&Value::Null), None);
    }

    #[test]
    fn what_is_left_is_said_in_a_header() {
        let headers = HeaderMap::from_iter([("ratelimit".parse().unwrap(), "\"default\";r=7;t=30".parse().unwrap())]);
        assert_eq!(budget(&headers), Some(Budget { left: 7, resets_in: Duration::from_secs(30) }));
        assert_eq!(budget(&HeaderMap::new()), None);
    }

    #[test]
    fn an_answer_of_two_hundred_may_be_a_refusal() {
        let body = json!({"success": false, "errors": [{"code": 1000, "message": "no"}]});
        assert!(read("x", StatusCode::OK, body).is_err());
        assert_eq!(read("x", StatusCode::OK, json!({"success": true, "result": [1]})).unwrap().result, json!([1]));
        assert_eq!(read("x", StatusCode::NO_CONTENT, Value::Null).unwrap().result, Value::Null);
    }

    #[test]
    fn graphql_refuses_in_words() {
        let said = |words: &str| {
            let body = json!({"data": null, "errors": [{"message": words, "path": null}]});
            read("cloudflare:Analytics", StatusCode::OK, body).unwrap_err()
        };
        let error = said("zone 'x' does not have access to the path");
        assert_eq!((error.code.as_str(), error.class()), ("", Class::Denied));
        assert_eq!(error.to_string(), "cloudflare:Analytics: zone 'x' does not have access to the path");
        assert_eq!(said("not authorized for that account").class(), Class::Denied);
        assert_eq!(said("too many queries in progress, please try again later").class(), Class::Unavailable);
        assert_eq!(said("unknown field \"x\"").class(), Class::Invalid);
        let body = json!({"data": {"viewer": {}}, "errors": null});
        assert_eq!(read("cloudflare:Analytics", StatusCode::OK, body.clone()).unwrap().result, body);
    }
}
