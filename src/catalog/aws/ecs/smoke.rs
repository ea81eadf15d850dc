//! Tests of a new revision of a service before it gets any requests, through a rule that leads to it alone
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html>).

use aws_sdk_ecs::types::DeploymentLifecycleHookAction;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::service::Deployment;
use crate::{
    api::{ApiError, During, Result, WriteCx, http::Probe},
    resource::value::In,
};

const CONTINUE: &str = "ecs:ContinueServiceDeployment";
/// The header of requests that are tests.
pub const HEADER: &str = "x-infractl-test";

/// A request that a new revision has to answer well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Smoke {
    /// The load balancer, such as `https://NAME.elb.amazonaws.com`.
    pub url: In<String>,
    /// The name that is asked for, if it is not the load balancer's.
    pub host: Option<String>,
    /// Such as `/health`.
    pub path: String,
    /// The value of [`HEADER`] that leads to the new revision.
    pub header: String,
}

/// Asks the revision that a deployment waits with, and tells the deployment to go on or back. Without a test, it goes on.
///
/// # Errors
///
/// The revision did not answer, or not well: then the deployment goes back.
pub(super) async fn test(cx: &WriteCx, smoke: Option<&Smoke>, deployment: &Deployment) -> Result<()> {
    let (Some(arn), Some(hook)) = (&deployment.arn, &deployment.hook) else { return Ok(()) };
    let said = match smoke {
        Some(it) => it.passes(cx).await,
        None => Ok(()),
    };
    let action =
        if said.is_ok() { DeploymentLifecycleHookAction::Continue } else { DeploymentLifecycleHookAction::Rollback };
    let call = cx.ecs.continue_service_deployment().service_deployment_arn(arn).hook_id(hook).action(action);
    call.send().await.during(CONTINUE)?;
    said
}

impl Smoke {
    async fn passes(&self, cx: &WriteCx) -> Result<()> {
        let (url, path) = (self.url.get(), &self.path);
        let probe = Probe { balancer: url, host: self.host.as_deref(), path, headers: &[(HEADER, &self.header)] };
        match cx.read.probe(&probe).await {
            Ok(status) if (200..400).contains(&status) => Ok(()),
            Ok(status) => Err(self.failed(&format!("{path} was answered with {status}"))),
            Err(why) => Err(self.failed(&format!("{path} got no answer from {url}: {}", why.message))),
        }
    }

    fn failed(&self, why: &str) -> ApiError {
        ApiError::refused(&format!("GET {}", self.path), "SmokeTestFailed", format!("the new release goes back: {why}"))
    }
}
