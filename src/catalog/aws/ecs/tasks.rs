//! Tasks that no service keeps running: how they are started, what became of them, and what they said.

use aws_sdk_ecs::types::{
    ContainerOverride, DesiredStatus, LaunchType, NetworkConfiguration, Task, TaskOverride, TaskStopCode,
};
use serde_json::json;

use super::rollout::epitaph;
use crate::{
    api::{During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::Output,
};

pub(super) const RUN: &str = "ecs:RunTask";
/// How many a call gives at most:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
const AT_ONCE: usize = 100;
/// How much of a log is told of a failure.
const LINES: i32 = 10;
/// What the names of log streams begin with.
pub const STREAMS: &str = "ecs";
/// How many characters the overrides of a task may have, the JSON around them included:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>.
pub const OVERRIDES: usize = 8192;

/// A task that is to run once, with a command of its own.
#[derive(Clone, Debug)]
pub(super) struct Errand<'a> {
    /// The cluster, by its name.
    pub(super) cluster: &'a str,
    /// The revision of the task definition, by its ARN.
    pub(super) definition: &'a str,
    /// Where it stands.
    pub(super) network: NetworkConfiguration,
    /// The container that runs the command.
    pub(super) container: &'a str,
    /// The command, in words.
    pub(super) command: &'a [String],
    /// Who starts it: up to 36 letters, digits, `-`, `_` and `/`.
    pub(super) by: &'a str,
}

impl Errand<'_> {
    /// Starts it; gives what the same token started before, if it did: 64 characters at most.
    pub(super) async fn start(&self, cx: &WriteCx, token: &str) -> Result<Vec<Task>> {
        let container = ContainerOverride::builder().name(self.container).set_command(Some(self.command.to_vec()));
        let call = cx
            .ecs
            .run_task()
            .cluster(self.cluster)
            .task_definition(self.definition)
            // Spare capacity can be taken away in the middle.
            .launch_type(LaunchType::Fargate)
            .network_configuration(self.network.clone())
            .overrides(TaskOverride::builder().container_overrides(container.build()).build())
            .started_by(self.by)
            .client_token(token);
        let answer = call.send().await.during(RUN)?;
        super::found(RUN, answer.failures())?;
        Ok(answer.tasks.unwrap_or_default())
    }
}

/// How many of the [`OVERRIDES`] a command takes.
#[must_use]
pub fn overrides(container: &str, command: &[String]) -> usize {
    json!({"containerOverrides": [{"name": container, "command": command}]}).to_string().chars().count()
}

/// The tasks of a family that `by` started and that run, or ended in the last hour.
///
/// They are listed by family, since who started them cannot be asked for together with anything else
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>).
pub(super) async fn started_by(cx: &ReadCx, cluster: &str, family: &str, by: &str) -> Result<Vec<Task>> {
    let (running, stopped) = tokio::try_join!(
        listed(cx, cluster, family, DesiredStatus::Running),
        listed(cx, cluster, family, DesiredStatus::Stopped), //
    )?;
    let mut acc = described(cx, cluster, &[running, stopped].concat()).await?;
    acc.retain(|it| it.started_by() == Some(by));
    Ok(acc)
}

async fn listed(cx: &ReadCx, cluster: &str, family: &str, status: DesiredStatus) -> Result<Vec<String>> {
    let call = cx.ecs.list_tasks().cluster(cluster).family(family).desired_status(status);
    let found: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    // Without a cluster there are none.
    Ok(found.during("ecs:ListTasks").or_absent()?.unwrap_or_default())
}

/// The tasks with these ARNs, as far as ECS remembers them: for an hour after their end.
pub(super) async fn described(cx: &ReadCx, cluster: &str, arns: &[String]) -> Result<Vec<Task>> {
    let mut acc = Vec::new();
    for some in arns.chunks(AT_ONCE) {
        let call = cx.ecs.describe_tasks().cluster(cluster).set_tasks(Some(some.to_vec()));
        let found = call.send().await.during("ecs:DescribeTasks").or_absent()?;
        acc.extend(found.and_then(|it| it.tasks).unwrap_or_default());
    }
    Ok(acc)
}

/// Its state, as ECS calls it, in small letters.
pub(super) fn state(task: &Task) -> String {
    task.last_status().unwrap_or("provisioning").to_lowercase()
}

/// How it ended, if it has: by how `container` did, for those beside it may be stopped in any way.
pub(super) fn ended(task: &Task, container: &str) -> Option<std::result::Result<(), String>> {
    if task.last_status() != Some("STOPPED") {
        return None;
    }
    let itself = task.stop_code().is_none_or(|it| *it == TaskStopCode::EssentialContainerExited);
    Some(if exit_code(task, container) == Some(0) && itself { Ok(()) } else { Err(epitaph(task)) })
}

/// The code that a container ended with; none while it runs, nor if it never did.
pub(super) fn exit_code(task: &Task, container: &str) -> Option<i32> {
    task.containers().iter().find(|it| it.name() == Some(container))?.exit_code()
}

/// What a task said in a stream of its log after `from`.
pub(super) async fn output(cx: &ReadCx, group: &str, stream: &str, from: Option<String>) -> Result<Output> {
    let call = cx.logs.get_log_events().log_group_name(group).log_stream_name(stream);
    let call = call.start_from_head(true).set_next_token(from.clone());
    // There is no stream before the first line.
    let Some(found) = call.send().await.during("logs:GetLogEvents").or_absent()? else {
        return Ok(Output { lines: Vec::new(), next: from });
    };
    let lines = found.events.unwrap_or_default().into_iter().filter_map(|it| it.message).collect();
    Ok(Output { lines, next: found.next_forward_token })
}

/// The end of what a container of a task said.
pub(super) async fn last_lines(
    cx: &ReadCx,
    group: Option<&String>,
    container: &str,
    task: &Task,
) -> Result<Vec<String>> {
    let (Some(group), Some(arn)) = (group, task.task_arn()) else { return Ok(Vec::new()) };
    let stream = stream(STREAMS, container, arn);
    let call = cx.logs.get_log_events().log_group_name(group).log_stream_name(stream);
    let found = call.limit(LINES).send().await.during("logs:GetLogEvents").or_absent()?;
    let events = found.and_then(|it| it.events).unwrap_or_default();
    Ok(events.into_iter().filter_map(|it| it.message).collect())
}

/// What the stream is called that a container of a task writes to:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>.
pub(super) fn stream(prefix: &str, container: &str, task: &str) -> String {
    format!("{prefix}/{container}/{}", task.rsplit('/').next().unwrap_or_default())
}

/// Asks a task to end: it gets SIGTERM, and SIGKILL after its container's stop timeout
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>).
pub(super) async fn stop(cx: &WriteCx, cluster: &str, task: &str, why: &str) -> Result<()> {
    cx.ecs.stop_task().cluster(cluster).task(task).reason(why).send().await.during("ecs:StopTask").or_done()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::Container;

    use super::*;

    fn task(status: &str, code: Option<i32>, stop: TaskStopCode) -> Task {
        let own = Container::builder().name("api").set_exit_code(code).build();
        let beside = Container::builder().name("adot").exit_code(137).build();
        Task::builder().last_status(status).containers(beside).containers(own).stop_code(stop).build()
    }

    #[test]
    fn a_task_has_ended_as_its_own_container_has() {
        use TaskStopCode::{EssentialContainerExited as Exited, TaskFailedToStart, UserInitiated};
        assert_eq!(ended(&task("RUNNING", None, Exited), "api"), None);
        assert_eq!(ended(&task("STOPPED", Some(0), Exited), "api"), Some(Ok(())));
        for (code, stop) in [(Some(1), Exited), (None, TaskFailedToStart), (Some(0), UserInitiated), (None, Exited)] {
            assert!(matches!(ended(&task("STOPPED", code, stop), "api"), Some(Err(_))), "{code:?}");
        }
    }

    #[test]
    fn streams_are_called_by_their_tasks() {
        let task = "arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/0123";
        assert_eq!(stream(STREAMS, "api", task), "ecs/api/0123");
    }

    #[test]
    fn a_command_counts_with_its_json() {
        assert_eq!(overrides("api", &["a".into(), "b".into()]), 59);
        assert_eq!(overrides("api", &["\"".repeat(10)]), 54 + 20);
    }
}
