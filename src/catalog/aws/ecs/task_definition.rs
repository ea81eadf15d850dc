//! Task definitions: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html>.
//!
//! A resource is a family; what it is, is its newest revision, or one before that which is just as wanted: a release that went
//! back leaves a newer one. To change it is to register another one.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::{
    operation::describe_task_definition::DescribeTaskDefinitionOutput,
    types::{
        Compatibility, CpuArchitecture, EphemeralStorage, NetworkMode, OsFamily, RuntimePlatform, SortOrder,
        TaskDefinitionFamilyStatus, TaskDefinitionField, TaskDefinitionStatus,
    },
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{cluster_name, container::Container, number, service, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, meter::beside, retry::Class},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    plan::diff::diff_settings,
    resource::{
        Facts, Live, Resource, Status,
        tags::{STACK, Scope, Tags},
        to_tree,
        value::{In, as_parts, as_reference, references},
    },
};

const DESCRIBE: &str = "ecs:DescribeTaskDefinition";
const REGISTER: &str = "ecs:RegisterTaskDefinition";
/// How many revisions are kept, so that a service can go back to one.
const KEPT: usize = 10;
/// How many revisions a call deletes:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html>.
const AT_ONCE: usize = 10;
/// What a task has if nothing is said: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html>.
const STORAGE: u32 = 20;

/// What a task is: its containers, and what they share.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TaskDefinition {
    /// Its name, which all of its revisions have: up to 255 letters, digits, `_` and `-`.
    pub family: String,
    /// What its containers share of a processor, in 1024ths of a core.
    pub cpu: u32,
    /// What its containers share of memory, in MiB.
    pub memory: u32,
    /// What its images are built for: `X86_64` or `ARM64`.
    pub architecture: String,
    /// What its containers share of a disk that goes with the task, in GiB.
    pub storage_gib: u32,
    /// The role that fetches images and secrets and writes logs.
    pub execution_role: In<String>,
    /// The role that its containers have.
    pub task_role: In<String>,
    /// Its containers, by their names.
    pub containers: BTreeMap<String, Container>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The newest revision's ARN.
    pub arn: String,
}

impl Resource for TaskDefinition {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(TaskDefinition: family),
        unique_by: fields!(TaskDefinition: family),
        revised: fields!(Out: arn),
        whole: fields!(TaskDefinition: containers),
        ..Facts::new::<Self>(
            "ecs.task_definition",
            "what the tasks of a service are",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html",
        )
    };
}

impl Lifecycle for TaskDefinition {
    /// What is wanted is asked for by its name while the list is read, which lags and has no tags.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.family.clone()).collect();
        let (mut found, listed) = tokio::try_join!(
            beside(try_join_all(look.wants.iter().map(|it| fitting(cx, &look.scope, it)))),
            beside(async {
                let prefix = format!("{}-", look.scope.prefix());
                if look.strays { families(cx, prefix).await } else { Ok(Vec::new()) }
            }),
        )?;
        let others = listed.iter().filter(|it| !wanted.contains(*it));
        found.extend(try_join_all(others.map(|it| owned(cx, &look.scope, it))).await?);
        let concerns = |it: &Live<Self>| wanted.contains(&it.state.family) || look.scope.address(&it.tags).is_some();
        Ok(found.into_iter().flatten().filter(concerns).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        register(cx, &new.want, &new.tags).await
    }

    /// Registers a revision, with the tags of the last one, and puts those out of use that are older than is of use. Where there
    /// is one that is as wanted, that is taken again.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let family = &live.state.family;
        let revisions = revisions(&cx.read, family, TaskDefinitionStatus::Active).await?;
        if revisions.is_empty() {
            return Err(ApiError::refused(REGISTER, "ResourceNotFoundException", format!("{family} is gone")));
        }
        if alike(&cx.read, &revisions, &live.out.arn, want).await?.is_some() {
            return Ok(());
        }
        let others = live.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
        register(cx, want, &others.map(|(key, value)| (key.clone(), value.clone())).collect()).await?;
        for arn in revisions.iter().skip(KEPT - 1) {
            deregister(cx, arn).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let family = &live.state.family;
        // One after the other: ECS takes one a second.
        for arn in revisions(&cx.read, family, TaskDefinitionStatus::Active).await? {
            deregister(cx, &arn).await?;
        }
        let inactive = revisions(&cx.read, family, TaskDefinitionStatus::Inactive).await?;
        for some in inactive.chunks(AT_ONCE) {
            let call = cx.ecs.delete_task_definitions().set_task_definitions(Some(some.to_vec()));
            match call.send().await.during("ecs:DeleteTaskDefinitions") {
                // What is out of use costs nothing and is in nobody's way: whoever may not delete it has done enough.
                Err(error) if error.class() != Class::Denied => return Err(error),
                _ => (),
            }
        }
        Ok(())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

async fn register(cx: &WriteCx, want: &TaskDefinition, tags: &Tags) -> Result<()> {
    let containers = want.containers.iter().map(|(name, it)| it.to_sdk(REGISTER, name)).collect::<Result<_>>()?;
    let platform = RuntimePlatform::builder().operating_system_family(OsFamily::Linux);
    let platform = platform.cpu_architecture(CpuArchitecture::from(want.architecture.as_str())).build();
    let storage = EphemeralStorage::builder().size_in_gib(number(want.storage_gib)).build();
    let storage = (want.storage_gib != STORAGE).then_some(storage);
    let call = cx
        .ecs
        .register_task_definition()
        .family(&want.family)
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu(want.cpu.to_string())
        .memory(want.memory.to_string())
        .runtime_platform(platform)
        .set_ephemeral_storage(storage)
        .execution_role_arn(want.execution_role.get())
        .task_role_arn(want.task_role.get())
        .set_container_definitions(Some(containers))
        .set_tags(Some(to_sdk(tags)));
    call.send().await.during(REGISTER).map(drop)
}

async fn deregister(cx: &WriteCx, arn: &str) -> Result<()> {
    let call = cx.ecs.deregister_task_definition().task_definition(arn);
    call.send().await.during("ecs:DeregisterTaskDefinition").or_done()
}

/// The families that begin with `prefix`.
async fn families(cx: &ReadCx, prefix: String) -> Result<Vec<String>> {
    let call = cx.ecs.list_task_definition_families().family_prefix(prefix);
    let call = call.status(TaskDefinitionFamilyStatus::Active);
    call.into_paginator().items().send().collect::<Result<_, _>>().await.during("ecs:ListTaskDefinitionFamilies")
}

/// The ARNs of a family's revisions, the newest first.
async fn revisions(cx: &ReadCx, family: &str, status: TaskDefinitionStatus) -> Result<Vec<String>> {
    let call = cx.ecs.list_task_definitions().family_prefix(family).status(status).sort(SortOrder::Desc);
    call.into_paginator().items().send().collect::<Result<_, _>>().await.during("ecs:ListTaskDefinitions")
}

/// Of a family, the newest revision if it is as `want` says, as far as that is known; else an earlier one that is; else the
/// one that its service runs.
pub(super) async fn fitting(cx: &ReadCx, scope: &Scope, want: &TaskDefinition) -> Result<Option<Live<TaskDefinition>>> {
    let Some(newest) = owned(cx, scope, &want.family).await? else { return Ok(None) };
    let Some(address) = scope.address(&newest.tags).filter(|_| !is_like(&newest, want)) else {
        return Ok(Some(newest));
    };
    // What is not known yet could be anything.
    if references(&to_tree(want)).is_empty() {
        let revisions = revisions(cx, &want.family, TaskDefinitionStatus::Active).await?;
        if let Some(it) = alike(cx, &revisions, &newest.out.arn, want).await? {
            return Ok(Some(it));
        }
    }
    let name = [address.name().to_owned()].into();
    let services = service::own(cx, scope, &cluster_name(scope), &name).await?;
    let runs = services.first().and_then(|it| it.task_definition()).filter(|it| *it != newest.out.arn);
    let runs = if let Some(arn) = runs { described(cx, arn).await? } else { None };
    Ok(Some(runs.unwrap_or(newest)))
}

/// The newest of `revisions` but one that is as `want` says.
async fn alike(
    cx: &ReadCx,
    revisions: &[String],
    but: &str,
    want: &TaskDefinition,
) -> Result<Option<Live<TaskDefinition>>> {
    let others = revisions.iter().filter(|it| *it != but).take(KEPT).map(|it| described(cx, it));
    Ok(try_join_all(others).await?.into_iter().flatten().find(|it| is_like(it, want)))
}

/// Whether a revision is as `want` says, as far as that is known.
fn is_like(live: &Live<TaskDefinition>, want: &TaskDefinition) -> bool {
    let open = |it: &Value| as_reference(it).is_some() || as_parts(it).is_some();
    let differs = diff_settings(&TaskDefinition::FACTS, &to_tree(want), &to_tree(&live.state));
    differs.iter().all(|it| it.from.is_some() && it.to.as_ref().is_some_and(open))
}

/// The newest revision of a family. Others register revisions, too, and without tags: what an earlier one has proves whose
/// the family is.
async fn owned(cx: &ReadCx, scope: &Scope, family: &str) -> Result<Option<Live<TaskDefinition>>> {
    let Some(mut newest) = described(cx, family).await? else { return Ok(None) };
    if !newest.tags.contains_key(STACK) {
        let revisions = revisions(cx, family, TaskDefinitionStatus::Active).await?;
        for revision in revisions.iter().filter(|it| **it != newest.out.arn).take(KEPT) {
            let tags = described(cx, revision).await?.map(|it| it.tags).unwrap_or_default();
            if scope.address(&tags).is_some() {
                newest.tags = tags;
                break;
            }
        }
    }
    Ok(Some(newest))
}

/// `None` if the family, or the revision, is not in use.
pub(super) async fn described(cx: &ReadCx, name: &str) -> Result<Option<Live<TaskDefinition>>> {
    let call = cx.ecs.describe_task_definition().task_definition(name).include(TaskDefinitionField::Tags);
    let answer = call.send().await.during(DESCRIBE).or_absent()?;
    answer.map_or(Ok(None), |it| live(&it))
}

fn live(answer: &DescribeTaskDefinitionOutput) -> Result<Option<Live<TaskDefinition>>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let it = answer.task_definition().ok_or_else(|| missing("task definition"))?;
    if it.status().is_some_and(|it| *it != TaskDefinitionStatus::Active) {
        return Ok(None);
    }
    let architecture = it.runtime_platform().and_then(RuntimePlatform::cpu_architecture);
    let containers = it.container_definitions().iter();
    let state = TaskDefinition {
        family: it.family().ok_or_else(|| missing("family"))?.to_owned(),
        cpu: units(it.cpu(), "vcpu"),
        memory: units(it.memory(), "gb"),
        architecture: architecture.map_or("X86_64", CpuArchitecture::as_str).to_owned(),
        storage_gib: it.ephemeral_storage().map_or(STORAGE, |it| it.size_in_gib().unsigned_abs()),
        execution_role: it.execution_role_arn().unwrap_or_default().into(),
        task_role: it.task_role_arn().unwrap_or_default().into(),
        containers: containers.filter_map(|it| Some((it.name()?.to_owned(), Container::of(it)))).collect(),
    };
    let out = Out { arn: it.task_definition_arn().ok_or_else(|| missing("ARN"))?.to_owned() };
    Ok(Some(Live { state, out, tags: tags(answer.tags()), status: Status::Ready }))
}

/// A number, or one of `unit`s of which each is 1024: `512`, `0.5 vCPU`, `2GB`.
fn units(text: Option<&str>, unit: &str) -> u32 {
    let text = text.unwrap_or_default().to_lowercase();
    let (number, many) = match text.strip_suffix(unit) {
        Some(it) => (it.trim(), 1024.0),
        None => (text.trim(), 1.0),
    };
    let value = number.parse::<f64>().unwrap_or_default() * many;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes of tasks are small and positive"
    )]
    let value = value.round() as u32;
    value
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{ContainerDefinition, Tag, TaskDefinition as SdkDefinition};

    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod-api:7";

    fn read(status: TaskDefinitionStatus) -> Option<Live<TaskDefinition>> {
        let definition = SdkDefinition::builder().family("shop-prod-api").task_definition_arn(ARN).cpu("512");
        let container = ContainerDefinition::builder().name("api").image("api:1").essential(true).build();
        let definition = definition.memory("1024").revision(7).container_definitions(container).status(status).build();
        let tag = Tag::builder().key("team").value("web").build();
        live(&DescribeTaskDefinitionOutput::builder().task_definition(definition).tags(tag).build()).unwrap()
    }

    #[test]
    fn what_is_left_out_is_as_ecs_has_it() {
        let live = read(TaskDefinitionStatus::Active).unwrap();
        assert_eq!((live.state.cpu, live.state.memory), (512, 1024));
        assert_eq!((live.state.architecture.as_str(), live.state.storage_gib), ("X86_64", 20));
        assert_eq!((live.out.arn.as_str(), live.tags["team"].as_str()), (ARN, "web"));
        assert_eq!(live.state.containers["api"].image, "api:1".into());
    }

    #[test]
    fn what_is_out_of_use_is_gone() {
        assert!(read(TaskDefinitionStatus::Active).is_some());
        assert!(read(TaskDefinitionStatus::Inactive).is_none());
        assert!(read(TaskDefinitionStatus::DeleteInProgress).is_none());
    }

    #[test]
    fn sizes_may_have_units() {
        assert_eq!(
            (units(Some("512"), "vcpu"), units(Some("0.5 vCPU"), "vcpu"), units(Some("1vcpu"), "vcpu")),
            (512, 512, 1024)
        );
        assert_eq!((units(Some("2GB"), "gb"), units(Some("2048"), "gb"), units(None, "gb")), (2048, 2048, 0));
    }
}
