//! Upstash's conventions: <https://upstash.com/docs/devops/developer-api/introduction>.

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    ApiError, Result,
    vendor::{Answer, Dialect},
};

pub(super) const DIALECT: Dialect = Dialect {
    name: "upstash",
    title: "Upstash",
    base: "https://api.upstash.com/v2",
    variables: "UPSTASH_EMAIL or UPSTASH_API_KEY is",
    at_once: 4,
    read,
    budget: |_| None,
    words: true,
};

/// A refusal is a sentence, in whatever form.
fn read(call: &str, status: StatusCode, body: Value) -> Result<Answer> {
    if status.is_success() {
        return Ok(Answer { result: body, next: None });
    }
    let words = ["/error", "/message"].iter().find_map(|it| body.pointer(it)?.as_str());
    let words = words.or(body.as_str()).or(status.canonical_reason()).unwrap_or("refused");
    let code = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "AccessDenied".to_owned(),
        StatusCode::NOT_FOUND => "ResourceNotFound".to_owned(),
        _ => format!("Http{}", status.as_u16()),
    };
    Err(ApiError::refused(call, &code, words))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_a_sentence() {
        let said = |status, body| read("upstash:GetDatabase", status, body).unwrap_err();
        assert_eq!(said(StatusCode::BAD_REQUEST, json!("no such region")).message, "no such region");
        assert_eq!(said(StatusCode::BAD_REQUEST, json!({"error": "no"})).message, "no");
        assert_eq!(said(StatusCode::NOT_FOUND, Value::Null).code, "ResourceNotFound");
        assert_eq!(said(StatusCode::FORBIDDEN, Value::Null).code, "AccessDenied");
    }
}
