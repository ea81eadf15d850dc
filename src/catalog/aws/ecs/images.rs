//! Which images services run.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ServiceDeploymentStatus;
use futures::future::try_join_all;

use super::{deployments, service};
use crate::api::{During, OrAbsent, ReadCx, Result};

/// The image of each of `services` that runs in `cluster`, of the container that is called as the service is.
///
/// # Errors
///
/// What ECS refused.
pub async fn running(cx: &ReadCx, cluster: &str, services: &[String]) -> Result<BTreeMap<String, String>> {
    let found = service::described(cx, cluster, &services.iter().cloned().collect()).await?;
    let active = found.iter().filter(|it| it.status() == Some("ACTIVE"));
    let each = active.filter_map(|it| it.service_name().zip(it.task_definition()));
    let each = try_join_all(each.map(|(name, definition)| async move {
        Ok(image(cx, name, definition).await?.map(|image| (name.to_owned(), image)))
    }));
    Ok(each.await?.into_iter().flatten().collect())
}

/// The images that a service was released with, the newest release first, each once. ECS remembers for 90 days.
///
/// # Errors
///
/// What ECS refused.
pub async fn released(cx: &ReadCx, cluster: &str, service: &str) -> Result<Vec<String>> {
    let mut all = deployments::all(cx, cluster, service).await?;
    all.retain(|it| it.status() == Some(&ServiceDeploymentStatus::Successful));
    all.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    let arns: Vec<_> = all.into_iter().filter_map(|it| it.target_service_revision_arn).collect();
    let revisions = deployments::service_revisions(cx, &arns.iter().cloned().collect()).await?;
    let mut newest: Vec<_> = arns.iter().filter_map(|it| revisions.get(it)?.task_definition()).collect();
    newest.dedup();
    let images = try_join_all(newest.into_iter().map(|it| image(cx, service, it))).await?;
    let mut acc = Vec::new();
    for image in images.into_iter().flatten() {
        if !acc.contains(&image) {
            acc.push(image);
        }
    }
    Ok(acc)
}

/// The image of the container called `name`; revisions that are deregistered are still described.
async fn image(cx: &ReadCx, name: &str, definition: &str) -> Result<Option<String>> {
    let call = cx.ecs.describe_task_definition().task_definition(definition);
    let found = call.send().await.during("ecs:DescribeTaskDefinition").or_absent()?;
    let containers = found.and_then(|it| it.task_definition?.container_definitions).unwrap_or_default();
    Ok(containers.into_iter().find(|it| it.name() == Some(name)).and_then(|it| it.image))
}
