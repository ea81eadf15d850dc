//! Plain HTTP.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
pub use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{ApiError, ReadCx, Result, WriteCx};

/// Asks `url` and gives its JSON; an answer that is not a success is an error with what it says.
pub async fn json(method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
    let failed = |error: reqwest::Error| ApiError {
        ambiguous: true,
        ..ApiError::refused(url, "NoAnswer", error.without_url().to_string())
    };
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy().build().map_err(failed)?;
    let mut request = client.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let value: Value = answer.json().await.map_err(failed)?;
    if status.is_success() {
        return Ok(value);
    }
    let message = value.get("error").and_then(Value::as_str).unwrap_or_default();
    Err(ApiError::refused(url, &format!("Http{}", status.as_u16()), message))
}

/// Something to tell another provider than AWS. Not `Debug`: the token is in it.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Where, such as `https://sentry.io/api/0/organizations/acme/releases/`.
    pub url: &'a str,
    /// What the provider knows the caller by.
    pub token: &'a str,
    /// Headers besides.
    pub headers: &'a [(&'a str, &'a str)],
    /// What is told.
    pub body: &'a Value,
}

/// After how long an answer is not waited for any more.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of what a provider says about an error is kept, in characters.
const SAID: usize = 300;

impl WriteCx {
    /// Tells it, once, and gives the JSON that comes back, null if nothing does. With a local cloud, that is told instead.
    ///
    /// # Errors
    ///
    /// There was no answer, or it was a refusal. That it was not heard at all is `NotConnected`.
    pub async fn post(&self, post: &Post<'_>) -> Result<Value> {
        let Post { url, token, headers, body } = *post;
        let call = format!("POST {url}");
        let refused = |code: &str, why: &str| ApiError::refused(&call, code, kept(why, token));
        let failed = |error: reqwest::Error| {
            let code = match () {
                () if error.is_builder() => "NotSent",
                () if error.is_connect() => "NotConnected",
                () => "NoAnswer",
            };
            ApiError { ambiguous: code == "NoAnswer", ..refused(code, &causes(&error.without_url())) }
        };
        // Where it leads elsewhere, what is posted would be lost on the way.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client
            .connect_timeout(PATIENCE / 2)
            .timeout(PATIENCE)
            .user_agent(concat!("infractl/", env!("CARGO_PKG_VERSION")));
        let (client, url) = match &self.read.local {
            Some((local, account)) => {
                let rest = url.strip_prefix("https://").unwrap_or(url);
                (client.no_proxy(), format!("{local}/_vendors/{account}/{rest}"))
            }
            None => (client, url.to_owned()),
        };
        let request = client.build().map_err(failed)?.post(url).bearer_auth(token).json(body);
        let request = headers.iter().fold(request, |acc, (name, value)| acc.header(*name, *value));
        let answer = request.send().await.map_err(failed)?;
        let (status, retry_after) = (answer.status(), retry_after(answer.headers()));
        let text = answer.text().await.map_err(failed)?;
        tracing::debug!(call, status = status.as_u16(), "post");
        if !status.is_success() {
            let error = refused(&code(status, retry_after), &said(status, &text));
            return Err(ApiError { ambiguous: status.is_server_error(), retry_after, ..error });
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|_| refused("NoJson", "the answer is no JSON: is this the right address?"))
    }
}

/// GitHub says 403 to those who ask too often, and for how long to wait
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).
fn code(status: StatusCode, retry_after: Option<Duration>) -> String {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "TooManyRequests".into(),
        StatusCode::FORBIDDEN if retry_after.is_some() => "TooManyRequests".into(),
        it => format!("Http{}", it.as_u16()),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// What a refusal says: each provider has a word of its own for it.
fn said(status: StatusCode, text: &str) -> String {
    let tree: Value = serde_json::from_str(text).unwrap_or_default();
    let words = ["/detail", "/message", "/errors/0/message", "/error"];
    let word = words.iter().find_map(|it| tree.pointer(it)?.as_str());
    match (word, &tree) {
        (Some(it), _) => it.to_owned(),
        // By field, what is wrong with it.
        (None, Value::Object(fields)) if !fields.is_empty() => tree.to_string(),
        _ => status.canonical_reason().unwrap_or("refused").to_lowercase(),
    }
}

/// The beginning of what somebody said, without the token, in case that they repeat it.
fn kept(text: &str, token: &str) -> String {
    let text = if token.is_empty() { text.to_owned() } else { text.replace(token, "***") };
    text.chars().take(SAID).collect()
}

/// An error with what led to it, without a URL.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let first: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let all: Vec<_> = std::iter::successors(first, |it| it.source()).map(ToString::to_string).collect();
    all.join(": ")
}

/// A request to a load balancer.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// Where it is, such as `https://NAME.elb.amazonaws.com`.
    pub balancer: &'a str,
    /// The name that is asked for, if it is not the load balancer's own.
    pub host: Option<&'a str>,
    /// Such as `/health`.
    pub path: &'a str,
    /// Headers besides.
    pub headers: &'a [(&'a str, &'a str)],
}

/// How often a load balancer is asked, since its rules reach all of it only after a moment, and how long apart.
const TRIES: usize = 5;
const APART: Duration = Duration::from_secs(1);

impl ReadCx {
    /// The status that a request is answered with; one that is not a success is asked for again a few times.
    ///
    /// # Errors
    ///
    /// There was no answer.
    #[expect(
        clippy::disallowed_methods,
        reason = "one answer decides, and rules take a moment to reach all of a load balancer"
    )]
    pub async fn probe(&self, probe: &Probe<'_>) -> Result<u16> {
        let mut said = self.probe_once(probe).await;
        for _ in 1..TRIES {
            if said.as_ref().is_ok_and(|it| *it < 400) {
                break;
            }
            tokio::time::sleep(APART).await;
            said = self.probe_once(probe).await;
        }
        said
    }

    async fn probe_once(&self, Probe { balancer, host, path, headers }: &Probe<'_>) -> Result<u16> {
        let refused = |why: String| ApiError::refused(&format!("GET {path}"), "NoAnswer", why);
        let failed = |error: reqwest::Error| refused(error.without_url().to_string());
        let mut url = reqwest::Url::parse(balancer).map_err(|it| refused(it.to_string()))?;
        let own = url.host_str().unwrap_or_default().to_owned();
        let mut client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy();
        client = client.redirect(reqwest::redirect::Policy::none());
        let asked = host.unwrap_or(&own);
        let secure = if url.scheme() == "https" { "https" } else { "http" };
        if let Some((local, account)) = &self.local {
            url = reqwest::Url::parse(&format!("{local}/_load_balancer/{account}{path}"))
                .map_err(|it| refused(it.to_string()))?;
        } else {
            // The name may not lead here yet, and yet has to be that of the certificate.
            let port = url.port_or_known_default().unwrap_or(443);
            let addresses =
                tokio::net::lookup_host((own.as_str(), port)).await.map_err(|it| refused(it.to_string()))?;
            client = client.resolve_to_addrs(asked, &addresses.collect::<Vec<_>>());
            url.set_host(Some(asked)).map_err(|it| refused(it.to_string()))?;
            url.set_path(path);
        }
        let request = client.build().map_err(failed)?.get(url).header(reqwest::header::HOST, asked);
        let request = if self.local.is_some() { request.header("x-forwarded-proto", secure) } else { request };
        let request = headers.iter().fold(request, |acc, (name, value)| acc.header(*name, *value));
        Ok(request.send().await.map_err(failed)?.status().as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_providers_words() {
        let said = |text: &str| said(StatusCode::BAD_REQUEST, text);
        assert_eq!(said(r#"{"detail": "Invalid token"}"#), "Invalid token");
        assert_eq!(said(r#"{"success": false, "errors": [{"code": 7003, "message": "no route"}]}"#), "no route");
        assert_eq!(said(r#"{"projects": ["unknown"]}"#), r#"{"projects":["unknown"]}"#);
        assert_eq!(said("<html>"), "bad request");
        assert_eq!(kept("you are phx_1, aren't you", "phx_1"), "you are ***, aren't you");
        assert_eq!(kept(&"x".repeat(1_000), "").len(), SAID);
    }

    #[test]
    fn too_many_requests_have_two_statuses() {
        assert_eq!(code(StatusCode::FORBIDDEN, None), "Http403");
        for status in [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS] {
            assert_eq!(code(status, Some(Duration::from_secs(1))), "TooManyRequests");
        }
        let headers = |it: &str| HeaderMap::from_iter([(RETRY_AFTER, it.parse().unwrap())]);
        assert_eq!(retry_after(&headers("7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers("Wed, 21 Oct 2026 07:28:00 GMT")), None);
    }
}
