//! Service deployments, of which each is an attempt to bring a service to a revision:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html>.
//!
//! ECS keeps those of the last 90 days. What a revision is, stands in its task definition; which images its tags meant when
//! it was deployed, only in the service's revision
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html>).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{ServiceDeployment, ServiceDeploymentBrief, ServiceRevision, TaskDefinition};
use futures::future::try_join_all;

use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result},
    catalog::aws::moment,
};

/// How many a call lists:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html>.
const LISTED: i32 = 100;
/// How many deployments, or revisions, a call describes:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html>.
const AT_ONCE: usize = 20;

/// A revision of a task definition, as people know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its family and number, such as `shop-prod-api:17`.
    pub name: String,
    /// The image of each container.
    pub images: BTreeMap<String, String>,
    /// When it was registered, in UTC, such as `2026-01-31T12:00:00Z`.
    pub at: Option<String>,
    /// The ARN of whoever registered it.
    pub by: Option<String>,
}

/// The image of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The container's name.
    pub container: String,
    /// The image as the task definition has it, such as `api:1.4.2`.
    pub image: String,
    /// Which one that was when it was deployed, such as `sha256:…`, if ECS says so.
    pub digest: Option<String>,
}

impl Revision {
    /// Its images; `digests` are by container.
    pub(super) fn images(&self, digests: Option<&BTreeMap<String, String>>) -> Vec<Image> {
        let image = |(container, image): (&String, &String)| Image {
            container: container.clone(),
            image: image.clone(),
            digest: digests.and_then(|it| it.get(container)).cloned(),
        };
        self.images.iter().map(image).collect()
    }
}

/// A revision by the end of its ARN, for what is no longer known otherwise.
pub(super) fn name(task_definition: &str) -> String {
    task_definition.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The deployments of a service, by its name or ARN, in no order; none if there is no such service.
pub(super) async fn all(cx: &ReadCx, cluster: &str, service: &str) -> Result<Vec<ServiceDeploymentBrief>> {
    let (mut acc, mut token) = (Vec::new(), None);
    loop {
        let call = cx.ecs.list_service_deployments().cluster(cluster).service(service);
        let call = call.max_results(LISTED).set_next_token(token);
        let Some(answer) = call.send().await.during("ecs:ListServiceDeployments").or_absent()? else { break };
        acc.extend(answer.service_deployments.unwrap_or_default());
        token = answer.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(acc)
}

/// A service's last deployment.
pub(super) async fn last(cx: &ReadCx, cluster: &str, service: &str) -> Result<Option<ServiceDeploymentBrief>> {
    Ok(all(cx, cluster, service).await?.into_iter().max_by_key(|it| it.created_at))
}

/// All that is known of the deployments with these ARNs; what is forgotten meanwhile is not among them.
pub(super) async fn described(cx: &ReadCx, arns: &[String]) -> Result<Vec<ServiceDeployment>> {
    let asked = arns.chunks(AT_ONCE).map(|some| async {
        let call = cx.ecs.describe_service_deployments().set_service_deployment_arns(Some(some.to_vec()));
        let answer = call.send().await.during("ecs:DescribeServiceDeployments").or_absent()?;
        Ok::<_, ApiError>(answer.and_then(|it| it.service_deployments).unwrap_or_default())
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// The revisions of services with these ARNs, by them, as far as ECS knows any.
pub(super) async fn service_revisions(
    cx: &ReadCx,
    arns: &BTreeSet<String>,
) -> Result<BTreeMap<String, ServiceRevision>> {
    let arns: Vec<_> = arns.iter().cloned().collect();
    let asked = arns.chunks(AT_ONCE).map(|some| async {
        let call = cx.ecs.describe_service_revisions().set_service_revision_arns(Some(some.to_vec()));
        let answer = call.send().await.during("ecs:DescribeServiceRevisions").or_absent()?;
        Ok::<_, ApiError>(answer.and_then(|it| it.service_revisions).unwrap_or_default())
    });
    let found = try_join_all(asked).await?.into_iter().flatten();
    Ok(found.filter_map(|it| Some((it.service_revision_arn.clone()?, it))).collect())
}

/// The digests of a revision's images, by container.
pub(super) fn digests(revision: &ServiceRevision) -> BTreeMap<String, String> {
    let images = revision.container_images().iter();
    images.filter_map(|it| Some((it.container_name.clone()?, it.image_digest.clone()?))).collect()
}

/// The revisions of task definitions with these ARNs, by them; what was deleted is not among them.
pub(super) async fn revisions(cx: &ReadCx, arns: &BTreeSet<String>) -> Result<BTreeMap<String, Revision>> {
    let asked = arns.iter().map(|arn| async move {
        let call = cx.ecs.describe_task_definition().task_definition(arn);
        let answer = call.send().await.during("ecs:DescribeTaskDefinition").or_absent()?;
        Ok::<_, ApiError>((arn.clone(), answer.and_then(|it| it.task_definition)))
    });
    let found = try_join_all(asked).await?.into_iter();
    Ok(found.filter_map(|(arn, it)| Some((arn.clone(), revision(&arn, &it?)))).collect())
}

fn revision(arn: &str, it: &TaskDefinition) -> Revision {
    let images = it.container_definitions().iter();
    Revision {
        name: name(arn),
        images: images.filter_map(|it| Some((it.name.clone()?, it.image.clone()?))).collect(),
        at: it.registered_at().and_then(moment),
        by: it.registered_by.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_the_digests_that_are_known() {
        let images = [("api", "api:1"), ("proxy", "envoy:2")].map(|(name, it)| (name.to_owned(), it.to_owned())).into();
        let revision = Revision { images, ..Revision::default() };
        let digests = [("api".to_owned(), "sha256:1".to_owned())].into();
        let told: Vec<_> = revision.images(Some(&digests)).into_iter().map(|it| (it.container, it.digest)).collect();
        assert_eq!(told, [("api".to_owned(), Some("sha256:1".to_owned())), ("proxy".to_owned(), None)]);
        assert!(revision.images(None).iter().all(|it| it.digest.is_none()));
    }

    #[test]
    fn a_revision_goes_by_its_family_and_number() {
        assert_eq!(name("arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod-api:17"), "shop-prod-api:17");
    }
}
