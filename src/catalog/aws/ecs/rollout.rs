//! Whether the tasks run that a service should have.
//!
//! Of a service whose deployment was rolled back, ECS says that all is well: it runs what it ran before. So whoever
//! changed it has to ask what became of the deployment
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>).

use aws_sdk_ecs::types::{
    Deployment, DeploymentLifecycleHookStatus, DeploymentRolloutState, DesiredStatus, Service as SdkService,
    ServiceDeployment, ServiceDeploymentBrief, ServiceDeploymentLifecycleStage, ServiceDeploymentStatus, Task,
};

use super::{
    causes::explained,
    deployments,
    service::{self, DESCRIBE, Service},
    strategy::{Pause, Strategy},
};
use crate::{
    api::{ApiError, During, ReadCx, Result, retry::Class},
    fields,
    plan::diff::diff_settings,
    resource::{Resource, Status, to_tree, value::references},
};

/// How many a call gives at most:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
const AT_ONCE: usize = 100;

/// How the reason begins that tasks have which ECS stopped since it wants fewer:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
const SCALED: &str = "Scaling activity";

/// The deployment that ECS works on, or has come to.
pub(super) fn primary(service: &SdkService) -> Option<&Deployment> {
    service.deployments().iter().find(|it| it.status() == Some("PRIMARY"))
}

/// Whether the last deployment was given up, and nothing came in its place.
pub(super) fn failed(service: &SdkService) -> bool {
    primary(service).and_then(Deployment::rollout_state) == Some(&DeploymentRolloutState::Failed)
}

/// Whether `service`, which is `state`, is as `want` says, and its tasks run; and what is under way.
pub(super) async fn status(
    cx: &ReadCx,
    service: &SdkService,
    want: Option<&Service>,
    state: &Service,
) -> Result<(Status, Option<service::Deployment>)> {
    if service.status() == Some("DRAINING") {
        return Ok((Status::Leaving, None));
    }
    let under_way = primary(service).and_then(Deployment::rollout_state) == Some(&DeploymentRolloutState::InProgress);
    if under_way && state.strategy != Strategy::Rolling {
        return shifting(cx, want, state).await;
    }
    let deployment = under_way.then_some(service::Deployment { arn: None, hook: None });
    Ok((by_itself(cx, service, want, state).await?, deployment))
}

/// The same of a deployment that shifts requests, which has stages.
async fn shifting(
    cx: &ReadCx,
    want: Option<&Service>,
    state: &Service,
) -> Result<(Status, Option<service::Deployment>)> {
    let last = deployments::last(cx, &state.cluster, &state.service_name).await?;
    let arn = last.as_ref().and_then(|it| it.service_deployment_arn.clone());
    let Some(arn) = arn else { return Ok((Status::Pending("deploying".into()), None)) };
    let found = deployments::described(cx, std::slice::from_ref(&arn)).await?;
    let found = found.first();
    let stage = found.and_then(ServiceDeployment::lifecycle_stage).map_or("", ServiceDeploymentLifecycleStage::as_str);
    let hooks = found.map(ServiceDeployment::lifecycle_hook_details).unwrap_or_default();
    let waits = hooks.iter().find(|it| it.status() == Some(&DeploymentLifecycleHookStatus::AwaitingAction));
    let hook = waits.and_then(|it| it.hook_id()).filter(|_| stage == Pause::TESTED).map(str::to_owned);
    let deployment = service::Deployment { arn: Some(arn), hook };
    let status = if goes_back(last.as_ref()) {
        Status::Pending("rolling back".into())
    } else if deployment.hook.is_some() {
        // Whoever wants it, tests it.
        Status::Ready
    } else if waits.is_some() {
        Status::Pending(format!("waiting for `infractl promote {}`", state.service_name))
    } else {
        pending(&format!("deploying: {}", stage.to_lowercase().replace('_', " ")), want, state)
    };
    Ok((status, Some(deployment)))
}

/// Whether what ECS does by itself has come to what is wanted.
async fn by_itself(cx: &ReadCx, service: &SdkService, want: Option<&Service>, state: &Service) -> Result<Status> {
    let primary = primary(service).ok_or_else(|| ApiError::incomplete(DESCRIBE, "primary deployment"))?;
    let known = want.and_then(|it| it.task_definition.known());
    let other = known.is_some_and(|it| Some(it.as_str()) != primary.task_definition());
    match primary.rollout_state() {
        Some(DeploymentRolloutState::Failed) => {
            let last = deployments::last(cx, &state.cluster, &state.service_name).await?;
            if goes_back(last.as_ref()) {
                return Ok(Status::Pending("rolling back".into()));
            }
            if let Some(why) = given_up(cx, service, last.as_ref()).await? {
                return Ok(Status::Reverted(why));
            }
            let id = primary.id().unwrap_or_default();
            let task = last_task(cx, service, id).await?;
            let why = primary.rollout_state_reason().unwrap_or("the deployment failed");
            Ok(Status::Reverted(sentence(&format!("deployment {id} was given up"), why, task.as_deref())))
        }
        Some(DeploymentRolloutState::InProgress) => {
            let reason = primary.rollout_state_reason().unwrap_or_default();
            let back = reason.contains("rolling back")
                || (other && goes_back(deployments::last(cx, &state.cluster, &state.service_name).await?.as_ref()));
            if back {
                return Ok(Status::Pending("rolling back".into()));
            }
            let failed = primary.failed_tasks();
            let word = if failed > 0 { format!("deploying: {failed} tasks failed") } else { "deploying".to_owned() };
            Ok(pending(&word, want, state))
        }
        _ => {
            // Where it is not known what is wanted, the service's own diary says whether there is something to ask for.
            if other || (known.is_none() && tells_of_failure(service)) {
                let last = deployments::last(cx, &state.cluster, &state.service_name).await?;
                if let Some(why) = given_up(cx, service, last.as_ref()).await? {
                    return Ok(Status::Reverted(why));
                }
            }
            let counted = want.is_some_and(|it| it.desired_count.is_some());
            if counted && service.running_count() != service.desired_count() {
                return Ok(pending("starting tasks", want, state));
            }
            Ok(Status::Ready)
        }
    }
}

/// What is under way is waited for, unless it leads elsewhere: then it may never end, and is better changed at once.
fn pending(word: &str, want: Option<&Service>, state: &Service) -> Status {
    // How the next revision is to follow can be said once this one is there.
    let later = fields!(Service: strategy, alarms, pauses, untested);
    let elsewhere = |want: &Service| {
        let want = to_tree(want);
        let differs = diff_settings(&Service::FACTS, &want, &to_tree(state));
        references(&want).is_empty() && differs.iter().any(|it| !later.contains(&it.field()))
    };
    if want.is_some_and(elsewhere) { Status::Ready } else { Status::Pending(word.into()) }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>
fn tells_of_failure(service: &SdkService) -> bool {
    let says = |it: &str| it.contains("deployment failed") || it.contains("rolling back");
    service.events().iter().any(|it| it.message().is_some_and(says))
}

fn goes_back(last: Option<&ServiceDeploymentBrief>) -> bool {
    use ServiceDeploymentStatus::{RollbackInProgress, RollbackRequested, StopRequested};
    let status = last.and_then(ServiceDeploymentBrief::status);
    status.is_some_and(|it| [RollbackInProgress, RollbackRequested, StopRequested].contains(it))
}

/// Why a deployment was given up, if it was. The deployment's id tells one failure from another.
pub(super) async fn given_up(
    cx: &ReadCx,
    service: &SdkService,
    last: Option<&ServiceDeploymentBrief>,
) -> Result<Option<String>> {
    let Some(last) = last else { return Ok(None) };
    let what = match last.status() {
        Some(ServiceDeploymentStatus::RollbackSuccessful) => "was rolled back",
        Some(ServiceDeploymentStatus::RollbackFailed) => "failed, and so did its rollback",
        Some(ServiceDeploymentStatus::Stopped) => "was stopped",
        _ => return Ok(None),
    };
    let revision = last.target_service_revision_arn().and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    let id = format!("ecs-svc/{revision}");
    let task = last_task(cx, service, &id).await?;
    let why = last.status_reason().unwrap_or("ECS does not say why");
    Ok(Some(sentence(&format!("deployment {id} {what}"), why, task.as_deref())))
}

fn sentence(what: &str, why: &str, task: Option<&str>) -> String {
    let why = why.trim_end_matches('.');
    let task = task.map(|it| format!(". Its last task: {it}")).unwrap_or_default();
    explained(&format!("{what}: {why}{task}"))
}

/// What became of the task of a deployment that stopped last, and not only because fewer were wanted; ECS remembers for an
/// hour. Whoever may not look at tasks does without.
pub(super) async fn last_task(cx: &ReadCx, service: &SdkService, deployment: &str) -> Result<Option<String>> {
    let call =
        cx.ecs.list_tasks().set_cluster(service.cluster_arn.clone()).set_service_name(service.service_name.clone());
    let pages = call.desired_status(DesiredStatus::Stopped).into_paginator().items().send();
    let arns: Result<Vec<String>, _> = pages.collect().await;
    let Some(arns) = unless_denied(arns.during("ecs:ListTasks"))? else { return Ok(None) };
    let mut tasks = Vec::new();
    for some in arns.chunks(AT_ONCE) {
        let call = cx.ecs.describe_tasks().set_cluster(service.cluster_arn.clone()).set_tasks(Some(some.to_vec()));
        let answer = unless_denied(call.send().await.during("ecs:DescribeTasks"))?;
        tasks.extend(answer.and_then(|it| it.tasks).unwrap_or_default());
    }
    let own = tasks.iter().filter(|it| it.started_by() == Some(deployment));
    let itself = own.filter(|it| !it.stopped_reason().is_some_and(|it| it.starts_with(SCALED)));
    Ok(itself.max_by_key(|it| (it.stopped_at, it.task_arn.clone())).map(epitaph))
}

fn unless_denied<T>(said: Result<T>) -> Result<Option<T>> {
    match said {
        Err(error) if error.class() == Class::Denied => Ok(None),
        said => said.map(Some),
    }
}

/// Why a task stopped: its own reason, and what is known of its containers.
pub(super) fn epitaph(task: &Task) -> String {
    let containers = task.containers().iter().filter_map(|it| {
        let name = it.name().unwrap_or_default();
        match (it.reason(), it.exit_code()) {
            (Some(why), _) => Some(format!("{name}: {why}")),
            (None, Some(code)) if code != 0 => Some(format!("{name} ended with code {code}")),
            _ => None,
        }
    });
    let reasons: Vec<_> = task.stopped_reason().map(str::to_owned).into_iter().chain(containers).collect();
    if reasons.is_empty() { "stopped".to_owned() } else { reasons.join("; ") }
}
