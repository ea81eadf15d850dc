//! The one call that makes a database: from nothing, or from what there is.

use aws_sdk_rds::types::{DatabaseInsightsMode, Tag};
use aws_smithy_types::{DateTime, date_time::Format};
use serde_json::Value;

use super::{
    instance::{Instance, MadeFrom},
    number,
    observe::own_tags,
    to_sdk,
};
use crate::{
    api::{ApiError, During, ReadCx, Result, WriteCx},
    catalog::lifecycle::New,
    resource::value::In,
};

/// For how many days Database Insights keeps the load
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html>).
pub(super) fn insights(it: &Instance) -> (DatabaseInsightsMode, i32) {
    if it.advanced_insights { (DatabaseInsightsMode::Advanced, 465) } else { (DatabaseInsightsMode::Standard, 7) }
}

pub(super) async fn instance(cx: &WriteCx, new: &New<Instance>) -> Result<()> {
    match (&new.want.replica_of, &new.want.made_from) {
        (Some(source), _) => replica(cx, new, source.get()).await,
        (None, Some(MadeFrom::Snapshot(snapshot))) => from_snapshot(cx, new, snapshot).await,
        (None, Some(MadeFrom::Database { id, at })) => from_database(cx, new, id, at.as_deref()).await,
        (None, None) => from_nothing(cx, new).await,
    }
}

/// What is made from something else has that one's password until an update sets its own.
fn tags(new: &New<Instance>, password: Option<&str>) -> Vec<Tag> {
    let mut tags = new.tags.clone();
    tags.extend(own_tags(new.want.final_snapshot, password));
    to_sdk(&tags)
}

/// `call` with what every call that makes a database says in the same words.
macro_rules! with_settings {
    ($call:expr, $want:expr) => {
        $call
            .db_instance_class(&$want.class)
            .storage_type(&$want.storage_type)
            .port(number($want.port))
            .set_vpc_security_group_ids(Some(groups($want)))
            .db_parameter_group_name($want.parameter_group.get())
            .multi_az($want.multi_az)
            .publicly_accessible($want.public)
            .auto_minor_version_upgrade($want.minor_upgrades)
            .deletion_protection($want.deletion_protection)
            .copy_tags_to_snapshot($want.tagged_snapshots)
            .set_enable_cloudwatch_logs_exports(logs($want))
    };
}

async fn from_nothing(cx: &WriteCx, new: &New<Instance>) -> Result<()> {
    let want = &new.want;
    let (mode, days) = insights(want);
    let password_version = want.password_version.as_ref().map(|it| it.get().as_str());
    let call = cx
        .rds
        .create_db_instance()
        .db_instance_identifier(&want.identifier)
        .engine(&want.engine)
        .set_engine_version(want.version.clone())
        .set_allocated_storage(want.storage.map(number))
        .set_max_allocated_storage(Some(want.max_storage).filter(|it| *it > 0).map(number))
        .set_iops(want.iops.map(number))
        .set_storage_throughput(want.throughput.map(number))
        .set_storage_encrypted(want.encrypted)
        .set_kms_key_id(text(want.kms_key.as_ref()))
        .set_db_name(want.database.clone())
        .set_master_username(want.username.clone())
        .set_manage_master_user_password(want.managed_password.then_some(true))
        .set_master_user_password(password(&cx.read, want).await?)
        .set_db_subnet_group_name(text(want.subnet_group.as_ref()))
        .backup_retention_period(number(want.backup_days))
        .set_preferred_backup_window(want.backup_window.clone())
        .set_preferred_maintenance_window(want.maintenance_window.clone())
        .database_insights_mode(mode)
        .enable_performance_insights(true)
        .performance_insights_retention_period(days)
        .set_tags(Some(tags(new, password_version)));
    with_settings!(call, want).send().await.during("rds:CreateDBInstance").map(drop)
}

/// It has its own size and protection, and everything else that can be said here from its source.
async fn replica(cx: &WriteCx, new: &New<Instance>, source: &str) -> Result<()> {
    let want = &new.want;
    let (mode, days) = insights(want);
    let call = cx
        .rds
        .create_db_instance_read_replica()
        .db_instance_identifier(&want.identifier)
        .source_db_instance_identifier(source)
        .set_max_allocated_storage(Some(want.max_storage).filter(|it| *it > 0).map(number))
        .set_iops(want.iops.map(number))
        .set_storage_throughput(want.throughput.map(number))
        .database_insights_mode(mode)
        .enable_performance_insights(true)
        .performance_insights_retention_period(days)
        .set_tags(Some(tags(new, None)));
    with_settings!(call, want).send().await.during("rds:CreateDBInstanceReadReplica").map(drop)
}

/// Without groups, a restored database would get those that are the account's defaults.
async fn from_snapshot(cx: &WriteCx, new: &New<Instance>, snapshot: &str) -> Result<()> {
    let want = &new.want;
    let call = cx
        .rds
        .restore_db_instance_from_db_snapshot()
        .db_instance_identifier(&want.identifier)
        .db_snapshot_identifier(snapshot)
        .set_manage_master_user_password(want.managed_password.then_some(true))
        .set_db_subnet_group_name(text(want.subnet_group.as_ref()))
        .set_tags(Some(tags(new, None)));
    with_settings!(call, want).send().await.during("rds:RestoreDBInstanceFromDBSnapshot").map(drop)
}

async fn from_database(cx: &WriteCx, new: &New<Instance>, source: &str, at: Option<&str>) -> Result<()> {
    const CALL: &str = "rds:RestoreDBInstanceToPointInTime";
    let want = &new.want;
    let time = at.map(|it| DateTime::from_str(it, Format::DateTimeWithOffset)).transpose();
    let time = time.map_err(|it| ApiError::refused(CALL, "NotSent", it.to_string()))?;
    let call = cx
        .rds
        .restore_db_instance_to_point_in_time()
        .source_db_instance_identifier(source)
        .target_db_instance_identifier(&want.identifier)
        .set_use_latest_restorable_time(time.is_none().then_some(true))
        .set_restore_time(time)
        .set_manage_master_user_password(want.managed_password.then_some(true))
        .set_db_subnet_group_name(text(want.subnet_group.as_ref()))
        .set_tags(Some(tags(new, None)));
    with_settings!(call, want).send().await.during(CALL).map(drop)
}

pub(super) fn groups(want: &Instance) -> Vec<String> {
    want.security_groups.iter().map(|it| it.get().clone()).collect()
}

fn logs(want: &Instance) -> Option<Vec<String>> {
    Some(want.logs.iter().cloned().collect()).filter(|it: &Vec<_>| !it.is_empty())
}

fn text(it: Option<&In<String>>) -> Option<String> {
    it.map(|it| it.get().clone())
}

/// The password that the database is to have, which is fetched only now and goes nowhere else.
pub(super) async fn password(cx: &ReadCx, want: &Instance) -> Result<Option<String>> {
    const CALL: &str = "secretsmanager:GetSecretValue";
    let Some(secret) = text(want.password_secret.as_ref()).filter(|_| !want.managed_password) else { return Ok(None) };
    let version = text(want.password_version.as_ref()).filter(|it| !it.is_empty());
    let answer = cx.secrets.get_secret_value().secret_id(&secret).set_version_id(version).send().await.during(CALL)?;
    let found = answer.secret_string().and_then(|it| serde_json::from_str::<Value>(it).ok());
    let password = found.as_ref().and_then(|it| it.get("password")?.as_str());
    let lacks = || ApiError::refused(CALL, "NoPassword", format!("{secret} is no JSON with a key `password`"));
    password.map(|it| Some(it.to_owned())).ok_or_else(lacks)
}
