//! Cloudflare: <https://developers.cloudflare.com/api/resources/cache/methods/purge/>.

use serde_json::{Value, json};

use super::{Teller, Token, Untold};
use crate::{
    api::{
        ApiError,
        patience::{Again, Patience},
    },
    spec::model::CloudflareHook,
};

const API: &str = "https://api.cloudflare.com/client/v4";
const TOKEN: Token = Token { variable: "CLOUDFLARE_API_TOKEN", needs: "the permission Cache Purge for the zone" };

pub(super) async fn purge(teller: &Teller<'_>, patience: Patience, hook: &CloudflareHook) -> Result<(), Untold> {
    let url = format!("{API}/zones/{}/purge_cache", hook.zone);
    let answer = teller.post(patience, Again::Always, &TOKEN, (&url, &[]), &body(hook)).await?;
    // It decides, whatever the status is.
    if answer.get("success").and_then(Value::as_bool) == Some(true) {
        return Ok(());
    }
    let said = answer.pointer("/errors/0/message").and_then(Value::as_str).unwrap_or("it was not done");
    Err(ApiError::refused(&format!("POST {url}"), "NotDone", said).into())
}

fn body(hook: &CloudflareHook) -> Value {
    let named = hook.named().into_iter().find(|(_, them)| !them.is_empty());
    named.map_or_else(|| json!({"purge_everything": true}), |(kind, them)| json!({ kind: them }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_or_all_is_forgotten() {
        let body = |more: &str| {
            let zone = "\"zone\": \"023e105f4ecef8ad9ca31a8372d0c353\"";
            body(&serde_json::from_str(&format!("{{{zone}{more}}}")).unwrap())
        };
        assert_eq!(body(""), json!({"purge_everything": true}));
        assert_eq!(body(r#", "hosts": ["www.example.com"]"#), json!({"hosts": ["www.example.com"]}));
        assert_eq!(body(r#", "tags": "app""#), json!({"tags": ["app"]}));
        assert_eq!(body(r#", "prefixes": ["a.de/b"]"#), json!({"prefixes": ["a.de/b"]}));
        assert_eq!(body(r#", "files": ["https://a.de/b.js"]"#), json!({"files": ["https://a.de/b.js"]}));
    }
}
