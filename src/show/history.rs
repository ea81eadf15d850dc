//! What services ran when.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    json::FORMAT,
    status::{images, who},
    style::{CREATE, DELETE, DIM, UPDATE, paint},
    words::span,
};
use crate::catalog::aws::ecs::history::Release;

/// Releases, for people: the newest first, a line each, and another for what went wrong.
#[must_use]
pub fn text(releases: &[Release]) -> String {
    let cells: Vec<_> = releases.iter().map(cells).collect();
    let width =
        |at: usize| cells.iter().filter_map(|it| it.get(at)).map(|it| it.chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..5).map(width).collect();
    let line = |(release, cells): (&Release, &[String; 5])| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(at, (it, &width))| {
            let it = format!("{it:<width$}");
            if at == OUTCOME { paint(colour(release), &it) } else { it }
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        let by = release.revision.by.as_ref().map(|it| format!("  by {}", who(it))).unwrap_or_default();
        let reason = release.reason.as_ref().filter(|_| !went_well(release));
        let reason = reason.map(|it| format!("    {}\n", paint(DIM, it))).unwrap_or_default();
        format!("{}\n{reason}", format!("{line}{by}").trim_end())
    };
    releases.iter().zip(&cells).map(line).collect()
}

/// Which of the cells says what became of a release.
const OUTCOME: usize = 3;

/// When, of what, which revision, what became of it, and which image: the service's own.
fn cells(it: &Release) -> [String; 5] {
    let own = it.images.iter().find(|image| image.container == it.service).or(it.images.first());
    [
        it.at.clone().unwrap_or_default(),
        it.service.clone(),
        it.revision.name.clone(),
        outcome(it),
        own.map(|it| it.image.clone()).unwrap_or_default(),
    ]
}

/// `successful in 2 min`.
fn outcome(it: &Release) -> String {
    let took = it.seconds.map(|it| span(Duration::from_secs(it)));
    let (word, link) = match it.status.as_str() {
        "rollback_successful" => ("rolled back".to_owned(), "after"),
        "rollback_failed" => ("failed, as its rollback did".to_owned(), "after"),
        "stopped" => ("stopped".to_owned(), "after"),
        other => (other.replace('_', " "), "in"),
    };
    took.map_or_else(|| word.clone(), |it| format!("{word} {link} {it}"))
}

fn went_well(it: &Release) -> bool {
    it.status == "successful"
}

fn colour(it: &Release) -> anstyle::Style {
    match it.status.as_str() {
        "successful" => CREATE,
        "rollback_successful" | "rollback_failed" | "stopped" => DELETE,
        _ => UPDATE,
    }
}

/// The same for machines.
#[must_use]
pub fn json(releases: &[Release]) -> Value {
    let release = |it: &Release| {
        json!({
            "service": it.service,
            "deployment": it.deployment,
            "at": it.at,
            "seconds": it.seconds,
            "status": it.status,
            "reason": it.reason,
            "revision": it.revision.name,
            "task_definition": it.task_definition,
            "images": images(&it.images),
            "registered_at": it.revision.at,
            "registered_by": it.revision.by,
        })
    };
    json!({"format": FORMAT, "deployments": releases.iter().map(release).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::aws::ecs::deployments::{Image, Revision};

    fn release(number: u32, status: &str, seconds: Option<u64>) -> Release {
        let image = Image { container: "api".into(), image: format!("api:{number}"), digest: None };
        let by = Some("arn:aws:iam::123456789012:user/alice".into());
        Release {
            service: "api".into(),
            deployment: String::new(),
            at: Some("2026-01-31T12:00:00Z".into()),
            seconds,
            status: status.into(),
            reason: Some("its tasks failed".into()),
            task_definition: None,
            revision: Revision { name: format!("shop-prod-api:{number}"), by, ..Revision::default() },
            images: vec![image],
        }
    }

    #[test]
    fn what_did_not_go_well_says_why() {
        let all = [
            release(17, "in_progress", None),
            release(9, "rollback_successful", Some(400)),
            release(8, "successful", Some(60)),
        ];
        let text = console::strip_ansi_codes(&text(&all)).into_owned();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "2026-01-31T12:00:00Z  api  shop-prod-api:17  in progress              api:17  by user/alice",
                "    its tasks failed",
                "2026-01-31T12:00:00Z  api  shop-prod-api:9   rolled back after 7 min  api:9   by user/alice",
                "    its tasks failed",
                "2026-01-31T12:00:00Z  api  shop-prod-api:8   successful in 60 s       api:8   by user/alice",
            ]
        );
    }
}
