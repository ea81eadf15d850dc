//! Tasks as a service runs them now, each with another command and once:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-task-create.html>.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::NetworkConfiguration;

use super::{
    container::Container,
    deployments,
    rollout::{self, epitaph},
    service, task_definition,
    tasks::{self, Errand, RUN},
};
use crate::{
    api::{ApiError, ReadCx, Result, WriteCx},
    catalog::lifecycle::Output,
    resource::tags::Scope,
};

/// What the tasks of a service are now, and where they stand.
#[derive(Clone, Debug)]
pub struct Template {
    cluster: String,
    definition: String,
    containers: BTreeMap<String, Container>,
    network: NetworkConfiguration,
}

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The container that runs the command; how that ends, counts.
    pub container: &'a str,
    /// The command, in words.
    pub command: &'a [String],
    /// Who starts it: up to 36 letters, digits, `-`, `_` and `/`.
    pub by: &'a str,
    /// The same for every repetition: up to 64 letters and digits.
    pub token: &'a str,
}

/// What can be seen of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its state, as ECS calls it, in small letters, such as `running`.
    pub state: String,
    /// Whether it has ended.
    pub ended: bool,
    /// The code that the container of the command ended with; none while it runs, nor if it never did.
    pub code: Option<i32>,
    /// Why it ended, as ECS says it.
    pub why: String,
}

/// What `service` runs now: the revision that its deployment is for which ECS works on, or has come to. `None` if `scope` has
/// no such service.
///
/// # Errors
/// What ECS refused; and that the revision is out of use, so that no task can be started from it.
pub async fn template(cx: &ReadCx, scope: &Scope, cluster: &str, service: &str) -> Result<Option<Template>> {
    let found = service::own(cx, scope, cluster, &[service.to_owned()].into()).await?;
    let Some(found) = found.first() else { return Ok(None) };
    let primary = rollout::primary(found);
    let primary = primary.ok_or_else(|| ApiError::incomplete(service::DESCRIBE, "primary deployment"))?;
    let definition = primary.task_definition().or(found.task_definition());
    let definition = definition.ok_or_else(|| ApiError::incomplete(service::DESCRIBE, "task definition"))?;
    let Some(live) = task_definition::described(cx, definition).await? else {
        let message = format!("{} is out of use, so no task can be started from it", deployments::name(definition));
        return Err(ApiError::refused(RUN, "ClientException", message));
    };
    let network = primary.network_configuration().or(found.network_configuration());
    Ok(Some(Template {
        cluster: cluster.to_owned(),
        definition: live.out.arn,
        containers: live.state.containers,
        network: network.ok_or_else(|| ApiError::incomplete(service::DESCRIBE, "network configuration"))?.clone(),
    }))
}

impl Template {
    /// The revision, such as `shop-prod-api:17`.
    #[must_use]
    pub fn revision(&self) -> String {
        deployments::name(&self.definition)
    }

    /// The names of its containers.
    pub fn containers(&self) -> impl Iterator<Item = &str> {
        self.containers.keys().map(String::as_str)
    }

    /// Whether a task ends when this container does.
    #[must_use]
    pub fn ends_with(&self, container: &str) -> bool {
        self.containers.get(container).is_some_and(|it| it.essential)
    }

    /// Starts a task on demand; gives its ARN. With the same token once more, it gives that of the first.
    pub async fn start(&self, cx: &WriteCx, order: &Order<'_>) -> Result<String> {
        let errand = Errand {
            cluster: &self.cluster,
            definition: &self.definition,
            network: self.network.clone(),
            container: order.container,
            command: order.command,
            by: order.by,
        };
        let started = errand.start(cx, order.token).await?.into_iter().find_map(|it| it.task_arn);
        started.ok_or_else(|| ApiError::incomplete(RUN, "task"))
    }

    /// What can be seen of a task that was started; nothing for some seconds after its start, and an hour after its end.
    pub async fn seen(&self, cx: &ReadCx, container: &str, task: &str) -> Result<Option<Seen>> {
        let found = tasks::described(cx, &self.cluster, &[task.to_owned()]).await?;
        Ok(found.first().map(|it| Seen {
            state: tasks::state(it),
            ended: it.last_status() == Some("STOPPED"),
            code: tasks::exit_code(it, container),
            why: epitaph(it),
        }))
    }

    /// What the container of a task said after `from`; nothing if its output does not go to `CloudWatch` Logs.
    pub async fn output(&self, cx: &ReadCx, container: &str, task: &str, from: Option<String>) -> Result<Output> {
        let Some((group, stream)) = self.log(container, task) else { return Ok(Output::default()) };
        tasks::output(cx, &group, &stream, from).await
    }

    /// Asks a task to end.
    pub async fn stop(&self, cx: &WriteCx, task: &str, why: &str) -> Result<()> {
        tasks::stop(cx, &self.cluster, task, why).await
    }

    /// The group and the stream that a container's output goes to, if that is in `CloudWatch` Logs.
    fn log(&self, container: &str, task: &str) -> Option<(String, String)> {
        let log = self.containers.get(container)?.log.as_ref().filter(|it| it.driver == "awslogs")?;
        let option = |key: &str| log.options.get(key)?.known();
        let stream = tasks::stream(option("awslogs-stream-prefix")?, container, task);
        Some((option("awslogs-group")?.clone(), stream))
    }
}
