//! Where visitors are sent instead: <https://developers.cloudflare.com/rules/url-forwarding/single-redirects/settings/>.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{
    Rules,
    expression::{Where, quoted},
};
use crate::spec::model::{ComponentName, EdgeRedirect};

pub(super) const PHASE: &str = "http_request_dynamic_redirect";

pub(super) fn redirects(all: &IndexMap<ComponentName, EdgeRedirect>, rules: &mut Rules) {
    for (name, it) in all {
        let requests = Where { host: &it.host, path: &it.path, when: it.when.as_ref(), ..Where::default() };
        let to = json!({"from_value": {
            "target_url": target(it),
            "status_code": it.status,
            "preserve_query_string": it.keep_query,
        }});
        rules.add(PHASE, format!("redirects.{name}"), requests.expression(), ("redirect", to));
    }
}

/// An address as a whole: one that is only a path is on the host that was asked for.
fn target(it: &EdgeRedirect) -> Value {
    let to = it.to.as_str();
    let here = it.to.host().is_none();
    let mut parts = Vec::new();
    if here {
        parts.extend(["\"https://\"".to_owned(), "http.host".to_owned()]);
    }
    match (it.keep_path, to.trim_end_matches('/')) {
        (true, "") => parts.push("http.request.uri.path".into()),
        (true, to) => parts.extend([quoted(to), "http.request.uri.path".into()]),
        (false, _) => parts.push(quoted(to)),
    }
    if parts.len() > 1 { json!({"expression": format!("concat({})", parts.join(", "))}) } else { json!({"value": to}) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_an_address() {
        let target = |said: Value| target(&serde_json::from_value(said).unwrap());
        assert_eq!(target(json!({"to": "https://a.de/b"})), json!({"value": "https://a.de/b"}));
        assert_eq!(
            target(json!({"to": "https://a.de/", "keep_path": true})),
            json!({"expression": r#"concat("https://a.de", http.request.uri.path)"#})
        );
        assert_eq!(target(json!({"to": "/b"})), json!({"expression": r#"concat("https://", http.host, "/b")"#}));
        assert_eq!(
            target(json!({"to": "/b", "keep_path": true})),
            json!({"expression": r#"concat("https://", http.host, "/b", http.request.uri.path)"#})
        );
    }
}
