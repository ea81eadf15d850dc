//! Caches.

use super::{
    super::model::{Cache, CacheEngine, CacheProvider, CacheRange, CacheTls, Spec},
    keeping::no_key,
};
use crate::diagnostic::Diagnostic;

/// What a provider has no use for.
pub(super) fn settings(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, cache) in &spec.caches {
        let path = format!("caches.{name}");
        options(cache, &path, found);
        found.extend(cache.key.as_ref().and_then(|it| no_key(it, format!("{path}.key"))));
        found.extend(version(cache, &path));
        if cache.snapshots.is_some_and(|it| it.count() > 35) {
            let problem = Diagnostic::error(
                "cache/snapshots",
                format!("{path}.snapshots"),
                "snapshots are kept for at most 35 days",
            );
            found.push(problem.help("write 1d to 35d"));
        }
        if cache.snapshot_window.is_some() && cache.snapshots.is_none() && cache.provider != CacheProvider::Sidecar {
            let message = "there is a time for snapshots, but none are taken";
            let problem = Diagnostic::error("cache/no-snapshots", format!("{path}.snapshot_window"), message);
            found.push(problem.help("add `snapshots`, such as 7d"));
        }
        found.extend(windows(cache, &path));
        match cache.provider {
            CacheProvider::Elasticache => elasticache(cache, &path, found),
            CacheProvider::Serverless => limits(cache, &path, found),
            CacheProvider::Sidecar => {}
        }
    }
}

/// ElastiCache takes no shorter ones: <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html>.
fn windows(cache: &Cache, path: &str) -> Vec<Diagnostic> {
    let daily = cache.snapshot_window.as_ref().map(|it| ("snapshot_window", it.minutes()));
    let weekly = cache.maintenance_window.as_ref().map(|it| ("maintenance_window", it.minutes()));
    let short = [daily, weekly].into_iter().flatten().filter(|(_, minutes)| *minutes < 60);
    let problem = |(key, _): (&str, u32)| {
        let message = "a cache's window is an hour or longer";
        Diagnostic::error("cache/window", format!("{path}.{key}"), message).help("make it longer")
    };
    short.map(problem).collect()
}

/// A key, whether it is given, and who has it.
fn options(cache: &Cache, path: &str, found: &mut Vec<Diagnostic>) {
    use CacheProvider::{Elasticache, Serverless, Sidecar};
    let given: [(&str, bool, &[CacheProvider]); 14] = [
        ("size", cache.size.is_some(), &[Elasticache]),
        ("replicas", cache.replicas.is_some(), &[Elasticache]),
        ("multi_az", cache.multi_az.is_some(), &[Elasticache]),
        ("tls", cache.tls.is_some(), &[Elasticache]),
        ("auth", cache.auth.is_some(), &[Elasticache]),
        ("snapshots", cache.snapshots.is_some(), &[Elasticache, Serverless]),
        ("snapshot_window", cache.snapshot_window.is_some(), &[Elasticache, Serverless]),
        ("maintenance_window", cache.maintenance_window.is_some(), &[Elasticache]),
        ("parameters", !cache.parameters.is_empty(), &[Elasticache, Sidecar]),
        ("key", cache.key.is_some(), &[Elasticache, Serverless]),
        ("apply", cache.apply.is_some(), &[Elasticache]),
        ("tier", cache.tier.is_some(), &[Elasticache, Serverless]),
        ("port", cache.port.is_some(), &[Elasticache, Sidecar]),
        ("limits", cache.limits.is_some(), &[Serverless]),
    ];
    let provider = cache.provider;
    for (key, _, who) in given.into_iter().filter(|(_, given, who)| *given && !who.contains(&provider)) {
        let who: Vec<_> = who.iter().map(|it| it.as_str()).collect();
        let message = format!("`{}` has no `{key}`", provider.as_str());
        let problem = Diagnostic::error("cache/option", format!("{path}.{key}"), message);
        found.push(problem.help(format!("remove it, or choose another provider: {}", who.join(" or "))));
    }
}

/// What `ElastiCache` runs: <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html>.
fn version(cache: &Cache, path: &str) -> Option<Diagnostic> {
    let numbers = cache.version.as_ref()?.numbers();
    let (fits, known) = match (cache.provider, cache.engine) {
        (CacheProvider::Sidecar, _) => return None,
        (CacheProvider::Elasticache, CacheEngine::Redis) => {
            (matches!(numbers, (6, 2) | (7, 0 | 1)), "6.2, 7.0 and 7.1")
        }
        (CacheProvider::Serverless, CacheEngine::Redis) => (matches!(numbers, (7, 0 | 1)), "7.0 and 7.1"),
        (_, CacheEngine::Valkey) => (numbers >= (7, 2), "7.2 and later ones"),
    };
    (!fits).then(|| {
        let engine = cache.engine.as_str();
        let message = format!("`{}` does not run {engine} {}", cache.provider.as_str(), cache.version());
        Diagnostic::error("cache/version", format!("{path}.version"), message)
            .help(format!("of {engine}, it runs {known}"))
    })
}

fn elasticache(cache: &Cache, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |id, key: &str, message: &str, help: &str| {
        found.push(Diagnostic::error(id, format!("{path}.{key}"), message.to_owned()).help(help));
    };
    let replicas = cache.replicas.unwrap_or_default();
    if replicas > 5 {
        wrong("cache/replicas", "replicas", "there can be at most 5 replicas", "write a number from 0 to 5");
    }
    if cache.multi_az == Some(true) && replicas == 0 {
        wrong("cache/multi-az", "multi_az", "a cache of one node stands in one zone", "write `replicas: 1`");
    }
    if cache.auth == Some(true) && cache.tls() != CacheTls::Required {
        let message = "without TLS, the token could be read on the way";
        wrong("cache/auth", "auth", message, "write `tls: true`, or `auth: false`");
    }
    if cache.port == Some(0) {
        wrong("cache/port", "port", "0 is no port", "write a number from 1 to 65535");
    }
}

fn limits(cache: &Cache, path: &str, found: &mut Vec<Diagnostic>) {
    let limits = cache.limits.unwrap_or_default();
    let ranges =
        [("storage", limits.storage, 1, 5_000, "GB"), ("ecpu", limits.ecpu, 1_000, 15_000_000, "ECPU a second")];
    for (key, range, least, most, unit) in ranges {
        let Some(CacheRange { least: from, most: to }) = range else { continue };
        if from.unwrap_or(to) < least || to > most {
            let message = format!("{unit} can be limited to {least} to {most}");
            let problem = Diagnostic::error("cache/limits", format!("{path}.limits.{key}"), message);
            found.push(problem.help(format!("write numbers between {least} and {most}")));
        }
    }
}

/// Where caches stand.
pub(super) fn places(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, cache) in spec.caches.iter().filter(|(_, it)| it.provider != CacheProvider::Sidecar) {
        let path = format!("caches.{name}");
        let Some(network) = &spec.network else {
            let message = format!("the cache `{name}` needs a network to stand in");
            found.push(Diagnostic::error("cache/no-network", path, message).help("add `network: {}`"));
            continue;
        };
        if let Some(tier) = cache.tier.filter(|it| !network.has(*it)) {
            let message = format!("the network has no tier `{}`", tier.as_str());
            found.push(
                Diagnostic::error("network/no-such-tier", format!("{path}.tier"), message)
                    .help("add it to `tiers`, or choose another"),
            );
        }
        let zones = network.zones.count();
        if cache.provider == CacheProvider::Serverless && !(2..=3).contains(&zones) {
            let message = "a serverless cache stands in two or three availability zones";
            found.push(
                Diagnostic::error("cache/zones", format!("{path}.provider"), message)
                    .help(format!("the network has {zones}: set `network.zones` to 2 or 3")),
            );
        }
        if cache.multi_az == Some(true) && zones < 2 {
            let message = "the network has one availability zone only";
            found.push(
                Diagnostic::error("cache/multi-az", format!("{path}.multi_az"), message)
                    .help("set `network.zones` to 2 or more"),
            );
        }
    }
}
