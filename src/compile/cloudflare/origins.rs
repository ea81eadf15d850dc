//! How origins are asked: <https://developers.cloudflare.com/rules/origin-rules/features/>.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{Rules, expression::Where};
use crate::{
    compile::stack::Stack,
    resource::value::In,
    spec::model::{ComponentName, EdgeOrigin},
};

pub(super) const PHASE: &str = "http_request_origin";

pub(super) fn origins(stack: &Stack<'_>, all: &IndexMap<ComponentName, EdgeOrigin>, rules: &mut Rules) {
    for (name, it) in all {
        let requests = Where { host: &it.host, path: &it.path, when: it.when.as_ref(), ..Where::default() };
        let text = |it: &Option<_>| it.as_ref().map(|it| stack.text(it));
        let action = action(text(&it.host_header), text(&it.sni), it.port);
        rules.add(PHASE, format!("origins.{name}"), requests.expression(), action);
    }
}

pub(super) fn action(host: Option<In<String>>, sni: Option<In<String>>, port: Option<u16>) -> (&'static str, Value) {
    let said = [
        ("host_header", host.map(|it| json!(it))),
        ("sni", sni.map(|it| json!({"value": it}))),
        ("origin", port.map(|it| json!({"port": it}))),
    ];
    let said = said.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?)));
    ("route", Value::Object(said.collect::<Map<_, _>>()))
}
