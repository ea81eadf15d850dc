//! Clusters: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html>.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{Cluster as SdkCluster, ClusterField, ClusterSetting, ClusterSettingName};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Capacity, cluster_name, found, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, Waits},
};

const DESCRIBE: &str = "ecs:DescribeClusters";
const CREATE: &str = "ecs:CreateCluster";
/// How many clusters a call describes:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html>.
const AT_ONCE: usize = 100;

/// Where services run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Cluster {
    /// Its name, of which a region has one: up to 255 letters, digits, `_` and `-`.
    pub cluster_name: String,
    /// How closely it is watched by Container Insights: `disabled`, `enabled` or `enhanced`.
    pub insights: String,
    /// What its tasks may run on.
    pub capacity_providers: BTreeSet<String>,
    /// What tasks run on that do not say.
    pub default_capacity: BTreeSet<Capacity>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Cluster {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Cluster: cluster_name),
        unique_by: fields!(Cluster: cluster_name),
        waits: Waits::minutes(10, 10, 20),
        ..Facts::new::<Self>(
            "ecs.cluster",
            "where services run",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.cluster_name);
        let arn = format!("arn:{partition}:ecs:{region}:{account}:cluster/{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Lifecycle for Cluster {
    /// What is wanted is asked for by its name while the list is read, which lags and has no tags.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let own = cluster_name(&look.scope);
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.cluster_name.clone()).collect();
        let asked: BTreeSet<_> = wanted.iter().cloned().chain([own.clone()]).collect();
        let (mut clusters, listed) = tokio::try_join!(
            described(cx, &asked),
            async { if look.strays { listed(cx).await } else { Ok(Vec::new()) } }, //
        )?;
        let others = listed.into_iter().filter(|it| it.starts_with(&own) && !asked.contains(it)).collect();
        clusters.extend(described(cx, &others).await?);
        let all: Vec<_> = clusters.iter().filter_map(|it| live(it).transpose()).collect::<Result<_>>()?;
        let concerns = |it: &Live<Self>| wanted.contains(&it.out.name) || look.scope.address(&it.tags).is_some();
        Ok(all.into_iter().filter(concerns).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let capacity = want.default_capacity.iter().map(|it| it.to_sdk(CREATE)).collect::<Result<_>>()?;
        let call = cx
            .ecs
            .create_cluster()
            .cluster_name(&want.cluster_name)
            .settings(insights(&want.insights))
            .set_capacity_providers(Some(want.capacity_providers.iter().cloned().collect()))
            .set_default_capacity_provider_strategy(Some(capacity))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during(CREATE).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        const PUT: &str = "ecs:PutClusterCapacityProviders";
        let name = &live.out.name;
        if changed.any(fields!(Cluster: insights)) {
            let call = cx.ecs.update_cluster_settings().cluster(name).settings(insights(&want.insights));
            call.send().await.during("ecs:UpdateClusterSettings")?;
        }
        if changed.any(fields!(Cluster: capacity_providers, default_capacity)) {
            let mut call = cx.ecs.put_cluster_capacity_providers().cluster(name);
            call = call.set_capacity_providers(Some(want.capacity_providers.iter().cloned().collect()));
            let capacity = want.default_capacity.iter().map(|it| it.to_sdk(PUT)).collect::<Result<_>>()?;
            call.set_default_capacity_provider_strategy(Some(capacity)).send().await.during(PUT)?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.ecs.delete_cluster().cluster(&live.out.name);
        call.send().await.during("ecs:DeleteCluster").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn insights(value: &str) -> ClusterSetting {
    ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value(value).build()
}

/// The names of a region's clusters.
async fn listed(cx: &ReadCx) -> Result<Vec<String>> {
    let pages = cx.ecs.list_clusters().into_paginator().items().send();
    let arns: Vec<String> = pages.collect::<Result<_, _>>().await.during("ecs:ListClusters")?;
    Ok(arns.iter().filter_map(|it| it.rsplit('/').next()).map(str::to_owned).collect())
}

/// What is not asked for is left out of the answer, and would be taken for drift.
async fn described(cx: &ReadCx, names: &BTreeSet<String>) -> Result<Vec<SdkCluster>> {
    let names: Vec<_> = names.iter().cloned().collect();
    let asked = names.chunks(AT_ONCE).map(|names| async {
        let call = cx.ecs.describe_clusters().set_clusters(Some(names.to_vec()));
        let answer = call.include(ClusterField::Settings).include(ClusterField::Tags).send().await.during(DESCRIBE)?;
        found(DESCRIBE, answer.failures())?;
        Ok(answer.clusters.unwrap_or_default())
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// `None` if it is gone: ECS goes on describing it.
fn live(cluster: &SdkCluster) -> Result<Option<Live<Cluster>>> {
    let (Some(name), Some(arn), Some(status)) = (cluster.cluster_name(), cluster.cluster_arn(), cluster.status())
    else {
        return Err(ApiError::incomplete(DESCRIBE, "cluster name, ARN or status"));
    };
    let status = match status {
        "ACTIVE" => Status::Ready,
        "INACTIVE" => return Ok(None),
        "DEPROVISIONING" => Status::Leaving,
        "FAILED" => Status::Failed("FAILED".into()),
        passing => Status::Pending(passing.into()),
    };
    let insights = cluster.settings().iter().find(|it| it.name() == Some(&ClusterSettingName::ContainerInsights));
    let state = Cluster {
        cluster_name: name.into(),
        insights: insights.and_then(ClusterSetting::value).unwrap_or("disabled").into(),
        capacity_providers: cluster.capacity_providers().iter().cloned().collect(),
        default_capacity: cluster.default_capacity_provider_strategy().iter().map(Capacity::of).collect(),
    };
    let out = Out { arn: arn.into(), name: name.into() };
    Ok(Some(Live { state, out, tags: tags(cluster.tags()), status }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::builders::ClusterBuilder;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop-prod";

    fn sdk(status: &str) -> ClusterBuilder {
        SdkCluster::builder().cluster_name("shop-prod").cluster_arn(ARN).status(status)
    }

    #[test]
    fn the_arn_is_foretold_as_it_will_be_read() {
        let live = live(&sdk("ACTIVE").build()).unwrap().unwrap();
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        assert_eq!(live.state.foretell(&place).get("arn").and_then(Value::as_str), Some(ARN));
        assert_eq!(live.state.insights, "disabled");
    }

    #[test]
    fn states() {
        let status = |it| live(&sdk(it).build()).unwrap().map(|it| it.status);
        assert_eq!(status("ACTIVE"), Some(Status::Ready));
        assert_eq!(status("PROVISIONING"), Some(Status::Pending("PROVISIONING".into())));
        assert_eq!(status("DEPROVISIONING"), Some(Status::Leaving));
        assert!(matches!(status("FAILED"), Some(Status::Failed(_))));
        assert_eq!(status("INACTIVE"), None);
    }
}
