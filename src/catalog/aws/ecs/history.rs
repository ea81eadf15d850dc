//! What services ran when, and who brought it about.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    Rollback, Service as SdkService, ServiceDeployment, ServiceDeploymentStatus, ServiceRevision,
};
use futures::future::try_join_all;

use super::{
    deployments::{self, Image, Revision},
    service,
};
use crate::{
    api::{ReadCx, Result},
    catalog::aws::moment,
    resource::tags::Scope,
};

/// An attempt to bring a service to a revision.
#[derive(Clone, Debug)]
pub struct Release {
    /// The service's name.
    pub service: String,
    /// The deployment's ARN.
    pub deployment: String,
    /// When it was begun, in UTC, such as `2026-01-31T12:00:00Z`.
    pub at: Option<String>,
    /// How many seconds it took, if it has ended.
    pub seconds: Option<u64>,
    /// What became of it, as ECS calls it, in small letters, such as `rollback_successful`.
    pub status: String,
    /// Why, in ECS's words.
    pub reason: Option<String>,
    /// The ARN of the revision that it was for, if that is known.
    pub task_definition: Option<String>,
    /// That revision.
    pub revision: Revision,
    /// Its images, with what they were when they were deployed.
    pub images: Vec<Image>,
}

/// The releases of the last 90 days of those of the services called `names` that `scope` has in `cluster`, the newest first.
pub async fn releases(cx: &ReadCx, scope: &Scope, cluster: &str, names: &BTreeSet<String>) -> Result<Vec<Release>> {
    let services = service::own(cx, scope, cluster, names).await?;
    let all = try_join_all(services.iter().map(|it| async move {
        let briefs = deployments::all(cx, cluster, it.service_name().unwrap_or_default()).await?;
        let arns: Vec<_> = briefs.into_iter().filter_map(|it| it.service_deployment_arn).collect();
        deployments::described(cx, &arns).await
    }))
    .await?;
    let wanted: BTreeSet<_> = all.iter().flatten().filter_map(target).collect();
    let deployed = deployments::service_revisions(cx, &wanted).await?;
    let definitions: BTreeSet<_> = deployed.values().filter_map(|it| it.task_definition.clone()).collect();
    let known = Known { revisions: deployments::revisions(cx, &definitions).await?, deployed };
    let mut acc: Vec<_> = services
        .iter()
        .zip(&all)
        .flat_map(|(service, all)| all.iter().map(|it| (it.created_at, known.release(service, it))))
        .collect();
    acc.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(acc.into_iter().map(|(_, it)| it).collect())
}

/// The ARN of what a deployment is for.
fn target(it: &ServiceDeployment) -> Option<String> {
    it.target_service_revision()?.arn.clone()
}

struct Known {
    deployed: BTreeMap<String, ServiceRevision>,
    revisions: BTreeMap<String, Revision>,
}

impl Known {
    fn release(&self, service: &SdkService, it: &ServiceDeployment) -> Release {
        let deployed = target(it).and_then(|it| self.deployed.get(&it));
        let task_definition = deployed.and_then(|it| it.task_definition.clone());
        let name = task_definition.as_deref().map(deployments::name).unwrap_or_default();
        let revision = task_definition.as_ref().and_then(|it| self.revisions.get(it)).cloned();
        let revision = revision.unwrap_or_else(|| Revision { name, ..Revision::default() });
        let status = it.status().map_or("unknown", ServiceDeploymentStatus::as_str);
        let reason = it.status_reason().or_else(|| it.rollback().and_then(Rollback::reason));
        Release {
            service: service.service_name().unwrap_or_default().to_owned(),
            deployment: it.service_deployment_arn().unwrap_or_default().to_owned(),
            at: it.created_at().and_then(moment),
            seconds: seconds(it),
            status: status.to_lowercase(),
            reason: reason.map(str::to_owned),
            task_definition,
            images: revision.images(deployed.map(deployments::digests).as_ref()),
            revision,
        }
    }
}

/// How long it took from its beginning to its end; one that was stopped has another word for its end.
fn seconds(it: &ServiceDeployment) -> Option<u64> {
    let end = it.finished_at().or(it.stopped_at())?;
    u64::try_from(end.secs() - it.created_at()?.secs()).ok()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    #[test]
    fn only_what_has_ended_took_its_time() {
        let begun = ServiceDeployment::builder().created_at(DateTime::from_secs(100));
        assert_eq!(seconds(&begun.clone().build()), None);
        assert_eq!(seconds(&begun.clone().finished_at(DateTime::from_secs(220)).build()), Some(120));
        assert_eq!(seconds(&begun.clone().stopped_at(DateTime::from_secs(101)).build()), Some(1));
    }
}
