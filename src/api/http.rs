//! Plain JSON over HTTP.

use std::time::Duration;

pub use reqwest::Method;
use serde_json::Value;

use super::{ApiError, Result};

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
