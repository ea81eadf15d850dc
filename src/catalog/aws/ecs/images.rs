//! Which images services run.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{ServiceDeploymentBrief, ServiceDeploymentStatus};
use futures::future::try_join_all;

use super::{rollout, service};
use crate::api::{During, OrAbsent, ReadCx, Result};

/// How many revisions of a service a call describes
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html>).
const AT_ONCE: usize = 20;

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
    let mut deployments = rollout::deployments(cx, cluster, service).await?;
    deployments.retain(|it| it.status() == Some(&ServiceDeploymentStatus::Successful));
    deployments.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    let arns: Vec<_> =
        deployments.iter().filter_map(ServiceDeploymentBrief::target_service_revision_arn).map(str::to_owned).collect();
    let mut definitions = BTreeMap::new();
    for some in arns.chunks(AT_ONCE) {
        let call = cx.ecs.describe_service_revisions().set_service_revision_arns(Some(some.to_vec()));
        let found = call.send().await.during("ecs:DescribeServiceRevisions")?.service_revisions.unwrap_or_default();
        definitions.extend(found.into_iter().filter_map(|it| it.service_revision_arn.zip(it.task_definition)));
    }
    let mut newest: Vec<_> = arns.iter().filter_map(|it| definitions.get(it)).collect();
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
