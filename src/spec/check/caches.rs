//! Caches.

use super::{
    super::model::{
        Cache, CacheEngine, CachePlan, CacheProvider, CacheRange, CacheRegion, CacheTls, Network, Spec, Tier,
    },
    keeping::no_key,
};
use crate::diagnostic::Diagnostic;

/// What a provider has no use for.
pub(super) fn settings(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, cache) in &spec.caches {
        let path = format!("caches.{name}");
        options(cache, &path, found);
        found.extend(size(cache, &path));
        if cache.port == Some(0) && !matches!(cache.provider, CacheProvider::Serverless | CacheProvider::Upstash) {
            let problem = Diagnostic::error("cache/port", format!("{path}.port"), "0 is no port");
            found.push(problem.help("write a number from 1 to 65535"));
        }
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
        let taken = matches!(cache.provider, CacheProvider::Elasticache | CacheProvider::Serverless);
        if cache.snapshot_window.is_some() && cache.snapshots.is_none() && taken {
            let message = "there is a time for snapshots, but none are taken";
            let problem = Diagnostic::error("cache/no-snapshots", format!("{path}.snapshot_window"), message);
            found.push(problem.help("add `snapshots`, such as 7d"));
        }
        found.extend(windows(cache, &path));
        match cache.provider {
            CacheProvider::Elasticache => elasticache(cache, &path, found),
            CacheProvider::Serverless => limits(cache, &path, found),
            CacheProvider::Upstash => upstash(spec, cache, &path, found),
            CacheProvider::Ec2 | CacheProvider::Sidecar => {}
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
    use CacheProvider::{Ec2, Elasticache, Serverless, Sidecar, Upstash};
    let given: [(&str, bool, &[CacheProvider]); 22] = [
        ("engine", cache.engine != CacheEngine::default(), &[Elasticache, Serverless, Ec2, Sidecar]),
        ("version", cache.version.is_some(), &[Elasticache, Serverless, Ec2, Sidecar]),
        ("size", cache.size.is_some(), &[Elasticache, Ec2]),
        ("replicas", cache.replicas.is_some(), &[Elasticache]),
        ("multi_az", cache.multi_az.is_some(), &[Elasticache]),
        ("tls", cache.tls.is_some(), &[Elasticache]),
        ("auth", cache.auth.is_some(), &[Elasticache]),
        ("snapshots", cache.snapshots.is_some(), &[Elasticache, Serverless]),
        ("snapshot_window", cache.snapshot_window.is_some(), &[Elasticache, Serverless]),
        ("maintenance_window", cache.maintenance_window.is_some(), &[Elasticache]),
        ("parameters", !cache.parameters.is_empty(), &[Elasticache, Ec2, Sidecar]),
        ("key", cache.key.is_some(), &[Elasticache, Serverless]),
        ("apply", cache.apply.is_some(), &[Elasticache]),
        ("tier", cache.tier.is_some(), &[Elasticache, Serverless, Ec2]),
        ("port", cache.port.is_some(), &[Elasticache, Ec2, Sidecar]),
        ("limits", cache.limits.is_some(), &[Serverless]),
        ("region", cache.region.is_some(), &[Upstash]),
        ("read_regions", !cache.read_regions.is_empty(), &[Upstash]),
        ("eviction", cache.eviction.is_some(), &[Upstash]),
        ("budget", cache.budget.is_some(), &[Upstash]),
        ("plan", cache.plan.is_some(), &[Upstash]),
        ("auto_upgrade", cache.auto_upgrade.is_some(), &[Upstash]),
    ];
    let provider = cache.provider;
    for (key, _, who) in given.into_iter().filter(|(_, given, who)| *given && !who.contains(&provider)) {
        let who: Vec<_> = who.iter().map(|it| it.as_str()).collect();
        let message = format!("`{}` has no `{key}`", provider.as_str());
        let problem = Diagnostic::error("cache/option", format!("{path}.{key}"), message);
        found.push(problem.help(format!("remove it, or choose another provider: {}", who.join(" or "))));
    }
}

/// What `ElastiCache` runs: <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html>. Elsewhere it
/// is what there is an image of: <https://gallery.ecr.aws/docker/library/redis>.
fn version(cache: &Cache, path: &str) -> Option<Diagnostic> {
    let numbers = cache.version.as_ref()?.numbers();
    let (fits, known) = match (cache.provider, cache.engine) {
        (CacheProvider::Ec2 | CacheProvider::Sidecar, CacheEngine::Redis) => {
            (numbers != (7, 1), "7.0, 7.2 and others that have an image")
        }
        (CacheProvider::Ec2 | CacheProvider::Sidecar, CacheEngine::Valkey) | (CacheProvider::Upstash, _) => {
            return None;
        }
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
}

/// What Upstash refuses: <https://upstash.com/docs/redis/features/globaldatabase>.
fn upstash(spec: &Spec, cache: &Cache, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |id, key: &str, message: String, help: &str| {
        found.push(Diagnostic::error(id, format!("{path}.{key}"), message).help(help));
    };
    let own = cache.region(&spec.region);
    for it in &cache.read_regions {
        if it.as_str() == own {
            let message = format!("it is written to in `{own}`, and so read from there anyway");
            wrong("cache/read-region", "read_regions", message, "name other regions");
        } else if !it.can_be_read_from() {
            let message = format!("nothing can be read from `{it}` that is written to elsewhere");
            wrong("cache/read-region", "read_regions", message, "name other regions");
        }
    }
    if !cache.read_regions.is_empty() && cache.region.as_ref().is_some_and(CacheRegion::is_googles) {
        let message = format!("what is written to in `{own}` is read from there only");
        wrong("cache/read-region", "read_regions", message, "remove it, or choose a region of AWS");
    }
    let plan = cache.plan.unwrap_or_default();
    if cache.budget.is_some() && plan != CachePlan::ByUse {
        let message = format!("the plan `{}` costs what it costs", plan.as_str());
        wrong("cache/budget", "budget", message, "remove it, or choose the plan `payg`");
    }
    if cache.budget == Some(0) {
        wrong("cache/budget", "budget", "it may cost nothing, and so do nothing".into(), "write a number from 1 on");
    }
}

/// Nodes of `ElastiCache` are called otherwise than machines.
fn size(cache: &Cache, path: &str) -> Option<Diagnostic> {
    let size = cache.size.as_ref()?.as_str();
    let of_machine = size.strip_prefix("cache.");
    let (message, right) = match (cache.provider, of_machine) {
        (CacheProvider::Elasticache, None) => (format!("`{size}` is no size of a cache"), format!("cache.{size}")),
        (CacheProvider::Ec2, Some(right)) => (format!("`{size}` is no size of a machine"), right.to_owned()),
        _ => return None,
    };
    Some(Diagnostic::error("cache/size", format!("{path}.size"), message).help(format!("write {right}")))
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
    let elsewhere = [CacheProvider::Sidecar, CacheProvider::Upstash];
    for (name, cache) in spec.caches.iter().filter(|(_, it)| !elsewhere.contains(&it.provider)) {
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
        } else if cache.provider == CacheProvider::Ec2 && cache.tier(network).is_none_or(|it| !network.reaches_out(it))
        {
            found.push(no_way_out(cache, network, &path));
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

/// A machine fetches what it runs from the internet when it starts.
fn no_way_out(cache: &Cache, network: &Network, path: &str) -> Diagnostic {
    let at = cache.tier.map_or_else(|| format!("{path}.provider"), |_| format!("{path}.tier"));
    let tiers = [Tier::Private, Tier::Public].into_iter().filter(|it| network.reaches_out(*it));
    let tiers: Vec<_> = tiers.map(Tier::as_str).collect();
    let help = match tiers.as_slice() {
        [] => "add the tier `public`, or choose another provider: sidecar".to_owned(),
        tiers => format!("choose another tier: {}", tiers.join(" or ")),
    };
    let message = "the machine has no way to the internet, and so to the image of the cache";
    Diagnostic::error("cache/no-way-out", at, message).help(help)
}
