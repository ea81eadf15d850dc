//! How services stand: what they run, whether that serves, and what is likely wrong if it does not.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    AdvancedConfiguration, Deployment, DeploymentRolloutState, LoadBalancer, Service as SdkService, ServiceRevision,
};
use futures::future::try_join_all;

use super::{
    causes::{Cause, cause},
    deployments::{self, Image, Revision},
    promotion::{UnderWay, under_way},
    rollout, service,
    state::State,
};
use crate::{
    api::{ApiError, ReadCx, Result},
    catalog::aws::{
        autoscaling::target::bounds,
        elb::traffic::{Group, groups},
        moment,
    },
    resource::tags::Scope,
};

/// What ends a look back at what a service tells of itself: what was before is over.
const STEADY: &str = "has reached a steady state";

/// How a service stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whether it serves.
    pub state: State,
    /// The ARN of the revision that it runs, or is brought to.
    pub task_definition: String,
    /// That revision.
    pub revision: Revision,
    /// Its images, with what they were when they were deployed.
    pub images: Vec<Image>,
    /// How many tasks run.
    pub running: u32,
    /// How many tasks there should be.
    pub wanted: u32,
    /// How many tasks are about to run.
    pub pending: u32,
    /// The fewest and the most tasks, where their number changes by itself.
    pub bounds: Option<(u32, u32)>,
    /// Its deployment.
    pub rollout: Rollout,
    /// What became of its last deployment, if that was given up.
    pub given_up: Option<String>,
    /// Its target groups.
    pub groups: Vec<Group>,
    /// What speaks against it, and what that likely means.
    pub troubles: Vec<Trouble>,
}

/// The deployment that ECS works on, or has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Such as `ecs-svc/0123456789012345678`.
    pub id: String,
    /// `in_progress`, `completed` or `failed`; empty if ECS does not say.
    pub state: String,
    /// Why, in ECS's words.
    pub reason: String,
    /// How many of its tasks did not come to serve.
    pub failed_tasks: u32,
    /// Since when it is there, in UTC, such as `2026-01-31T12:00:00Z`.
    pub since: Option<String>,
    /// How far it is, such as `bake time`, while ECS works on it in stages.
    pub stage: Option<String>,
    /// Whether it waits for `infractl promote`.
    pub waits: bool,
    /// Whether it is on its way back.
    pub goes_back: bool,
}

/// Something that speaks against a service.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// In the provider's words.
    pub said: String,
    /// What that likely means.
    pub cause: Option<&'static Cause>,
}

/// How those of the services called `names` stand that `scope` has in `cluster`, by their names.
pub async fn standings(
    cx: &ReadCx,
    scope: &Scope,
    cluster: &str,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, Standing>> {
    let services = service::own(cx, scope, cluster, names).await?;
    let balancers = services.iter().flat_map(SdkService::load_balancers);
    let targets: BTreeSet<_> = balancers.flat_map(target_groups).collect();
    let name = |it: &SdkService| it.service_name().unwrap_or_default().to_owned();
    let scalable: Vec<_> = services.iter().map(|it| format!("service/{cluster}/{}", name(it))).collect();
    let primaries = services.iter().filter_map(rollout::primary);
    let definitions: BTreeSet<_> = primaries.filter_map(|it| it.task_definition.clone()).collect();
    let deployed: BTreeSet<_> = services.iter().filter_map(service_revision).collect();
    let given_up = services.iter().map(|it| async {
        let last = deployments::last(cx, cluster, it.service_name().unwrap_or_default()).await?;
        rollout::given_up(cx, it, last.as_ref()).await
    });
    let (revisions, deployed, bounds, groups, given_up) = tokio::try_join!(
        deployments::revisions(cx, &definitions),
        deployments::service_revisions(cx, &deployed),
        bounds(cx, &scalable),
        groups(cx, &targets),
        try_join_all(given_up),
    )?;
    let known = Known { cluster, revisions, deployed, groups };
    let standings = services.iter().zip(given_up).map(|(it, given_up)| {
        let bounds = bounds.get(&format!("service/{cluster}/{}", name(it))).copied();
        known.standing(cx, it, bounds, given_up)
    });
    Ok(services.iter().map(name).zip(try_join_all(standings).await?).collect())
}

/// What was asked for all services at once.
struct Known<'a> {
    cluster: &'a str,
    revisions: BTreeMap<String, Revision>,
    deployed: BTreeMap<String, ServiceRevision>,
    groups: BTreeMap<String, Group>,
}

impl Known<'_> {
    async fn standing(
        &self,
        cx: &ReadCx,
        service: &SdkService,
        bounds: Option<(u32, u32)>,
        given_up: Option<String>,
    ) -> Result<Standing> {
        let primary = rollout::primary(service);
        let primary = primary.ok_or_else(|| ApiError::incomplete(service::DESCRIBE, "primary deployment"))?;
        let task_definition = primary.task_definition().unwrap_or_default();
        let revision = self.revisions.get(task_definition).cloned();
        let name = deployments::name(task_definition);
        let revision = revision.unwrap_or_else(|| Revision { name, ..Revision::default() });
        let deployed = service_revision(service).and_then(|it| self.deployed.get(&it));
        let under_way = if primary.rollout_state() == Some(&DeploymentRolloutState::InProgress) {
            under_way(cx, self.cluster, service.service_name().unwrap_or_default()).await?
        } else {
            None
        };
        let groups = self.groups(service);
        let state = State::of(service, primary.rollout_state(), &groups);
        let quiet = state.serves() && primary.failed_tasks() == 0 && !groups.iter().any(Group::ails);
        Ok(Standing {
            state,
            images: revision.images(deployed.map(deployments::digests).as_ref()),
            task_definition: task_definition.to_owned(),
            revision,
            running: service.running_count().unsigned_abs(),
            wanted: service.desired_count().unsigned_abs(),
            pending: service.pending_count().unsigned_abs(),
            bounds,
            rollout: Rollout::of(primary, under_way.as_ref()),
            given_up,
            troubles: if quiet { Vec::new() } else { troubles(cx, service, primary, &groups).await? },
            groups,
        })
    }

    /// The target groups of a service. Where ECS moves the traffic itself, only the rules count by which people come.
    fn groups(&self, service: &SdkService) -> Vec<Group> {
        let balancers = service.load_balancers();
        let advanced = balancers.iter().filter_map(LoadBalancer::advanced_configuration);
        let rules: BTreeSet<_> = advanced.filter_map(AdvancedConfiguration::production_listener_rule).collect();
        let arns: BTreeSet<_> = balancers.iter().flat_map(target_groups).collect();
        let mut groups: Vec<_> = arns.iter().filter_map(|it| self.groups.get(it).cloned()).collect();
        for it in &mut groups {
            it.shares.retain(|it| rules.is_empty() || rules.contains(it.rule.as_str()));
        }
        groups
    }
}

impl Rollout {
    fn of(it: &Deployment, under_way: Option<&UnderWay>) -> Self {
        Self {
            id: it.id().unwrap_or_default().to_owned(),
            state: it.rollout_state().map_or_else(String::new, |it| it.as_str().to_lowercase()),
            reason: it.rollout_state_reason().unwrap_or_default().to_owned(),
            failed_tasks: it.failed_tasks().unsigned_abs(),
            since: it.created_at().and_then(moment),
            stage: under_way.map(|it| it.stage.clone()).filter(|it| !it.is_empty()),
            waits: under_way.is_some_and(UnderWay::waits),
            goes_back: under_way.is_some_and(|it| it.goes_back),
        }
    }
}

/// The target groups that tasks may be put into.
fn target_groups(it: &LoadBalancer) -> impl Iterator<Item = String> {
    let other = it.advanced_configuration().and_then(|it| it.alternate_target_group_arn.clone());
    it.target_group_arn.clone().into_iter().chain(other)
}

/// The ARN of what the primary deployment of a service is for: it ends as the deployment's id does
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html>).
fn service_revision(service: &SdkService) -> Option<String> {
    let number = rollout::primary(service)?.id()?.rsplit('/').next()?;
    Some(format!("{}/{number}", service.service_arn()?.replacen(":service/", ":service-revision/", 1)))
}

/// What speaks against a service: of what means the same, only the first.
async fn troubles(cx: &ReadCx, service: &SdkService, primary: &Deployment, groups: &[Group]) -> Result<Vec<Trouble>> {
    let task = rollout::last_task(cx, service, primary.id().unwrap_or_default()).await?;
    let targets = groups.iter().flat_map(|it| {
        let bad = if it.is_used() { "unhealthy" } else { "unused" };
        it.targets.iter().filter(move |it| it.state == bad).map(|it| it.why.clone())
    });
    // Of what it tells of itself, only that which has a meaning: the rest is how things went.
    let recent = service.events().iter().filter(|it| it.created_at() >= primary.created_at());
    let recent = recent.filter_map(|it| it.message()).take_while(|it| !it.contains(STEADY));
    let events = recent.filter(|it| cause(it).is_some()).map(str::to_owned);
    let mut acc: Vec<Trouble> = Vec::new();
    for said in task.into_iter().chain(targets).chain(events) {
        let cause = cause(&said);
        let known = acc.iter().any(|it| it.said == said || (cause.is_some() && it.cause == cause));
        if !known {
            acc.push(Trouble { said, cause });
        }
    }
    Ok(acc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deployed_is_called_as_its_deployment() {
        let primary = Deployment::builder().status("PRIMARY").id("ecs-svc/0123").build();
        let arn = "arn:aws:ecs:eu-central-1:123456789012:service/shop-prod/api";
        let service = SdkService::builder().service_arn(arn).deployments(primary).build();
        let revision = "arn:aws:ecs:eu-central-1:123456789012:service-revision/shop-prod/api/0123";
        assert_eq!(service_revision(&service).as_deref(), Some(revision));
    }
}
