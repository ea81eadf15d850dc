//! Commands that run once for each revision of a service's tasks, before that revision serves:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-task-create.html>.
//!
//! There is nothing to be seen of a task an hour after it ended, so the task definition's tags say which revision was
//! migrated last. Until they do, the tasks themselves are looked at: a run that was cut off is joined, not begun again.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, NetworkConfiguration, Task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    built,
    causes::explained,
    retag,
    task_definition::{self, TaskDefinition},
    tasks::{self, Errand, RUN},
};
use crate::{
    api::{ApiError, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, Output, TagChanges},
    fields,
    resource::{
        Facts, Live, Resource, Status, Waits,
        tags::{MIGRATED, Scope, Tags},
        text::digest::short,
        value::In,
    },
};

/// How often a token is changed that turns out to be of a task that has ended.
const TOKENS: u32 = 3;

/// A command that has to succeed before a revision of a service's tasks may serve.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// What a task of the service is: the revision that is like this is looked at.
    pub definition: TaskDefinition,
    /// The revision that it was for last.
    pub task_definition: In<String>,
    /// Whether nothing but its task says so, which can be seen for an hour: the task definition's tags do not.
    pub unrecorded: bool,
    /// The name of the cluster.
    pub cluster: String,
    /// The container that runs the command; how that ends, counts.
    pub container: String,
    /// The command, in words.
    pub command: Vec<String>,
    /// The subnets of its task.
    pub subnets: BTreeSet<In<String>>,
    /// The security groups of its task.
    pub security_groups: BTreeSet<In<String>>,
    /// Whether its task has a public address.
    pub public_ip: bool,
    /// The log group of the container.
    pub log_group: In<String>,
    /// How long it may take, in seconds.
    pub timeout_seconds: u32,
    /// What has to be there before.
    pub after: BTreeSet<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The ARN of the revision that it was for last.
    pub arn: String,
    /// The ARN of the task that it runs in, or that has just ended.
    pub task: Option<String>,
}

impl Resource for Migration {
    type Out = Out;

    const FACTS: Facts = Facts {
        at_creation: fields!(
            Migration: definition,
            cluster,
            container,
            command,
            subnets,
            security_groups,
            public_ip,
            log_group,
            timeout_seconds,
            after
        ),
        kept_by: Some("unrecorded"),
        revised: fields!(Out: arn),
        tagged: false,
        waits: Waits::minutes(30, 30, 5),
        ..Facts::new::<Self>(
            "ecs.migration",
            "a command that runs once before a revision of a service serves",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html",
        )
    };

    fn deadline(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout_seconds.into()))
    }
}

impl Lifecycle for Migration {
    /// What nobody wants any more leaves nothing but a tag on a task definition.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let found = look.wants.iter().map(|it| found(cx, &look.scope, it));
        Ok(futures::future::try_join_all(found).await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        start(cx, &new.want).await
    }

    /// Runs it, or notes that it has succeeded.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if changed.any(fields!(Migration: task_definition)) {
            return start(cx, want).await;
        }
        let arn = &live.out.arn;
        let set = [(MIGRATED.to_owned(), revision(arn).to_owned())].into();
        retag(cx, arn, &TagChanges { set, unset: Vec::new() }).await
    }

    /// A task that runs is stopped: its cluster could not go.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        if let (Some(task), Status::Pending(_)) = (&live.out.task, &live.status) {
            tasks::stop(cx, &live.state.cluster, task, "nobody wants what it does any more").await?;
        }
        let tags = TagChanges { set: Tags::new(), unset: vec![MIGRATED.to_owned()] };
        retag(cx, &live.out.arn, &tags).await.or_done()
    }

    async fn output(cx: &ReadCx, live: &Live<Self>, from: Option<String>) -> Result<Output> {
        let Some(task) = &live.out.task else { return Ok(Output::default()) };
        let stream = tasks::stream(tasks::STREAMS, &live.state.container, task);
        tasks::output(cx, live.state.log_group.get(), &stream, from).await
    }
}

/// What can be seen of the migration of the revision that is wanted, or, as long as that is not known, of one like it.
async fn found(cx: &ReadCx, scope: &Scope, want: &Migration) -> Result<Option<Live<Migration>>> {
    let definition = match want.task_definition.known() {
        Some(arn) => task_definition::described(cx, arn).await?,
        None => task_definition::fitting(cx, scope, &want.definition).await?,
    };
    let own = |it: &Live<TaskDefinition>| scope.address(&it.tags).is_some();
    let Some(definition) = definition.filter(own) else { return Ok(None) };
    let arn = definition.out.arn;
    // Tags are handed on from one revision to the next, so what they say may be of an earlier one.
    let last = definition.tags.get(MIGRATED).map(|it| of_revision(&arn, it));
    let live = |arn: String, unrecorded, task: Option<&Task>, status| Live {
        state: Migration { task_definition: arn.as_str().into(), unrecorded, ..want.clone() },
        out: Out { arn, task: task.and_then(|it| it.task_arn.clone()) },
        tags: definition.tags.clone(),
        status,
    };
    if last.as_ref() == Some(&arn) {
        return Ok(Some(live(arn, false, None, Status::Ready)));
    }
    let tasks = tasks::started_by(cx, &want.cluster, &definition.state.family, &started_by(&arn)).await?;
    let Some(task) = tasks.iter().max_by_key(|it| (it.created_at, it.task_arn.clone())) else {
        return Ok(last.map(|it| live(it, false, None, Status::Ready)));
    };
    Ok(Some(match tasks::ended(task, &want.container) {
        None => live(arn, false, Some(task), Status::Pending(tasks::state(task))),
        Some(Ok(())) => live(arn, true, Some(task), Status::Ready),
        Some(Err(why)) => {
            let log = tasks::last_lines(cx, want.log_group.known(), &want.container, task).await?;
            let why = log.iter().fold(explained(&why), |acc, it| format!("{acc}\n    {it}"));
            let unrecorded = last.is_none();
            live(last.unwrap_or_default(), unrecorded, Some(task), Status::Reverted(why))
        }
    }))
}

/// Starts its task, unless that runs, since what an earlier run began goes on by itself, or the revision was migrated before: one
/// that is as wanted is taken again.
async fn start(cx: &WriteCx, want: &Migration) -> Result<()> {
    let arn = want.task_definition.get();
    let definition = task_definition::described(&cx.read, arn).await?;
    if definition.is_some_and(|it| it.tags.get(MIGRATED).is_some_and(|it| it == revision(arn))) {
        return Ok(());
    }
    let by = started_by(arn);
    let known = tasks::started_by(&cx.read, &want.cluster, &want.definition.family, &by).await?;
    if known.iter().any(|it| tasks::ended(it, &want.container).is_none()) {
        return Ok(());
    }
    let addresses = if want.public_ip { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled };
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(want.subnets.iter().map(|it| it.get().clone()).collect()))
        .set_security_groups(Some(want.security_groups.iter().map(|it| it.get().clone()).collect()))
        .assign_public_ip(addresses);
    let network = built(RUN, network.build())?;
    let errand = Errand {
        cluster: &want.cluster,
        definition: arn,
        network: NetworkConfiguration::builder().awsvpc_configuration(network).build(),
        container: &want.container,
        command: &want.command,
        by: &by,
    };
    let last = known.iter().filter_map(|it| it.task_arn()).max().unwrap_or_default();
    for nth in 0..TOKENS {
        let tasks = errand.start(cx, &short(&format!("{by}\n{last}\n{nth}"), 32)).await?;
        // A token is remembered for longer than a task: then it is answered with one that ended long ago.
        if tasks.iter().any(|it| it.last_status() != Some("STOPPED")) {
            return Ok(());
        }
    }
    Err(ApiError::incomplete(RUN, "task that runs"))
}

/// Who starts the tasks for a revision; found again by it.
fn started_by(arn: &str) -> String {
    format!("infractl/{}", short(arn, 20))
}

/// The number of a revision.
fn revision(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The ARN of another revision of the same family.
fn of_revision(arn: &str, revision: &str) -> String {
    arn.rsplit_once(':').map_or_else(String::new, |(family, _)| format!("{family}:{revision}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_of_a_family() {
        let arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod-api:17";
        assert_eq!((revision(arn), of_revision(arn, "9").as_str()), ("17", &arn.replace(":17", ":9")[..]));
        assert!(started_by(arn) != started_by(&of_revision(arn, "9")) && started_by(arn).len() <= 36);
    }
}
