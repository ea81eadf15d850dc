//! What a zone's plan does not have: better said before than by Cloudflare in the middle of an apply.

use crate::{
    api::cloudflare::{Plan, Zone},
    diagnostic::Diagnostic,
    spec::model::{BotAction, Cloudflare, Setting, VerifiedBots},
};

/// How many records a zone can have: newer ones on the plan Free have 200
/// (<https://developers.cloudflare.com/dns/manage-dns-records/#record-quotas>).
fn most_records(plan: Plan) -> Option<usize> {
    match plan {
        Plan::Free => Some(1000),
        Plan::Pro | Plan::Business => Some(3500),
        Plan::Enterprise => None,
    }
}

/// The shortest TTL, in seconds: <https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/>.
fn shortest_ttl(plan: Plan) -> u32 {
    if plan == Plan::Enterprise { 30 } else { 60 }
}

const LONGEST_TTL: u32 = 86_400;

/// A problem for each thing that `zone` cannot have.
pub(super) fn check(spec: &Cloudflare, zone: &Zone) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    records(spec, zone.plan, &mut found);
    settings(spec, zone.plan, &mut found);
    bots(spec, zone.plan, &mut found);
    found
}

fn needs(path: String, what: &str, plan: Plan, has: Plan) -> Option<Diagnostic> {
    let message = format!("{what} is for the plan {} and above, and the zone has {}", plan.as_str(), has.as_str());
    (has < plan).then(|| Diagnostic::error("cloudflare/plan", path, message))
}

fn records(spec: &Cloudflare, plan: Plan, found: &mut Vec<Diagnostic>) {
    let all = spec.records.iter().flat_map(|(name, all)| all.iter().enumerate().map(move |it| (name, all.len(), it)));
    let mut count = 0;
    for (name, many, (index, record)) in all {
        count += record.to.len();
        let least = shortest_ttl(plan);
        let Some(ttl) = record.ttl.filter(|it| !(least..=LONGEST_TTL).contains(&it.seconds())) else { continue };
        let at = if many == 1 { String::new() } else { format!("[{index}]") };
        let message = format!("a TTL of {ttl} is not possible on the plan {}", plan.as_str());
        let problem = Diagnostic::error("cloudflare/ttl", format!("cloudflare.records.{name}{at}.ttl"), message);
        found.push(problem.help(format!("choose one from {least}s to 1d")));
    }
    let most = most_records(plan).filter(|it| count > *it);
    found.extend(most.map(|most| {
        let message = format!("these are {count} records, and a zone on the plan {} has {most} at most", plan.as_str());
        Diagnostic::error("cloudflare/records", "cloudflare.records", message)
    }));
}

fn settings(spec: &Cloudflare, plan: Plan, found: &mut Vec<Diagnostic>) {
    for (id, value) in &spec.settings {
        let Some((setting, value)) = Setting::find(id.as_str()).zip(value.told(id.as_str()).ok()) else { continue };
        let what = format!("`{id}: {}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        found.extend(needs(format!("cloudflare.settings.{id}"), &what, setting.plan(&value), plan));
    }
}

/// <https://developers.cloudflare.com/bots/plans/>. What is off needs no plan.
fn bots(spec: &Cloudflare, plan: Plan, found: &mut Vec<Diagnostic>) {
    let Some(it) = &spec.bots else { return };
    let named = [
        ("definitely_automated", it.definitely_automated.is_some_and(|it| it != BotAction::Allow), Plan::Pro),
        ("likely_automated", it.likely_automated.is_some_and(|it| it != BotAction::Allow), Plan::Business),
        ("verified_bots", it.verified_bots == Some(VerifiedBots::Block), Plan::Pro),
        ("static_resources", it.static_resources == Some(true), Plan::Pro),
        ("wordpress", it.wordpress == Some(true), Plan::Pro),
    ];
    for (key, _, least) in named.into_iter().filter(|(_, on, _)| *on) {
        found.extend(needs(format!("cloudflare.bots.{key}"), &format!("`{key}`"), least, plan));
    }
}
