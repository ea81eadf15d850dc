//! Databases: each an instance with its group of parameters, its logs, its secrets and whoever may reach it.

mod instance;
mod secrets;

use serde_json::json;

use self::instance::Parts;
use super::{naming::fit, stack::Stack};
use crate::{
    catalog::aws::{
        logs::log_group::LogGroup,
        rds::{
            instance::Instance, log_group, parameter_group::ParameterGroup, parameters::Parameter,
            subnet_group::SubnetGroup,
        },
    },
    field,
    resource::{graph::Handle, value::In},
    spec::model::{self, PasswordKind, Scalar, Tier},
};

/// What a database or a read replica is called in RDS.
pub(super) fn called(stack: &Stack<'_>, name: &str) -> String {
    fit(&format!("{}-{name}", stack.graph.scope.prefix()), 63)
}

pub(super) fn databases(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, it) in &spec.databases {
        let component = format!("databases.{name}");
        // What is not there was refused when the file was checked.
        let Some(tier) = it.tier(spec) else { continue };
        let parts = Parts {
            identifier: called(stack, name.as_str()),
            name: it.name(spec),
            username: it.username().to_owned(),
            subnet_group: subnet_group(stack, tier),
            security_group: stack.group(&component, &format!("database {name}")),
            parameter_group: parameter_group(stack, &component, name.as_str(), it),
            password: (it.password == PasswordKind::Generated).then(|| secrets::password(stack, &component)),
            key: it.key.as_ref().map(|it| stack.text(it)),
            component,
        };
        stack.allow(&parts.component, stack.ingress_of_users(&parts.component, it.port));
        let groups = log_groups(stack, &parts.component, name.as_str(), &parts.identifier, it);
        let primary = instance::primary(stack, &parts, it, groups);
        let primary = stack.graph.add(&parts.component, name.as_str(), &primary);
        let replicas = replicas(stack, &parts, name.as_str(), it, &primary);
        give(stack, &parts, it, &primary, &replicas);
    }
}

/// One for all databases in a tier: which tier it is cannot be changed, so that is in its name.
fn subnet_group(stack: &mut Stack<'_>, tier: Tier) -> In<String> {
    let prefix = stack.graph.scope.prefix();
    let group = SubnetGroup {
        group_name: format!("{prefix}-{}", tier.as_str()),
        description: format!("{} subnets of {prefix}", tier.as_str()),
        subnets: stack.net.iter().flat_map(|it| it.tier(tier)).collect(),
    };
    stack.graph.add("databases", tier.as_str(), &group).out(field!(name))
}

/// A group is for one major version: a database that is upgraded moves from one to another.
fn parameter_group(stack: &mut Stack<'_>, component: &str, name: &str, it: &model::Database) -> In<String> {
    let (prefix, major) = (stack.graph.scope.prefix(), it.version.major());
    let group = ParameterGroup {
        group_name: fit(&format!("{prefix}-{name}-{major}"), 255),
        family: format!("postgres{major}"),
        description: format!("{name} of {prefix}"),
        parameters: it.parameters.iter().map(|(name, value)| parameter(name.as_str(), value)).collect(),
    };
    stack.graph.add(component, &format!("{name}-{major}"), &group).out(field!(name))
}

/// What is true is 1 to RDS.
fn parameter(name: &str, value: &Scalar) -> Parameter {
    let value = value.value().as_bool().map_or_else(|| value.to_string(), |it| u8::from(it).to_string());
    Parameter { name: name.to_owned(), value }
}

/// RDS would make them itself, and keep everything for ever.
fn log_groups(
    stack: &mut Stack<'_>,
    component: &str,
    name: &str,
    identifier: &str,
    it: &model::Database,
) -> Vec<In<String>> {
    let retention_days = Some(it.logs.retention.days().into());
    let mut acc = Vec::new();
    for log in &it.logs.types {
        let group = LogGroup { log_group_name: log_group(identifier, log.as_str()), retention_days };
        let handle = stack.graph.add(component, &format!("databases.{name}.{}", log.as_str()), &group);
        acc.push(handle.out(field!(name)));
    }
    acc
}

fn replicas(
    stack: &mut Stack<'_>,
    parts: &Parts,
    name: &str,
    it: &model::Database,
    primary: &Handle<Instance>,
) -> Vec<Handle<Instance>> {
    let mut acc = Vec::new();
    for (replica, options) in &it.replicas.0 {
        let full = format!("{name}-{replica}");
        let identifier = called(stack, &full);
        let groups = log_groups(stack, &parts.component, &full, &identifier, it);
        let replica = instance::replica(parts, it, options, identifier, primary.out(field!(id)), groups);
        acc.push(stack.graph.add(&parts.component, &full, &replica));
    }
    acc
}

fn give(
    stack: &mut Stack<'_>,
    parts: &Parts,
    it: &model::Database,
    primary: &Handle<Instance>,
    replicas: &[Handle<Instance>],
) {
    let component = &parts.component;
    stack.give(component, "host", json!(primary.later(field!(host))));
    stack.give(component, "port", json!(it.port.to_string()));
    stack.give(component, "name", json!(parts.name));
    stack.give(component, "username", json!(parts.username));
    stack.give(component, "arn", json!(primary.out(field!(arn))));
    stack.give(component, "id", json!(primary.out(field!(id))));
    stack.give(component, "security_group", json!(parts.security_group));
    let hosts: Vec<_> = replicas.iter().map(|it| it.later(field!(host))).collect();
    if let Some(first) = hosts.first() {
        stack.give(component, "reader_host", json!(first));
        stack.give(component, "reader_hosts", json!(hosts));
    }
    secrets::give(stack, parts, it, primary);
}
