//! A database as RDS tells of it, in the words of who wants it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_rds::types::{DatabaseInsightsMode, DbInstance, DbParameterGroupStatus, PendingModifiedValues};
use futures::future::try_join_all;

use super::{
    count,
    instance::{Instance, Out},
    parameters::{Parameter, set_in},
    status::{busy, status, upgrade_failed},
    tags, version,
};
use crate::{
    api::{ApiError, During, ReadCx, Result},
    catalog::{aws::logs::log_group::OF_DATABASES, lifecycle::Look},
    resource::{
        Live,
        tags::{ON_DELETE, Tags},
        value::In,
    },
};

const DESCRIBE: &str = "rds:DescribeDBInstances";
/// The tag that holds the version of the secret whose password the database has.
pub(super) const PASSWORD: &str = "infractl:password";
/// What [`ON_DELETE`] says of a database of which a last snapshot is to be made.
pub(super) const SNAPSHOT: &str = "snapshot";
/// What [`ON_DELETE`] says of one that is to be gone.
pub(super) const NOTHING: &str = "nothing";

pub(super) async fn all(cx: &ReadCx, look: &Look<Instance>) -> Result<Vec<Live<Instance>>> {
    let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.identifier.as_str(), it)).collect();
    let pages = cx.rds.describe_db_instances().into_paginator().items().send();
    let mut found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
    found.retain(|it| {
        let ours = look.scope.address(&tags(it.tag_list())).is_some();
        ours || it.db_instance_identifier().is_some_and(|it| wanted.contains_key(it))
    });
    let want = |it: &DbInstance| wanted.get(it.db_instance_identifier()?).copied();
    try_join_all(found.iter().map(|it| async move {
        let want = want(it);
        let mut live = live(it, want)?;
        let (parameters, failed) = tokio::try_join!(running_with(cx, it, want), upgrade_failed(cx, want, &live))?;
        live.state.static_parameters = parameters;
        let status = failed.or_else(|| busy(it, want?, &live.state));
        live.status = status.unwrap_or(live.status);
        Ok(live)
    }))
    .await
}

/// The parameters that it took up when it last started: what its group has, unless RDS says that they wait for a restart.
async fn running_with(cx: &ReadCx, it: &DbInstance, want: Option<&Instance>) -> Result<Option<BTreeSet<Parameter>>> {
    // Of what nobody wants any more, too, what can be told is told.
    let wanted = want.map_or(Some(BTreeSet::new()), |it| it.static_parameters.clone());
    let group = it.db_parameter_groups().first().filter(|it| it.parameter_apply_status() != Some("pending-reboot"));
    let (Some(wanted), Some(group)) = (wanted, group) else { return Ok(None) };
    let found = set_in(cx, name_of(group), wanted.iter()).await?;
    Ok(found.map(|it| it.into_iter().filter(Parameter::is_static).collect()))
}

fn name_of(group: &DbParameterGroupStatus) -> &str {
    group.db_parameter_group_name().unwrap_or_default()
}

/// All but what only its parameter group can tell.
pub(super) fn live(it: &DbInstance, want: Option<&Instance>) -> Result<Live<Instance>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let identifier = it.db_instance_identifier().ok_or_else(|| lacks("identifier"))?.to_owned();
    let arn = it.db_instance_arn().ok_or_else(|| lacks("ARN"))?.to_owned();
    let mut tags = tags(it.tag_list());
    let (on_delete, password_version) = (tags.remove(ON_DELETE), tags.remove(PASSWORD));
    let logs: BTreeSet<_> = it.enabled_cloudwatch_logs_exports().iter().cloned().collect();
    let mut state = Instance {
        engine: it.engine().unwrap_or_default().to_owned(),
        version: Some(it.engine_version().unwrap_or_default().to_owned()),
        class: it.db_instance_class().unwrap_or_default().to_owned(),
        storage: Some(count(it.allocated_storage())),
        // A limit that is reached says that it does not grow by itself.
        max_storage: count(it.max_allocated_storage().filter(|limit| it.allocated_storage() != Some(*limit))),
        storage_type: it.storage_type().unwrap_or_default().to_owned(),
        iops: it.iops().map(|it| count(Some(it))),
        throughput: it.storage_throughput().map(|it| count(Some(it))),
        encrypted: Some(it.storage_encrypted().unwrap_or_default()),
        kms_key: it.kms_key_id().map(Into::into),
        database: it.db_name().map(str::to_owned),
        username: it.master_username().map(str::to_owned),
        managed_password: it.master_user_secret().is_some(),
        password_secret: None,
        password_version: password_version.map(Into::into),
        port: port(it),
        subnet_group: it.db_subnet_group().and_then(|it| it.db_subnet_group_name()).map(Into::into),
        security_groups: groups(it),
        parameter_group: it.db_parameter_groups().first().map_or("", name_of).into(),
        static_parameters: None,
        multi_az: it.multi_az().unwrap_or_default(),
        public: it.publicly_accessible().unwrap_or_default(),
        backup_days: count(it.backup_retention_period()),
        backup_window: it.preferred_backup_window().map(str::to_owned),
        maintenance_window: it.preferred_maintenance_window().map(str::to_lowercase),
        minor_upgrades: it.auto_minor_version_upgrade().unwrap_or_default(),
        deletion_protection: it.deletion_protection().unwrap_or_default(),
        tagged_snapshots: it.copy_tags_to_snapshot().unwrap_or_default(),
        advanced_insights: it.database_insights_mode() == Some(&DatabaseInsightsMode::Advanced),
        log_groups: logs.iter().map(|it| log_group(&identifier, it).into()).collect(),
        logs,
        final_snapshot: on_delete.as_deref() == Some(SNAPSHOT),
        replica_of: it.read_replica_source_db_instance_identifier().map(Into::into),
        made_from: None,
        in_window: want.is_some_and(|it| it.in_window),
        pending: None,
        identifier,
    };
    let out = out(it, arn, &state);
    if let Some(pending) = it.pending_modified_values() {
        wait(&mut state, pending, want);
    }
    if let Some(want) = want {
        in_terms_of(&mut state, want);
    }
    Ok(Live { state, out, tags, status: status(it) })
}

fn out(it: &DbInstance, arn: String, state: &Instance) -> Out {
    Out {
        id: state.identifier.clone(),
        arn,
        resource_id: it.dbi_resource_id().unwrap_or_default().to_owned(),
        host: it.endpoint().and_then(|it| it.address()).map(str::to_owned),
        port: state.port,
        managed_secret: it.master_user_secret().and_then(|it| it.secret_arn()).map(str::to_owned),
        allocated: count(it.allocated_storage()),
        to_restart: it.db_parameter_groups().iter().any(|it| it.parameter_apply_status() == Some("pending-reboot")),
    }
}

/// The log group that RDS writes a log to.
pub(crate) fn log_group(identifier: &str, log: &str) -> String {
    format!("{OF_DATABASES}{identifier}/{log}")
}

fn port(it: &DbInstance) -> u16 {
    let port = it.endpoint().and_then(|it| it.port()).or(it.db_instance_port());
    port.and_then(|it| it.try_into().ok()).unwrap_or_default()
}

fn groups(it: &DbInstance) -> BTreeSet<In<String>> {
    let staying = it.vpc_security_groups().iter().filter(|it| it.status() != Some("removing"));
    staying.filter_map(|it| Some(it.vpc_security_group_id()?.into())).collect()
}

/// Puts in what waits for the maintenance window, where that is what counts: where changes are meant to wait, and where
/// nobody wants them.
fn wait(state: &mut Instance, pending: &PendingModifiedValues, want: Option<&Instance>) {
    let window = want.is_some_and(|it| it.in_window);
    let mut names = BTreeSet::new();
    macro_rules! wait {
        ($field:ident, $value:expr) => {
            if let Some(value) = $value {
                names.insert(stringify!($field).to_owned());
                let unwanted = want.is_none_or(|it| it.$field == state.$field);
                if window || unwanted {
                    state.$field = value;
                }
            }
        };
    }
    let text = |it: Option<&str>| it.map(str::to_owned);
    let number = |it: Option<i32>| it.map(|it| count(Some(it)));
    wait!(class, text(pending.db_instance_class()));
    wait!(storage_type, text(pending.storage_type()));
    wait!(multi_az, pending.multi_az());
    wait!(backup_days, number(pending.backup_retention_period()));
    wait!(port, pending.port().and_then(|it| it.try_into().ok()));
    wait!(storage, number(pending.allocated_storage()).map(Some));
    wait!(iops, number(pending.iops()).map(Some));
    wait!(throughput, number(pending.storage_throughput()).map(Some));
    if let Some(version) = text(pending.engine_version()) {
        names.insert("version".into());
        let wanted = want.and_then(|it| it.version.as_deref());
        let there = state.version.as_deref().is_some_and(|it| Some(version::seen(it, wanted).as_str()) == wanted);
        if window || there || wanted.is_none() {
            state.version = Some(version);
        }
    }
    state.pending = Some(names).filter(|it| !it.is_empty());
}

/// What the provider says otherwise than `want`, and means the same.
fn in_terms_of(state: &mut Instance, want: &Instance) {
    state.version = state.version.as_deref().map(|it| version::seen(it, want.version.as_deref()));
    if let (Some(live), Some(wanted)) = (state.storage, want.storage) {
        // It may have grown by itself, and RDS makes small steps larger ones of a tenth.
        let grown = want.max_storage > wanted && live <= want.max_storage;
        if live > wanted && (grown || live <= wanted.saturating_add(wanted.div_ceil(10))) {
            state.storage = Some(wanted);
        }
    }
}

/// The tags that a database carries beyond those that all resources have.
pub(super) fn own_tags(final_snapshot: bool, password: Option<&str>) -> Tags {
    let word = if final_snapshot { SNAPSHOT } else { NOTHING };
    let password = password.map(|it| (PASSWORD.to_owned(), it.to_owned()));
    [(ON_DELETE.to_owned(), word.to_owned())].into_iter().chain(password).collect()
}
