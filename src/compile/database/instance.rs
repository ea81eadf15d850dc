//! A database and its read replicas, with every setting that there is an opinion on.

use crate::{
    catalog::aws::{
        rds::{
            instance::{Instance, MadeFrom},
            parameters::Parameter,
        },
        secretsmanager::secret::Secret,
    },
    compile::stack::Stack,
    field,
    resource::{graph::Handle, value::In},
    spec::model::{self, ApplyWhen, DatabaseInsights, DatabaseSource, PasswordKind, ReplicaOptions, Time},
};

/// What a database is put together of.
pub(super) struct Parts {
    pub(super) component: String,
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) subnet_group: In<String>,
    pub(super) security_group: In<String>,
    pub(super) parameter_group: In<String>,
    pub(super) password: Option<Handle<Secret>>,
    pub(super) key: Option<In<String>>,
}

pub(super) fn primary(stack: &Stack<'_>, parts: &Parts, it: &model::Database, groups: Vec<In<String>>) -> Instance {
    let ephemeral = stack.spec.ephemeral;
    let made_from = it.from.as_ref().and_then(made_from);
    // What is made from something else is called and encrypted as that is.
    let fresh = made_from.is_none();
    Instance {
        identifier: parts.identifier.clone(),
        version: Some(it.version.as_str().to_owned()),
        class: it.size.to_string(),
        storage: Some(it.storage.min),
        encrypted: fresh.then_some(true),
        kms_key: parts.key.clone(),
        database: fresh.then(|| parts.name.clone()),
        username: fresh.then(|| parts.username.clone()),
        managed_password: it.password == PasswordKind::Managed,
        password_secret: parts.password.as_ref().map(|it| it.out(field!(arn))),
        password_version: parts.password.as_ref().map(|it| it.out(field!(version))),
        subnet_group: Some(parts.subnet_group.clone()),
        multi_az: it.multi_az,
        backup_days: it.backups.days(),
        backup_window: it.backup_window.as_ref().map(ToString::to_string),
        deletion_protection: it.protect.unwrap_or(!ephemeral),
        final_snapshot: it.final_snapshot.unwrap_or(!ephemeral),
        made_from,
        ..common(parts, it, groups)
    }
}

/// It can be made again at any time, so nothing protects it. Its version, its name and its encryption are its source's.
pub(super) fn replica(
    parts: &Parts,
    it: &model::Database,
    options: &ReplicaOptions,
    identifier: String,
    source: In<String>,
    groups: Vec<In<String>>,
) -> Instance {
    Instance {
        identifier,
        class: options.size.as_ref().unwrap_or(&it.size).to_string(),
        replica_of: Some(source),
        ..common(parts, it, groups)
    }
}

/// What a database and its read replicas have alike, and the rest as it is where nothing is said.
fn common(parts: &Parts, it: &model::Database, groups: Vec<In<String>>) -> Instance {
    let now = it.apply == ApplyWhen::Now;
    let parameters = it.parameters.iter().map(|(name, value)| super::parameter(name.as_str(), value));
    Instance {
        identifier: String::new(),
        engine: "postgres".into(),
        version: None,
        class: String::new(),
        storage: None,
        max_storage: it.storage.max.unwrap_or(0),
        storage_type: it.storage.r#type.as_str().into(),
        iops: it.storage.iops,
        throughput: it.storage.throughput,
        encrypted: None,
        kms_key: None,
        database: None,
        username: None,
        managed_password: false,
        password_secret: None,
        password_version: None,
        port: it.port,
        subnet_group: None,
        security_groups: [parts.security_group.clone()].into(),
        parameter_group: parts.parameter_group.clone(),
        static_parameters: now.then(|| parameters.filter(Parameter::is_static).collect()),
        multi_az: false,
        public: false,
        backup_days: 0,
        backup_window: None,
        maintenance_window: it.maintenance_window.as_ref().map(ToString::to_string),
        minor_upgrades: it.minor_upgrades,
        deletion_protection: false,
        tagged_snapshots: true,
        advanced_insights: it.insights == DatabaseInsights::Advanced,
        logs: it.logs.types.iter().map(|it| it.as_str().to_owned()).collect(),
        log_groups: groups.into_iter().collect(),
        final_snapshot: false,
        replica_of: None,
        made_from: None,
        in_window: !now,
        pending: None,
    }
}

fn made_from(it: &DatabaseSource) -> Option<MadeFrom> {
    let at = it.at.as_ref().and_then(Time::moment).map(str::to_owned);
    match (&it.snapshot, &it.database) {
        (Some(it), _) => Some(MadeFrom::Snapshot(it.to_string())),
        (None, Some(it)) => Some(MadeFrom::Database { id: it.to_string(), at }),
        (None, None) => None,
    }
}
