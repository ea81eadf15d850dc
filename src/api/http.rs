//! Plain HTTP.

use std::time::Duration;

pub use reqwest::Method;
use serde_json::Value;

use super::{ApiError, ReadCx, Result};

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
        let request = headers.iter().fold(request, |acc, (name, value)| acc.header(*name, *value));
        Ok(request.send().await.map_err(failed)?.status().as_u16())
    }
}
