//! PostHog: <https://posthog.com/docs/api/annotations>.

use serde_json::{Value, json};

use super::{Release, Teller, Token, Untold, release::short};
use crate::{
    api::patience::{Again, Patience},
    spec::model::PosthogHook,
};

const TOKEN: Token = Token { variable: "POSTHOG_PERSONAL_API_KEY", needs: "the scope annotation:write" };
/// How long an annotation may be.
const CONTENT: usize = 400;

pub(super) async fn annotate(
    teller: &Teller<'_>,
    patience: Patience,
    release: &Release<'_>,
    hook: &PosthogHook,
) -> Result<(), Untold> {
    let url = hook.url.join(&format!("/api/projects/{}/annotations/", hook.project));
    let body = body(release, &teller.at);
    teller.post(patience, Again::Unheard, &TOKEN, (&url, &[]), &body).await.map(drop)
}

/// Without a moment, it would stand in no chart.
fn body(release: &Release<'_>, at: &str) -> Value {
    let content = format!("{} ({})", release.title(), release.image);
    json!({"content": short(&content, CONTENT), "date_marker": at, "scope": "project"})
}

#[cfg(test)]
mod tests {
    use super::{super::release::tests::with, *};

    #[test]
    fn an_annotation_stands_at_the_moment_of_the_release() {
        let body = with("api:v43", |it| body(it, "2026-01-31T12:00:00Z"));
        let content = "api v43 serves in shop/prod (api:v43)";
        assert_eq!(body, json!({"content": content, "date_marker": "2026-01-31T12:00:00Z", "scope": "project"}));
        let long = with(&format!("host/{}:v43", "x".repeat(500)), |it| super::body(it, ""));
        assert_eq!(long["content"].as_str().map(str::len), Some(CONTENT));
    }
}
