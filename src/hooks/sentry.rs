//! Sentry: <https://docs.sentry.io/api/releases/>.

use serde_json::json;

use super::{Release, Teller, Token, Untold};
use crate::{
    api::patience::{Again, Patience},
    spec::model::SentryHook,
};

const TOKEN: Token = Token { variable: "SENTRY_AUTH_TOKEN", needs: "the scope project:releases or org:ci" };

/// A release is made once, and that it is there already is fine; each deploy is another one.
pub(super) async fn release(
    teller: &Teller<'_>,
    patience: Patience,
    release: &Release<'_>,
    hook: &SentryHook,
) -> Result<(), Untold> {
    let version = release.version();
    let all = hook.url.join(&format!("/api/0/organizations/{}/releases/", hook.organization));
    let body = json!({"version": version, "projects": hook.projects});
    teller.post(patience, Again::Always, &TOKEN, (&all, &[]), &body).await?;
    let deploys = format!("{all}{version}/deploys/");
    let body = json!({"environment": release.scope.env});
    teller.post(patience, Again::Unheard, &TOKEN, (&deploys, &[]), &body).await.map(drop)
}
