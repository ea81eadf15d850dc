//! GitHub: <https://docs.github.com/en/rest/deployments/deployments>.

use serde_json::{Value, json};

use super::{Release, Teller, Token, Untold, release::short};
use crate::{
    api::{
        ApiError,
        patience::{Again, Patience},
    },
    spec::model::{GithubEnvironment, GithubHook},
};

const API: &str = "https://api.github.com";
const HEADERS: &[(&str, &str)] = &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];
const TOKEN: Token = Token { variable: "GITHUB_TOKEN", needs: "the permission `deployments: write`" };
/// How long the description of a status may be
/// (<https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status>).
const DESCRIPTION: usize = 140;

/// Two deployments would both be shown, and a status that is said twice is one.
pub(super) async fn deployment(
    teller: &Teller<'_>,
    patience: Patience,
    release: &Release<'_>,
    hook: &GithubHook,
) -> Result<(), Untold> {
    let api = teller.set("GITHUB_API_URL").unwrap_or_else(|_| API.into());
    if !api.starts_with("https://") {
        return Err(Untold::Insecure("GITHUB_API_URL"));
    }
    let repository = match &hook.repository {
        Some(it) => it.to_string(),
        None => teller.set("GITHUB_REPOSITORY")?,
    };
    let all = format!("{}/repos/{repository}/deployments", api.trim_end_matches('/'));
    let body = made(release, hook, &teller.set("GITHUB_SHA")?);
    let answer = teller.post(patience, Again::Unheard, &TOKEN, (&all, HEADERS), &body).await?;
    let id = answer.get("id").and_then(Value::as_u64);
    let id = id.ok_or_else(|| ApiError::incomplete(&format!("POST {all}"), "id"))?;
    let statuses = format!("{all}/{id}/statuses");
    let body = json!({"state": "success", "description": short(&release.title(), DESCRIPTION)});
    teller.post(patience, Again::Always, &TOKEN, (&statuses, HEADERS), &body).await.map(drop)
}

/// It has happened: nothing is merged for it, and no check is waited for.
fn made(release: &Release<'_>, hook: &GithubHook, commit: &str) -> Value {
    let Release { scope, service, image, .. } = release;
    json!({
        "ref": commit,
        "environment": hook.environment.as_ref().map_or(scope.env.as_str(), GithubEnvironment::as_str),
        "description": short(&release.title(), DESCRIPTION),
        "payload": {"stack": scope.stack, "environment": scope.env, "service": service, "image": image},
        "auto_merge": false,
        "required_contexts": [],
    })
}

#[cfg(test)]
mod tests {
    use super::{super::release::tests::with, *};

    #[test]
    fn a_deployment_is_of_the_commit() {
        let made = |hook: &str| with("api:v43", |it| made(it, &serde_json::from_str(hook).unwrap(), "0123abcd"));
        let body = made("{}");
        assert_eq!((&body["ref"], &body["environment"]), (&json!("0123abcd"), &json!("prod")));
        assert_eq!((&body["auto_merge"], &body["required_contexts"]), (&json!(false), &json!([])));
        assert_eq!(body["description"], "api v43 serves in shop/prod");
        assert_eq!(body["payload"]["image"], "api:v43");
        assert_eq!(made(r#"{"environment": "production"}"#)["environment"], "production");
    }
}
