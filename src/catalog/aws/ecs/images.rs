//! Which images services run.

use std::collections::BTreeMap;

use futures::future::try_join_all;

use super::service;
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
        let call = cx.ecs.describe_task_definition().task_definition(definition);
        let found = call.send().await.during("ecs:DescribeTaskDefinition").or_absent()?;
        let containers = found.and_then(|it| it.task_definition?.container_definitions).unwrap_or_default();
        let own = containers.into_iter().find(|it| it.name() == Some(name));
        Ok(own.and_then(|it| it.image).map(|image| (name.to_owned(), image)))
    }));
    Ok(each.await?.into_iter().flatten().collect())
}
