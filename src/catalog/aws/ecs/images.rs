//! Which images services run.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ServiceDeploymentStatus;

use super::{deployments, service};
use crate::api::{ReadCx, Result};

/// The image of each of `services` that runs in `cluster`, of the container that is called as the service is.
///
/// # Errors
///
/// What ECS refused.
pub async fn running(cx: &ReadCx, cluster: &str, services: &[String]) -> Result<BTreeMap<String, String>> {
    let found = service::described(cx, cluster, &services.iter().cloned().collect()).await?;
    let active = found.iter().filter(|it| it.status() == Some("ACTIVE"));
    let active: BTreeMap<_, _> =
        active.filter_map(|it| Some((it.service_name()?, it.task_definition()?.to_owned()))).collect();
    let known = deployments::revisions(cx, &active.values().cloned().collect()).await?;
    let image = |(name, it): (&&str, &String)| Some(((*name).to_owned(), known.get(it)?.images.get(*name)?.clone()));
    Ok(active.iter().filter_map(image).collect())
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
    let definitions: Vec<_> = arns.iter().filter_map(|it| revisions.get(it)?.task_definition.clone()).collect();
    let known = deployments::revisions(cx, &definitions.iter().cloned().collect()).await?;
    let mut acc = Vec::new();
    for image in definitions.iter().filter_map(|it| known.get(it)?.images.get(service)) {
        if !acc.contains(image) {
            acc.push(image.clone());
        }
    }
    Ok(acc)
}
