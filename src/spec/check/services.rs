//! Services: what AWS would refuse late, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use super::{deploy, routes};
use crate::{
    diagnostic::Diagnostic,
    spec::model::{
        CacheProvider, CapacityShare, Check, ComponentName, Goal, Scale, Service, Sidecar, Span, Spec, Thresholds,
        Tier, sizes, suggest,
    },
};

/// How many containers a task may have
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>).
const CONTAINERS: usize = 10;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if let Some(spot) = spec.cluster.as_ref().and_then(|it| it.spot) {
        found.extend(shares(spot, "cluster.spot"));
    }
    for (name, service) in &spec.services {
        let path = format!("services.{name}");
        size(service, &path, found);
        containers(spec, name, service, &path, found);
        counts(service, &path, found);
        spans(service, &path, found);
        routes::check(spec, service, &path, found);
        deploy::check(spec, service, &path, found);
        for name in service.access.buckets.keys().filter(|it| !spec.buckets.contains_key(*it)) {
            let at = format!("{path}.access.buckets.{name}");
            let known = spec.buckets.keys().map(ComponentName::as_str);
            found.push(suggest(
                Diagnostic::error("service/bucket", at, format!("there is no bucket `{name}`")),
                name.as_str(),
                known,
            ));
        }
        found.extend(service.spot.and_then(|it| shares(it, &format!("{path}.spot"))));
        if service.deploy.migrate.as_ref().is_some_and(|it| it.command.is_empty()) {
            let at = format!("{path}.deploy.migrate.command");
            let problem = Diagnostic::error("service/migrate", at, "there is no command to run");
            found.push(problem.help("write it in words, such as [npm, run, migrate]"));
        }
        if service.exec && service.read_only {
            let message = "commands are run by an agent that writes to the container's file system";
            let help = "remove `exec` or `read_only`";
            found.push(Diagnostic::warning("service/exec", format!("{path}.exec"), message).help(help));
        }
    }
}

/// Where services stand.
pub(super) fn place(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, service) in &spec.services {
        let path = format!("services.{name}");
        let Some(network) = &spec.network else {
            let message = format!("the service `{name}` has no network to run in");
            found.push(Diagnostic::error("service/no-network", path, message).help("add `network: {}`"));
            continue;
        };
        let has = |tier| network.has(tier);
        let out = network.reaches_out(Tier::Private);
        let tier = service.tier.unwrap_or(if out { Tier::Private } else { Tier::Public });
        if !has(tier) {
            let at = service.tier.map_or_else(|| path.clone(), |_| format!("{path}.tier"));
            let message = format!("the network has no tier `{}` for the service `{name}`", tier.as_str());
            let tiers: Vec<_> = network.tiers.iter().map(|it| it.as_str()).collect();
            found.push(Diagnostic::error("service/tier", at, message).help(format!("it has {}", tiers.join(", "))));
            continue;
        }
        let public = service.public_ip.unwrap_or(tier == Tier::Public);
        let reaches = match tier {
            Tier::Public => public,
            Tier::Private => out,
            Tier::Isolated => false,
        };
        let endpoint = network.endpoints.0.keys().any(|it| it.as_str() == "ecr.dkr");
        if !reaches && !endpoint {
            let message = format!("the tasks of `{name}` have no way to a registry, and so to their image");
            let help = match tier {
                Tier::Public => "remove `public_ip: false`, or add the endpoints ecr.api, ecr.dkr, logs and s3",
                Tier::Private => "choose another `nat`, or add the endpoints ecr.api, ecr.dkr, logs and s3",
                Tier::Isolated => "choose another `tier`, or add the endpoints ecr.api, ecr.dkr, logs and s3",
            };
            let at = service.tier.map_or_else(|| path.clone(), |_| format!("{path}.tier"));
            found.push(Diagnostic::warning("service/no-way-out", at, message).help(help));
        } else if !reaches {
            found.extend(unreached(spec, name, &path));
        }
    }
}

/// Caches that its tasks can only reach over the internet.
fn unreached(spec: &Spec, name: &ComponentName, path: &str) -> Vec<Diagnostic> {
    let used = spec.caches.iter().filter(|(cache, it)| {
        it.provider == CacheProvider::Upstash && spec.refers(path, &format!("caches.{cache}")) //
    });
    let problem = |(cache, _): (&ComponentName, _)| {
        let message = format!("the tasks of `{name}` have no way to the cache `{cache}`, which is at Upstash");
        Diagnostic::warning("service/no-way-out", path, message).help("choose another `tier` or `nat` for them")
    };
    used.map(problem).collect()
}

fn size(service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let words = |it: &[u32]| it.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match sizes(service.cpu) {
        Err(known) => {
            let message = format!("Fargate has no tasks of {} units of processor", service.cpu);
            let help = format!("there are {}", words(&known));
            found.push(Diagnostic::error("service/size", format!("{path}.cpu"), message).help(help));
        }
        Ok(known) if !known.contains(&service.memory()) => {
            let message = format!("a task of {} units of processor cannot have {} MiB", service.cpu, service.memory());
            let help = match known.as_slice() {
                [first, second, .., last] if known.len() > 4 => {
                    format!("it can have {first} to {last} MiB, in steps of {}", second - first)
                }
                few => format!("it can have {} MiB", words(few)),
            };
            found.push(Diagnostic::error("service/size", format!("{path}.memory"), message).help(help));
        }
        Ok(_) => (),
    }
    let beside = |of: fn(&Sidecar) -> Option<u32>| service.sidecars.values().filter_map(of).sum::<u32>();
    for (what, own, of) in [
        ("cpu", service.cpu, (|it| it.cpu) as fn(&Sidecar) -> Option<u32>),
        ("memory", service.memory(), |it| it.memory),
    ] {
        if beside(of) >= own {
            let message = format!("the sidecars take {} of the task's {own} of {what}, and leave nothing", beside(of));
            let problem = Diagnostic::error("service/size", format!("{path}.sidecars"), message);
            found.push(problem.help(format!("give the service more `{what}`, or the sidecars less")));
        }
    }
    if !(20..=200).contains(&service.storage) {
        let message = format!("a task cannot have {} GiB of disk", service.storage);
        found.push(Diagnostic::error("service/size", format!("{path}.storage"), message).help("it can have 20 to 200"));
    }
}

fn containers(spec: &Spec, name: &ComponentName, service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |id, at: String, message: String| found.push(Diagnostic::error(id, at, message));
    let mut names = BTreeSet::from([name.as_str()]);
    names.extend(service.tracing.map(crate::spec::model::Tracing::as_str));
    let mut ports: BTreeMap<u16, &str> = service.port.into_iter().map(|it| (it, name.as_str())).collect();
    let caches = spec.caches.iter().filter(|(cache, it)| {
        it.provider == CacheProvider::Sidecar && spec.refers(path, &format!("caches.{cache}")) //
    });
    let caches: Vec<_> = caches.map(|(cache, it)| (format!("cache-{cache}"), it.port())).collect();
    for (cache, port) in &caches {
        names.insert(cache);
        if let Some(other) = ports.insert(*port, cache) {
            let message = format!("`{other}` listens on port {port}, and so does `{cache}`, which runs in its tasks");
            wrong("service/port", path.to_owned(), message);
        }
    }
    for (sidecar, it) in &service.sidecars {
        let at = format!("{path}.sidecars.{sidecar}");
        if !names.insert(sidecar.as_str()) {
            let message = format!("another container of the task is called `{sidecar}`");
            wrong("service/container", at.clone(), message);
        }
        if let Some((port, other)) = it.port.and_then(|port| Some((port, ports.insert(port, sidecar.as_str())?))) {
            let message = format!("`{other}` listens on port {port} already; containers of a task share their network");
            wrong("service/port", format!("{at}.port"), message);
        }
        for twice in it.secrets.keys().filter(|key| it.environment.contains_key(*key)) {
            let message = format!("`{twice}` is set under `environment`, too");
            wrong("service/environment", format!("{at}.secrets.{twice}"), message);
        }
    }
    if names.len() > CONTAINERS {
        let message = format!("a task may have {CONTAINERS} containers; this one has {}", names.len());
        wrong("service/container", format!("{path}.sidecars"), message);
    }
    for twice in service.secrets.keys().filter(|key| service.environment.contains_key(*key)) {
        let message = format!("`{twice}` is set under `environment`, too");
        wrong("service/environment", format!("{path}.secrets.{twice}"), message);
    }
    for (sidecar, it) in &service.sidecars {
        for other in it.depends_on.keys().filter(|it| *it == sidecar || !names.contains(it.as_str())) {
            let message = if other == sidecar {
                format!("`{sidecar}` cannot wait for itself")
            } else {
                format!("the task has no container `{other}`")
            };
            wrong("service/depends-on", format!("{path}.sidecars.{sidecar}.depends_on.{other}"), message);
        }
    }
}

fn counts(service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |at: &str, message: String, help: &str| {
        found.push(Diagnostic::error("service/count", format!("{path}.{at}"), message).help(help));
    };
    if let Some(scale) = &service.scale {
        if service.count.is_some() {
            wrong("count", "`scale` decides how many tasks there are".into(), "remove `count` or `scale`");
        }
        if scale.min > scale.max {
            let message = format!("the fewest tasks, {}, are more than the most, {}", scale.min, scale.max);
            wrong("scale.min", message, "give `min` at most `max`");
        }
        if scale.goals().is_empty() && scale.requests.is_none() && scale.schedule.is_empty() {
            let help = "add `cpu`, `memory`, `requests` or `schedule`";
            wrong("scale", "nothing decides how many tasks there are".into(), help);
        }
        if scale.requests.is_some() && service.route.is_none() {
            let help = "add a `route`; `route: {}` takes all requests";
            wrong("scale.requests", "without a `route`, the service gets no requests".into(), help);
        }
        if scale.requests == Some(0) || scale.step == 0 {
            let at = if scale.step == 0 { "scale.step" } else { "scale.requests" };
            wrong(at, "this is nothing".into(), "write a number from 1 on");
        }
        for (name, it) in &scale.schedule {
            let at = format!("scale.schedule.{name}");
            if it.cron.split_whitespace().count() != 6 {
                let help =
                    "write minutes, hours, days of the month, months, days of the week and years, such as 0 20 * * ? *";
                wrong(&format!("{at}.cron"), format!("`{}` does not have six fields", it.cron), help);
            }
            if it.min.is_none() && it.max.is_none() {
                wrong(&at, "it changes nothing".into(), "add `min` or `max`");
            }
            if it.min.zip(it.max).is_some_and(|(min, max)| min > max) {
                wrong(
                    &format!("{at}.min"),
                    "the fewest tasks are more than the most".into(),
                    "give `min` at most `max`",
                );
            }
        }
    }
    if let Some(scale) = &service.scale {
        goals(scale, path, found);
    }
    found.extend(deadlock(service, path));
}

fn goals(scale: &Scale, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |at: &str, message: String, help: &str| {
        found.push(Diagnostic::error("service/count", format!("{path}.{at}"), message).help(help));
    };
    for (metric, goal) in scale.goals() {
        let (values, at) = match goal {
            Goal::Keep(value) => (vec![value], format!("scale.{metric}")),
            Goal::Steps(it) => (vec![it.out, it.low], format!("scale.{metric}.out")),
        };
        if values.iter().any(|it| !(1..=100).contains(it)) {
            wrong(&at, "this is no percentage".into(), "write a number from 1 to 100");
        }
        if let Goal::Steps(Thresholds { out, low }) = goal
            && out <= low
        {
            let message = format!("tasks are added above {out}% and taken away below {low}%, and so without end");
            wrong(&at, message, "give `out` more than `in`");
        }
    }
    let after = scale.after.seconds();
    if after == 0 || after > 86_400 || !after.is_multiple_of(60) {
        let help = "write whole minutes, up to 1d, such as 3m";
        wrong("scale.after", format!("{} is no number of minutes", scale.after), help);
    }
}

/// A deployment that may neither stop a task nor start one more never ends.
fn deadlock(service: &Service, path: &str) -> Option<Diagnostic> {
    let (count, deploy) = (u64::from(service.first_count()), &service.deploy);
    let (least, most) = ((count * u64::from(deploy.min)).div_ceil(100), count * u64::from(deploy.max) / 100);
    if count == 0 || deploy.min == 0 || most > least {
        return None;
    }
    let message = format!(
        "with {count} task(s), a release may stop none (at least {least} stay) and start none (at most {most} run)"
    );
    Some(Diagnostic::error("service/deploy", format!("{path}.deploy"), message).help("raise `max`, or lower `min`"))
}

fn spans(service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let mut within = |at: &str, it: Span, least: u32, most: u32| {
        if !(least..=most).contains(&it.seconds()) {
            let message = format!("{it} is not from {least}s to {most}s");
            found.push(Diagnostic::error("service/time", format!("{path}.{at}"), message));
        }
    };
    within("stop_timeout", service.stop_timeout, 1, 120);
    if let Some(it) = &service.deploy.migrate {
        within("deploy.migrate.timeout", it.timeout, 1, 86_400);
    }
    let own = service.check.as_ref().map(|it| ("check".to_owned(), it));
    let beside =
        service.sidecars.iter().filter_map(|(name, it)| Some((format!("sidecars.{name}.check"), it.check.as_ref()?)));
    let checks: Vec<(String, &Check)> = own.into_iter().chain(beside).collect();
    for (at, it) in &checks {
        within(&format!("{at}.interval"), it.interval, 5, 300);
        within(&format!("{at}.timeout"), it.timeout, 2, 60);
        within(&format!("{at}.start"), it.start, 0, 300);
    }
    for (at, it) in checks {
        if !(1..=10).contains(&it.retries) {
            let message = format!("{} is not from 1 to 10", it.retries);
            found.push(Diagnostic::error("service/check", format!("{path}.{at}.retries"), message));
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>
fn shares(spot: CapacityShare, path: &str) -> Option<Diagnostic> {
    let CapacityShare { base, weight, on_demand } = spot;
    if weight == 0 && on_demand == 0 {
        let problem = Diagnostic::error("service/spot", path, "nothing says where the tasks after the first run");
        return Some(problem.help("give `weight` or `on_demand` more than 0"));
    }
    let large = weight > 1000 || on_demand > 1000 || base > 100_000;
    large.then(|| Diagnostic::error("service/spot", path, "shares are at most 1000, and the base at most 100000"))
}
