//! How services stand.

use std::fmt::Write;

use anstyle::Style;
use serde_json::{Value, json};

use super::{
    json::FORMAT,
    style::{BOLD, CREATE, DELETE, DIM, UPDATE, paint},
    words::count,
};
use crate::catalog::aws::{
    ecs::{
        deployments::Image,
        standing::{Rollout, Standing, Trouble},
        state::State,
    },
    elb::traffic::{Group, Share},
};

/// How much of an image's digest is shown to people.
const DIGEST: usize = 19;

/// A service of the file, and how it stands if it is there.
pub type Row<'a> = (&'a str, Option<&'a Standing>);

/// How services stand, for people.
#[must_use]
pub fn text(rows: &[Row<'_>]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let blocks = rows.iter().map(|(name, standing)| {
        let title = paint(BOLD, &format!("{name:<width$}"));
        match standing {
            None => format!("{title}  {}\n", paint(DELETE, "not there yet")),
            Some(it) => format!("{title}  {}\n{}", headline(it), details(name, it)),
        }
    });
    blocks.collect()
}

fn headline(it: &Standing) -> String {
    let pending = if it.pending > 0 { format!(", {} pending", it.pending) } else { String::new() };
    let bounds = it.bounds.map(|(min, max)| format!(", scales from {min} to {max}")).unwrap_or_default();
    let state = paint(colour(it.state), it.state.word());
    format!("{state}: {} of {}{pending}{bounds}", it.running, count(it.wanted as usize, "task"))
}

fn colour(state: State) -> Style {
    match state {
        State::Serving => CREATE,
        State::Deploying => UPDATE,
        State::Idle => DIM,
        State::Degraded | State::Failed | State::Down => DELETE,
    }
}

fn details(name: &str, it: &Standing) -> String {
    let mut lines = vec![revision(it)];
    lines.extend(it.images.iter().map(image));
    lines.extend(rollout(name, &it.rollout));
    lines.extend(it.given_up.iter().map(|it| format!("last release: {it}")));
    for group in &it.groups {
        lines.push(self::group(group));
        lines.extend(group.unhealthy().map(|it| format!("  {} is unhealthy: {}", it.id, it.why)));
    }
    lines.extend(it.troubles.iter().flat_map(trouble));
    let indented = |it: &String| format!("  {it}\n");
    lines.iter().map(indented).collect()
}

fn revision(it: &Standing) -> String {
    let at = it.revision.at.as_ref().map(|it| format!(", registered {it}")).unwrap_or_default();
    let by = it.revision.by.as_ref().map(|it| format!(" by {}", who(it))).unwrap_or_default();
    format!("{}{at}{by}", it.revision.name)
}

/// Whoever an ARN is of, without the account: `user/alice`.
pub(super) fn who(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// `image api: api:1.4.2 (sha256:0123456789ab)`.
fn image(it: &Image) -> String {
    let digest = it.digest.as_ref().map(|it| it.chars().take(DIGEST).collect::<String>());
    let digest = digest.map(|it| format!(" ({it})")).unwrap_or_default();
    format!("image {}: {}{digest}", it.container, it.image)
}

/// Nothing if it has come to what it was for.
fn rollout(name: &str, it: &Rollout) -> Option<String> {
    if it.state == "completed" || it.state.is_empty() {
        return None;
    }
    let since = it.since.as_ref().map(|it| format!(" since {it}")).unwrap_or_default();
    let failed = match it.failed_tasks {
        0 => String::new(),
        n => format!(", {} failed", count(n as usize, "task")),
    };
    let stage = it.stage.as_ref().map(|it| format!(", in the stage {it}")).unwrap_or_default();
    let next = match (it.waits, it.goes_back) {
        (true, _) => format!(", and waits for `infractl promote {name}`"),
        (_, true) => ", and goes back".to_owned(),
        _ => String::new(),
    };
    let reason = if it.reason.is_empty() { String::new() } else { format!(": {}", it.reason) };
    Some(format!("deployment {}{since}{stage}{failed}{next}{reason}", it.state.replace('_', " ")))
}

/// `target group shop-prod-api: 3 healthy, 1 unhealthy; GET /health has to give 200-399; 10 % of api.example.com`.
fn group(it: &Group) -> String {
    let mut states: Vec<&str> = it.targets.iter().map(|it| it.state.as_str()).collect();
    states.sort_unstable();
    states.dedup();
    let counts: Vec<_> = states.iter().map(|state| format!("{} {state}", it.count(state))).collect();
    let counts = if counts.is_empty() { "no targets".to_owned() } else { counts.join(", ") };
    let mut acc = format!("target group {}: {counts}", it.name);
    if it.unhealthy().next().is_some() {
        let _ = write!(acc, "; {} has to give {}", it.path, it.codes);
    }
    for share in it.shares.iter().filter(|it| it.several) {
        let Share { percent, requests, .. } = share;
        let _ = write!(acc, "; {percent} % of {requests}");
    }
    acc
}

fn trouble(it: &Trouble) -> Vec<String> {
    let said = paint(DIM, &it.said);
    match it.cause {
        None => vec![format!("{} {said}", paint(DELETE, "!"))],
        Some(cause) => {
            let cause = [(DELETE, "likely cause:", cause.means), (BOLD, "        help:", cause.help)];
            let lines = cause.map(|(style, word, text)| format!("{} {text}", paint(style, word)));
            lines.into_iter().chain([format!("        said: {said}")]).collect()
        }
    }
}

/// The same for machines.
#[must_use]
pub fn json(rows: &[Row<'_>]) -> Value {
    let service = |(name, standing): &Row<'_>| match standing {
        None => json!({"service": name, "state": "absent", "serves": false}),
        Some(it) => machine(name, it),
    };
    json!({"format": FORMAT, "services": rows.iter().map(service).collect::<Vec<_>>()})
}

fn machine(name: &str, it: &Standing) -> Value {
    let Rollout { id, state, reason, failed_tasks, since, stage, waits, goes_back } = &it.rollout;
    let deployment = json!({
        "id": id,
        "state": state,
        "reason": reason,
        "failed_tasks": failed_tasks,
        "since": since,
        "stage": stage,
        "waits": waits,
        "goes_back": goes_back,
    });
    let trouble = |it: &Trouble| {
        let (means, help) = (it.cause.map(|it| it.means), it.cause.map(|it| it.help));
        json!({"said": it.said, "means": means, "help": help})
    };
    json!({
        "service": name,
        "state": it.state.word(),
        "serves": it.state.serves(),
        "revision": it.revision.name,
        "task_definition": it.task_definition,
        "registered_at": it.revision.at,
        "registered_by": it.revision.by,
        "images": images(&it.images),
        "tasks": {"running": it.running, "wanted": it.wanted, "pending": it.pending},
        "scaling": it.bounds.map(|(min, max)| json!({"min": min, "max": max})),
        "deployment": deployment,
        "given_up": it.given_up,
        "target_groups": it.groups.iter().map(machine_group).collect::<Vec<_>>(),
        "troubles": it.troubles.iter().map(trouble).collect::<Vec<_>>(),
    })
}

/// The images of a revision, for machines.
pub(super) fn images(them: &[Image]) -> Value {
    let image = |it: &Image| json!({"container": it.container, "image": it.image, "digest": it.digest});
    them.iter().map(image).collect()
}

fn machine_group(it: &Group) -> Value {
    let share = |it: &Share| json!({"requests": it.requests, "percent": it.percent});
    let targets = it.targets.iter().map(|it| json!({"target": it.id, "state": it.state, "why": it.why}));
    json!({
        "name": it.name,
        "arn": it.arn,
        "health_check": {"path": it.path, "codes": it.codes},
        "healthy": it.count("healthy"),
        "unhealthy": it.count("unhealthy"),
        "targets": targets.collect::<Vec<_>>(),
        "traffic": it.shares.iter().map(share).collect::<Vec<_>>(),
    })
}
