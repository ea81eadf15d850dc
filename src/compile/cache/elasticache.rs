//! A cache on nodes of its own.

use super::{
    Part,
    engine::setting,
    token::{token, url},
    told,
};
use crate::{
    catalog::aws::elasticache::{
        parameter_group::{Parameter, ParameterGroup},
        replication_group::{ReplicationGroup, Token},
        subnet_group::SubnetGroup,
    },
    compile::stack::Stack,
    field,
    resource::value::In,
    spec::model::{Cache, CacheApply, CacheEngine, CacheParameter, CacheTls, Days, Scalar, Tier},
};

pub(super) fn cache(stack: &mut Stack<'_>, part: &Part<'_>) {
    let Part { component, name, cache } = part;
    // A group's subnets cannot be exchanged while nodes stand in them: another tier is another group.
    let tier = part.tier(stack).map_or("none", Tier::as_str);
    let subnets = SubnetGroup {
        group_name: format!("{}-{tier}", part.called(stack, 240)),
        description: part.about(stack),
        subnets: part.subnets(stack),
    };
    let subnets = stack.graph.add(component, &format!("{name}.{tier}"), &subnets);
    let group = part.group(stack, &[cache.port()]);
    let token = cache.auth().then(|| token(stack, part));
    let tls = cache.tls();
    let replicas = cache.replicas.unwrap_or_default();
    let it = ReplicationGroup {
        group_id: part.called(stack, 40),
        description: part.about(stack),
        engine: cache.engine.as_str().into(),
        version: cache.version().into(),
        beyond: false,
        node_type: cache.size.as_ref().map_or("cache.t4g.micro", |it| it.as_str()).into(),
        replicas: replicas.into(),
        automatic_failover: replicas > 0,
        multi_az: cache.multi_az.unwrap_or_default(),
        port: cache.port(),
        subnet_group: subnets.out(field!(name)),
        security_groups: [group].into(),
        parameter_group: parameters(stack, part),
        tls: tls != CacheTls::Off,
        plaintext: tls != CacheTls::Required,
        auth: cache.auth(),
        token: token.as_ref().map(|it| Token { secret: it.out(field!(arn)), key: Some("password".into()) }),
        encrypted: true,
        key: part.key(stack),
        snapshot_days: cache.snapshots.map_or(0, Days::count),
        snapshot_window: cache.snapshot_window.as_ref().map(ToString::to_string),
        maintenance_window: cache.maintenance_window.as_ref().map(ToString::to_string),
        minor_upgrades: false,
        apply_immediately: Some(cache.apply.unwrap_or_default() == CacheApply::Now),
    };
    let it = stack.graph.add(component, name, &it);
    let host = told(it.out(field!(host)));
    stack.give(component, "host", &host);
    stack.give(component, "port", cache.port());
    stack.give(component, "reader_host", told(it.out(field!(reader_host))));
    let url = url(stack, part, &host, token.as_ref());
    stack.give(component, "url", url);
}

/// The parameter group: the engine's own if nothing is set. The name of one of ours says what it is for, since a cache that
/// moves to another version needs both for a while.
fn parameters(stack: &mut Stack<'_>, part: &Part<'_>) -> In<String> {
    let family = family(part.cache);
    if part.cache.parameters.is_empty() {
        return format!("default.{family}").into();
    }
    let group = ParameterGroup {
        group_name: format!("{}-{}", part.called(stack, 240), family.replace('.', "-")),
        family: family.clone(),
        description: part.about(stack),
        parameters: part.cache.parameters.iter().map(parameter).collect(),
    };
    stack.graph.add(&part.component, &format!("{}-{family}", part.name), &group).out(field!(name))
}

fn parameter((name, value): (&CacheParameter, &Scalar)) -> Parameter {
    Parameter { name: name.to_string(), value: setting(value) }
}

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html>
fn family(cache: &Cache) -> String {
    let major = cache.version().split('.').next().unwrap_or_default();
    match (cache.engine, major) {
        (CacheEngine::Redis, "6") => "redis6.x".into(),
        (engine, major) => format!("{}{major}", engine.as_str()),
    }
}
