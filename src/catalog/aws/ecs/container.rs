//! Containers of a task: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>.
//!
//! ECS fills in what was left out and keeps no order; both sides of a comparison are made of this type, in which what is
//! left out and what ECS fills in are the same.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    ContainerCondition, ContainerDefinition, ContainerDependency, HealthCheck as SdkCheck, KeyValuePair,
    LinuxParameters, LogConfiguration, LogDriver, PortMapping, Secret, TransportProtocol,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{built, number};
use crate::{api::Result, resource::value::In};

/// One container of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Container {
    /// The image that it is started from.
    pub image: In<String>,
    /// What is started in place of the image's own entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// What is passed to the entry point in place of the image's own command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Who runs in it, if not the image's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The folder that it starts in, if not the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Whether nothing can be written to its file system.
    pub read_only: bool,
    /// Whether an init process reaps what its processes leave behind.
    pub init: bool,
    /// What it is guaranteed of the task's processor, in 1024ths of a core; 0 for an even share.
    pub cpu: u32,
    /// What it may use of the task's memory before it is killed, in MiB; all of it if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// Whether the task ends when it ends.
    pub essential: bool,
    /// The TCP ports that it listens on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ports: BTreeSet<u16>,
    /// Its environment, but for secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, In<String>>,
    /// Environment variables, and where their values are fetched from when it starts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, In<String>>,
    /// How it is found out whether it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Other containers, and what has to have become of them before it starts: `START`, `COMPLETE`, `SUCCESS`, `HEALTHY`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub depends_on: BTreeMap<String, String>,
    /// Where its output goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// After how many seconds it is killed once it was asked to end, if not 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<u32>,
}

/// How it is found out whether a container works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What is run in the container; the first word is `CMD` or `CMD-SHELL`.
    pub command: Vec<String>,
    /// Every so many seconds.
    pub interval: u32,
    /// After how many seconds a run has failed.
    pub timeout: u32,
    /// After how many failures in a row the container does not work.
    pub retries: u32,
    /// For how many seconds after the start failures do not count.
    pub start: u32,
}

/// Where a container's output goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// Such as `awslogs`.
    pub driver: String,
    /// What the driver is told.
    pub options: BTreeMap<String, In<String>>,
}

impl Container {
    /// As the SDK takes it.
    pub(super) fn to_sdk(&self, call: &str, name: &str) -> Result<ContainerDefinition> {
        let pair =
            |(name, value): (&String, &In<String>)| KeyValuePair::builder().name(name).value(value.get()).build();
        let secret = |(name, from): (&String, &In<String>)| {
            built(call, Secret::builder().name(name).value_from(from.get()).build())
        };
        let port =
            |it: &u16| PortMapping::builder().container_port(i32::from(*it)).protocol(TransportProtocol::Tcp).build();
        let depends = |(name, condition): (&String, &String)| {
            let it = ContainerDependency::builder().container_name(name);
            built(call, it.condition(ContainerCondition::from(condition.as_str())).build())
        };
        let list = |it: &Vec<String>| (!it.is_empty()).then(|| it.clone());
        Ok(ContainerDefinition::builder()
            .name(name)
            .image(self.image.get())
            .set_entry_point(list(&self.entrypoint))
            .set_command(list(&self.command))
            .set_user(self.user.clone())
            .set_working_directory(self.working_dir.clone())
            .set_readonly_root_filesystem(self.read_only.then_some(true))
            .set_linux_parameters(self.init.then(|| LinuxParameters::builder().init_process_enabled(true).build()))
            .cpu(number(self.cpu))
            .set_memory(self.memory.map(number))
            .essential(self.essential)
            .set_port_mappings(Some(self.ports.iter().map(port).collect()))
            .set_environment(Some(self.environment.iter().map(pair).collect()))
            .set_secrets(Some(self.secrets.iter().map(secret).collect::<Result<_>>()?))
            .set_health_check(self.check.as_ref().map(|it| it.to_sdk(call)).transpose()?)
            .set_depends_on(Some(self.depends_on.iter().map(depends).collect::<Result<_>>()?))
            .set_log_configuration(self.log.as_ref().map(|it| it.to_sdk(call)).transpose()?)
            .set_stop_timeout(self.stop_timeout.map(number))
            .build())
    }

    /// As the SDK gives it.
    pub(super) fn of(it: &ContainerDefinition) -> Self {
        let port = |it: &PortMapping| u16::try_from(it.container_port()?).ok();
        let pair = |it: &KeyValuePair| Some((it.name()?.to_owned(), it.value().unwrap_or_default().into()));
        let depends = |it: &ContainerDependency| (it.container_name().to_owned(), it.condition().as_str().to_owned());
        let text = |it: Option<&str>| it.filter(|it| !it.is_empty()).map(str::to_owned);
        Self {
            image: it.image().unwrap_or_default().into(),
            entrypoint: it.entry_point().to_vec(),
            command: it.command().to_vec(),
            user: text(it.user()),
            working_dir: text(it.working_directory()),
            read_only: it.readonly_root_filesystem().unwrap_or_default(),
            init: it.linux_parameters().and_then(LinuxParameters::init_process_enabled).unwrap_or_default(),
            cpu: it.cpu().unsigned_abs(),
            memory: it.memory().map(i32::unsigned_abs),
            essential: it.essential().unwrap_or(true),
            ports: it.port_mappings().iter().filter_map(port).collect(),
            environment: it.environment().iter().filter_map(pair).collect(),
            secrets: it.secrets().iter().map(|it| (it.name().to_owned(), it.value_from().into())).collect(),
            check: it.health_check().map(Check::of),
            depends_on: it.depends_on().iter().map(depends).collect(),
            log: it.log_configuration().map(Log::of),
            stop_timeout: it.stop_timeout().map(i32::unsigned_abs),
        }
    }
}

impl Check {
    fn to_sdk(&self, call: &str) -> Result<SdkCheck> {
        let it = SdkCheck::builder()
            .set_command(Some(self.command.clone()))
            .interval(number(self.interval))
            .timeout(number(self.timeout))
            .retries(number(self.retries))
            .set_start_period((self.start > 0).then(|| number(self.start)));
        built(call, it.build())
    }

    fn of(it: &SdkCheck) -> Self {
        let or = |it: Option<i32>, default: u32| it.map_or(default, i32::unsigned_abs);
        Self {
            command: it.command().to_vec(),
            interval: or(it.interval(), 30),
            timeout: or(it.timeout(), 5),
            retries: or(it.retries(), 3),
            start: or(it.start_period(), 0),
        }
    }
}

impl Log {
    fn to_sdk(&self, call: &str) -> Result<LogConfiguration> {
        let options = self.options.iter().map(|(key, value)| (key.clone(), value.get().clone()));
        let it = LogConfiguration::builder().log_driver(LogDriver::from(self.driver.as_str()));
        built(call, it.set_options(Some(options.collect())).build())
    }

    fn of(it: &LogConfiguration) -> Self {
        let options = it.options().into_iter().flatten().map(|(key, value)| (key.clone(), value.as_str().into()));
        Self { driver: it.log_driver().as_str().to_owned(), options: options.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container() -> Container {
        Container {
            image: "web:1".into(),
            entrypoint: Vec::new(),
            command: vec!["serve".into()],
            user: None,
            working_dir: None,
            read_only: false,
            init: false,
            cpu: 0,
            memory: None,
            essential: true,
            ports: [80].into(),
            environment: [("B".to_owned(), "2".into()), ("A".to_owned(), "1".into())].into(),
            secrets: [("S".to_owned(), "arn:aws:ssm:eu-central-1:1:parameter/s".into())].into(),
            check: Some(Check { command: vec!["CMD".into()], interval: 30, timeout: 5, retries: 3, start: 0 }),
            depends_on: [("init".to_owned(), "SUCCESS".to_owned())].into(),
            log: Some(Log { driver: "awslogs".into(), options: [("awslogs-group".to_owned(), "/a".into())].into() }),
            stop_timeout: None,
        }
    }

    #[test]
    fn what_is_sent_is_what_is_read() {
        let sent = container().to_sdk("ecs:RegisterTaskDefinition", "web").unwrap();
        assert_eq!(Container::of(&sent), container());
        let full = Container {
            entrypoint: vec!["sh".into()],
            user: Some("1000".into()),
            working_dir: Some("/app".into()),
            read_only: true,
            init: true,
            cpu: 64,
            memory: Some(128),
            essential: false,
            check: Some(Check { command: vec!["CMD".into()], interval: 10, timeout: 2, retries: 1, start: 60 }),
            stop_timeout: Some(60),
            ..container()
        };
        assert_eq!(Container::of(&full.to_sdk("", "web").unwrap()), full);
    }

    /// As ECS gives back what [`container`] sends: defaults filled in, another order, empty lists.
    #[test]
    fn what_ecs_fills_in_and_turns_around_is_no_difference() {
        let pair = |name: &str, value: &str| KeyValuePair::builder().name(name).value(value).build();
        let port = PortMapping::builder().container_port(80).host_port(80).protocol(TransportProtocol::Tcp);
        let check = SdkCheck::builder().command("CMD").interval(30).timeout(5).retries(3).build().unwrap();
        let depends = ContainerDependency::builder().container_name("init").condition(ContainerCondition::Success);
        let log = LogConfiguration::builder().log_driver(LogDriver::Awslogs).options("awslogs-group", "/a");
        let secret = Secret::builder().name("S").value_from("arn:aws:ssm:eu-central-1:1:parameter/s");
        let read = ContainerDefinition::builder()
            .name("web")
            .image("web:1")
            .cpu(0)
            .essential(true)
            .command("serve")
            .port_mappings(port.build())
            .environment(pair("A", "1"))
            .environment(pair("B", "2"))
            .secrets(secret.build().unwrap())
            .health_check(check)
            .depends_on(depends.build().unwrap())
            .log_configuration(log.set_secret_options(Some(Vec::new())).build().unwrap())
            .set_entry_point(Some(Vec::new()))
            .set_mount_points(Some(Vec::new()))
            .set_volumes_from(Some(Vec::new()))
            .set_system_controls(Some(Vec::new()))
            .linux_parameters(LinuxParameters::builder().build())
            .build();
        assert_eq!(Container::of(&read), container());
    }
}
