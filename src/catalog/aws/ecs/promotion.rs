//! Deployments that wait to be told to go on, and deployments that are told to go back.

use aws_sdk_ecs::types::{
    DeploymentLifecycleHookAction, DeploymentLifecycleHookStatus, ServiceDeployment, ServiceDeploymentStatus,
    StopServiceDeploymentStopType,
};

use super::deployments;
use crate::api::{ApiError, During, ReadCx, Result, WriteCx};

/// A deployment that is under way.
#[derive(Debug)]
pub struct UnderWay {
    arn: String,
    /// The hook at which it waits, if it waits.
    hook: Option<String>,
    /// Such as `bake time`.
    pub stage: String,
    /// Whether it is on its way back.
    pub goes_back: bool,
}

impl UnderWay {
    /// Whether it waits to be told to go on.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.hook.is_some()
    }

    /// Tells it to go on.
    ///
    /// # Errors
    ///
    /// It does not wait any more, or ECS refused.
    pub async fn promote(&self, cx: &WriteCx) -> Result<()> {
        const CALL: &str = "ecs:ContinueServiceDeployment";
        let Some(hook) = &self.hook else { return Err(ApiError::refused(CALL, "NotSent", "it waits for nothing")) };
        let call = cx.ecs.continue_service_deployment().service_deployment_arn(&self.arn).hook_id(hook);
        call.action(DeploymentLifecycleHookAction::Continue).send().await.during(CALL).map(drop)
    }

    /// Tells it to go back to what served before.
    ///
    /// # Errors
    ///
    /// It is over, or ECS refused.
    pub async fn go_back(&self, cx: &WriteCx) -> Result<()> {
        go_back(cx, &self.arn).await
    }
}

/// Tells a deployment to go back to what served before.
pub(super) async fn go_back(cx: &WriteCx, arn: &str) -> Result<()> {
    let call = cx.ecs.stop_service_deployment().service_deployment_arn(arn);
    let call = call.stop_type(StopServiceDeploymentStopType::Rollback);
    call.send().await.during("ecs:StopServiceDeployment").map(drop)
}

/// The deployment of a service that is under way.
///
/// # Errors
///
/// What ECS refused.
pub async fn under_way(cx: &ReadCx, cluster: &str, service: &str) -> Result<Option<UnderWay>> {
    let last = deployments::last(cx, cluster, service).await?;
    let Some(arn) = last.and_then(|it| it.service_deployment_arn) else { return Ok(None) };
    let found = deployments::described(cx, std::slice::from_ref(&arn)).await?;
    Ok(found.first().and_then(|it| describe(it, arn)))
}

/// Whether the last deployment of a service was told to go back, or did so by itself, and what served before serves.
///
/// # Errors
///
/// What ECS refused.
pub async fn is_back(cx: &ReadCx, cluster: &str, service: &str) -> Result<bool> {
    let last = deployments::last(cx, cluster, service).await?;
    Ok(last.and_then(|it| it.status).is_some_and(|it| it == ServiceDeploymentStatus::RollbackSuccessful))
}

/// `None` if it is over.
fn describe(it: &ServiceDeployment, arn: String) -> Option<UnderWay> {
    use ServiceDeploymentStatus::{InProgress, Pending, RollbackInProgress, RollbackRequested, StopRequested};
    let status = it.status()?;
    let back = [RollbackInProgress, RollbackRequested, StopRequested].contains(status);
    let waiting = it.lifecycle_hook_details().iter();
    let mut hook = waiting.filter(|it| it.status() == Some(&DeploymentLifecycleHookStatus::AwaitingAction));
    let hook = hook.find_map(|it| it.hook_id()).map(str::to_owned);
    (back || [InProgress, Pending].contains(status)).then(|| UnderWay {
        arn,
        hook,
        stage: it.lifecycle_stage().map_or("", |it| it.as_str()).to_lowercase().replace('_', " "),
        goes_back: back,
    })
}
