//! A cache at Upstash. Whoever may reach the internet reaches it; the password keeps others out.

use super::Part;
use crate::{
    catalog::{
        aws::secretsmanager::secret::{FromUpstash, Value},
        upstash::{
            database::{Database, platform},
            name,
        },
    },
    compile::{
        secrets::{made, version_of},
        stack::Stack,
    },
    field,
    resource::{graph::Handle, value::In},
};

const REST_TOKEN: &str = "rest_token";

pub(super) fn cache(stack: &mut Stack<'_>, part: &Part<'_>) {
    let Part { component, cache, .. } = part;
    let region = cache.region(&stack.spec.region);
    let it = Database {
        database_name: name(&stack.graph.scope, part.name),
        platform: platform(region).into(),
        primary_region: region.into(),
        read_regions: cache.read_regions.iter().map(ToString::to_string).collect(),
        plan: cache.plan.unwrap_or_default().as_str().into(),
        eviction: cache.eviction.unwrap_or(true),
        budget: cache.budget,
        auto_upgrade: cache.auto_upgrade.unwrap_or_default(),
        tls: true,
    };
    let it = stack.graph.add(component, part.name, &it);
    let host = || it.out(field!(host));
    stack.give(component, "host", host());
    stack.give(component, "port", cache.port());
    stack.give(component, "rest_url", In::join(["https://".into(), host()]));
    let end = In::join([host(), format!(":{}", cache.port()).into()]);
    let url = secret(stack, part, "url", In::join(["rediss://default:{password}@".into(), end]), &it);
    stack.give(component, "url", url);
    // Each secret costs something: whoever does not ask for it has none.
    let asked = |it: &crate::spec::model::Reference| it.to.target() == *component && it.to.output == REST_TOKEN;
    if stack.spec.references.iter().any(asked) {
        let token = secret(stack, part, REST_TOKEN, format!("{{{REST_TOKEN}}}").into(), &it);
        stack.give(component, REST_TOKEN, token);
    }
}

/// Keeps what Upstash alone knows where tasks ask for it.
fn secret(
    stack: &mut Stack<'_>,
    part: &Part<'_>,
    what: &str,
    template: In<String>,
    database: &Handle<Database>,
) -> In<String> {
    let (database, version) = (database.out(field!(id)), database.out(field!(version)));
    let value = Value::Upstash(FromUpstash { template, database, version });
    version_of(&made(stack, &part.component, what, value), "")
}
