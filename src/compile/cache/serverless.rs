//! A cache without nodes. It is always spoken to in TLS, and knows no tokens.

use super::{Part, told};
use crate::{
    catalog::aws::elasticache::serverless_cache::{MOST_ECPU, MOST_STORAGE, ServerlessCache},
    compile::stack::Stack,
    field,
    resource::value::In,
    spec::model::Days,
};

/// Where it listens, and where it can be read from with less delay:
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Endpoints.html>.
const PORTS: [u16; 2] = [6379, 6380];

pub(super) fn cache(stack: &mut Stack<'_>, part: &Part<'_>) {
    let Part { component, name, cache } = part;
    let limits = cache.limits.unwrap_or_default();
    let group = part.group(stack, &PORTS);
    let it = ServerlessCache {
        cache_name: part.called(stack, 40),
        description: part.about(stack),
        engine: cache.engine.as_str().into(),
        major_version: cache.version().split('.').next().unwrap_or_default().into(),
        beyond: false,
        subnets: part.subnets(stack),
        security_groups: [group].into(),
        key: part.key(stack),
        snapshot_days: cache.snapshots.map_or(0, Days::count),
        snapshot_time: cache.snapshot_window.as_ref().map(|it| it.start().to_owned()),
        storage_min: limits.storage.and_then(|it| it.least).unwrap_or_default(),
        storage_max: limits.storage.map_or(MOST_STORAGE, |it| it.most),
        ecpu_min: limits.ecpu.and_then(|it| it.least).unwrap_or_default(),
        ecpu_max: limits.ecpu.map_or(MOST_ECPU, |it| it.most),
    };
    let it = stack.graph.add(component, name, &it);
    let host = told(it.out(field!(host)));
    stack.give(component, "host", &host);
    stack.give(component, "port", PORTS[0]);
    stack.give(component, "reader_host", told(it.out(field!(reader_host))));
    stack.give(component, "url", In::join(["rediss://".into(), host, ":6379".into()]));
}
