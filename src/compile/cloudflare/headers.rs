//! What changes in headers: <https://developers.cloudflare.com/rules/transform/>.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{Rules, expression::Where};
use crate::{
    compile::stack::Stack,
    spec::model::{ComponentName, EdgeHeaderRule, EdgeHeaders},
};

pub(super) const REQUEST: &str = "http_request_late_transform";
pub(super) const RESPONSE: &str = "http_response_headers_transform";

pub(super) fn headers(stack: &Stack<'_>, it: &EdgeHeaders, rules: &mut Rules) {
    each(stack, REQUEST, "request", &it.request, rules);
    each(stack, RESPONSE, "response", &it.response, rules);
}

fn each(
    stack: &Stack<'_>,
    phase: &'static str,
    of: &str,
    all: &IndexMap<ComponentName, EdgeHeaderRule>,
    rules: &mut Rules,
) {
    for (name, it) in all {
        let requests = Where { host: &it.host, path: &it.path, when: it.when.as_ref(), ..Where::default() };
        let said = [("set", &it.set), ("add", &it.add)];
        let said = said.into_iter().flat_map(|(how, all)| {
            all.iter().map(move |(name, it)| (name.to_string(), json!({"operation": how, "value": stack.text(it)})))
        });
        let gone = it.remove.iter().map(|it| (it.to_string(), json!({"operation": "remove"})));
        let action = action(&said.chain(gone).collect());
        rules.add(phase, format!("headers.{of}.{name}"), requests.expression(), action);
    }
}

pub(super) fn action(headers: &Map<String, Value>) -> (&'static str, Value) {
    ("rewrite", json!({"headers": headers}))
}
